/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security models with contexts: HashSet, StaticMap, Flow, Mic, Base's set_level; and Regex, which has none. Pred,
 * Bool, Math and Struct are compiled to C.
 *
 * A policy's objects are an array of struct ksm_object; the runtime makes their memory at boot (ksm_models_init) and
 * keeps it in `state`. Contexts belong to (object, SID) and die with the SID (ksm_models_forget).
 *
 * Rules return true for granted. Besides the reasons at each rule, every rule denies, and every expression fails, if a
 * SID is outside 1 to KSM_SID_MAX. What the rules mean is in docs/languages.md.
 */
#pragma once
#include <ksm/models/transaction.h>

#define KSM_SID_MAX 0x7fffffffU

enum ksm_model : u32 { KSM_BASE, KSM_REGEX, KSM_HASHSET, KSM_STATICMAP, KSM_FLOW, KSM_MIC };

struct ksm_object {
    const char *name;
    enum ksm_model model;
    u32 index;                 /* in the policy's array: transactions take objects in this order */
    const void *configuration; /* struct ksm_flow_configuration, ...; null for Base and Regex */
    void *state;               /* the runtime's; null before ksm_models_init */
};

/* Before ksm_models_init: what is mixed into hashes of what processes choose, so that they cannot choose collisions. */
void ksm_models_seed(u64 seed);
/* False if the objects are not what the policy compiler makes; boot. */
bool ksm_models_well_formed(struct ksm_object *const *objects, u32 count);
/* Boot, before any event. rcOutOfMemory. */
retcode ksm_models_init(struct ksm_object *const *objects, u32 count);
/* As after ksm_models_init: no context is left, the audit's level is the first. For tests, with nothing else running.
 */
void ksm_models_reset(void);
/* A SID is dead: its contexts in all objects go. Takes and leaves the objects' locks; bumps the generations of those
 * that had one. */
void ksm_models_forget(u32 sid);
/* False if no object of the policy has contexts: there is nothing to forget. */
bool ksm_models_keep(void);

/* ---- Base ---- */
/* The audit's runtime level, for all profiles, from the end of this event on. Never denies; undone like any change. */
bool ksm_base_set_level(struct ksm_transaction *transaction, struct ksm_object *object, u32 level);
/* The level now; the first one until a granted event sets another: who is denied silences nobody. Any CPU, no lock. */
u32 ksm_audit_level(void);
/* The first level, from the policy: before ksm_models_init. */
void ksm_audit_level_first(u32 level);

/* ---- Regex: a DFA over bytes, whole-text match ---- */
struct ksm_regex {
    const u8 *classes;  /* 256: class of each byte */
    const u16 *next;    /* [row of a state + class]: row of the next state; rows are class_count long, row 0 is dead */
    const u16 *accepts; /* per state: 1 + number of the first pattern that matches there, or 0 */
    u16 class_count, start; /* start: row of the state before the first byte */
};
/* 1 + number of the first pattern that matches all of text, or 0. Linear time: ends at the dead state. */
u32 ksm_regex_run(const struct ksm_regex *regex, struct ksm_text text);

/* ---- HashSet: a table of unique entries per SID ---- */
struct ksm_hashset_configuration {
    u32 set_size, pool_size; /* entries per table, tables */
    u32 entry_words;         /* an entry is that many u64: its scalars in order, signed ones sign-extended */
};
/* Binds a free, empty table. Denies: none is free; sid has one. */
bool ksm_hashset_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* Denies here and below: sid has no table. */
bool ksm_hashset_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* Grants if it is there already. Denies: table full. */
bool ksm_hashset_add(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry);
/* Grants if it is absent. */
bool ksm_hashset_remove(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry);
bool ksm_hashset_contains(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry,
                          bool *result);

/* ---- StaticMap: values by fixed keys per SID, in a base and a working instance ---- */
struct ksm_staticmap_configuration {
    const struct ksm_text *keys; /* key_count, ascending by bytes */
    const u64 *defaults;         /* by key; signed values sign-extended */
    u32 key_count, pool_size;
};
#define KSM_NO_KEY (~0U)
/* Number of a key that is known only at run time, or KSM_NO_KEY. Constant keys are numbers already. */
u32 ksm_staticmap_key(const struct ksm_object *object, struct ksm_text key);
/* Binds a free table, both instances hold the defaults. Denies: none is free; sid has one. */
bool ksm_staticmap_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* Denies here and below: sid has no table; key is KSM_NO_KEY. */
bool ksm_staticmap_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
bool ksm_staticmap_set(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key, u64 value);
bool ksm_staticmap_commit(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
bool ksm_staticmap_rollback(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* Of the base instance. */
bool ksm_staticmap_get(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key, u64 *value);
/* Of the working instance. */
bool ksm_staticmap_get_uncommitted(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key,
                                   u64 *value);

/* ---- Flow: a finite-state machine per SID ---- */
struct ksm_flow_configuration {
    const struct ksm_text *states; /* names */
    const u64 *transitions;        /* [from * state_words + to / 64], bit to % 64 */
    u32 state_count, state_words, initial;
};
/* Denies: sid has a machine; the object's memory is full (KSM_FLOW_MACHINES). */
bool ksm_flow_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* Denies here and below: sid has no machine. */
bool ksm_flow_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* Denies: no transition from the current state to this one. */
bool ksm_flow_enter(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 state);
/* states: state_words words. Denies: the current state is not among them. */
bool ksm_flow_allow(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *states);
bool ksm_flow_query(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 *state);
#define KSM_FLOW_MACHINES 16384U

/* ---- Mic: integrity levels of subjects and resources ---- */
/* One of the object's levels; a <= b: a.degree <= b.degree and a's categories are among b's; else incomparable or
 * above. */
struct ksm_mic_level {
    u64 degree;
    u64 categories; /* bit set */
};
struct ksm_mic_configuration {
    const struct ksm_text *degrees, *categories; /* names: degrees ascending */
    u32 degree_count, category_count;            /* categories: at most 64 */
};
static inline bool ksm_mic_at_most(struct ksm_mic_level a, struct ksm_mic_level b)
{
    return a.degree <= b.degree && (a.categories & ~b.categories) == 0;
}
/* Number of a name, or count if it is not among them. */
static inline u32 ksm_name_number(const struct ksm_text *names, u32 count, struct ksm_text name)
{
    u32 number = 0;
    while (number < count && !ksm_text_equal(names[number], name))
        number++;
    return number;
}
/* Level of a name that is known only at run time: false if there is none. */
static inline bool ksm_mic_degree(const struct ksm_object *object, struct ksm_text name, u64 *degree)
{
    const struct ksm_mic_configuration *configuration = object->configuration;
    *degree = ksm_name_number(configuration->degrees, configuration->degree_count, name);
    return *degree < configuration->degree_count;
}
/* Adds its bit. */
static inline bool ksm_mic_category(const struct ksm_object *object, struct ksm_text name, u64 *categories)
{
    const struct ksm_mic_configuration *configuration = object->configuration;
    u32 number = ksm_name_number(configuration->categories, configuration->category_count, name);
    if (number < configuration->category_count)
        *categories |= 1ULL << number;
    return number < configuration->category_count;
}

/* SIDs of create, delete and upgrade. */
struct ksm_mic_resource {
    u32 source, target, container, driver; /* container: KSM_MIC_ROOT if there is none */
};
#define KSM_MIC_ROOT 0U
/* Subjects and resources of one object that have a level, at most: more are denied. */
#define KSM_MIC_LABELS 16384U
/* level null: the lowest of the levels of source, driver and container; denied if none of them is at most the others.
 * Denies: target has a level; source, driver or container has none; level is not at most each of theirs. */
bool ksm_mic_create(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids,
                    const struct ksm_mic_level *level);
/* Denies: source, target, driver or container has no level; target's is not at most source's and driver's. */
bool ksm_mic_delete(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids);
/* Gives the subject target its level and the lowest level that it may receive from. image: KSM_MIC_ROOT for none, then
 * level is not null. level null: the image's; level_r null: the level. Denies: image has no level; level is not at
 * most the image's; level_r is not at most level. A level that target had is replaced. */
bool ksm_mic_execute(struct ksm_transaction *transaction, struct ksm_object *object, u32 image, u32 target,
                     const struct ksm_mic_level *level, const struct ksm_mic_level *level_r);
/* Denies: source, driver, container or target has no level; level is not above target's, or not at most source's,
 * driver's and container's; target's is not at most source's. */
bool ksm_mic_upgrade(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids,
                     const struct ksm_mic_level *level);
/* Flow target to source. Grants: level(source) at most level(target), or level_r(source) at most level(target). A
 * resource as source has its level as level_r. Denies here and below: one of the two has no level. */
bool ksm_mic_call(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target);
/* Flow source to target. Grants: level(target) at most level(source). */
bool ksm_mic_invoke(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target);
/* As call. */
bool ksm_mic_read(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target);
/* As invoke. */
bool ksm_mic_write(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target);
bool ksm_mic_query_level(struct ksm_transaction *transaction, struct ksm_object *object, u32 source,
                         struct ksm_mic_level *level);
