/* SPDX-License-Identifier: Apache-2.0 */
#include <object/object.h>

struct object_operations object_operations[OBJECT_TYPES];
void (*object_sid_dead)(u32 sid);
void (*object_watch_tell)(struct object *object, u32 events);
void (*object_watch_free)(struct object *object);

u32 object_sid_allocate(void)
{
    static _Atomic u32 next = 1;
    return atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
}

void object_init(struct object *object, enum object_type type)
{
    object->type = type;
    object->sid = object_sid_allocate();
    atomic_store_explicit(&object->references, 1, memory_order_relaxed);
    list_init(&object->capabilities);
}

void object_end(struct object *object)
{
    if (unlikely(atomic_load_explicit(&object->watch, memory_order_relaxed) != nullptr))
        object_watch_free(object);
    if (unlikely(object_sid_dead != nullptr))
        object_sid_dead(object->sid);
    if (object_operations[object->type].destroy != nullptr)
        object_operations[object->type].destroy(object);
}
