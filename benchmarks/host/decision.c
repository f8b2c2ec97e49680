/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/host/host.h>
void decision_benchmarks(void) {}
