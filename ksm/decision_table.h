/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions of a compiled policy by event. An event has a server (destination of requests and execute, source of the
 * others), which has the endpoint, and a client. For each method of each endpoint there is a row: one decision for all
 * clients but some. Constant data; any CPU. Finding takes a binary search among the exceptions of one row.
 */
#pragma once
#include <ksm/models/transaction.h>

struct ksm_exception {
    u16 client; /* class */
    u16 decision;
};

struct ksm_row {
    u16 others; /* decision */
    u16 count;  /* exceptions, by ascending client */
    u32 first;  /* number of the first one */
};

/* A class as server, for one kind of event. */
struct ksm_server {
    const u16 *starts; /* [riid]: number in rows of its method 0; one more at the end */
    const u16 *rows;   /* numbers of rows, method by method */
    u32 endpoint_count;
};

struct ksm_decision_table {
    const struct ksm_decision *decisions; /* [0]: no rule */
    const struct ksm_row *rows;
    const struct ksm_exception *exceptions;
    const struct ksm_server *servers[KSM_SECURITY + 1]; /* by event, by class; null: none has rules */
    u32 class_count;
};

/* Never null: what is not in the table has no rule. */
static inline const struct ksm_decision *ksm_decision_find(const struct ksm_decision_table *table, enum ksm_event event,
                                                           u32 source, u32 destination, u32 riid, u32 mid)
{
    bool to_server = event == KSM_REQUEST || event == KSM_EXECUTE;
    u32 server_class = to_server ? destination : source, client = to_server ? source : destination;
    if (event > KSM_SECURITY || table->servers[event] == nullptr || server_class >= table->class_count)
        return &table->decisions[0];
    const struct ksm_server *server = &table->servers[event][server_class];
    if (riid >= server->endpoint_count || mid >= (u32)server->starts[riid + 1] - server->starts[riid])
        return &table->decisions[0];
    const struct ksm_row *row = &table->rows[server->rows[server->starts[riid] + mid]];
    u32 low = 0, high = row->count;
    while (low < high) {
        u32 middle = (low + high) / 2;
        const struct ksm_exception *exception = &table->exceptions[row->first + middle];
        if (exception->client == client)
            return &table->decisions[exception->decision];
        if (exception->client < client)
            low = middle + 1;
        else
            high = middle;
    }
    return &table->decisions[row->others];
}
