/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KSMS, the kernel's side of the security module: every execute, request, response, error and security event becomes a
 * decision here. Default deny; an error while deciding denies.
 *
 * The decisions of one (source class, destination class) are unfolded once, each when its method is first met off the
 * fast path, into a pair. Its table answers by one load and one compare: a field of an entry holds the complete info
 * word (RIID, MID, size, no handles, no error) of a message that is granted by a constant verdict, so one comparison
 * verifies the shape and grants.
 *
 *   field             holds the info word if                                              compared by
 *   request           request and response are granted so, and both fit registers         Call, register form
 *   response          the response is granted so, and fits registers                      Reply to such a Call
 *   memory_request    the request is granted so, whatever its size                        Call, memory form; slow path
 *   memory_response   the response is granted so, whatever its size                       Reply, memory form; slow path
 *
 * A field that grants nothing holds an info word whose place is another entry, so that no message found here equals it
 * (ksm_none). Users may pass any 64 bits as info: no value as such is "nothing".
 */
#pragma once
#include <abi/ipc.h>
#include <ksm/policy.h>
#include <smp/spinlock.h>

struct ksm_entry {
    word request, response, memory_request, memory_response;
};

/*
 * Requests that are granted so, whose info word does not say all there is to verify: chunks, which have to lie in the
 * arena. One per entry, behind the entries; shape is null if there is none, and its memory_response then says no more.
 */
struct ksm_arena_request {
    word info;
    const struct ksm_shape *_Atomic shape;
};

/* Not all entries are filled at once, for a table may be long; until it is, an entry grants nothing. */
#define KSM_ENTRIES_MAX 256U
struct ksm_pair {
    u64 mask; /* entries - 1, at least 1; constant, like all but the entries */
    u32 source_class, destination_class;
    struct ksm_pair *next;           /* in a list of pairs, which live for ever: there are at most classes^2 */
    u64 known[KSM_ENTRIES_MAX / 64]; /* bit per entry: what the policy says of its method is in it; only gets set */
    alignas(KOS_CACHE_LINE) struct ksm_entry entries[];
};

/* Place of a request's info word in a pair's table. */
static inline u64 ksm_hash(word info)
{
    return info + (info >> 12);
}
static inline const struct ksm_entry *ksm_entry(const struct ksm_pair *pair, word info)
{
    return &pair->entries[ksm_hash(info) & pair->mask];
}

/* The shape that a request with that info word has to fit in its chunks, and nothing else; null: ask the general path.
 */
static inline const struct ksm_shape *ksm_arena_shape(const struct ksm_pair *pair, word info)
{
    const struct ksm_arena_request *requests = (const void *)&pair->entries[pair->mask + 1];
    const struct ksm_arena_request *request = &requests[ksm_hash(info) & pair->mask];
    /* acquire: the info word was written before */
    const struct ksm_shape *shape = __c11_atomic_load(&request->shape, __ATOMIC_ACQUIRE);
    return shape != nullptr && request->info == info ? shape : nullptr;
}

/* Boot: rcOk, or rcSecurityDisallow without a policy, rcInvalidArgument for one that is malformed, rcOutOfMemory for
 * one whose objects have no room (said on the console). Decisions are taken on CPUs 0 to cpus - 1; seed: unknown to
 * processes. */
retcode ksm_init(u32 cpus, u64 seed);

static inline const struct ksm_policy *ksm_policy_now(void)
{
    /* The weak null must not be folded into the code: the link decides. */
    const struct ksm_policy *const volatile *place = &ksm_policy;
    return *place;
}

/* False if the policy grants a class no call of kl.core.Core, or not its answer: a process of that class can do
 * nothing, not even end. Boot. */
bool ksm_may_call_core(u32 class);

/* Class index by name, in steps: *class is 0 at first; PREEMPTED: it is to be called again. rcResourceNotFound. */
retcode ksm_class_find(const char *name, u32 *class);
/* RIID of an endpoint of class by a name as ServiceLocatorGetRiid takes it, in steps as above. rcResourceNotFound. */
retcode ksm_endpoint_find(u32 class, const char *name, u32 *riid);
/* Method addressed by an info word in class, or null. */
const struct ksm_method *ksm_method(u32 class, word info);

/* What the fields of entry number `index` hold when they grant nothing: its place is elsewhere. */
static inline word ksm_none(u64 index)
{
    return index == 0 ? 1 : 0;
}
/* True if an entry that was found for a message of this identity says anything. */
static inline bool ksm_entry_speaks(const struct ksm_entry *entry, word info)
{
    return (u32)entry->memory_response == (u32)info && entry->memory_response >> KOS_INFO_SIZE_SHIFT != 0;
}
/* True if the response fits registers and is granted as it stands. */
static inline bool ksm_entry_answers_in_registers(const struct ksm_entry *entry)
{
    return entry->response >> KOS_INFO_SIZE_SHIFT != 0;
}

/* The pair of two classes, made on first use: null if out of memory. */
struct ksm_pair *ksm_pair_get(u32 source_class, u32 destination_class);
/* The same with checkpoints, where ksm_pair_get may follow. */
struct ksm_pair *ksm_pair_prepare(u32 source_class, u32 destination_class);
/* True if the entry of that method, or of another in its place, is filled. */
static inline bool ksm_pair_knows(const struct ksm_pair *pair, word info)
{
    u64 index = ksm_hash(info) & pair->mask;
    return (__atomic_load_n(&pair->known[index / 64], __ATOMIC_RELAXED) >> (index % 64) & 1) != 0;
}
/* Fills the entry of the method that info addresses. Any CPU. */
void ksm_pair_learn(const struct ksm_pair *pair, word info);

/* Shape check of a message's fixed properties: sizes and handle count of the info word against shape. */
bool ksm_shape_fits(const struct ksm_shape *shape, word info, u64 arena_size);
/* Every chunk of the constant part (after the header) lies in the arena and is no larger than its maximum. */
bool ksm_chunks_fit(const struct ksm_shape *shape, const void *constant_part, u64 arena_size);

/*
 * A decision has two steps: the plan says whether the verdict is known (constant, or cached on this CPU), and else what
 * the query must hold for it to be evaluated; evaluating may change contexts, so it is done once for an event, when
 * nothing else keeps the message from being delivered. Interrupts masked from the first to the second.
 */
struct ksm_plan {
    enum ksm_verdict verdict; /* KSM_GRANT, KSM_DENY; KSM_EVALUATE: not known */
    u32 needs;                /* KSM_READS_MESSAGE: constant_part; _ARENA: arena, if there is one; _HANDLES: sids */
    bool cacheable;
    const struct ksm_decision *decision;             /* evaluated by it, */
    bool (*evaluate)(const struct ksm_query *query); /* or, if that is null, by this */
};
/* query: event, classes, SIDs, riid and mid. */
void ksm_plan_make(struct ksm_plan *plan, const struct ksm_query *query);
static inline bool ksm_plan_known(const struct ksm_plan *plan)
{
    return plan->verdict != KSM_EVALUATE;
}
/* rcOk or rcSecurityDisallow. */
retcode ksm_plan_evaluate(const struct ksm_plan *plan, const struct ksm_query *query);
static inline retcode ksm_plan_decide(const struct ksm_plan *plan, const struct ksm_query *query)
{
    return likely(plan->verdict == KSM_GRANT) ? rcOk : ksm_plan_evaluate(plan, query);
}

/* Both, for events whose query holds all that there is. */
retcode ksm_decide(const struct ksm_query *query);
/* Start of a process of destination class by one of source class. */
retcode ksm_decide_execute(u32 source_class, u32 source_sid, u32 destination_class, u32 destination_sid);
