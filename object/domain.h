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
    u32 class;            /* index in the policy's class table (ksm/policy.h); constant */
};
