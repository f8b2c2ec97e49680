/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/footprint/objects.h>
#include <stdlib.h>
#include <string.h>

#define VCPUS_MAX   64
#define OBJECTS_MAX 65536U
#define BLOCK       64U /* memset stores blocks of that many bytes in any order */

static struct object pending[VCPUS_MAX]; /* cleared, maker not known yet */
static struct object *objects;           /* the last made last; later ones cover earlier ones */
static unsigned count;

static void made(const struct object *object, int maker)
{
    if (objects == NULL && (objects = calloc(OBJECTS_MAX, sizeof(*objects))) == NULL)
        abort();
    if (count == OBJECTS_MAX) { /* forget the older half */
        memmove(objects, objects + OBJECTS_MAX / 2, sizeof(*objects) * (OBJECTS_MAX / 2));
        count = OBJECTS_MAX / 2;
    }
    objects[count] = *object;
    objects[count++].maker = maker;
}

void objects_store(unsigned vcpu, bool cleared, int symbol, uint64_t address, uint64_t size)
{
    struct object *object = &pending[vcpu % VCPUS_MAX];
    uint64_t end = address + size;
    if (!cleared) {
        if (address >= object->start && address < object->end) {
            made(object, symbol);
            *object = (struct object){0};
        }
    } else if (object->end != 0 && address + BLOCK >= object->start && address <= object->end + BLOCK) {
        object->start = address < object->start ? address : object->start;
        object->end = end > object->end ? end : object->end;
    } else {
        *object = (struct object){.start = address, .end = end};
    }
}

const struct object *objects_find(uint64_t address)
{
    for (unsigned i = count; i > 0; i--)
        if (address >= objects[i - 1].start && address < objects[i - 1].end)
            return &objects[i - 1];
    return NULL;
}
