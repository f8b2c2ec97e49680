/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads print at once, each line whole; keys and threads come and go. */
#include "check.h"
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/cdefs.h>
#include <sys/queue.h>

static pthread_key_t keys[PTHREAD_KEYS_MAX];

static void *print(void *argument)
{
    for (int i = 0; i < 20; i++)
        printf("thread %ld, line %02d: %8.3f of what is printed by one call stays together\n", (long)argument, i,
               i / 7.0);
    return NULL;
}

#define LIMIT 60

static void *nothing(void *argument)
{
    return argument;
}

/* ---- sys/queue.h: what random changes leave, beside an array ---- */

struct item {
    int number;
    SLIST_ENTRY(item) single;
    LIST_ENTRY(item) list;
    STAILQ_ENTRY(item) queue;
    TAILQ_ENTRY(item) both;
};
static struct item items[16];
static SLIST_HEAD(, item) singles = SLIST_HEAD_INITIALIZER(singles);
static LIST_HEAD(, item) lists = LIST_HEAD_INITIALIZER(lists);
static STAILQ_HEAD(, item) queues = STAILQ_HEAD_INITIALIZER(queues);
static TAILQ_HEAD(ends, item) both = TAILQ_HEAD_INITIALIZER(both);
static struct item *order[16];
static int count;

static void add(struct item *item, int at)
{
    if (at == 0) {
        SLIST_INSERT_HEAD(&singles, item, single);
        LIST_INSERT_HEAD(&lists, item, list);
        STAILQ_INSERT_HEAD(&queues, item, queue);
        TAILQ_INSERT_HEAD(&both, item, both);
    } else if (at == count) {
        SLIST_INSERT_AFTER(order[at - 1], item, single);
        LIST_INSERT_AFTER(order[at - 1], item, list);
        STAILQ_INSERT_TAIL(&queues, item, queue);
        TAILQ_INSERT_TAIL(&both, item, both);
    } else {
        SLIST_INSERT_AFTER(order[at - 1], item, single);
        LIST_INSERT_BEFORE(order[at], item, list);
        STAILQ_INSERT_AFTER(&queues, order[at - 1], item, queue);
        if (item->number % 2 == 0)
            TAILQ_INSERT_BEFORE(order[at], item, both);
        else
            TAILQ_INSERT_AFTER(&both, order[at - 1], item, both);
    }
    memmove(&order[at + 1], &order[at], sizeof(order[0]) * (size_t)(count++ - at));
    order[at] = item;
}

static void take(int at)
{
    struct item *item = order[at];
    SLIST_REMOVE(&singles, item, item, single);
    LIST_REMOVE(item, list);
    if (at == 0)
        STAILQ_REMOVE_HEAD(&queues, queue);
    else
        STAILQ_REMOVE(&queues, item, item, queue);
    TAILQ_REMOVE(&both, item, both);
    memmove(&order[at], &order[at + 1], sizeof(order[0]) * (size_t)(--count - at));
    item->number = -1;
}

static int as_ordered(void)
{
    struct item *item;
    int at = 0, holds = 1;
    SLIST_FOREACH(item, &singles, single) holds &= item == order[at++];
    holds &= at == count;
    at = 0;
    LIST_FOREACH(item, &lists, list) holds &= item == order[at++];
    holds &= at == count;
    at = 0;
    STAILQ_FOREACH(item, &queues, queue) holds &= item == order[at++];
    holds &= at == count;
    at = 0;
    TAILQ_FOREACH(item, &both, both) holds &= item == order[at++];
    holds &= at == count;
    TAILQ_FOREACH_REVERSE(item, &both, ends, both) holds &= item == order[--at];
    return holds && at == 0;
}

static void queues_hold(void)
{
    int wrong = 0;
    for (int i = 0; i < (int)__arraycount(items); i++)
        items[i].number = -1;
    for (int i = 0; i < 5000; i++) {
        struct item *item = &items[rand() % (int)__arraycount(items)];
        if (item->number < 0) {
            item->number = rand() % 100;
            add(item, count != 0 ? rand() % (count + 1) : 0);
        } else {
            take(rand() % count);
        }
        wrong += !as_ordered();
    }
    CHECK(wrong == 0 && __predict_true(count <= (int)__arraycount(items)));
}

int main(void)
{
    queues_hold();
    pthread_t threads[3];
    for (long i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, print, (void *)i) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < PTHREAD_KEYS_MAX; i++)
        CHECK(pthread_key_create(&keys[i], NULL) == 0);
    pthread_key_t more;
    CHECK(pthread_key_create(&more, NULL) != 0 && pthread_key_delete(keys[5]) == 0 &&
          pthread_key_create(&more, NULL) == 0);
    for (int i = 0; i < LIMIT; i++) { /* what one leaves behind would be seen by then */
        void *result = NULL;
        CHECK(pthread_create(&threads[0], NULL, nothing, &threads[i % 3]) == 0 &&
              pthread_join(threads[0], &result) == 0 && result == &threads[i % 3]);
    }
    return done("limits");
}
