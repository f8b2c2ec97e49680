/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/audit.h>
#include <ksm/audit_encode.h>
#include <ksm/models/models.h>
#include <smp/preemption.h>

struct output {
    u8 *bytes;
    u32 used, capacity;
};

/* Offset of text in the record; 0 if there is none, or no room. */
static u32 put(struct output *output, const char *text)
{
    if (text == nullptr)
        return 0;
    u64 size = strlen(text) + 1;
    if (size > output->capacity - output->used)
        return 0;
    memcpy(output->bytes + output->used, text, size);
    u32 offset = output->used;
    output->used += (u32)size;
    return offset;
}

static const struct ksm_class *class_at(const struct ksm_policy *policy, u32 class)
{
    return class < policy->class_count ? &policy->classes[class] : nullptr;
}

/* The endpoint of the side that serves, or the security interface of the side that asks; null: there is no such. */
static const struct ksm_endpoint *endpoint_of(const struct ksm_policy *policy, const struct ksm_audit_head *head)
{
    const struct ksm_class *server =
        class_at(policy, head->event == KSM_REQUEST ? head->destination_class : head->source_class);
    if (server == nullptr || head->event == KSM_EXECUTE)
        return nullptr;
    if (head->event == KSM_SECURITY)
        return head->riid < server->security_count ? &server->security[head->riid] : nullptr;
    return head->riid < server->endpoint_count ? &server->endpoints[head->riid] : nullptr;
}

static const char *class_name(const struct ksm_policy *policy, u32 class)
{
    const struct ksm_class *found = class_at(policy, class);
    return found != nullptr ? found->name : nullptr;
}

static void put_sides(struct output *output, struct kos_audit_record *to, const struct ksm_audit_head *head,
                      const struct ksm_policy *policy)
{
    to->source_class = put(output, class_name(policy, head->source_class));
    if (head->event != KSM_SECURITY)
        to->destination_class = put(output, class_name(policy, head->destination_class));
    const struct ksm_endpoint *endpoint = endpoint_of(policy, head);
    if (endpoint == nullptr)
        return;
    bool named = head->event != KSM_SECURITY; /* a security interface goes by the interface's name */
    to->endpoint = put(output, named ? endpoint->name : endpoint->interface->name);
    if (head->mid < endpoint->interface->method_count)
        to->method = put(output, endpoint->interface->methods[head->mid].name);
}

static const struct ksm_audit_site *site_of(ksm_audit_packed packed)
{
    return (const struct ksm_audit_site *)(uintptr_t)(packed & ~3ULL);
}

/* Most sites share their texts with one of those before them: each is put once, if it is not too far back. */
#define LOOK_BACK 8U
static u32 put_shared(struct output *output, const struct ksm_audit_record *record, const struct kos_audit_record *to,
                      u32 index, const char *(*text_of)(const struct ksm_audit_site *), u64 field)
{
    const char *text = text_of(site_of(record->results[index]));
    for (u32 back = 1; back <= LOOK_BACK && back <= index; back++) {
        u32 offset;
        memcpy(&offset, (const u8 *)&kos_audit_results(to)[index - back] + field, sizeof(offset));
        if (offset != 0 && text_of(site_of(record->results[index - back])) == text)
            return offset;
    }
    return put(output, text);
}

static const char *object_text(const struct ksm_audit_site *site)
{
    return site->object->name;
}
static const char *method_text(const struct ksm_audit_site *site)
{
    return site->method;
}
static const char *file_text(const struct ksm_audit_site *site)
{
    return site->file;
}

#define SHARED(field_) put_shared(output, record, to, i, field_##_text, offsetof(struct kos_audit_result, field_))
static void put_results(struct output *output, struct kos_audit_record *to, const struct ksm_audit_record *record)
{
    struct kos_audit_result *results = (void *)(to + 1);
    for (u32 i = 0; i < record->head.result_count; i++) {
        checkpoint();
        const struct ksm_audit_site *site = site_of(record->results[i]);
        results[i].object = SHARED(object);
        results[i].method = SHARED(method);
        results[i].file = SHARED(file);
        results[i].line = site->line;
        results[i].column = site->column;
        results[i].flags = (u32)(record->results[i] & 3U);
    }
}

u32 ksm_audit_encode(const struct ksm_audit_record *record, const struct ksm_policy *policy, u8 *bytes, u32 capacity)
{
    const struct ksm_audit_head *head = &record->head;
    struct kos_audit_record *to = (struct kos_audit_record *)(void *)bytes;
    struct output output = {bytes, (u32)(sizeof(*to) + head->result_count * sizeof(struct kos_audit_result)), capacity};
    static_assert(sizeof(*to) + KSM_AUDIT_RESULTS * sizeof(struct kos_audit_result) <= KOS_AUDIT_RECORD_MAX / 2,
                  "half of a record is for texts");
    memset(bytes, 0, output.used);
    to->event = head->event;
    to->granted = head->granted;
    to->reason = head->reason;
    to->cpu = head->cpu;
    to->time = head->time;
    to->sequence = head->sequence;
    to->source_sid = head->source_sid;
    to->destination_sid = head->destination_sid;
    to->riid = head->riid;
    to->mid = head->mid;
    to->constant_size = head->constant_size;
    to->arena_size = head->arena_size;
    to->handle_count = head->handle_count;
    to->result_count = head->result_count;
    to->left_out = head->left_out;
    put_sides(&output, to, head, policy);
    put_results(&output, to, record);
    to->size = output.used;
    return to->size;
}
