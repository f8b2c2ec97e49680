/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table that abi/core_methods.h takes in:
 *
 *   KOS_CORE_ENDPOINTS(E)   E(VMM, "vmm.VMM", "kl.core.VMM") for each endpoint, in RIID order
 *   KOS_CORE_METHODS(X)     X(VMM, Allocate, 3, 0, 2, 0) for each method, in RIID and MID order: words of the request,
 *                           bytes of its arena at most, the same of the response
 *   KOS_CORE_FIRST_VMM      number of the interface's first method among all
 *   KOS_IDL_SYNC_WordsMax   constants of the packages; KOS_IDL_SYNC_Word_size, _ptr_offset of their structs,
 *                           struct kos_idl_SYNC_Word if it has integers only
 *   KOS_WORDS_VMM_Allocate_in   words of a method's request; _out: of its answer
 *   struct kos_core_VMM_Allocate_in, _out   their parameters by name, in words; rc comes first in an answer
 *   KOS_CORE_VMM_Allocate_in_addr   number of a parameter's word
 *
 * A parameter that is a struct of words has a word for each member (adj_sec). In and out lie in the same words of a
 * message, so both belong into one union, or are offsets.
 *
 * An error at a parameter that does not take whole words, and at a name in lacks that is nothing.
 */
#pragma once
#include <tools/nk/program.h>

/* shapes: tables by which the kernel verifies requests, for one source file: ksm_core_endpoints of ksm/policy.h. */
void emit_core(struct program *program, const struct unit *core, const struct source *lacks, struct text *text,
               struct text *shapes);
