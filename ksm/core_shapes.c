/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own endpoints as the policy sees them, from the tables in abi/core_methods.h. */
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
static_assert(KOS_SYNC_WORDS == KOS_IDL_SYNC_WordsMax && sizeof(struct kos_sync_word) == KOS_IDL_SYNC_Word_size &&
              offsetof(struct kos_sync_word, address) == KOS_IDL_SYNC_Word_ptr_offset &&
              offsetof(struct kos_sync_word, value) == KOS_IDL_SYNC_Word_val_offset);

#define SHAPE(words, arena) {.size = KOS_MESSAGE_HEADER_SIZE + 8U * (words), .arena_size = (arena)}
#define METHOD(interface_, method_, request_words, request_arena, response_words, response_arena)                      \
    {.name = #method_,                                                                                                 \
     .request = SHAPE(request_words, request_arena),                                                                   \
     .response = SHAPE(response_words, response_arena)},
static const struct ksm_method core_methods[] = {KOS_CORE_METHODS(METHOD)};

/* Methods of an interface run from its first to the first of the next. */
#define FIRST(name, endpoint, interface) KOS_CORE_FIRST_##name,
static const u32 first[] = {KOS_CORE_ENDPOINTS(FIRST) KOS_CORE_INDEXES};

#define INTERFACE(name_, endpoint_, interface_)                                                                        \
    {.name = (interface_), .methods = &core_methods[KOS_CORE_FIRST_##name_], .method_count = 0},
static struct ksm_interface core_interfaces[] = {KOS_CORE_ENDPOINTS(INTERFACE)};

#define ENDPOINT(name_, endpoint_, interface_) {.name = (endpoint_), .interface = &core_interfaces[KOS_RIID_##name_]},
const struct ksm_endpoint ksm_core_endpoints[] = {KOS_CORE_ENDPOINTS(ENDPOINT)};
const u32 ksm_core_endpoint_count = KOS_CORE_RIIDS;

void ksm_core_shapes_init(void);
void ksm_core_shapes_init(void)
{
    for (u32 i = 0; i < KOS_CORE_RIIDS; i++)
        core_interfaces[i].method_count = first[i + 1] - first[i];
}
