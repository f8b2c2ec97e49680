/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification tables for the kernel, as C against ksm/policy.h: what every message of an interface must look like. All
 * tables are static const; each interface and class has its include guard, so that several headers may repeat it.
 *
 *   static const struct ksm_interface echo_Ping_ksm;               by shapes_interface
 *   static const struct ksm_endpoint echo_Server_ksm_endpoints[];  by shapes_class, and
 *   enum { echo_Server_ksm_endpoint_count };
 *
 * A direction without parameters of its own is a header only; `error` does not exist for methods without error
 * parameters. A message that the kernel cannot check (docs/languages.md, "Limits") does not exist either: it is
 * refused.
 */
#pragma once
#include <tools/nk/program.h>

void shapes_interface(struct program *program, const struct unit *interface, struct text *text);
/* All interfaces of a checked class or component, then its endpoints by RIID. */
void shapes_class(struct program *program, struct unit *class, struct text *text);
