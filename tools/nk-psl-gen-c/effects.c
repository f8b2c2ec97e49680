/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk-psl-gen-c/effects.h>

#define HEADER_SIZE 24U

static size_t words(const struct psl_policy *policy)
{
    return policy->object_count / 64 + 1;
}

struct psl_effects psl_effects_none(const struct psl_policy *policy)
{
    size_t size = words(policy) * sizeof(uint64_t);
    return (struct psl_effects){
        .reads = pool_allocate(policy->pool, size), .changes = pool_allocate(policy->pool, size), .constant = true};
}

static void merge(const struct psl_policy *policy, struct psl_effects *effects, const struct psl_effects *more)
{
    effects->flags |= more->flags;
    effects->handle_words |= more->handle_words;
    effects->constant &= more->constant;
    for (size_t i = 0; i < words(policy); i++) {
        effects->reads[i] |= more->reads[i];
        effects->changes[i] |= more->changes[i];
    }
}

void psl_effects_add(const struct psl_policy *policy, struct psl_effects *effects, const struct psl_effects *more)
{
    merge(policy, effects, more);
    effects->least_rules += more->least_rules;
    effects->most_rules += more->most_rules;
    effects->denies |= more->denies;
    effects->undo += more->undo;
    effects->cost += more->cost;
}

struct psl_audit_entry psl_audit_of(const struct psl_audit_profile *profile, const struct psl_object *object)
{
    struct psl_audit_entry all = {.object = object};
    for (unsigned i = 0; profile != nullptr && i < profile->level_count; i++) {
        for (unsigned j = 0; j < profile->levels[i].entry_count; j++) {
            const struct psl_audit_entry *entry = &profile->levels[i].entries[j];
            if (entry->object != object)
                continue;
            all.results |= entry->results;
            all.expressions |= entry->expressions;
        }
    }
    return all;
}

bool psl_call_audited(const struct psl_audit_profile *profile, const struct psl_expression *call)
{
    if (call->callee == nullptr || !psl_model_is_audited(call->callee_object->model))
        return false;
    struct psl_audit_entry entry = psl_audit_of(profile, call->callee_object);
    if (call->callee->id == PSL_REGEX_MATCH)
        return (entry.expressions & PSL_AUDIT_MATCH) != 0;
    if (call->callee->id == PSL_REGEX_SELECT)
        return (entry.expressions & PSL_AUDIT_SELECT) != 0;
    return entry.results != 0;
}

const struct psl_audit_profile *psl_body_profile(const struct psl_policy *policy, const struct psl_body *body,
                                                 const struct psl_audit_profile *outer)
{
    return body->audit.text != nullptr ? psl_find_profile(policy, body->audit.text) : outer;
}

int psl_call_constant(const struct psl_expression *call)
{
    if (call->callee == nullptr)
        return -1;
    const struct psl_expression *argument = call->arguments[0];
    switch (call->callee->id) {
    case PSL_GRANT:
        return 1;
    case PSL_ASSERT:
        return argument->operation == PSL_BOOLEAN ? argument->number != 0 : -1;
    case PSL_DENY:
        return argument->operation == PSL_UNIT ? 0 : argument->operation == PSL_BOOLEAN ? argument->number == 0 : -1;
    default:
        return -1;
    }
}

/* Steps of a method itself, about instructions as measured on the runtime's fast paths. */
static uint64_t method_cost(const struct psl_object *object, enum psl_method_id id)
{
    switch (id) {
    case PSL_GRANT:
    case PSL_ASSERT:
    case PSL_DENY:
        return 2;
    case PSL_MAP_COMMIT:
    case PSL_MAP_ROLLBACK:
        return 80 + 8 * (uint64_t)object->keys.count;
    case PSL_HASHSET_ADD:
    case PSL_HASHSET_REMOVE:
    case PSL_HASHSET_CONTAINS:
        return 80 + 8 * (uint64_t)object->entry_words;
    default:
        return object->model >= PSL_HASHSET ? 80 : 4;
    }
}

struct walk {
    const struct psl_policy *policy;
    const struct psl_audit_profile *profile;
    struct psl_effects *effects;
};

static void walk_expression(struct walk *walk, const struct psl_expression *e);

static uint64_t text_length(const struct psl_type *type)
{
    return type != nullptr && type->kind == PSL_WORD_TYPE ? 16 : 256;
}

/* A part of the message that is read as a whole: an entry, a key, a list that is summed up. Its path was walked. */
static void walk_whole(struct walk *walk, const struct psl_type *type)
{
    if (type->handle)
        walk->effects->flags |= PSL_READS_HANDLES;
    if (type->kind == PSL_SEQUENCE_TYPE)
        walk->effects->flags |= PSL_READS_ARENA;
    for (uint64_t i = 0; type->idl != nullptr && i < type->count && type->parts != nullptr; i++)
        walk_whole(walk, type->parts[i].type);
}

static void walk_wholes(struct walk *walk, const struct psl_expression *e)
{
    for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next)
        walk_wholes(walk, item->value);
    if (e->operation == PSL_FIELD || e->operation == PSL_ELEMENT)
        walk_whole(walk, e->type);
}

static void walk_call(struct walk *walk, const struct psl_expression *call)
{
    const struct psl_method *method = call->callee;
    const struct psl_object *object = call->callee_object;
    if (method == nullptr)
        return;
    unsigned count = method->want != PSL_WANT_NOTHING ? 1 : psl_method_field_count(method);
    for (unsigned i = 0; i < count; i++)
        walk_expression(walk, call->arguments[i]);
    for (unsigned i = 0; i < count && method->id != PSL_EMPTY && method->id != PSL_SIZE; i++)
        walk_wholes(walk, call->arguments[i]); /* a size stands in the descriptor */
    if (method->reads) {
        walk->effects->flags |= PSL_READS_STATE;
        walk->effects->reads[object->index / 64] |= (uint64_t)1 << object->index % 64;
    }
    if (method->changes) {
        walk->effects->flags |= PSL_CHANGES_STATE;
        walk->effects->changes[object->index / 64] |= (uint64_t)1 << object->index % 64;
        bool all_keys = method->id == PSL_MAP_COMMIT || method->id == PSL_MAP_ROLLBACK;
        walk->effects->undo += all_keys ? object->keys.count : 1;
    }
    walk->effects->cost += method_cost(object, method->id);
    if (object->model == PSL_REGEX_MODEL)
        walk->effects->cost += 6 * text_length(call->arguments[0]->type);
    if (psl_call_audited(walk->profile, call)) {
        walk->effects->flags |= PSL_AUDITED;
        walk->effects->cost += 30;
    }
}

/* A part of the message: in its constant part, or behind a chunk. */
static void walk_field(struct walk *walk, const struct psl_expression *e)
{
    const struct psl_type *outer = e->left->type;
    if (e->operation == PSL_ELEMENT && outer->kind == PSL_SEQUENCE_TYPE)
        walk->effects->flags |= PSL_READS_ARENA;
    bool core = e->type->handle && e->type->idl->core_handle;
    if (core) /* a parameter: such a type is nothing else */
        walk->effects->handle_words |= 1U << (e->member->offset - HEADER_SIZE) / 8;
    if (core || (outer != nullptr && outer->handle && e->index == 0))
        walk->effects->flags |= PSL_READS_HANDLES;
    if (e->type->kind == PSL_TEXT_TYPE)
        walk->effects->flags |= PSL_READS_ARENA;
}

static void walk_expression(struct walk *walk, const struct psl_expression *e)
{
    if (e == nullptr || e->type == &psl_broken)
        return;
    walk->effects->cost += 2;
    switch (e->operation) {
    case PSL_SOURCE_SID:
    case PSL_DESTINATION_SID:
        walk->effects->flags |= PSL_READS_SIDS;
        return;
    case PSL_MESSAGE:
        walk->effects->flags |= PSL_READS_MESSAGE;
        return;
    case PSL_CALL:
        walk_call(walk, e);
        return;
    case PSL_RECORD:
    case PSL_LIST:
        for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next)
            walk_expression(walk, item->value);
        return;
    case PSL_FIELD:
    case PSL_ELEMENT:
        walk_field(walk, e);
        break;
    case PSL_EQUAL:
    case PSL_NOT_EQUAL:
        if (e->left->type->kind == PSL_TEXT_TYPE || e->right->type->kind == PSL_TEXT_TYPE)
            walk->effects->cost += 32;
        break;
    default:
        break;
    }
    walk_expression(walk, e->left);
    walk_expression(walk, e->right);
}

static void walk_choice(struct walk *walk, const struct psl_statement *choice)
{
    const struct psl_policy *policy = walk->policy;
    struct psl_effects any = psl_effects_none(policy);
    bool otherwise = false, first = true;
    walk_expression(walk, choice->expression);
    for (const struct psl_case *branch = choice->cases; branch != nullptr; branch = branch->next) {
        struct psl_effects one =
            psl_effects_of(policy, branch->body.first, nullptr, psl_body_profile(policy, &branch->body, walk->profile));
        merge(policy, &any, &one);
        otherwise |= branch->condition->operation == PSL_OTHERWISE;
        any.least_rules = first || one.least_rules < any.least_rules ? one.least_rules : any.least_rules;
        any.most_rules = one.most_rules > any.most_rules ? one.most_rules : any.most_rules;
        any.denies = (first || any.denies) && one.denies;
        any.undo = one.undo > any.undo ? one.undo : any.undo;
        any.cost = one.cost > any.cost ? one.cost : any.cost;
        walk->effects->cost += 3;
        first = false;
    }
    if (!otherwise) {
        any.least_rules = 0;
        any.denies = false;
    }
    any.constant = any.denies;
    psl_effects_add(policy, walk->effects, &any);
}

struct psl_effects psl_effects_of(const struct psl_policy *policy, const struct psl_statement *first,
                                  const struct psl_statement *end, const struct psl_audit_profile *profile)
{
    struct psl_effects effects = psl_effects_none(policy);
    struct walk walk = {policy, profile, &effects};
    for (const struct psl_statement *s = first; s != end; s = s->next) {
        if (s->kind == PSL_STATEMENT_CALL) {
            int constant = psl_call_constant(s->expression);
            walk_expression(&walk, s->expression);
            effects.least_rules++;
            effects.most_rules++;
            effects.denies |= constant == 0;
            effects.constant &= constant >= 0;
        } else if (s->kind == PSL_STATEMENT_CHOICE) {
            walk_choice(&walk, s);
        } else {
            /* Only inside a branch of a choice: it may apply. */
            struct psl_effects inner =
                psl_effects_of(policy, s->body.first, nullptr, psl_body_profile(policy, &s->body, profile));
            inner.least_rules = 0;
            inner.denies = false;
            inner.constant = false;
            psl_effects_add(policy, &effects, &inner);
        }
    }
    return effects;
}
