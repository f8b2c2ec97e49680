/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own endpoints as the policy sees them, from the definitions in sdk/kl/core. */
#include <abi/audit.h>
#include <abi/core.h>
#include <abi/core_methods.h>
#include <abi/ipc.h>
#include <abi/statistics.h>
#include <ksm/policy.h>

/* What both the definitions and abi/ say: the latter is also for what knows no definitions, and for assembler. */
static_assert(KOS_NAME_SIZE == KOS_IDL_TYPES_UCoreStringSize && KOS_PAGE_SIZE == KOS_IDL_TYPES_PageSize);
static_assert(KOS_AUDIT_RECORD_MAX == KOS_IDL_AUDIT_MessageSize);
static_assert(KOS_COUNTERS_MAX == KOS_IDL_PROFILER_CountersMax &&
              KOS_COUNTER_NAME_SIZE == KOS_IDL_PROFILER_CounterNameSize);
static_assert(KOS_SYNC_WORDS == KOS_IDL_SYNC_WordsMax);

/* The tables: sizes, chunks, texts of every method. */
#include <build/generated/kl/core/Core.shapes.h>

#define WORDS(interface, method, rq, rqa, rs, rsa)                                                                     \
    static_assert((rq) <= KOS_REGISTER_WORDS && (rs) <= KOS_REGISTER_WORDS && (rsa) <= KOS_PAGE_SIZE);
KOS_CORE_METHODS(WORDS) /* what kernel/core_call.c has room for */
