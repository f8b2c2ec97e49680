/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/ipc.h>
#include <all/Class.edl.ksm.h>
#include <ksm/message.h>
#include <stdlib.h>
#include <string.h>
#include <tests/languages/verify.h>

static const struct ksm_shape *shape_of(unsigned riid, unsigned mid, enum verify_direction direction)
{
    if (riid >= all_Class_ksm_endpoint_count || mid >= all_Class_ksm_endpoints[riid].interface->method_count)
        return nullptr;
    const struct ksm_method *method = &all_Class_ksm_endpoints[riid].interface->methods[mid];
    return direction == VERIFY_REQUEST    ? &method->request
           : direction == VERIFY_RESPONSE ? &method->response
                                          : &method->error;
}

size_t verify_size(unsigned riid, unsigned mid, enum verify_direction direction)
{
    const struct ksm_shape *shape = shape_of(riid, mid, direction);
    return shape != nullptr ? shape->size : 0;
}
size_t verify_arena_size(unsigned riid, unsigned mid, enum verify_direction direction)
{
    const struct ksm_shape *shape = shape_of(riid, mid, direction);
    return shape != nullptr ? shape->arena_size : 0;
}

/* Header as the kernel compares it, then what lies inside. */
static bool fits(unsigned riid, unsigned mid, enum verify_direction direction, const void *message,
                 const struct ksm_arena *arena)
{
    const struct ksm_shape *shape = shape_of(riid, mid, direction);
    u64 info;
    memcpy(&info, message, sizeof(info));
    if (shape == nullptr || shape->size == 0 || arena->size > shape->arena_size)
        return false;
    u64 error = direction == VERIFY_ERROR ? KOS_INFO_ERROR : 0;
    if (info != (KOS_INFO(riid, mid, shape->size, shape->handle_count) | error))
        return false;
    return ksm_message_fits(shape, (const u8 *)message + KOS_MESSAGE_HEADER_SIZE, arena);
}

_Bool verify(unsigned riid, unsigned mid, enum verify_direction direction, const void *message, const void *bytes,
             size_t arena_size)
{
    struct ksm_arena arena = ksm_arena_flat(bytes, arena_size);
    return fits(riid, mid, direction, message, &arena);
}

struct pieces {
    u8 **pieces;
    size_t piece, size;
};

static const void *span(void *context, u64 offset, u64 *available)
{
    const struct pieces *pieces = context;
    *available = pieces->piece - offset % pieces->piece;
    return pieces->pieces[offset / pieces->piece] + offset % pieces->piece;
}

/* Each piece is an allocation of its own: the sanitizer sees a step beyond it. */
_Bool verify_in_pieces(unsigned riid, unsigned mid, enum verify_direction direction, const void *message,
                       const void *bytes, size_t arena_size, size_t piece)
{
    size_t count = (arena_size + piece - 1) / piece;
    struct pieces pieces = {calloc(count + 1, sizeof(u8 *)), piece, arena_size};
    for (size_t i = 0; i < count; i++) {
        size_t rest = arena_size - i * piece < piece ? arena_size - i * piece : piece;
        pieces.pieces[i] = malloc(piece);
        memcpy(pieces.pieces[i], (const u8 *)bytes + i * piece, rest);
    }
    struct ksm_arena arena = {.size = arena_size, .span = span, .context = &pieces};
    bool result = fits(riid, mid, direction, message, &arena);
    for (size_t i = 0; i < count; i++)
        free(pieces.pieces[i]);
    free(pieces.pieces);
    return result;
}
