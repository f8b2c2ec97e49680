/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Core endpoints: the kernel as a server of class kl.core.Core. The tables come from the definitions in sdk/kl/core, by
 * nk-gen-core while building; the kernel's dispatch, the policy's tables and libkos take ids, names and sizes from
 * them.
 *
 * All parameters are 64-bit words in declaration order, so a method's constant part is 24 + 8 * words bytes; every
 * response starts with one word "rc" (Retcode, sign-extended). Strings, bytes and sequences are struct kos_chunk (one
 * word) into the arena, a string's NUL included.
 *
 *   KOS_CORE_ENDPOINTS(E)  in RIID order: E(ENUMERATOR, endpoint name, interface name)
 *   KOS_CORE_METHODS(X)    in MID order within each interface: X(interface, method, request words, request arena bytes
 * at most, response words, response arena bytes at most)
 *   struct kos_core_VMM_Allocate_in, _out   names for the words of a method's request and answer
 *   KOS_CORE_VMM_Allocate_in_addr           the number of such a word; KOS_WORDS_VMM_Allocate_in: how many there are
 */
#pragma once
#include <abi/ipc.h>
#include <build/generated/kl/core/Core.methods.h>

#define KOS_CORE_RIID(name, endpoint, interface) KOS_RIID_##name,
enum kos_core_riid { KOS_CORE_ENDPOINTS(KOS_CORE_RIID) KOS_CORE_RIIDS };
#undef KOS_CORE_RIID

/* Method numbers over all interfaces (index into the kernel's table) ... */
#define KOS_CORE_INDEX(interface, method, rq, rqa, rs, rsa) KOS_CORE_INDEX_##interface##_##method,
enum kos_core_index { KOS_CORE_METHODS(KOS_CORE_INDEX) KOS_CORE_INDEXES };
#undef KOS_CORE_INDEX

/* ... and MIDs within each: KOS_CORE_MID(VMM, Commit) == 1. */
#define KOS_CORE_MID(interface, method) ((unsigned)KOS_CORE_INDEX_##interface##_##method - KOS_CORE_FIRST_##interface)
