/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU plugin: lets emulated CPUs run side by side as real ones do, on however few cores of the host. Between
 * kos_marker_gather(n) and kos_marker_end, n vCPUs take turns of QUANTUM instructions, in the order of their numbers.
 * So all advance at the same rate, one instruction in one unit of time, and a vCPU that waits for another spends as
 * many instructions as the other needs. The gathering waits until all n have come and all others sleep; others that
 * wake up meanwhile take turns, too, but are not counted. QEMU must run with a thread per vCPU.
 *
 * Output, tab-separated, for the n-th gathering: phase n vcpus instructions time breaks
 *   instructions   of all its vCPUs together
 *   time           instructions of the one that took the longest
 *   breaks         turns that a vCPU took by itself since none came; 0 unless QEMU had to stop all vCPUs meanwhile
 */
#include <benchmarks/footprint/arguments.h>
#include <benchmarks/footprint/instruction.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VCPUS     64U
#define QUANTUM   16U /* much less than any section under a lock */
#define YIELD     1000U
#define BREAK_S   2
#define MARKER_OF 16U /* marker values from here on: gather that many less this */

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static bool is_aarch64;
static FILE *out;

static struct vcpu {
    atomic_bool takes_part, awake; /* written under lock by its own thread */
    pthread_cond_t turn;
    uint64_t used, instructions; /* of this turn, since the gathering; its own thread's */
} vcpus[VCPUS];
static atomic_bool phase_runs; /* written under lock */

/* all guarded by lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_ended = PTHREAD_COND_INITIALIZER;
static uint64_t gathered, running, ring, awake; /* sets of vCPUs: come so far; to end; that take turns; not halted */
static unsigned expected, holder, phases, breaks;
static uint64_t sum, longest;

static bool has(uint64_t set, unsigned index)
{
    return ((set >> index) & 1U) != 0;
}

/* lock held. The next of those that can run, in a circle. */
static void pass_on(void)
{
    uint64_t ready = ring & awake, above = holder == VCPUS - 1 ? 0 : ready & (~0ULL << (holder + 1));
    if (ready == 0)
        return;
    holder = (unsigned)__builtin_ctzll(above != 0 ? above : ready);
    pthread_cond_signal(&vcpus[holder].turn);
}

/* lock held. */
static void wait_for_turn(unsigned index)
{
    struct timespec until;
    (void)timespec_get(&until, TIME_UTC);
    until.tv_sec += BREAK_S;
    while (has(ring, index) && holder != index) {
        if (pthread_cond_timedwait(&vcpus[index].turn, &lock, &until) != ETIMEDOUT)
            continue;
        breaks++;
        return;
    }
}

/* lock held. */
static void start_if_ready(void)
{
    if (gathered == 0 || (unsigned)__builtin_popcountll(gathered) != expected || (awake & ~gathered) != 0)
        return;
    running = ring = gathered;
    gathered = 0;
    sum = longest = breaks = 0;
    holder = VCPUS - 1;
    atomic_store(&phase_runs, true);
    pass_on();
    for (unsigned i = 0; i < VCPUS; i++)
        if (has(running, i))
            pthread_cond_signal(&vcpus[i].turn);
}

static void gather(unsigned int index, void *data)
{
    struct vcpu *vcpu = &vcpus[index];
    pthread_mutex_lock(&lock);
    vcpu->used = vcpu->instructions = 0;
    atomic_store(&vcpu->takes_part, true);
    gathered |= 1ULL << index;
    expected = (unsigned)(uintptr_t)data;
    start_if_ready();
    while (has(gathered, index))
        pthread_cond_wait(&vcpu->turn, &lock);
    wait_for_turn(index);
    pthread_mutex_unlock(&lock);
}

/* lock held. */
static void phase_end(void)
{
    fprintf(out, "phase\t%u\t%u\t%llu\t%llu\t%u\n", phases++, expected, (unsigned long long)sum,
            (unsigned long long)longest, breaks);
    fflush(out);
    atomic_store(&phase_runs, false);
    for (; ring != 0; ring &= ring - 1)
        pthread_cond_signal(&vcpus[__builtin_ctzll(ring)].turn);
    pthread_cond_broadcast(&all_ended);
}

/* Stays until all have come: what it does next would disturb them. */
static void end(unsigned int index, void *data)
{
    struct vcpu *vcpu = &vcpus[index];
    (void)data;
    if (!atomic_load(&vcpu->takes_part))
        return;
    pthread_mutex_lock(&lock);
    atomic_store(&vcpu->takes_part, false);
    running &= ~(1ULL << index);
    ring &= ~(1ULL << index);
    sum += vcpu->instructions;
    longest = vcpu->instructions > longest ? vcpu->instructions : longest;
    unsigned phase = phases;
    if (running == 0)
        phase_end();
    else
        pass_on();
    while (phases == phase)
        pthread_cond_wait(&all_ended, &lock);
    pthread_mutex_unlock(&lock);
}

static void wakes(unsigned int index)
{
    pthread_mutex_lock(&lock);
    atomic_store(&vcpus[index].awake, true);
    awake |= 1ULL << index;
    if (atomic_load(&phase_runs))
        ring |= 1ULL << index;
    pthread_mutex_unlock(&lock);
}

static void turn_over(unsigned index)
{
    pthread_mutex_lock(&lock);
    if (!has(ring & awake, holder))
        holder = index; /* it halted in its turn, when no other was awake */
    else if (holder == index)
        pass_on();
    wait_for_turn(index);
    pthread_mutex_unlock(&lock);
}

static void executed(unsigned int index, void *data)
{
    struct vcpu *vcpu = &vcpus[index];
    if (!atomic_load_explicit(&vcpu->awake, memory_order_relaxed))
        wakes(index);
    if (atomic_load_explicit(&vcpu->takes_part, memory_order_relaxed))
        vcpu->instructions += (uintptr_t)data;
    vcpu->used += (uintptr_t)data;
    if (!atomic_load_explicit(&phase_runs, memory_order_relaxed)) {
        if (vcpu->used >= YIELD) { /* it may be waiting for one that the host does not run */
            vcpu->used = 0;
            sched_yield();
        }
        return;
    }
    if (vcpu->used < QUANTUM)
        return;
    vcpu->used = vcpu->used >= 2 * QUANTUM ? 0 : vcpu->used - QUANTUM;
    turn_over(index);
}

static void halted(qemu_plugin_id_t id, unsigned int index)
{
    (void)id;
    pthread_mutex_lock(&lock);
    atomic_store(&vcpus[index].awake, false);
    awake &= ~(1ULL << index);
    start_if_ready();
    if (has(ring, index) && holder == index)
        pass_on();
    vcpus[index].used = QUANTUM; /* its next block waits for a turn */
    pthread_mutex_unlock(&lock);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t count = qemu_plugin_tb_n_insns(tb);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS, (void *)count);
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        unsigned which = instruction_marker(insn, is_aarch64);
        if (which == 2)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, end, QEMU_PLUGIN_CB_NO_REGS, NULL);
        else if (which > MARKER_OF && which <= MARKER_OF + VCPUS)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, gather, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(uintptr_t)(which - MARKER_OF));
    }
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count,
                                                               char **arguments)
{
    is_aarch64 = strcmp(info->target_name, "aarch64") == 0;
    if (!arguments_take(count, arguments, &out))
        return -1;
    for (unsigned i = 0; i < VCPUS; i++)
        pthread_cond_init(&vcpus[i].turn, NULL);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_idle_cb(id, halted);
    return 0;
}
