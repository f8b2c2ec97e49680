/* SPDX-License-Identifier: Apache-2.0 */
/* Who the SIDs of a trace are, from its events of group `life`. */
#pragma once
#include <tools/trace/ctf.h>

enum who { WHO_NOBODY, WHO_TASK, WHO_THREAD, WHO_CHANNEL };
struct named {
    enum who who;
    uint32_t task;           /* of a thread; a channel's client */
    uint32_t server, number; /* a channel's server; a thread's number within its task, from 1 */
    uint32_t threads;        /* of a task, so far */
    char name[17];           /* of a task */
};
struct names {
    struct named *by_sid;
    size_t count;
};
/* Reads the whole trace, and goes back to its beginning. */
void names_read(struct names *names, struct ctf_reader *reader);
const struct named *names_find(const struct names *names, uint64_t sid);
/* "Task", "Task.2", "Client>Server", "idle", or "#sid"; in a buffer of its own, which the next but seven calls keep. */
const char *names_text(const struct names *names, uint64_t sid);
/* Memory that must be there. */
void *must(void *memory);
