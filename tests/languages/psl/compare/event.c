/* SPDX-License-Identifier: Apache-2.0 */
/* Random events, and what the two sides noted of them. */
#include <string.h>
#include <tests/languages/psl/compare/compare.h>

static const struct ksm_shape *shape_of(const struct compare *compare, const struct psl_class *server)
{
    const struct ksm_class *class = &compare->module->classes[server->index];
    bool security = compare->event.event == PSL_SECURITY;
    const struct ksm_endpoint *endpoint =
        &(security ? class->security : class->endpoints)[compare->event.endpoint->riid];
    const struct ksm_method *method = &endpoint->interface->methods[compare->event.method->mid];
    return compare->event.event == PSL_RESPONSE ? &method->response
           : compare->event.event == PSL_ERROR  ? &method->error
                                                : &method->request;
}

const struct ksm_shape *compare_make_event(struct compare *compare, struct pool *pool, struct encoded *message)
{
    struct random *random = &compare->random;
    struct reference_event *event = &compare->event;
    const struct psl_policy *policy = &compare->policy;
    static const enum psl_event kinds[] = {PSL_EXECUTE, PSL_REQUEST,  PSL_REQUEST, PSL_REQUEST,
                                           PSL_REQUEST, PSL_RESPONSE, PSL_ERROR,   PSL_SECURITY};
    for (;;) {
        *event = (struct reference_event){.event = kinds[random_below(random, 8)]};
        event->source = policy->classes[random_below(random, policy->class_count)];
        event->destination = policy->classes[random_below(random, policy->class_count)];
        event->source_sid = 1 + random_below(random, 7);
        event->destination_sid = 1 + random_below(random, 7);
        memset(message, 0, sizeof(*message));
        if (event->event == PSL_EXECUTE) {
            event->message = (struct value){.kind = VALUE_RECORD};
            return nullptr;
        }
        const struct psl_class *server = psl_server_is_destination(event->event) ? event->destination : event->source;
        bool security = event->event == PSL_SECURITY;
        unsigned endpoints = security ? server->security_count : server->endpoint_count;
        if (security)
            event->destination = nullptr;
        if (endpoints == 0)
            continue;
        event->endpoint = &(security ? server->security : server->endpoints)[random_below(random, endpoints)];
        unsigned methods = 0;
        for (const struct method *m = event->endpoint->interface->methods; m != nullptr; m = m->next)
            methods++;
        if (methods == 0)
            continue;
        event->method = event->endpoint->interface->methods;
        for (unsigned i = random_below(random, methods); i != 0; i--)
            event->method = event->method->next;
        if (event->event == PSL_ERROR && !event->method->has_error)
            continue;
        enum direction direction = psl_direction(event->event);
        event->message = random_message(random, pool, event->method, direction);
        encode_message(message, event->method, direction, &event->message);
        return shape_of(compare, server);
    }
}

static bool same_words(const __int128 *numbers, const u64 *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((u64)numbers[i] != words[i])
            return false;
    return true;
}

/* Entries of a table, in any order. */
static bool same_table(const struct psl_object *object, const unsigned char *bytes, const u64 *words)
{
    size_t count, size = object->entry_words;
    memcpy(&count, bytes, sizeof(count));
    const __int128 *entries = (const __int128 *)(const void *)(bytes + 16);
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < count && !same_words(entries + i * size, words + 1 + j * size, size))
            j++;
        if (j == count)
            return false;
    }
    return count == words[0];
}

bool compare_context(const struct reference_context *context, const struct host_context *twin)
{
    const struct psl_object *object = context->object;
    struct reference_level levels[2];
    unsigned state;
    switch (object->model) {
    case PSL_HASHSET:
        return same_table(object, context->bytes, twin->words);
    case PSL_STATICMAP:
        return same_words((const __int128 *)(const void *)context->bytes, twin->words, 2U * object->keys.count);
    case PSL_FLOW:
        memcpy(&state, context->bytes, sizeof(state));
        return state == twin->words[0];
    default:
        memcpy(levels, context->bytes, sizeof(levels));
        return levels[0].degree == twin->words[0] && levels[0].categories == twin->words[1] &&
               levels[1].degree == twin->words[2] && levels[1].categories == twin->words[3];
    }
}

void compare_trace(void *context, const struct psl_expression *call, bool granted)
{
    struct compare *compare = context;
    if (compare->traced < 1024 && psl_model_is_audited(call->callee_object->model)) {
        compare->trace[compare->traced].call = call;
        compare->trace[compare->traced++].granted = granted;
    }
}

/* What both sides say of the event. */
static void show(const struct compare *compare)
{
    for (unsigned i = 0; i < compare->traced; i++) {
        const struct location at = compare->trace[i].call->at;
        struct line_column place = source_line_column(at.source, at.offset);
        printf("called %u:%u %s: %d\n", place.line, place.column, compare->trace[i].call->callee->name,
               compare->trace[i].granted);
    }
    for (u32 j = 0; j < host_audit_count; j++)
        printf("recorded %u:%u %s: %d%s\n", host_audits[j].site->line, host_audits[j].site->column,
               host_audits[j].site->method, host_audits[j].granted, host_audits[j].expression ? " (expression)" : "");
}

void compare_audit(struct compare *compare)
{
    unsigned i = 0;
    bool same = true;
    for (u32 j = 0; j < host_audit_count && compare->audited; j++) {
        const struct host_audit *audit = &host_audits[j];
        if (audit->expression)
            continue;
        const struct psl_expression *call = i < compare->traced ? compare->trace[i].call : nullptr;
        if (call == nullptr) {
            same = false;
            break;
        }
        struct line_column place = source_line_column(call->at.source, call->at.offset);
        same &= place.line == audit->site->line && place.column == audit->site->column &&
                strcmp(call->callee->name, audit->site->method) == 0 && compare->trace[i].granted == audit->granted;
        i++;
    }
    if (!compare->audited || (same && i == compare->traced))
        return;
    show(compare);
    compare_fail(compare, "the rules recorded are not those called");
}
