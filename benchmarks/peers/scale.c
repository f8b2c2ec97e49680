/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/peers/peer.h>
void scale(void) {}
