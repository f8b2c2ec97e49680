/* SPDX-License-Identifier: Apache-2.0 */
#include <kss/audit.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct writer {
    char *text;
    unsigned long size, length;
    const char *bytes; /* the record */
    unsigned long record_size;
};

static __attribute__((format(printf, 2, 3))) void add(struct writer *to, const char *format, ...)
{
    va_list arguments;
    unsigned long left = to->size - to->length;
    va_start(arguments, format);
    int length = vsnprintf(to->text + to->length, left, format, arguments);
    va_end(arguments);
    if (length > 0)
        to->length += (unsigned long)length < left ? (unsigned long)length : left - 1;
}

/* The text at offset, or null: it must end in the record. */
static const char *text_at(const struct writer *from, unsigned offset)
{
    if (offset == 0 || offset >= from->record_size ||
        memchr(from->bytes + offset, '\0', from->record_size - offset) == (void *)0)
        return (void *)0;
    return from->bytes + offset;
}

static const char *or_unknown(const char *text)
{
    return text != (void *)0 ? text : "?";
}

static void add_side(struct writer *to, unsigned class_text, unsigned sid)
{
    add(to, " %s", or_unknown(text_at(to, class_text)));
    if (sid != 0)
        add(to, " (%u)", sid);
}

/* Names as far as the class has them, else numbers. */
static void add_method(struct writer *to, const struct kos_audit_record *record)
{
    const char *endpoint = text_at(to, record->endpoint), *method = text_at(to, record->method);
    if (endpoint != (void *)0)
        add(to, ", %s", endpoint);
    else
        add(to, ", endpoint %u", record->riid);
    if (method != (void *)0)
        add(to, ".%s", method);
    else
        add(to, ", method %u", record->mid);
}

static void add_result(struct writer *to, const struct kos_audit_result *result)
{
    static const char *const words[] = {"denied", "granted", "failed", "evaluated"};
    add(to, "%s.%s %s at %s:%u:%u", or_unknown(text_at(to, result->object)), or_unknown(text_at(to, result->method)),
        words[result->flags & (KOS_AUDIT_GRANTED | KOS_AUDIT_EXPRESSION)], or_unknown(text_at(to, result->file)),
        result->line, result->column);
}

static void add_reason(struct writer *to, const struct kos_audit_record *record)
{
    if (record->reason == KOS_AUDIT_NO_RULE)
        add(to, ": no rule");
    else if (record->reason == KOS_AUDIT_MALFORMED)
        add(to, ": malformed message (%u bytes, arena %u, handles %u)", record->constant_size, record->arena_size,
            record->handle_count);
    for (unsigned i = 0; i < record->result_count; i++) {
        struct kos_audit_result result;
        memcpy(&result, to->bytes + sizeof(*record) + i * sizeof(result), sizeof(result));
        add(to, i == 0 ? ": " : ", ");
        add_result(to, &result);
    }
    if (record->left_out != 0)
        add(to, ", %u more", record->left_out);
}

int kss_audit_decode(const void *bytes, unsigned long size, char *text, unsigned long text_size)
{
    static const char *const events[] = {"execute", "request", "response", "error", "security"};
    struct kos_audit_record record;
    if (text_size == 0 || size < sizeof(record))
        return -1;
    memcpy(&record, bytes, sizeof(record));
    if (record.size > size || record.size < sizeof(record) || record.event > KOS_AUDIT_SECURITY ||
        record.result_count > (record.size - sizeof(record)) / sizeof(struct kos_audit_result))
        return -1;
    struct writer to = {text, text_size, 0, bytes, record.size};
    add(&to, "%llu.%06llu cpu %u #%llu %s %s", record.time / 1000000000U, record.time / 1000U % 1000000U, record.cpu,
        record.sequence, record.granted != 0 ? "granted" : "denied", events[record.event]);
    add_side(&to, record.source_class, record.source_sid);
    if (record.event != KOS_AUDIT_SECURITY) {
        add(&to, " ->");
        add_side(&to, record.destination_class, record.destination_sid);
    }
    if (record.event != KOS_AUDIT_EXECUTE)
        add_method(&to, &record);
    add_reason(&to, &record);
    return record.granted != 0 ? KSS_AUDIT_POSITION_GRANT : KSS_AUDIT_POSITION_DENY;
}
