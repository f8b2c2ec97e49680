/* SPDX-License-Identifier: Apache-2.0 */
/* Message header, arenas, base types and errors of the transport layer. */
#pragma once
#include <abi/ipc.h>
#include <handle/handletype.h>
#include <rtl/retcode.h>

typedef char nk_char_t;
typedef uint8_t nk_uint8_t;
typedef uint16_t nk_uint16_t;
typedef uint32_t nk_uint32_t;
typedef uint64_t nk_uint64_t;
typedef int8_t nk_sint8_t;
typedef int16_t nk_sint16_t;
typedef int32_t nk_sint32_t;
typedef int64_t nk_sint64_t;
typedef size_t nk_size_t;
typedef nk_uint8_t nk_bool_t;
typedef nk_uint16_t nk_iid_t;
typedef nk_uint16_t nk_mid_t;
typedef nk_uint32_t nk_rights_t;
typedef nk_uint64_t nk_badge_t;
typedef Retcode nk_err_t;
#define NK_TRUE      1
#define NK_FALSE     0
#define NK_NULL      RTL_NULL
#define INVALID_RIID ((nk_iid_t)~0)

/* Transport errors are return codes, so that callers may compare with either family of names. */
#define NK_EOK      rcOk
#define NK_ENOENT   rcResourceNotFound
#define NK_EBADMSG  rcTransferError
#define NK_ENOMEM   rcOutOfMemory
#define NK_EINVAL   rcInvalidArgument
#define NK_EPERM    rcSecurityDisallow
#define NK_EAGAIN   rcBusy
#define NK_ENOTCONN rcNotConnected
/* Nothing of ours returns these; applications pass them on. */
#define NK_ENOTEMPTY ((nk_err_t)KOS_RC_VALUE(KOS_RC_SPACE_GENERAL, 257))
#define NK_ENOMSG    ((nk_err_t)KOS_RC_VALUE(KOS_RC_SPACE_GENERAL, 258))

#define __nk_packed
#ifdef __cplusplus
#define __nk_alignas(n)              alignas(n)
#define nk_alignof(type)             alignof(type)
#define nk_static_assert(holds, why) static_assert(holds, #why)
#else
#define __nk_alignas(n)              _Alignas(n)
#define nk_alignof(type)             _Alignof(type)
#define nk_static_assert(holds, why) _Static_assert(holds, #why)
#endif
/* A call's way to the kernel: inlined, its message stays in registers. */
#define nk_inline                 static inline __attribute__((always_inline))
#define nk_offsetof(type, member) __builtin_offsetof(type, member)
#define nk_unused(value)          ((void)(value))
#define nk_assert(holds)          ((holds) ? (void)0 : __builtin_trap())

/* A status of an application in a return code: what a method with "error UInt16 status" returns. */
#define NK_ELOGIC(status)   ((nk_err_t)(0xc0000000U | (nk_uint16_t)(status)))
#define NK_ELOGIC_CHECK(rc) (((nk_uint32_t)(rc) & 0xffff0000U) == 0xc0000000U)
#define NK_ELOGIC_GET(rc)   ((nk_uint16_t)(rc))

/* First 8 bytes: abi/ipc.h, info. */
typedef struct nk_message {
    __nk_alignas(8) nk_uint16_t mid;
    nk_uint16_t iid;
    nk_uint32_t tag; /* size 24, handles 7, error 1 */
    nk_uint64_t reserved[2];
} nk_message;

static inline nk_uint64_t nk_message_info(const struct nk_message *m)
{
    return (nk_uint64_t)m->mid | (nk_uint64_t)m->iid << 16 | (nk_uint64_t)m->tag << 32;
}
static inline void nk_message_set_info(struct nk_message *m, nk_uint64_t info)
{
    m->mid = (nk_uint16_t)info;
    m->iid = (nk_uint16_t)(info >> 16);
    m->tag = (nk_uint32_t)(info >> 32);
}
static inline void nk_message_write_info(struct nk_message *m, nk_uint64_t info)
{
    __builtin_memcpy(m, &info, sizeof(info));
}
static inline void nk_message_set_size(struct nk_message *m, nk_size_t size)
{
    m->tag = (m->tag & 0xff000000U) | ((nk_uint32_t)size & 0xffffffU);
}
static inline nk_size_t nk_message_size(const struct nk_message *m)
{
    return m->tag & 0xffffffU;
}
static inline void nk_message_make_req(struct nk_message *m)
{
    m->tag &= 0x7fffffffU;
}
static inline void nk_message_set_iid(struct nk_message *m, nk_iid_t iid)
{
    m->iid = iid;
}
static inline void nk_message_set_mid(struct nk_message *m, nk_mid_t mid)
{
    m->mid = mid;
}
static inline void nk_message_set_ncaps(struct nk_message *m, nk_uint32_t n)
{
    m->tag = (m->tag & 0x80ffffffU) | (n & 0x7fU) << 24;
}
#define nk_req_reset(p)                     ((void)((p)->base_.tag = (nk_uint32_t)sizeof(*(p))))
#define nk_err_reset(p)                     ((void)((p)->base_.tag = (nk_uint32_t)sizeof(*(p)) | 0x80000000U))
#define nk_msg_set_method_id(p, iid_, mid_) ((void)((p)->base_.iid = (iid_), (p)->base_.mid = (mid_)))
#define nk_msg_set_ncaps(p, n)              nk_message_set_ncaps(&(p)->base_, (n))
/* Ours: the three above in one store. */
#define nk_msg_begin(p, iid_, mid_, n) nk_message_write_info(&(p)->base_, KOS_INFO((iid_), (mid_), sizeof(*(p)), (n)))
/* p: a message of generated code, or its base_, which comes first. */
#define nk_msg_check_err(p) ((((const struct nk_message *)(const void *)(p))->tag & 0x80000000U) != 0)

/* ---- arena ---- */
typedef struct nk_arena {
    nk_uint8_t *start, *unused, *end;
} nk_arena;
typedef struct {
    nk_uint32_t offset, size;
} nk_ptr_t;

#define NK_ARENA_INITIALIZER(start_, end_) {(nk_uint8_t *)(start_), (nk_uint8_t *)(start_), (nk_uint8_t *)(end_)}
static inline void nk_arena_init(struct nk_arena *a, void *start, void *end)
{
    a->start = a->unused = (nk_uint8_t *)start;
    a->end = (nk_uint8_t *)end;
}
static inline void nk_arena_reset(struct nk_arena *a)
{
    a->unused = a->start;
}

static inline void *nk_arena_alloc_bytes(struct nk_arena *a, nk_ptr_t *d, nk_size_t size, nk_size_t align)
{
    nk_size_t offset = ((nk_size_t)(a->unused - a->start) + align - 1) & ~(align - 1);
    nk_size_t capacity = (nk_size_t)(a->end - a->start);
    if (offset > capacity || size > capacity - offset)
        return NK_NULL;
    d->offset = (nk_uint32_t)offset;
    d->size = (nk_uint32_t)size;
    a->unused = a->start + offset + size;
    return a->start + offset;
}
/* Of count elements, not wrapping: so many fit no arena. */
static inline nk_size_t nk_arena_size(nk_size_t element, nk_size_t count)
{
    nk_size_t size;
    return __builtin_mul_overflow(element, count, &size) ? ~(nk_size_t)0 : size;
}
static inline void *nk_arena_get_bytes(const struct nk_arena *a, const nk_ptr_t *d, nk_size_t size, nk_size_t align,
                                       nk_size_t *count)
{
    nk_size_t all = (nk_size_t)(a->end - a->start); /* a Call without a transport does not say how much is used */
    *count = 0;
    if (d->offset > all || d->size > all - d->offset || d->offset % align != 0 || d->size % size != 0)
        return NK_NULL;
    *count = d->size / size;
    return a->start + d->offset;
}
#define nk_arena_alloc(T, a, d, count)                                                                                 \
    ((T *)nk_arena_alloc_bytes((a), (d), nk_arena_size(sizeof(T), (nk_size_t)(count)), __alignof__(T)))
#define nk_arena_get(T, a, d, count)                                                                                   \
    __extension__({                                                                                                    \
        nk_size_t nk_count_;                                                                                           \
        T *nk_chunk_ = (T *)nk_arena_get_bytes((a), (d), sizeof(T), __alignof__(T), &nk_count_);                       \
        *(count) = (__typeof__(*(count)))nk_count_;                                                                    \
        nk_chunk_;                                                                                                     \
    })

/* NK_EOK or NK_ENOMEM. */
static inline nk_err_t nk_arena_store_bytes(struct nk_arena *a, nk_ptr_t *d, const void *from, nk_size_t size,
                                            nk_size_t align)
{
    nk_uint8_t *to = (nk_uint8_t *)nk_arena_alloc_bytes(a, d, size, align);
    if (to == NK_NULL)
        return NK_ENOMEM;
    __builtin_memcpy(to, from, size);
    return NK_EOK;
}
#define nk_arena_store(T, a, d, from, count)                                                                           \
    nk_arena_store_bytes((a), (d), (const T *)(const void *)(from), nk_arena_size(sizeof(T), (nk_size_t)(count)),      \
                         __alignof__(T))

/* ---- handles in messages ---- */
typedef struct {
    __nk_alignas(8) Handle handle;
    nk_rights_t rights;
    nk_badge_t badge;
} nk_handle_desc_t;
static inline Handle nk_get_handle(const nk_handle_desc_t *d)
{
    return d->handle;
}
static inline nk_handle_desc_t nk_handle_desc_make(Handle handle, nk_rights_t rights, nk_badge_t badge)
{
    nk_handle_desc_t d;
    d.handle = handle;
    d.rights = rights;
    d.badge = badge;
    return d;
}
/* nk_handle_desc(handle [, rights [, badge]]): all rights that the handle has, unless told; badge: of
 * KnHandleCreateBadge. */
#define nk_handle_desc(...)                                                                                            \
    nk_handle_desc_pick(__VA_ARGS__, nk_handle_desc_3, nk_handle_desc_2, nk_handle_desc_1, 0)(__VA_ARGS__)
#define nk_handle_desc_pick(handle, rights, badge, name, ...) name
#define nk_handle_desc_1(handle)                              nk_handle_desc_make((handle), ~0U, 0)
#define nk_handle_desc_2(handle, rights)                      nk_handle_desc_make((handle), (rights), 0)
#define nk_handle_desc_3(handle, rights, badge)               nk_handle_desc_make((handle), (rights), (nk_badge_t)(badge))
static inline nk_bool_t nk_is_handle_dereferenced(const nk_handle_desc_t *d)
{
    return d->badge != 0;
}
static inline nk_err_t nk_get_badge_op(const nk_handle_desc_t *d, nk_rights_t op, nk_badge_t *badge)
{
    if ((d->rights & op) != op)
        return NK_EPERM;
    *badge = d->badge != KOS_NULL_CONTEXT ? d->badge : 0;
    return NK_EOK;
}
