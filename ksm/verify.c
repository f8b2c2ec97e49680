/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy's tables, looked at once at boot: what the kernel later indexes by them must be there. A policy is part of
 * the image and trusted to decide, not to be without mistakes.
 */
#include <ksm/ksm.h>
#include <ksm/models/models.h>
#include <ksm/verify.h>

/* A shape with descriptors is verified on a kernel copy of the constant part, of one page at most. */
#define DESCRIBED_MAX (KOS_MESSAGE_HEADER_SIZE + KOS_PAGE_SIZE)
#define IDS_MAX       0x10000U

/* Four-byte pieces of a constant part that descriptors lie in. */
struct taken {
    u64 pieces[KOS_PAGE_SIZE / 4 / 64];
};

/* [offset, offset + size) lies in the constant part, aligned, and nothing else lies there; notes it. */
static bool take(struct taken *taken, const struct ksm_shape *shape, u32 offset, u32 size, u32 alignment)
{
    if (offset < KOS_MESSAGE_HEADER_SIZE || offset % alignment != 0 || offset > shape->size ||
        size > shape->size - offset)
        return false;
    for (u32 piece = (offset - KOS_MESSAGE_HEADER_SIZE) / 4, end = piece + size / 4; piece < end; piece++) {
        u64 bit = 1ULL << (piece % 64);
        if ((taken->pieces[piece / 64] & bit) != 0)
            return false;
        taken->pieces[piece / 64] |= bit;
    }
    return true;
}

static bool descriptors_well_formed(const struct ksm_shape *shape)
{
    struct taken taken = {};
    if (shape->size > DESCRIBED_MAX || shape->handle_count > KOS_INFO_HANDLES_MASK ||
        (shape->handle_count != 0 && shape->handle_offsets == nullptr) ||
        (shape->chunk_count != 0 && shape->chunks == nullptr))
        return false;
    for (u32 i = 0; i < shape->handle_count; i++)
        if (!take(&taken, shape, shape->handle_offsets[i], sizeof(struct kos_handle_descriptor), 8))
            return false;
    for (u32 i = 0; i < shape->chunk_count; i++)
        if (!take(&taken, shape, shape->chunks[i].offset, sizeof(struct kos_chunk), 4) ||
            shape->chunks[i].element_size == 0)
            return false;
    return true;
}

static bool part_well_formed(const struct ksm_part *part, u64 start, u64 size, u32 depth);

/* A piece of a value lies between its start and its end. */
static bool inside(u64 start, u64 size, u64 offset, u64 bytes, u32 alignment)
{
    return offset >= start && offset % alignment == 0 && offset <= size && bytes <= size - offset;
}

static bool union_well_formed(const struct ksm_union *one, u64 start, u64 size, u32 depth)
{
    if (!inside(start, size, one->offset, sizeof(u32), 4))
        return false;
    for (u32 i = 0; one->members != nullptr && i < one->member_count; i++)
        if (one->members[i] != nullptr &&
            !part_well_formed(one->members[i], sizeof(u32), size - one->offset, depth + 1))
            return false;
    return true;
}

static bool array_well_formed(const struct ksm_array *array, u64 start, u64 size, u32 depth)
{
    return array->element != nullptr &&
           inside(start, size, array->offset, (u64)array->count * array->element_size, 1) &&
           part_well_formed(array->element, 0, array->element_size, depth + 1);
}

/* What the verification of a value of size bytes reads lies in it; start: bytes at its front that are not its own. */
static bool part_well_formed(const struct ksm_part *part, u64 start, u64 size, u32 depth)
{
    if (depth > KSM_DEPTH_MAX || (part->chunk_count != 0 && part->chunks == nullptr) ||
        (part->union_count != 0 && part->unions == nullptr) || (part->array_count != 0 && part->arrays == nullptr))
        return false;
    for (u32 i = 0; i < part->chunk_count; i++) {
        const struct ksm_part *element = part->contents != nullptr ? part->contents[i].element : nullptr;
        u32 element_size = part->chunks[i].element_size;
        if (!inside(start, size, part->chunks[i].offset, sizeof(struct kos_chunk), 4) || element_size == 0 ||
            (element != nullptr && !part_well_formed(element, 0, element_size, depth + 1)))
            return false;
    }
    for (u32 i = 0; i < part->union_count; i++)
        if (!union_well_formed(&part->unions[i], start, size, depth))
            return false;
    for (u32 i = 0; i < part->array_count; i++)
        if (!array_well_formed(&part->arrays[i], start, size, depth))
            return false;
    return true;
}

/* What ksm/message.h reads of it. */
static bool content_well_formed(const struct ksm_shape *shape)
{
    struct ksm_part whole = {.chunk_count = shape->chunk_count,
                             .union_count = shape->union_count,
                             .chunks = shape->chunks,
                             .contents = shape->contents,
                             .unions = shape->unions};
    return (shape->deep || shape->union_count == 0) &&
           part_well_formed(&whole, KOS_MESSAGE_HEADER_SIZE, shape->size, 0);
}

bool ksm_shape_well_formed(const struct ksm_shape *shape)
{
    bool described = shape->handle_count != 0 || shape->chunk_count != 0 || shape->union_count != 0;
    if (shape->size == 0)
        return !described && shape->arena_size == 0;
    return shape->size >= KOS_MESSAGE_HEADER_SIZE && shape->size % 8 == 0 &&
           (u64)shape->size + shape->arena_size <= KOS_MESSAGE_SIZE_MAX &&
           (!described || (descriptors_well_formed(shape) && content_well_formed(shape)));
}

static bool interface_well_formed(const struct ksm_interface *interface)
{
    if (interface == nullptr || interface->method_count > IDS_MAX ||
        (interface->method_count != 0 && interface->methods == nullptr))
        return false;
    for (u32 mid = 0; mid < interface->method_count; mid++) {
        const struct ksm_method *method = &interface->methods[mid];
        if (!ksm_shape_well_formed(&method->request) || !ksm_shape_well_formed(&method->response) ||
            !ksm_shape_well_formed(&method->error)) {
            kernel_print("ksm: the shape of method %u of %s is malformed\n", mid,
                         interface->name != nullptr ? interface->name : "an interface");
            return false;
        }
    }
    return true;
}

static bool class_well_formed(const struct ksm_class *class)
{
    if (class->name == nullptr || class->endpoint_count > IDS_MAX ||
        (class->endpoint_count != 0 && class->endpoints == nullptr))
        return false;
    for (u32 riid = 0; riid < class->endpoint_count; riid++)
        if (class->endpoints[riid].name == nullptr || !interface_well_formed(class->endpoints[riid].interface)) {
            kernel_print("ksm: endpoint %u of class %s is malformed\n", riid, class->name);
            return false;
        }
    if (class->security_count > IDS_MAX || (class->security_count != 0 && class->security == nullptr))
        return false;
    for (u32 number = 0; number < class->security_count; number++)
        if (!interface_well_formed(class->security[number].interface)) {
            kernel_print("ksm: security interface %u of class %s is malformed\n", number, class->name);
            return false;
        }
    return true;
}

bool ksm_policy_well_formed(const struct ksm_policy *policy)
{
    if (policy->version != KSM_POLICY_VERSION || policy->class_count < 2 || policy->class_count > IDS_MAX ||
        policy->classes == nullptr || policy->describe == nullptr)
        return false;
    const struct ksm_class *core = &policy->classes[KSM_CLASS_CORE]; /* the dispatch of core calls indexes by these */
    if (core->endpoints != ksm_core_endpoints || core->endpoint_count != ksm_core_endpoint_count)
        return false;
    for (u32 i = 0; i < policy->class_count; i++)
        if (!class_well_formed(&policy->classes[i])) {
            kernel_print("ksm: class %u is malformed\n", i);
            return false;
        }
    return ksm_models_well_formed(policy->objects, policy->object_count);
}
