/* SPDX-License-Identifier: Apache-2.0 */
/* Protection domain: what the rooms below kernel/ need to know of a task. First member of struct task. */
#pragma once
#include <memory/space.h>
#include <object/capability.h>

struct domain {
    struct object object; /* OBJECT_TASK */
    struct address_space space;
    struct handle_table handles;
    struct quota quota;
    struct futex_bucket *futexes; /* FUTEX_BUCKETS of them: sched/futex.h */
    struct ksm_pair *core_pair;   /* decisions of Calls to the kernel; constant */
    u32 class;                    /* index in the policy's class table (ksm/policy.h); constant */
};

/* A kernel object charged to a domain's quota keeps the domain: its accounts must not go before the object. */
static inline void domain_hold(struct quota *quota)
{
    object_reference(&container_of(quota, struct domain, quota)->object);
}
static inline void domain_drop(struct quota *quota)
{
    quota_release_object(quota);
    object_release(&container_of(quota, struct domain, quota)->object);
}
