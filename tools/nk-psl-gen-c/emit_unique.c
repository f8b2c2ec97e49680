/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/emit.h>

struct unique {
    uint64_t hash;
    const char *key;
    unsigned number;
    struct unique *next;
};

#define BUCKETS 8192U

bool emit_unique(struct emitter *emitter, struct emit_set *set, const char *key, unsigned *number)
{
    uint64_t hash = 14695981039346656037ULL;
    if (set->buckets == nullptr)
        set->buckets = pool_allocate(emitter->policy->pool, sizeof(struct unique *) * BUCKETS);
    for (const char *c = key; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
    struct unique **bucket = &set->buckets[(hash >> 32) % BUCKETS];
    for (const struct unique *u = *bucket; u != nullptr; u = u->next) {
        if (u->hash == hash && strcmp(u->key, key) == 0) {
            *number = u->number;
            return false;
        }
    }
    struct unique *made = POOL_NEW(emitter->policy->pool, struct unique);
    *made = (struct unique){hash, key, set->count++, *bucket};
    *bucket = made;
    *number = made->number;
    return true;
}
