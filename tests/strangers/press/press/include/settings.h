/* SPDX-License-Identifier: Apache-2.0 */
#define MAX_PAGE 2
