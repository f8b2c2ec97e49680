/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptions of the records: CTF 1.8's metadata, for tools, and docs/tracepoints.md, for readers. */
#include <tools/trace/table.h>

static void enumeration(FILE *out, const struct field *field, enum slot slot)
{
    unsigned count;
    const char *const *words = kind_words(field->kind, &count);
    fprintf(out, "        enum : u%u {", slot_size[slot] * 8);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "%s \"%s\" = %u", i == 0 ? "" : ",", words[i], i);
    fprintf(out, " } _%s;\n", field->name);
}

static void declaration(FILE *out, const struct field *field, enum slot slot)
{
    unsigned bits = slot_size[slot] * 8;
    switch (field->kind) {
    case STATE:
    case PATH:
    case VERDICT:
    case EVENT:
    case ENTRY:
        enumeration(out, field, slot);
        break;
    case INFO:
        fprintf(out, "        u16 _mid;\n        u16 _riid;\n");
        fprintf(out, "        integer { size = 24; align = 1; signed = false; } _size;\n");
        fprintf(out, "        integer { size = 7; align = 1; signed = false; } _handles;\n");
        fprintf(out, "        integer { size = 1; align = 1; signed = false; } _error;\n");
        break;
    case NAME:
        fprintf(out, "        integer { size = 8; align = 8; signed = false; encoding = UTF8; } _%s[16];\n",
                field->name);
        break;
    case CODE:
        fprintf(out, "        integer { size = %u; align = 8; signed = true; } _%s;\n", bits, field->name);
        break;
    case ADDRESS:
        fprintf(out, "        integer { size = %u; align = 8; signed = false; base = 16; } _%s;\n", bits, field->name);
        break;
    default:
        fprintf(out, "        u%u _%s;\n", bits, field->name);
    }
}

void metadata_write(FILE *out, const uint8_t uuid[16], const char *architecture)
{
    char text[40], *at = text;
    for (unsigned i = 0; i < 16; i++)
        at += snprintf(at, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
    fprintf(out, "/* CTF 1.8 */\n\n");
    for (unsigned bits = 8; bits <= 64; bits *= 2)
        fprintf(out, "typealias integer { size = %u; align = 8; signed = false; } := u%u;\n", bits, bits);
    fprintf(out, "\ntrace {\n    major = 1;\n    minor = 8;\n    uuid = \"%s\";\n    byte_order = le;\n", text);
    fprintf(out, "    packet.header := struct {\n        u32 magic;\n        u8 uuid[16];\n        u32 stream_id;\n");
    fprintf(out, "    };\n};\n\nenv {\n    domain = \"kernel\";\n    tracer_name = \"kos\";\n");
    fprintf(out, "    architecture = \"%s\";\n};\n\nclock {\n    name = boot;\n", architecture);
    fprintf(out, "    description = \"nanoseconds since the machine's counter began\";\n    freq = 1000000000;\n");
    fprintf(out, "    offset = 0;\n};\n\ntypealias integer { size = 64; align = 8; signed = false; ");
    fprintf(out, "map = clock.boot.value; } := time;\n\nstream {\n    id = 0;\n    packet.context := struct {\n");
    fprintf(out, "        time timestamp_begin;\n        time timestamp_end;\n        u64 content_size;\n");
    fprintf(out, "        u64 packet_size;\n        u64 packet_seq_num;\n        u64 events_discarded;\n");
    fprintf(out, "        u32 cpu_id;\n    };\n    event.header := struct {\n        u8 id;\n");
    fprintf(out, "        time timestamp;\n    };\n};\n");
    for (unsigned i = 0; i < TRACE_EVENT_COUNT; i++) {
        fprintf(out, "\nevent {\n    id = %u;\n    name = \"%s\";\n    stream_id = 0;\n    fields := struct {\n", i,
                events[i].name);
        for (enum slot slot = 0; slot < SLOTS; slot++)
            if (field_stored(&events[i], slot))
                declaration(out, &events[i].fields[slot], slot);
        fprintf(out, "    };\n};\n");
    }
}

static const char *unit(enum kind kind)
{
    switch (kind) {
    case THREAD:
    case TASK:
    case CHANNEL:
    case ENDPOINT:
    case OBJECT:
        return "SID";
    case CPU:
        return "CPU";
    case LEVEL:
        return "level";
    case INFO:
        return "MID, RIID, size, handles, error";
    case ADDRESS:
        return "address";
    case TICKS:
    case NANOSECONDS:
        return "ns";
    case CODE:
        return "code";
    case NAME:
        return "text";
    default:
        return "";
    }
}

static void document_field(FILE *out, const struct field *field)
{
    unsigned count;
    const char *const *words = kind_words(field->kind, &count);
    const char *text = unit(field->kind);
    fprintf(out, "`%s`", field->name);
    if (*text != '\0')
        fprintf(out, " (%s)", text);
    fprintf(out, ": %s", field->text);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "%s%s", i == 0 ? " (" : ", ", words[i]);
    if (count != 0)
        fprintf(out, ")");
}

void document_write(FILE *out)
{
    fprintf(out, "# Tracepoints\n\nMade from `traces/events.h` by `build/host/trace document`; a test compares. ");
    fprintf(out, "[observing.md](observing.md) says how to record them,\n`traces/README.md` how they work.\n\n");
    fprintf(out,
            "`--events` takes names of events and of groups. SIDs are security ids, never used twice; times are\n");
    fprintf(out, "nanoseconds since the machine's counter began. The events of group `life` are always recorded: they "
                 "name the others' SIDs.\n");
    for (unsigned i = 0; i < TRACE_EVENT_COUNT; i++) {
        bool seen = false;
        for (unsigned before = 0; before < i; before++)
            seen = seen || __builtin_strcmp(events[before].group, events[i].group) == 0;
        if (seen)
            continue;
        fprintf(out, "\n## %s\n| id | event | fields |\n|---|---|---|\n", events[i].group);
        for (unsigned member = i; member < TRACE_EVENT_COUNT; member++) {
            if (__builtin_strcmp(events[member].group, events[i].group) != 0)
                continue;
            fprintf(out, "| %u | `%s`: %s | ", member, events[member].name, events[member].text);
            bool first = true;
            for (enum slot slot = 0; slot < SLOTS; slot++)
                if (field_stored(&events[member], slot)) {
                    fprintf(out, "%s", first ? "" : "<br>");
                    document_field(out, &events[member].fields[slot]);
                    first = false;
                }
            fprintf(out, " |\n");
        }
    }
}
