/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of a pair of classes, by which the fast path grants (ksm/ksm.h): messages of all its methods, one after the
 * other, as it is, and what the same look costs behind a lock.
 */
#include <benchmarks/host/host.h>
#include <ksm/ksm.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define MESSAGES 64U

static struct ksm_pair *pair;
static word infos[MESSAGES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static inline bool granted(word info)
{
    return ksm_entry(pair, info)->request == info;
}

static u32 kos_decide(void)
{
    u32 grants = 0;
    for (u32 i = 0; i < MESSAGES; i++)
        grants += granted(infos[i]);
    return grants;
}

static u32 mutex_decide(void)
{
    u32 grants = 0;
    for (u32 i = 0; i < MESSAGES; i++) {
        (void)pthread_mutex_lock(&mutex);
        grants += granted(infos[i]);
        (void)pthread_mutex_unlock(&mutex);
    }
    return grants;
}

static u32 rwlock_decide(void)
{
    u32 grants = 0;
    for (u32 i = 0; i < MESSAGES; i++) {
        (void)pthread_rwlock_rdlock(&rwlock);
        grants += granted(infos[i]);
        (void)pthread_rwlock_unlock(&rwlock);
    }
    return grants;
}

static const struct contender {
    const char *name;
    u32 (*decide)(void);
} contenders[] = {
    {"decision/look/kos", kos_decide},
    {"decision/look/mutex", mutex_decide},
    {"decision/look/rwlock", rwlock_decide},
};

static void look(struct host_state *state, const void *context)
{
    const struct contender *contender = context;
    u64 iterations = 0;
    while (host_keep_running(state)) {
        if (contender->decide() != MESSAGES) {
            (void)fprintf(stderr, "a decision is missing\n");
            abort();
        }
        __asm__ volatile("" ::: "memory");
        iterations++;
    }
    host_items(state, iterations * MESSAGES);
}

void decision_benchmarks(void)
{
    pair = aligned_alloc(KOS_CACHE_LINE, sizeof(*pair) + KSM_ENTRIES_MAX * sizeof(struct ksm_entry));
    if (pair == nullptr)
        abort();
    pair->mask = KSM_ENTRIES_MAX - 1;
    for (u32 mid = 0; mid < MESSAGES; mid++) {
        word info = mid | (word)(KOS_MESSAGE_HEADER_SIZE + 64) << KOS_INFO_SIZE_SHIFT;
        infos[mid] = info;
        pair->entries[ksm_hash(info) & pair->mask].request = info;
    }
    for (int threads = 1; threads <= 2; threads++)
        for (u32 i = 0; i < array_length(contenders); i++)
            host_benchmark(contenders[i].name, look, &contenders[i], threads);
}
