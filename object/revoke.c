/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closing and revoking: what takes capabilities out of an object's tree.
 *
 * A capability that is closed while others are below it stays in the tree as a ghost, without slot, right or charge: so
 * what was made from a handle that carried a badge stays below that badge, whatever was done to the handle. A ghost has
 * two children or one that is alive: else it goes, or the ghost below takes its place (settle). So there are fewer
 * ghosts than twice the capabilities that are alive, and closing takes the same time however many are below.
 *
 * How many a revocation concerns is the user's choice, so that goes on in steps of WALK_STEP capabilities, each under
 * the object's lock, with checkpoints in between. A step looks at the first child of the root, again and again:
 *
 *   it stays (another badge)       it goes to the end of the list, marked with the number of the walk
 *   it goes, and is alive          it is revoked: from here on nobody uses it or derives from it
 *   it is revoked, has children    one of them moves up to the root, doomed
 *   it is revoked, has none        it leaves the tree
 *
 * until no child is left, or the first one has the walk's mark. So each is revoked before anything below it moves:
 *
 *   meanwhile, in what is revoked                 found by the walk because
 *   a handle is derived from one that is alive    it is below that one
 *   one is closed                                 its ghost has its place, if anything is below it
 *   one is revoked by another thread              either walk takes what is below; each is revoked once
 *   meanwhile, at the root
 *   it is closed, derived from                    revoke of all: refused (`closing`). Of a badge's: the walk ends; what
 *                                                 was derived meanwhile is not part of it
 *   another walk of a badge begins                that thread first walks the old one to its end: there is one at a
 *                                                 time, and nobody waits for anybody
 */
#include <object/tree.h>
#include <smp/preemption.h>

#define WALK_STEP 4U

/* The capability was closed or revoked. */
static void badge_detach(struct object *badge)
{
    if (badge != nullptr && atomic_fetch_sub_explicit(&badge->badged, 1, memory_order_acq_rel) == 1)
        object_tell(badge, KOS_EVENT_BADGE_CLOSED);
}

void handle_object_left(struct object *object, bool last, u32 count)
{
    if (last) {
        object_tell(object, KOS_EVENT_OBJECT_DESTROYED);
        if (object_operations[object->type].abandoned != nullptr)
            object_operations[object->type].abandoned(object);
    }
    while (count-- > 0)
        object_release(object);
}

/* ---- closing; object->lock held ---- */

static void ghost_leaves(struct capability *ghost)
{
    list_remove(&ghost->sibling);
    epoch_defer(&ghost->epoch, capability_reclaim);
}

/* The only child takes the place of the ghost above it, and the badge that belongs to the place. */
static void ghost_rises(struct capability *ghost, struct capability *child)
{
    struct object *badge = child->badge;
    list_remove(&child->sibling);
    list_insert_after(&ghost->sibling, &child->sibling);
    child->parent = ghost->parent;
    child->badge = ghost->badge;
    child->branch = ghost->branch;
    child->doomed = ghost->doomed;
    child->seen = ghost->seen;
    ghost->badge = badge;
    ghost_leaves(ghost);
}

/* One that may be a ghost has lost a child, or its only child has become a ghost. */
static void settle(struct capability *at)
{
    while (at != nullptr && at->ghost && list_empty(&at->children)) { /* twice at most: see above */
        struct capability *parent = at->parent;
        ghost_leaves(at);
        at = parent;
    }
    if (at == nullptr || !at->ghost || at->children.next != at->children.previous)
        return;
    struct capability *child = list_entry(at->children.next, struct capability, sibling);
    if (child->ghost)
        ghost_rises(at, child);
}

/* Its slot is free: a ghost, or nothing. Returns whether it is gone. */
static bool leave_tree(struct capability *capability)
{
    struct capability *parent = capability->parent;
    list_remove(&capability->link);
    if (list_empty(&capability->children)) {
        list_remove(&capability->sibling);
        settle(parent);
        return true;
    }
    capability->ghost = capability->revoked = true;
    capability->table = nullptr;
    settle(capability);
    settle(parent);
    return false;
}

/* *badge: a reference to it that the caller drops without the lock. */
static void close_under(struct handle_table *table, struct capability *capability, bool *last, struct object **badge)
{
    bool live = !capability->revoked;
    if (live)
        badge_detach(capability->badge);
    capability_slot_release(capability);
    quota_release_object(table->quota);
    if (leave_tree(capability)) {
        *badge = capability->badge;
        capability->badge = nullptr;
        epoch_defer(&capability->epoch, capability_reclaim);
    }
    *last = live && list_empty(&capability->object->capabilities);
}

/* ---- closing ---- */

retcode handle_close_slot(struct handle_table *table, u32 handle, struct object **object, bool *last, u32 *left)
{
    struct capability *capability = capability_of(table, handle);
    if (capability == nullptr)
        return rcInvalidHandle;
    *object = capability->object;
    /* A revoked capability keeps a reference too, so the object and its lock are there. */
    if (!object_try_reference(*object))
        return rcInvalidHandle;
    struct object *badge = nullptr;
    spinlock_lock(&(*object)->lock);
    capability = capability_of(table, handle);
    bool closes = capability != nullptr && !capability->closing;
    if (closes)
        close_under(table, capability, last, &badge);
    spinlock_unlock(&(*object)->lock);
    if (badge != nullptr)
        object_release(badge);
    *left = closes ? 2 : 1;
    return closes ? rcOk : rcInvalidHandle;
}

retcode handle_close(struct handle_table *table, u32 handle)
{
    struct object *object;
    bool last = false;
    u32 left = 0;
    retcode code = handle_close_slot(table, handle, &object, &last, &left);
    if (left != 0)
        handle_object_left(object, last, left);
    return code;
}

void handle_unpin(struct capability *pin)
{
    spinlock_lock(&pin->object->lock);
    list_remove(&pin->sibling);
    settle(pin->parent); /* null if it was revoked, or unpinned already */
    pin->parent = nullptr;
    spinlock_unlock(&pin->object->lock);
}

/* ---- revoking; object->lock held ---- */

/* The slot is kept, and so is the place in the tree while there is something below. */
static void mark_revoked(struct capability *capability)
{
    if (capability->table != nullptr) { /* else a pin */
        capability_slot_revoke(capability);
        badge_detach(capability->badge);
    }
    capability->revoked = true;
    list_remove(&capability->link);
}

static void revoked_leaves(struct capability *capability)
{
    capability->parent = nullptr;
    capability->doomed = false;
    list_remove(&capability->sibling);
    if (capability->ghost)
        ghost_leaves(capability);
    else if (capability->table == nullptr)
        object_operations[capability->object->type].pin_revoked(capability);
}

/* The first of its children moves up to the root, where it is the next that is looked at. */
static void child_rises(struct capability *root, struct capability *revoked)
{
    struct capability *child = list_entry(revoked->children.next, struct capability, sibling);
    list_remove(&child->sibling);
    child->parent = root;
    child->doomed = true;
    list_push_front(&root->children, &child->sibling);
}

/* A step. badge: only subtrees whose root carries it, and what is doomed. True: that was all. */
static bool revoke_some(struct capability *root, const struct object *badge)
{
    for (u32 i = 0; i < WALK_STEP && !list_empty(&root->children); i++) {
        struct capability *child = list_entry(root->children.next, struct capability, sibling);
        if (badge != nullptr && !child->doomed && !(child->branch && child->badge == badge)) {
            if (child->seen == root->walk)
                return true;
            child->seen = root->walk;
            list_remove(&child->sibling);
            list_push_back(&root->children, &child->sibling);
            continue;
        }
        if (!child->revoked)
            mark_revoked(child);
        if (list_empty(&child->children))
            revoked_leaves(child);
        else
            child_rises(root, child);
    }
    return list_empty(&root->children);
}

/* ---- revoking ---- */

/* Where a walk is: its root, as long as that is open. */
struct walk {
    struct handle_table *table;
    struct object *object; /* with a reference */
    u32 handle;
};

/* With object->lock; null, without it: the root has gone. */
static struct capability *root_lock(const struct walk *walk)
{
    spinlock_lock(&walk->object->lock);
    struct capability *root = capability_of(walk->table, walk->handle);
    if (root != nullptr)
        return root;
    spinlock_unlock(&walk->object->lock);
    return nullptr;
}

static retcode walk_begin(struct walk *walk, struct handle_table *table, u32 handle)
{
    struct capability *capability;
    retcode code = capability_get(table, handle, &capability);
    if (code != rcOk)
        return code;
    *walk = (struct walk){table, capability->object, handle};
    return object_try_reference(walk->object) ? rcOk : rcInvalidHandle;
}

retcode handle_revoke(struct handle_table *table, u32 handle)
{
    struct walk walk;
    struct object *badge = nullptr;
    retcode code = walk_begin(&walk, table, handle);
    if (code != rcOk)
        return code;
    bool last = false, begun = false;
    do {
        if (begun)
            checkpoint();
        struct capability *root = root_lock(&walk);
        if (root == nullptr || (!begun && (root->revoked || root->closing))) {
            code = rcInvalidHandle;
            if (root == nullptr)
                break;
        } else {
            root->closing = begun = true;
            code = revoke_some(root, nullptr) ? rcOk : PREEMPTED;
            if (code == rcOk)
                close_under(table, root, &last, &badge);
        }
        spinlock_unlock(&walk.object->lock);
    } while (code == PREEMPTED);
    if (badge != nullptr)
        object_release(badge);
    handle_object_left(walk.object, last, code == rcOk ? 2 : 1);
    return code;
}

static u32 walk_number(void)
{
    static _Atomic u32 next = 1;
    u32 number;
    do /* relaxed: only its being another one counts; 0 is no walk */
        number = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    while (number == 0);
    return number;
}

/* A step of the walk for badge, numbered *own once it has begun, or of an earlier one, which has to end first. */
static retcode subtree_step(const struct walk *walk, const struct object *badge, u32 *own)
{
    struct capability *root = root_lock(walk);
    if (root == nullptr)
        return rcInvalidHandle;
    retcode code = root->revoked || root->closing ? rcInvalidHandle : PREEMPTED;
    if (code == PREEMPTED && *own != 0 && root->walk != *own) {
        code = rcOk; /* another thread has walked ours to its end */
    } else if (code == PREEMPTED) {
        if (root->walk == 0) {
            root->walk = *own = walk_number();
            root->walk_badge = badge;
        }
        if (revoke_some(root, root->walk_badge)) {
            code = root->walk == *own ? rcOk : PREEMPTED;
            root->walk = 0;
        }
    }
    spinlock_unlock(&walk->object->lock);
    return code;
}

retcode handle_revoke_subtree(struct handle_table *table, u32 handle, const struct object *badge)
{
    struct walk walk;
    u32 own = 0;
    retcode code = walk_begin(&walk, table, handle);
    if (code != rcOk)
        return code;
    while ((code = subtree_step(&walk, badge, &own)) == PREEMPTED)
        checkpoint();
    object_release(walk.object);
    return code;
}
