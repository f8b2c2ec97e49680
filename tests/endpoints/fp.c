/* SPDX-License-Identifier: Apache-2.0 */
/* The floating-point registers belong to a thread: whatever runs in between, and on whatever way. */
#include <coresrv/sync/sync_api.h>
#include <tests/endpoints/endpoints.h>
#include <tests/endpoints/fp.h>

#define HOLDERS 12
#define TIME_MS 150

static struct holder {
    struct fp_state pattern, seen;
    unsigned number, rounds, wrong;
} holders[HOLDERS];
static Handle server;
static volatile rtl_uint32_t nobody_wakes;

static void spin(unsigned rounds)
{
    for (volatile unsigned i = 0; i < rounds; i++)
        ;
}

/* What happens between load and store. */
static void pass(unsigned way)
{
    nk_uint64_t words[8] = {0, 0, 0, 0, 0, 0, 0, PEER_CHECKS_FP};
    struct kos_message_words m = {.selector = server, .info = KOS_INFO(0, PEER_Echo, KOS_REGISTER_MESSAGE_SIZE, 0)};
    switch (way % 5) {
    case 0:
        spin(20000);
        break;
    case 1:
        (void)KnSleep(0);
        break;
    case 2:
        (void)KnSleep(1);
        break;
    case 3:
        (void)KnSyncWait(&nobody_wakes, 0, 1);
        break;
    default:
        memcpy(m.w, words, sizeof(words));
        kos_system_call(&m);
    }
}

static void hold(void *argument)
{
    struct holder *holder = argument;
    nk_uint64_t end = uptime_ms() + TIME_MS;
    /* a new thread finds nothing of anybody else's */
    struct fp_state *pattern = &holder->pattern;
    memset(pattern, 0, sizeof(*pattern));
    fp_controls(pattern, 0);
    memcpy(&holder->seen, pattern, sizeof(holder->seen)); /* places that are not stored */
    fp_store(&holder->seen);
    holder->wrong = memcmp(pattern->bytes, holder->seen.bytes, FP_BYTES) != 0 ? 1000000 : 0;
    for (holder->rounds = 0; holder->rounds < 25 || uptime_ms() < end; holder->rounds++) {
        fp_pattern(pattern, holder->number + HOLDERS * holder->rounds);
        memcpy(&holder->seen, pattern, sizeof(holder->seen));
        fp_load(pattern);
        pass(holder->rounds + holder->number);
        fp_store(&holder->seen);
        holder->wrong += memcmp(pattern->bytes, holder->seen.bytes, FP_BYTES) != 0;
    }
}

void fp_tests(unsigned cpus, Handle client)
{
    Handle threads[HOLDERS];
    server = client;
    for (unsigned i = 0; i < HOLDERS; i++) {
        holders[i].number = i;
        threads[i] = thread_on(i % cpus, hold, &holders[i], KOS_THREAD_SUSPENDED);
        /* short slices: they are preempted in the middle of everything */
        if (i % cpus == 0)
            expect("fp/SetPriority", NK_NULL, KnThreadSetPriorityByHandle(threads[i], KOS_CLASS_STANDARD, 0), rcOk);
    }
    for (unsigned i = 0; i < HOLDERS; i++)
        expect("fp/Resume", NK_NULL, KnThreadResumeByHandle(threads[i]), rcOk);
    for (unsigned i = 0; i < HOLDERS; i++) {
        thread_join("fp/held", threads[i], 0);
        expect("fp/held", "lost_in_rounds", holders[i].wrong, 0);
        expect("fp/held", "several_rounds", holders[i].rounds >= 25, 1);
    }
    struct kos_message_words m = {.selector = client, .info = KOS_INFO(0, PEER_LastReply, KOS_MESSAGE_HEADER_SIZE, 0)};
    expect("fp/server", "asked", raw_call(&m), rcOk);
    m = (struct kos_message_words){.selector = client,
                                   .info = KOS_INFO(0, PEER_Echo, KOS_REGISTER_MESSAGE_SIZE, 0),
                                   .w = {0, 0, 0, 0, 0, 0, 0, PEER_CHECKS_FP}};
    expect("fp/server", "asked_again", raw_call(&m), rcOk);
    expect("fp/server", "lost", (long long)m.w[6], 0);
    expect("fp/server", "checked", m.w[5] > HOLDERS, 1);
}
