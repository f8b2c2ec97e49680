/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <tools/trace/ctf.h>
#include <unistd.h>

#define PACKET_BYTES 0x40000U
#define EVENT_MOST   (EVENT_HEADER + 23U)

[[noreturn]] static void fail(const struct ctf *ctf, const char *name)
{
    fprintf(stderr, "kos: trace: cannot write %s/%s: %s\n", ctf->folder, name, strerror(errno));
    exit(2);
}

void ctf_begin(struct ctf *ctf, const char *folder, const char *architecture)
{
    memset(ctf, 0, sizeof(*ctf));
    (void)snprintf(ctf->folder, sizeof(ctf->folder), "%s", folder);
    if (getrandom(ctf->uuid, sizeof(ctf->uuid), 0) != sizeof(ctf->uuid))
        memcpy(ctf->uuid, "kos without luck", sizeof(ctf->uuid));
    ctf->uuid[6] = (uint8_t)((ctf->uuid[6] & 0x0fU) | 0x40U);
    ctf->uuid[8] = (uint8_t)((ctf->uuid[8] & 0x3fU) | 0x80U);
    char name[sizeof(ctf->folder) + 16];
    (void)snprintf(name, sizeof(name), "%s/metadata", folder);
    FILE *metadata = fopen(name, "w");
    if (metadata == NULL)
        fail(ctf, "metadata");
    metadata_write(metadata, ctf->uuid, architecture);
    if (ferror(metadata) != 0 || fclose(metadata) != 0)
        fail(ctf, "metadata");
}

static struct ctf_stream *stream_of(struct ctf *ctf, unsigned cpu)
{
    struct ctf_stream *stream = &ctf->streams[cpu];
    if (stream->buffer != NULL)
        return stream;
    char name[sizeof(ctf->folder) + 16];
    (void)snprintf(name, sizeof(name), "%s/cpu%u", ctf->folder, cpu);
    stream->file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    stream->buffer = malloc(PACKET_BYTES);
    if (stream->file < 0 || stream->buffer == NULL)
        fail(ctf, name + strlen(ctf->folder) + 1);
    stream->cpu = cpu;
    stream->used = sizeof(struct packet);
    return stream;
}

static void packet_write(const struct ctf *ctf, struct ctf_stream *stream)
{
    struct packet packet = {.magic = PACKET_MAGIC,
                            .begin = stream->begin,
                            .end = stream->end,
                            .content_size = stream->used * 8,
                            .packet_size = stream->used * 8,
                            .number = stream->number++,
                            .discarded = stream->discarded,
                            .cpu = stream->cpu};
    memcpy(packet.uuid, ctf->uuid, sizeof(packet.uuid));
    memcpy(stream->buffer, &packet, sizeof(packet));
    for (size_t done = 0; done < stream->used;) {
        ssize_t part = write(stream->file, stream->buffer + done, stream->used - done);
        if (part <= 0) { /* what has been written before can be read */
            int reason = errno;
            (void)!ftruncate(stream->file, stream->size);
            errno = reason;
            fail(ctf, "a stream");
        }
        done += (size_t)part;
    }
    stream->size += (off_t)stream->used;
    stream->used = sizeof(struct packet);
    stream->written = stream->discarded;
}

/* What the first packet of a stream says to be discarded cannot be compared with anything: it is an empty one. */
static void packet_end(const struct ctf *ctf, struct ctf_stream *stream)
{
    if (stream->number == 0 && stream->discarded != 0) {
        struct ctf_stream empty = *stream;
        uint8_t buffer[sizeof(struct packet)];
        empty.buffer = buffer;
        empty.used = sizeof(struct packet);
        empty.end = empty.begin;
        empty.discarded = 0;
        packet_write(ctf, &empty);
        stream->number = 1;
    }
    packet_write(ctf, stream);
}

void ctf_write(struct ctf *ctf, const struct record *record)
{
    struct ctf_stream *stream = stream_of(ctf, record->cpu);
    const struct event *event = &events[record->id];
    if (stream->used + EVENT_MOST > PACKET_BYTES)
        packet_end(ctf, stream);
    if (stream->used == sizeof(struct packet))
        stream->begin = record->time;
    stream->end = record->time;
    uint8_t *at = stream->buffer + stream->used;
    *at = (uint8_t)record->id;
    memcpy(at + 1, &record->time, sizeof(record->time));
    at += EVENT_HEADER;
    for (enum slot slot = 0; slot < SLOTS; slot++)
        if (event->fields[slot].kind != NONE) {
            memcpy(at, &record->fields[slot], slot_size[slot]); /* little-endian, as this machine */
            at += slot_size[slot];
        }
    stream->used = (size_t)(at - stream->buffer);
}

void ctf_discarded(struct ctf *ctf, unsigned cpu, uint64_t discarded)
{
    struct ctf_stream *stream = stream_of(ctf, cpu);
    if (discarded == stream->discarded)
        return;
    stream->discarded = discarded;
    if (stream->used != sizeof(struct packet)) /* they were lost behind what there is */
        packet_end(ctf, stream);
}

void ctf_flush(struct ctf *ctf)
{
    for (unsigned cpu = 0; cpu < TRACE_CPUS; cpu++) {
        struct ctf_stream *stream = &ctf->streams[cpu];
        if (stream->buffer != NULL && stream->used != sizeof(struct packet))
            packet_end(ctf, stream);
    }
}

void ctf_end(struct ctf *ctf)
{
    ctf_flush(ctf);
    for (unsigned cpu = 0; cpu < TRACE_CPUS; cpu++) {
        struct ctf_stream *stream = &ctf->streams[cpu];
        if (stream->buffer == NULL)
            continue;
        if (stream->written != stream->discarded) { /* an empty packet says so */
            stream->begin = stream->end;
            packet_end(ctf, stream);
        }
        if (close(stream->file) != 0)
            fail(ctf, "a stream");
        free(stream->buffer);
        stream->buffer = NULL;
    }
}
