/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tools/trace/rings.h>
#include <unistd.h>

#define PAGE 4096U

bool rings_open(struct rings *rings, const char *name)
{
    struct stat status;
    int file = open(name, O_RDWR | O_CLOEXEC);
    memset(rings, 0, sizeof(*rings));
    if (file < 0 || fstat(file, &status) != 0) {
        fprintf(stderr, "kos: trace: cannot read the guest's memory '%s': %s\n", name, strerror(errno));
        return false;
    }
    if (status.st_size < PAGE) {
        fprintf(stderr, "kos: trace: '%s' is too short to be a guest's memory\n", name);
        return false;
    }
    rings->size = (uint64_t)status.st_size;
    rings->memory = mmap(NULL, rings->size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (rings->memory == MAP_FAILED) {
        fprintf(stderr, "kos: trace: cannot map '%s': %s\n", name, strerror(errno));
        return false;
    }
    (void)rings_find(rings, file);
    close(file);
    return true;
}

/* RAM begins at 0 or at 1 GiB; the area says where it is itself. */
static bool is_area(struct rings *rings, uint64_t offset)
{
    struct trace_area *area = (struct trace_area *)(void *)(rings->memory + offset);
    if (memcmp(area->signature, TRACE_SIGNATURE, sizeof(area->signature)) != 0)
        return false;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (area->self < offset || (area->self - offset) % (1U << 30) != 0 || area->version != TRACE_VERSION ||
        area->record_size != TRACE_RECORD_SIZE)
        return false;
    rings->area = area;
    rings->base = area->self - offset;
    return true;
}

bool rings_find(struct rings *rings, int file)
{
    for (off_t at = 0; rings->area == NULL;) {
        off_t data = lseek(file, at, SEEK_DATA), hole = data < 0 ? -1 : lseek(file, data, SEEK_HOLE);
        if (hole < 0)
            break;
        for (uint64_t offset = (uint64_t)data & ~(uint64_t)(PAGE - 1);
             offset + PAGE <= rings->size && offset < (uint64_t)hole; offset += PAGE)
            if (is_area(rings, offset))
                break;
        at = hole;
    }
    return rings->area != NULL;
}

/* Pointer to size bytes at a physical address, or null: the guest is not to be trusted. */
static void *physical(const struct rings *rings, uint64_t address, uint64_t size)
{
    uint64_t offset = address - rings->base;
    if (address < rings->base || offset > rings->size || size > rings->size - offset || offset % 8 != 0)
        return NULL;
    return rings->memory + offset;
}

/* Records written: so many at least when this is called, and no more when laps_done is read, which is first. Between
 * the stores of going round, where a guest that was stopped may stay, all of the old lap are written and none of the
 * new. False: more than a lap went by meanwhile, or this is no ring. */
static bool written_so_far(const struct trace_ring *ring, uint64_t capacity, uint64_t *written)
{
    uint64_t done = __atomic_load_n(&ring->laps_done, __ATOMIC_ACQUIRE);
    const uint8_t *next = (const uint8_t *)__atomic_load_n(&ring->next, __ATOMIC_ACQUIRE);
    uint64_t begun = __atomic_load_n(&ring->laps_begun, __ATOMIC_ACQUIRE);
    uint64_t place = (uint64_t)(next - (const uint8_t *)ring->records) / TRACE_RECORD_SIZE;
    if (begun == done + 1)
        place = capacity;
    else if (done != begun || place > capacity)
        return false;
    *written = done * capacity + place;
    return true;
}

static uint64_t nanoseconds(const struct trace_area *area, uint64_t ticks)
{
    return (uint64_t)(((unsigned __int128)ticks * area->time_scale) >> 32);
}

static void pass_on(const struct rings *rings, struct ctf *ctf, unsigned cpu, const struct trace_record *raw)
{
    uint32_t id = raw->head & 0xffU;
    if (id >= TRACE_EVENT_COUNT)
        return;
    struct record record = {.time = nanoseconds(rings->area, raw->time - rings->area->time_start),
                            .cpu = cpu,
                            .id = (enum trace_event)id,
                            .fields = {raw->head >> 8 & 0xffU, raw->head >> 16, raw->word, raw->first, raw->second}};
    for (enum slot slot = 0; slot < SLOTS; slot++)
        if (events[id].fields[slot].kind == TICKS)
            record.fields[slot] = nanoseconds(rings->area, record.fields[slot]);
    ctf_write(ctf, &record);
}

#define AT_ONCE 4096U

/* Up to AT_ONCE records from *position on. Those that were overwritten meanwhile count as lost. */
static uint64_t drain_some(struct rings *rings, struct ctf *ctf, unsigned cpu, struct trace_ring *ring,
                           const struct trace_record *records, uint64_t capacity)
{
    static struct trace_record copy[AT_ONCE];
    uint64_t written, again, *position = &rings->position[cpu];
    if (!written_so_far(ring, capacity, &written) || written <= *position)
        return 0;
    if (written - *position > capacity) { /* overwrite mode */
        rings->lost[cpu] += written - capacity - *position;
        *position = written - capacity;
    }
    uint64_t count = written - *position < AT_ONCE ? written - *position : AT_ONCE;
    for (uint64_t i = 0; i < count; i++)
        copy[i] = records[(*position + i) % capacity];
    uint64_t gone = 0;
    if (ring->mode == TRACE_OVERWRITE) {
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (!written_so_far(ring, capacity, &again))
            gone = count;
        else if (again + 1 - *position > capacity) /* one more may be half written */
            gone = again + 1 - *position - capacity;
        gone = gone < count ? gone : count;
    }
    rings->lost[cpu] += gone;
    if (rings->lost[cpu] != 0)
        ctf_discarded(ctf, cpu, rings->lost[cpu]);
    for (uint64_t i = gone; i < count; i++)
        pass_on(rings, ctf, cpu, &copy[i]);
    *position += count;
    rings->read += count - gone;
    __atomic_store_n(&ring->taken, *position, __ATOMIC_RELEASE);
    return count;
}

bool rings_drain(struct rings *rings, struct ctf *ctf)
{
    bool some = false;
    rings->dropped = 0;
    for (unsigned cpu = 0; cpu < TRACE_CPUS; cpu++) {
        uint64_t control = __atomic_load_n(&rings->area->rings[cpu], __ATOMIC_ACQUIRE);
        struct trace_ring *ring = control != 0 ? physical(rings, control, sizeof(*ring)) : NULL;
        if (ring == NULL)
            continue;
        uint64_t capacity = ring->capacity;
        const struct trace_record *records =
            capacity != 0 && capacity <= rings->size / TRACE_RECORD_SIZE
                ? physical(rings, (uint64_t)ring->records - rings->area->direct_map, capacity * TRACE_RECORD_SIZE)
                : NULL;
        if (records == NULL)
            continue;
        uint64_t dropped = __atomic_load_n(&ring->dropped, __ATOMIC_RELAXED), most = capacity / AT_ONCE + 1;
        while (most-- != 0 && drain_some(rings, ctf, cpu, ring, records, capacity) != 0)
            some = true;
        if (dropped != 0)
            ctf_discarded(ctf, cpu, dropped);
        rings->dropped += dropped + rings->lost[cpu];
    }
    return some;
}
