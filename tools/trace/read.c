/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what ctf.c has written; the metadata is that of this program's table. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tools/trace/ctf.h>
#include <unistd.h>

static bool packet_begin(struct ctf_input *input)
{
    struct packet packet;
    while (input->at == input->packet_end) {
        size_t left = (size_t)(input->end - input->at);
        if (left < sizeof(packet))
            return false;
        memcpy(&packet, input->at, sizeof(packet));
        size_t size = packet.packet_size / 8;
        if (packet.magic != PACKET_MAGIC || size < sizeof(packet) || size > left)
            return false;
        input->packet_end = input->at + size;
        input->at += sizeof(packet);
        input->cpu = packet.cpu;
    }
    return true;
}

static void advance(struct ctf_input *input)
{
    input->ready = false;
    if (!packet_begin(input) || input->packet_end - input->at < EVENT_HEADER || *input->at >= TRACE_EVENT_COUNT)
        return;
    struct record *record = &input->next;
    record->id = (enum trace_event) * input->at;
    const struct event *event = &events[record->id];
    if (input->packet_end - input->at < EVENT_HEADER + event_size(event))
        return;
    record->cpu = input->cpu;
    memcpy(&record->time, input->at + 1, sizeof(record->time));
    input->at += EVENT_HEADER;
    for (enum slot slot = 0; slot < SLOTS; slot++) {
        record->fields[slot] = 0;
        if (event->fields[slot].kind != NONE) {
            memcpy(&record->fields[slot], input->at, slot_size[slot]);
            input->at += slot_size[slot];
        }
    }
    input->ready = true;
}

/* What all packets of a stream say, the last of them. */
static uint64_t discarded_of(const struct ctf_input *input)
{
    struct packet packet = {};
    uint64_t discarded = 0;
    for (const uint8_t *at = input->bytes; (size_t)(input->end - at) >= sizeof(packet); at += packet.packet_size / 8) {
        memcpy(&packet, at, sizeof(packet));
        discarded = packet.discarded;
        if (packet.packet_size / 8 < sizeof(packet) || packet.packet_size / 8 > (size_t)(input->end - at))
            break; /* of the last one there is not all */
    }
    return discarded;
}

void reader_rewind(struct ctf_reader *reader)
{
    for (unsigned i = 0; i < reader->count; i++) {
        struct ctf_input *input = &reader->inputs[i];
        input->at = input->packet_end = input->bytes;
        advance(input);
    }
}

bool reader_open(struct ctf_reader *reader, const char *folder)
{
    memset(reader, 0, sizeof(*reader));
    for (unsigned cpu = 0; cpu < TRACE_CPUS; cpu++) {
        char name[4200];
        (void)snprintf(name, sizeof(name), "%s/cpu%u", folder, cpu);
        int file = open(name, O_RDONLY | O_CLOEXEC);
        struct stat status;
        if (file < 0)
            continue;
        struct ctf_input *input = &reader->inputs[reader->count];
        if (fstat(file, &status) == 0 && status.st_size > 0) {
            input->bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
            if (input->bytes == MAP_FAILED) {
                fprintf(stderr, "kos: trace: cannot read %s: %s\n", name, strerror(errno));
                return false;
            }
            input->end = input->bytes + status.st_size;
            reader->discarded += discarded_of(input);
            reader->count++;
        }
        close(file);
    }
    if (reader->count == 0)
        fprintf(stderr, "kos: trace: no events in '%s' (expected files cpu0, cpu1, ... of ./kos trace)\n", folder);
    reader_rewind(reader);
    return reader->count != 0;
}

bool reader_next(struct ctf_reader *reader, struct record *record)
{
    struct ctf_input *first = NULL;
    for (unsigned i = 0; i < reader->count; i++) {
        struct ctf_input *input = &reader->inputs[i];
        if (input->ready && (first == NULL || input->next.time < first->next.time))
            first = input;
    }
    if (first == NULL)
        return false;
    *record = first->next;
    advance(first);
    return true;
}
