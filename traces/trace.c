/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/page.h>
#include <sched/thread.h>
#include <traces/trace.h>

static_assert(THREAD_HELD == 11, "TRACE_STATES has the words of enum thread_state");
static_assert(sizeof(struct trace_record) == TRACE_RECORD_SIZE);
static_assert(sizeof(struct trace_area) <= PAGE_SIZE && sizeof(struct trace_ring) <= PAGE_SIZE);
static_assert(TRACE_CPUS >= KOS_CPUS_MAX);
static_assert(TRACE_EVENT_COUNT <= 64, "a bit of cpu->trace_events each");

/* Events whose tracepoints lie on the fast paths. */
#define FAST_EVENTS                                                                                                    \
    (1ULL << TRACE_switch | 1ULL << TRACE_call | 1ULL << TRACE_reply | 1ULL << TRACE_core_call |                       \
     1ULL << TRACE_core_return)

#define PAGES_DEFAULT 8U

static struct trace_area *_Atomic area; /* null: nothing was ever recorded */
static unsigned pages_order = PAGES_DEFAULT;
static u32 ring_mode = TRACE_STOP;
static u64 boot_events;

const char *trace_option(const char *line, const char *name)
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

u64 trace_hexadecimal(const char *text)
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
    const char *events = trace_option(line, "trace"), *mode = trace_option(line, "trace_mode"),
               *pages = trace_option(line, "trace_pages");
    if (events == nullptr)
        return;
    u64 mask = trace_hexadecimal(events);
    ring_mode = mode != nullptr && *mode == 'o' ? TRACE_OVERWRITE : TRACE_STOP;
    if (pages != nullptr && trace_hexadecimal(pages) <= PAGE_ORDER_MAX)
        pages_order = (unsigned)trace_hexadecimal(pages);
    if (mask != 0 && trace_prepare(mask))
        boot_events = mask;
}

bool trace_prepare(u64 events)
{
    struct trace_area *there = atomic_load_explicit(&area, memory_order_acquire);
    if (there == nullptr) {
        paddr page = page_allocate_zeroed();
        if (page == PADDR_NONE)
            return false;
        struct trace_area *fresh = hal_direct(page);
        fresh->version = TRACE_VERSION;
        fresh->record_size = TRACE_RECORD_SIZE;
        fresh->mode = ring_mode;
        fresh->direct_map = HAL_DIRECT_MAP;
        hal_time_user(&fresh->time_start, &fresh->time_scale);
        fresh->self = page;
        if (atomic_compare_exchange_strong_explicit(&area, &there, fresh, memory_order_acq_rel, memory_order_acquire)) {
            atomic_thread_fence(memory_order_release); /* the signature says that all the rest is there */
            memcpy(fresh->signature, TRACE_SIGNATURE, sizeof(fresh->signature));
            there = fresh;
        } else {
            page_free(page, 0); /* another CPU was faster */
        }
    }
    __atomic_fetch_or(&there->events, events, __ATOMIC_RELAXED);
    return true;
}

static bool ring_make(struct cpu *cpu, struct trace_area *in)
{
    paddr control = page_allocate_zeroed(), records = page_allocate(pages_order);
    if (control == PADDR_NONE || records == PADDR_NONE) {
        if (control != PADDR_NONE)
            page_free(control, 0);
        if (records != PADDR_NONE)
            page_free(records, pages_order);
        return false;
    }
    struct trace_ring *ring = hal_direct(control);
    ring->records = hal_direct(records);
    ring->capacity = ((u64)PAGE_SIZE << pages_order) / TRACE_RECORD_SIZE;
    ring->next = ring->records;
    ring->end = ring->records + ring->capacity;
    ring->mode = in->mode;
    cpu->trace_ring = ring;
    __atomic_store_n(&in->rings[cpu->hal.index], control, __ATOMIC_RELEASE);
    return true;
}

void trace_cpu_init(struct cpu *cpu)
{
    struct trace_area *in = atomic_load_explicit(&area, memory_order_acquire);
    if (boot_events == 0 || in == nullptr)
        return;
    if (!ring_make(cpu, in)) {
        kernel_print("trace: no memory for a ring of CPU %u\n", cpu->hal.index);
        return;
    }
    cpu->trace_events = boot_events;
    if ((boot_events & FAST_EVENTS) != 0)
        hal_entry_divert(true);
}

retcode trace_set_self(u64 events)
{
    struct cpu *cpu = cpu_self();
    if (events != 0 && cpu->trace_ring == nullptr && !ring_make(cpu, atomic_load_explicit(&area, memory_order_acquire)))
        return rcOutOfMemory;
    cpu->trace_events = events;
    cpu_divert(cpu);
    return rcOk;
}
