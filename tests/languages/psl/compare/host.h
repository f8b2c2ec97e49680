/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Models for compiled policies on the host. Either host.c, host_mic.c and host_tables.c: in the simplest way, a copy of
 * everything before each event, one thread; or kernel.c and threads.c: the kernel's own, ksm/models and the cache.
 */
#pragma once
#include <ksm/models/models.h>

#define HOST_CONTEXTS 256U

struct host_context {
    u32 sid;
    u64 words[]; /* HashSet: count, entries; StaticMap: base, working; Flow: state; Mic: level, level_r */
};

/* The context of a SID, null if there is none. */
struct host_context *host_context(const struct ksm_object *object, u32 sid);
/* The context of a SID, made if there is none; null if the SID is none, or there is no room. */
struct host_context *host_add(const struct ksm_object *object, u32 sid);
/* A fresh context: null if the SID is none or has one, or `most` exist. */
struct host_context *host_make(const struct ksm_object *object, u32 sid, u32 most);
bool host_drop(const struct ksm_object *object, u32 sid);
u32 host_context_count(const struct ksm_object *object);
u32 host_audit_level(void);
/* Once: the module's objects, its audit's level. */
bool host_start(const struct ksm_policy *module);
/* One event; decision: what the module describes for it, with a function to evaluate. */
bool host_decide(const struct ksm_query *query, const struct ksm_decision *decision);
/* Some random events at once, on several threads, where the models can do that. */
struct compare;
void compare_parallel(struct compare *compare);
/* Calls of ksm_audit_*, in order. */
struct host_audit {
    const struct ksm_audit_site *site;
    bool granted, expression;
    u32 kind, sid;
};
extern struct host_audit host_audits[1024];
extern u32 host_audit_count;
extern bool host_no_rule; /* the last event was recorded as one that called no rule */
/* By object: the last event looked for a context; had changed something at its end, before it was undone. */
extern bool host_touched[256], host_changed[256];
