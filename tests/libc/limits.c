/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads print at once, each line whole; keys and threads come and go. */
#include "check.h"
#include <limits.h>
#include <pthread.h>

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

int main(void)
{
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
