/* SPDX-License-Identifier: Apache-2.0 */
/* A trace as lines for people: time, CPU, event, fields with names instead of SIDs. */
#include <inttypes.h>
#include <string.h>
#include <tools/trace/names.h>
#include <tools/trace/trace.h>

static void field_print(FILE *out, const struct names *names, const struct field *field, enum slot slot,
                        const struct record *record)
{
    uint64_t value = record->fields[slot];
    unsigned count;
    const char *const *words = kind_words(field->kind, &count);
    fprintf(out, " %s=", field->name);
    if (value < count) {
        fprintf(out, "%s", words[value]);
        return;
    }
    switch (field->kind) {
    case THREAD:
    case TASK:
    case CHANNEL:
        fprintf(out, "%s", names_text(names, value));
        break;
    case INFO:
        fprintf(out, "%" PRIu64 ".%" PRIu64 "/%" PRIu64 "B", value >> 16 & 0xffffU, value & 0xffffU,
                value >> 32 & 0xffffffU);
        break;
    case ADDRESS:
        fprintf(out, "0x%" PRIx64, value);
        break;
    case CODE:
        fprintf(out, "%" PRId32, (int32_t)value);
        break;
    case NAME: {
        char name[17] = "";
        memcpy(name, &record->fields[FIRST], 8);
        memcpy(name + 8, &record->fields[SECOND], 8);
        fprintf(out, "%s", name);
        break;
    }
    default:
        fprintf(out, "%" PRIu64, value);
    }
}

int trace_text(const char *folder, FILE *out)
{
    static struct ctf_reader reader;
    struct names names;
    struct record record;
    if (!reader_open(&reader, folder))
        return 1;
    names_read(&names, &reader);
    while (reader_next(&reader, &record)) {
        const struct event *event = &events[record.id];
        fprintf(out, "%6" PRIu64 ".%09" PRIu64 " cpu%-2u %-15s", record.time / 1000000000U, record.time % 1000000000U,
                record.cpu, event->name);
        for (enum slot slot = 0; slot < SLOTS; slot++)
            if (field_stored(event, slot))
                field_print(out, &names, &event->fields[slot], slot, &record);
        fprintf(out, "\n");
    }
    if (reader.discarded != 0)
        fprintf(out, "%" PRIu64 " events were dropped\n", reader.discarded);
    return ferror(out) != 0 ? 2 : 0;
}
