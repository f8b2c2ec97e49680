/* SPDX-License-Identifier: Apache-2.0 */
#define FIRST_TITLE "Wonderland"
