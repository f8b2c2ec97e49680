/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface between the kernel and a solution's security policy. The policy compiler will emit a `struct
 * ksm_policy` against exactly this header; until then a solution brings one written in C. The image's link puts it in;
 * without it the kernel has a null policy, says so and starts nothing.
 *
 * Everything here is constant data and pure functions: any CPU, interrupts masked, no locks.
 */
#pragma once
#include <hal/base.h>

enum ksm_event : u32 { KSM_EXECUTE, KSM_REQUEST, KSM_RESPONSE, KSM_ERROR, KSM_SECURITY };

/* KSM_NO_RULE is what an empty policy says to everything; it denies like KSM_DENY. */
enum ksm_verdict : u32 { KSM_NO_RULE, KSM_DENY, KSM_GRANT, KSM_EVALUATE };

/*
 * What must be verified in a value: descriptors of chunks, tags of unions, and arrays of such. A value is a message's
 * constant part (offsets from the start of the message header), an element of a sequence, an element of an array, or a
 * union (offsets from its start). nk-gen-c writes these tables; types nest at most KSM_DEPTH_MAX deep.
 */
struct ksm_part {
    u32 chunk_count, union_count, array_count;
    const struct ksm_chunk *chunks;
    const struct ksm_content *contents; /* of each chunk; null: bytes */
    const struct ksm_union *unions;
    const struct ksm_array *arrays;
};
#define KSM_DEPTH_MAX 16U

/* A chunk descriptor (struct kos_chunk). */
struct ksm_chunk {
    u32 offset;
    u32 size_max;     /* bytes */
    u32 element_size; /* the chunk's size is a multiple of it */
};

/* What a chunk holds. */
struct ksm_content {
    u16 align_mask;                 /* alignment in the arena - 1 */
    bool text;                      /* a string: empty, or UTF-8 up to a NUL that lies in the chunk */
    const struct ksm_part *element; /* what is to be verified in each element; null: nothing */
};

/* A tag (u32), and by its value what the member holds. */
struct ksm_union {
    u32 offset; /* of the tag, where the union starts */
    u32 member_count;
    const struct ksm_part *const *members; /* offsets from the union's start; null: nothing in any; may hold nulls */
};

struct ksm_array {
    u32 offset, count, element_size;
    const struct ksm_part *element;
};

/* Shape of one direction of a method: what verification demands before any rule. */
struct ksm_shape {
    u32 size;       /* constant part, header included; 0 = this direction does not exist */
    u32 arena_size; /* bytes at most */
    u32 handle_count;
    const u32 *handle_offsets; /* of struct kos_handle_descriptor, from the start of the header */
    u32 chunk_count;
    const struct ksm_chunk *chunks;     /* of the constant part: also those in arrays, not those in unions */
    const struct ksm_content *contents; /* of each chunk; null: bytes */
    u32 union_count;
    const struct ksm_union *unions;
    bool deep; /* there is more to verify than the place and size of these chunks: see ksm/message.h */
};

struct ksm_method {
    const char *name;
    struct ksm_shape request, response, error;
};

struct ksm_interface {
    const char *name;
    const struct ksm_method *methods; /* by MID */
    u32 method_count;
};

struct ksm_endpoint {
    const char *name; /* qualified within the class: "instance.endpoint" or "endpoint" */
    const struct ksm_interface *interface;
};

struct ksm_class {
    const char *name;
    const struct ksm_endpoint *endpoints; /* by RIID */
    u32 endpoint_count;
    const struct ksm_endpoint *security; /* interfaces of the security module, by number; names may be "" */
    u32 security_count;
    /* By RIID: the component type or class that declares the endpoint, a second name for it ("echo.Ping.ping"); null:
     * no second names. */
    const char *const *owners;
};

/* One event, as the rules see it. */
struct ksm_query {
    u16 source_class, destination_class, riid, mid; /* with the SIDs, two words: the key of a cached decision */
    u32 source_sid, destination_sid;
    enum ksm_event event;
    u32 constant_size;             /* bytes of the constant part */
    const void *constant_part;     /* after the header; null for execute */
    const struct ksm_arena *arena; /* ksm/message.h; null if the message has none, or no rule reads it */
    const u32 *sids;               /* of the message's handles, in the order of their offsets; 0 for an absent handle */
};

struct ksm_decision;    /* ksm/models/transaction.h */
struct ksm_transaction; /* there */
struct ksm_object;      /* ksm/models/models.h */

struct ksm_descriptor {
    enum ksm_verdict verdict;
    bool (*evaluate)(const struct ksm_query *query); /* KSM_EVALUATE: true grants */
    const struct ksm_decision *decision;             /* compiled policies: instead of evaluate; also for audit */
};

struct ksm_policy {
    u32 version;                     /* KSM_POLICY_VERSION */
    const struct ksm_class *classes; /* [0] is kl.core.Core and [1] Einit */
    u32 class_count;
    /* What the policy says to (event, source, destination, endpoint, method); for execute riid = mid = 0; security
     * events have no destination, and the number of the security interface as riid. */
    struct ksm_descriptor (*describe)(enum ksm_event event, u32 source_class, u32 destination_class, u32 riid, u32 mid);
    struct ksm_object *const *objects; /* of the models, by index */
    u32 object_count;
    u32 audit_level; /* the first one */
};
#define KSM_POLICY_VERSION 1U
#define KSM_CLASS_CORE     0U
#define KSM_CLASS_EINIT    1U

/* Defined by the solution; the kernel's own definition is weak and null. */
extern const struct ksm_policy *const ksm_policy;

/* Shapes of the kernel's endpoints, made from abi/core_methods.h: for classes[0].endpoints. */
extern const struct ksm_endpoint ksm_core_endpoints[];
extern const u32 ksm_core_endpoint_count;
