/* SPDX-License-Identifier: Apache-2.0 */
/* Audit profiles: { level : { object : { kss : [...], omit : [...], emit : [...] } } }. */
#include <stdlib.h>
#include <string.h>
#include <tools/nk-psl-gen-c/audit.h>
#include <tools/nk-psl-gen-c/check.h>

static void report_words(struct psl_policy *policy, struct location at, const char *const *words, unsigned count)
{
    struct text text = {0};
    for (unsigned i = 0; i < count; i++)
        text_add(&text, "%s\"%s\"", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    diagnostic_error(policy->diagnostics, at, "expected %s", text.bytes);
    text_free(&text);
}

/* A list of some of two words; *bits: bit i for word i. */
static void read_words(struct psl_policy *policy, const struct psl_expression *list, const char *const *words,
                       unsigned *bits)
{
    if (list->operation != PSL_LIST)
        diagnostic_error(policy->diagnostics, list->at, "expected a list in brackets");
    for (const struct psl_item *item = list->items.first; item != nullptr; item = item->next) {
        const struct psl_expression *word = item->value;
        unsigned i = 0;
        while (i < 2 && (word->operation != PSL_TEXT || strcmp(words[i], word->text) != 0))
            i++;
        if (i == 2) {
            /* the oldest spelling of one of them */
            bool old = word->operation == PSL_TEXT && strcmp(words[0], "granted") == 0 &&
                       (strcmp(word->text, "deny") == 0 || strcmp(word->text, "grant") == 0);
            if (!old) {
                report_words(policy, word->at, words, 2);
                continue;
            }
            i = word->text[0] == 'd';
            diagnostic_warning(policy->diagnostics, word->at, "expected \"%s\"", words[i]);
        }
        *bits |= 1U << i;
    }
}

static void read_omitted(struct psl_policy *policy, const struct psl_object *object, const struct psl_expression *list,
                         struct psl_audit_entry *entry)
{
    bool good = list->operation == PSL_LIST;
    entry->omit = pool_allocate(policy->pool, object->states.count + 1U);
    if (!good)
        diagnostic_error(policy->diagnostics, list->at, "expected states in brackets");
    for (const struct psl_item *item = list->items.first; item != nullptr && good; item = item->next) {
        const struct psl_expression *word = item->value;
        unsigned index =
            word->operation == PSL_TEXT ? psl_name_index(&object->states, word->text) : object->states.count;
        if (index < object->states.count) {
            entry->omit[index] = true;
            continue;
        }
        struct suggestion suggestion = {.wanted = word->operation == PSL_TEXT ? word->text : ""};
        for (unsigned i = 0; i < object->states.count; i++)
            suggestion_offer(&suggestion, object->states.list[i]);
        diagnostic_error(policy->diagnostics, word->at, "expected a state of '%s' in quotes", object->name);
        if (suggestion.nearest != nullptr)
            diagnostic_note(policy->diagnostics, word->at, "did you mean \"%s\"?", suggestion.nearest);
        good = false;
    }
}

static void read_settings(struct psl_policy *policy, const struct psl_object *object,
                          const struct psl_expression *settings, struct psl_audit_entry *entry)
{
    static const char *const results[] = {"granted", "denied"}, *const expressions[] = {"match", "select"};
    bool kss = false, emit = false;
    for (const struct psl_item *item = settings->items.first; item != nullptr; item = item->next) {
        const char *key = item->key_kind == PSL_KEY_NONE ? "" : item->key.text;
        if (strcmp(key, "kss") == 0) {
            read_words(policy, item->value, results, &entry->results);
            kss = true;
        } else if (strcmp(key, "omit") == 0 && object->model == PSL_FLOW) {
            read_omitted(policy, object, item->value, entry);
        } else if (strcmp(key, "emit") == 0 && object->model == PSL_REGEX_MODEL) {
            read_words(policy, item->value, expressions, &entry->expressions);
            emit = true;
        } else {
            diagnostic_error(policy->diagnostics, item->value->at, "expected 'kss'%s and its list",
                             object->model == PSL_FLOW          ? " or 'omit'"
                             : object->model == PSL_REGEX_MODEL ? " or 'emit'"
                                                                : "");
            return;
        }
    }
    if (!kss)
        diagnostic_error(policy->diagnostics, settings->at, "expected 'kss : [...]'");
    if (object->model == PSL_REGEX_MODEL && !emit)
        diagnostic_error(policy->diagnostics, settings->at, "a Regex object also needs 'emit : [...]'");
}

static void read_level(struct psl_policy *policy, struct psl_audit_level *level, const struct psl_expression *value)
{
    level->entries = pool_allocate(policy->pool, sizeof(*level->entries) * (value->items.count + 1U));
    for (const struct psl_item *item = value->items.first; item != nullptr; item = item->next) {
        const struct psl_object *object =
            item->key_kind == PSL_KEY_NONE ? nullptr : psl_find_object(policy, item->key.text);
        if (object == nullptr) {
            struct suggestion suggestion = {.wanted = item->key_kind == PSL_KEY_NONE ? "" : item->key.text};
            for (unsigned i = 0; i < policy->object_count; i++)
                suggestion_offer(&suggestion, policy->objects[i]->name);
            struct location at = item->key_kind == PSL_KEY_NONE ? item->value->at : item->key.at;
            diagnostic_error(policy->diagnostics, at, "there is no policy object '%s'",
                             pool_copy(policy->pool, at.source->text + at.offset, at.length));
            if (suggestion.nearest != nullptr)
                diagnostic_note(policy->diagnostics, at, "did you mean '%s'?", suggestion.nearest);
            continue;
        }
        if (!psl_model_is_audited(object->model))
            diagnostic_error(policy->diagnostics, item->key.at, "objects of model %s are not audited",
                             psl_model_name[object->model]);
        for (unsigned i = 0; i < level->entry_count; i++)
            if (level->entries[i].object == object)
                diagnostic_error(policy->diagnostics, item->key.at, "a second '%s' at this level", object->name);
        struct psl_audit_entry *entry = &level->entries[level->entry_count++];
        entry->object = object;
        if (item->value->operation != PSL_RECORD)
            diagnostic_error(policy->diagnostics, item->value->at, "expected { kss : [...] }");
        else
            read_settings(policy, object, item->value, entry);
    }
}

static void read_profile(struct psl_policy *policy, struct psl_audit_profile *profile,
                         const struct psl_expression *value)
{
    profile->levels = pool_allocate(policy->pool, sizeof(*profile->levels) * (value->items.count + 1U));
    for (const struct psl_item *item = value->items.first; item != nullptr; item = item->next) {
        struct location at = item->key_kind == PSL_KEY_NONE ? item->value->at : item->key.at;
        if (item->key_kind != PSL_KEY_NUMBER || item->value->operation != PSL_RECORD) {
            diagnostic_error(policy->diagnostics, at, "expected a level, ':' and the objects audited at it");
            continue;
        }
        uint64_t number = strtoull(item->key.text, nullptr, 10);
        if (number > UINT32_MAX)
            diagnostic_error(policy->diagnostics, at, "a level has at most 32 bits");
        for (unsigned i = 0; i < profile->level_count; i++)
            if (profile->levels[i].number == number)
                diagnostic_error(policy->diagnostics, at, "a second level %llu", (unsigned long long)number);
        struct psl_audit_level *level = &profile->levels[profile->level_count++];
        level->number = (uint32_t)number;
        read_level(policy, level, item->value);
    }
}

const struct psl_audit_profile *psl_find_profile(const struct psl_policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->profile_count; i++)
        if (strcmp(policy->profiles[i].name, name) == 0)
            return &policy->profiles[i];
    return nullptr;
}

void psl_check_audit(struct psl_policy *policy)
{
    unsigned count = 0;
    for (const struct psl_profile_declaration *p = policy->declarations.profiles; p != nullptr; p = p->next)
        count++;
    policy->profiles = pool_allocate(policy->pool, sizeof(*policy->profiles) * (count + 1U));
    for (const struct psl_profile_declaration *p = policy->declarations.profiles; p != nullptr; p = p->next) {
        struct psl_audit_profile *profile = &policy->profiles[policy->profile_count++];
        profile->name = p->name.text;
        read_profile(policy, profile, p->value);
    }
    const struct psl_expression *level = policy->declarations.default_level;
    if (level != nullptr && level->number > UINT32_MAX)
        diagnostic_error(policy->diagnostics, level->at, "a level has at most 32 bits");
}
