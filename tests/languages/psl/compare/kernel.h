/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <tests/languages/psl/compare/compare.h>

#define KERNEL_THREADS 4U /* each as a CPU of its own, besides the main one */

extern const struct ksm_policy *kernel_module;
/* The module's, but decisions that change something draw a number before they give their locks back. */
struct ksm_descriptor kernel_describe(enum ksm_event event, u32 source_class, u32 destination_class, u32 riid, u32 mid);
