/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of every model, and transactions on them. */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <ksm/cpu.h>
#include <ksm/ksm.h>
#include <ksm/models/models.h>
#include <ksm/models/state.h>
#include <memory/page.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(s) {s, sizeof(s) - 1}

/* idle -> busy -> done, busy -> idle; done is in the second word. */
enum { IDLE = 0, BUSY = 1, DONE = 64, STATES = 65, STATE_WORDS = 2 };
static const u64 transitions[STATES * STATE_WORDS] = {
    [IDLE * STATE_WORDS] = 1ULL << BUSY,
    [BUSY * STATE_WORDS] = 1ULL << IDLE,
    [BUSY * STATE_WORDS + 1] = 1ULL << (DONE - 64),
};
static const struct ksm_flow_configuration flow_configuration = {
    .transitions = transitions, .state_count = STATES, .state_words = STATE_WORDS, .initial = IDLE};

#define SET_SIZE 4U
#define POOL     3U
static const struct ksm_hashset_configuration set_configuration = {SET_SIZE, POOL, 2};
static const struct ksm_text keys[] = {TEXT("a"), TEXT("ab"), TEXT("b")};
static const u64 defaults[] = {10, 20, (u64)-30};
static const struct ksm_staticmap_configuration map_configuration = {keys, defaults, 3, POOL};
static const struct ksm_text degrees[] = {TEXT("low"), TEXT("medium"), TEXT("high")};
static const struct ksm_text categories[] = {TEXT("x"), TEXT("y")};
static const struct ksm_mic_configuration mic_configuration = {degrees, categories, 3, 2};

enum { BASE, OTHER_BASE, FLOW, SET, MAP, MIC, REGEX, OBJECTS };
static struct ksm_object objects[OBJECTS] = {
    [BASE] = {.name = "base", .model = KSM_BASE, .index = BASE},
    [OTHER_BASE] = {.name = "other", .model = KSM_BASE, .index = OTHER_BASE},
    [FLOW] = {.name = "flow", .model = KSM_FLOW, .index = FLOW, .configuration = &flow_configuration},
    [SET] = {.name = "set", .model = KSM_HASHSET, .index = SET, .configuration = &set_configuration},
    [MAP] = {.name = "map", .model = KSM_STATICMAP, .index = MAP, .configuration = &map_configuration},
    [MIC] = {.name = "mic", .model = KSM_MIC, .index = MIC, .configuration = &mic_configuration},
    [REGEX] = {.name = "regex", .model = KSM_REGEX, .index = REGEX},
};
static struct ksm_object *const object_list[OBJECTS] = {&objects[0], &objects[1], &objects[2], &objects[3],
                                                        &objects[4], &objects[5], &objects[6]};
static struct ksm_object *const flow = &objects[FLOW], *const set = &objects[SET], *const map = &objects[MAP],
                                *const mic = &objects[MIC], *const base = &objects[BASE];

/* A decision that may do anything. */
static const u16 all_objects[] = {BASE, OTHER_BASE, FLOW, SET, MAP, MIC};
static const struct ksm_decision anything = {.verdict = KSM_EVALUATE,
                                             .flags = KSM_READS_STATE | KSM_CHANGES_STATE,
                                             .objects = all_objects,
                                             .changes = all_objects,
                                             .object_count = 6,
                                             .change_count = 6,
                                             .undo_count = KSM_UNDO_MAX};
static const struct ksm_query no_query;
static struct ksm_transaction transaction, *const t = &transaction;

static inline void begin(void)
{
    ksm_transaction_begin(t, &no_query, &anything);
}
static inline void end(bool granted)
{
    ksm_transaction_end(t, granted);
}
/* One rule as an event of its own. */
#define EVENT(rule)                                                                                                    \
    ({                                                                                                                 \
        begin();                                                                                                       \
        bool result_ = (rule);                                                                                         \
        end(result_);                                                                                                  \
        result_;                                                                                                       \
    })
#define GRANTS(rule) assert_true(EVENT(rule))
#define DENIES(rule) assert_false(EVENT(rule))

static inline u64 generation(const struct ksm_object *object)
{
    return ((const struct ksm_state *)object->state)->generation;
}

static inline int models_setup(void **state)
{
    static bool made;
    (void)state;
    if (!made) {
        fake_arena(16384);
        fake_cpu_set(0);
        page_allocator_add(PAGE_SIZE, 16384 * (u64)PAGE_SIZE);
        ksm_models_seed(0x1234567);
        ksm_audit_level_first(7);
        assert_int_equal(ksm_cpus_init(1), rcOk);
        assert_true(ksm_models_well_formed(object_list, OBJECTS));
        assert_int_equal(ksm_models_init(object_list, OBJECTS), rcOk);
        made = true;
    }
    ksm_models_reset();
    return 0;
}
