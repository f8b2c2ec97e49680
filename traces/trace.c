/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/page.h>
#include <sched/thread.h>
#include <traces/trace.h>

static_assert(THREAD_HELD == 11, "TRACE_STATES has the words of enum thread_state");
static_assert(sizeof(struct trace_record) == TRACE_RECORD_SIZE);
static_assert(sizeof(struct trace_area) <= PAGE_SIZE && sizeof(struct trace_ring) <= PAGE_SIZE);
static_assert(TRACE_CPUS >= KOS_CPUS_MAX);

/* Events whose tracepoints lie on the fast paths. */
#define FAST_EVENTS                                                                                                    \
    (1ULL << TRACE_switch | 1ULL << TRACE_call | 1ULL << TRACE_reply | 1ULL << TRACE_core_call |                       \
     1ULL << TRACE_core_return)

#define PAGES_DEFAULT 8U

static struct trace_area *area; /* null: off */
static unsigned pages_order = PAGES_DEFAULT;

/* Behind "name=" in the line, or null. */
static const char *option(const char *line, const char *name)
{
    for (const char *at = line; *at != '\0';) {
        size_t same = 0;
        while (name[same] != '\0' && at[same] == name[same])
            same++;
        if (name[same] == '\0' && at[same] == '=')
            return at + same + 1;
        while (*at != '\0' && *at != ' ')
            at++;
        while (*at == ' ')
            at++;
    }
    return nullptr;
}

static u64 hexadecimal(const char *text)
{
    u64 value = 0;
    for (;; text++) {
        u32 digit = (u32)*text | 0x20U;
        if (digit - '0' <= 9)
            value = value << 4 | (digit - '0');
        else if (digit - 'a' <= 5)
            value = value << 4 | (digit - 'a' + 10);
        else
            return value;
    }
}

void trace_init(const char *line)
{
    const char *events = option(line, "trace"), *mode = option(line, "trace_mode"),
               *pages = option(line, "trace_pages");
    if (events == nullptr)
        return;
    u64 mask = hexadecimal(events);
    paddr page = page_allocate_zeroed();
    if (mask == 0 || page == PADDR_NONE)
        return;
    if (pages != nullptr && hexadecimal(pages) <= PAGE_ORDER_MAX)
        pages_order = (unsigned)hexadecimal(pages);
    area = hal_direct(page);
    area->version = TRACE_VERSION;
    area->record_size = TRACE_RECORD_SIZE;
    area->mode = mode != nullptr && *mode == 'o' ? TRACE_OVERWRITE : TRACE_STOP;
    area->events = mask;
    area->direct_map = HAL_DIRECT_MAP;
    hal_time_user(&area->time_start, &area->time_scale);
    area->self = page;
    atomic_thread_fence(memory_order_release); /* the signature says that all the rest is there */
    memcpy(area->signature, TRACE_SIGNATURE, sizeof(area->signature));
}

void trace_cpu_init(struct cpu *cpu)
{
    if (area == nullptr)
        return;
    paddr control = page_allocate_zeroed(), records = page_allocate(pages_order);
    if (control == PADDR_NONE || records == PADDR_NONE) {
        kernel_print("trace: no memory for a ring of CPU %u\n", cpu->hal.index);
        return;
    }
    struct trace_ring *ring = hal_direct(control);
    ring->records = hal_direct(records);
    ring->capacity = ((u64)PAGE_SIZE << pages_order) / TRACE_RECORD_SIZE;
    ring->next = ring->records;
    ring->end = ring->records + ring->capacity;
    ring->mode = area->mode;
    cpu->trace_ring = ring;
    cpu->trace_events = area->events;
    if ((area->events & FAST_EVENTS) != 0)
        hal_entry_divert(true);
    if (area->cpu_count <= cpu->hal.index) /* CPUs come up one after the other */
        area->cpu_count = cpu->hal.index + 1;
    __atomic_store_n(&area->rings[cpu->hal.index], control, __ATOMIC_RELEASE);
}
