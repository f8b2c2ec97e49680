/* SPDX-License-Identifier: Apache-2.0 */
#define SECOND_CHANNEL "observatory/second"
