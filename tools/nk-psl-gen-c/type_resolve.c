/* SPDX-License-Identifier: Apache-2.0 */
/* Types as they are written in a policy. */
#include <string.h>
#include <tools/nk-psl-gen-c/model.h>

static const struct {
    const char *name;
    const struct psl_type *type;
} named[] = {
    {"UInt8", &psl_uint8}, {"UInt16", &psl_uint16},   {"UInt32", &psl_uint32}, {"UInt64", &psl_uint64},
    {"SInt8", &psl_sint8}, {"SInt16", &psl_sint16},   {"SInt32", &psl_sint32}, {"SInt64", &psl_sint64},
    {"Text", &psl_text},   {"Boolean", &psl_boolean}, {"Unit", &psl_unit},
};
#define NAMED (sizeof(named) / sizeof(named[0]))

static const struct {
    const char *name;
    enum psl_kind kind;
    unsigned arguments;
} generic[] = {
    {"Set", PSL_SET_TYPE, 1},     {"List", PSL_LIST_TYPE, 1},         {"Map", PSL_MAP_TYPE, 2},
    {"Array", PSL_ARRAY_TYPE, 2}, {"Sequence", PSL_SEQUENCE_TYPE, 2},
};
#define GENERIC (sizeof(generic) / sizeof(generic[0]))

static const struct psl_type *report_unknown(struct psl_policy *policy, struct name name)
{
    struct suggestion suggestion = {.wanted = name.text};
    for (size_t i = 0; i < NAMED; i++)
        suggestion_offer(&suggestion, named[i].name);
    for (size_t i = 0; i < GENERIC; i++)
        suggestion_offer(&suggestion, generic[i].name);
    for (const struct psl_alias *alias = policy->declarations.aliases; alias != nullptr; alias = alias->next)
        suggestion_offer(&suggestion, alias->name.text);
    diagnostic_error(policy->diagnostics, name.at, "there is no type '%s'", name.text);
    if (suggestion.nearest != nullptr)
        diagnostic_note(policy->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
    return &psl_broken;
}

static const struct psl_type *resolve_generic(struct psl_policy *policy, struct psl_type_syntax *syntax)
{
    size_t i = 0;
    unsigned count = 0;
    while (i < GENERIC && strcmp(generic[i].name, syntax->name.text) != 0)
        i++;
    for (const struct psl_type_syntax *part = syntax->parts; part != nullptr; part = part->next)
        count++;
    if (i == GENERIC)
        return report_unknown(policy, syntax->name);
    if (count != generic[i].arguments) {
        diagnostic_error(policy->diagnostics, syntax->at, "'%s' takes %s", syntax->name.text,
                         generic[i].arguments == 1         ? "one type"
                         : generic[i].kind == PSL_MAP_TYPE ? "two types"
                                                           : "a type and a number");
        return &psl_broken;
    }
    const struct psl_type *first = psl_resolve_type(policy, syntax->parts);
    if (generic[i].arguments == 1)
        return psl_element_type(policy->pool, generic[i].kind, first, 0);
    struct psl_type_syntax *last = syntax->parts_last;
    if (generic[i].kind == PSL_MAP_TYPE) {
        struct psl_type *map = psl_element_type(policy->pool, PSL_MAP_TYPE, psl_resolve_type(policy, last), 0);
        map->key = first;
        return map;
    }
    if (last->kind != PSL_TYPE_LITERAL || last->literal->operation != PSL_INTEGER || last->literal->number < 0) {
        diagnostic_error(policy->diagnostics, last->at, "expected a number of elements");
        return &psl_broken;
    }
    return psl_element_type(policy->pool, generic[i].kind, first, (uint64_t)last->literal->number);
}

static const struct psl_type *resolve_name(struct psl_policy *policy, struct psl_type_syntax *syntax)
{
    if (syntax->parts != nullptr)
        return resolve_generic(policy, syntax);
    for (size_t i = 0; i < NAMED; i++)
        if (strcmp(named[i].name, syntax->name.text) == 0)
            return named[i].type;
    for (struct psl_alias *alias = policy->declarations.aliases; alias != nullptr; alias = alias->next) {
        if (strcmp(alias->name.text, syntax->name.text) != 0)
            continue;
        if (alias->resolved == nullptr && alias->type->busy) {
            diagnostic_error(policy->diagnostics, alias->name.at, "type '%s' is made of itself", alias->name.text);
            return alias->resolved = &psl_broken;
        }
        if (alias->resolved == nullptr) {
            alias->type->busy = true;
            const struct psl_type *type = psl_resolve_type(policy, alias->type);
            alias->resolved = alias->resolved == nullptr ? type : alias->resolved;
        }
        return alias->resolved;
    }
    return report_unknown(policy, syntax->name);
}

static const struct psl_type *resolve_parts(struct psl_policy *policy, struct psl_type_syntax *syntax,
                                            enum psl_kind kind)
{
    uint64_t count = 0;
    for (const struct psl_type_syntax *part = syntax->parts; part != nullptr; part = part->next)
        count++;
    struct psl_type_part *parts = pool_allocate(policy->pool, sizeof(*parts) * (count + 1));
    count = 0;
    for (struct psl_type_syntax *part = syntax->parts; part != nullptr; part = part->next)
        parts[count++] = (struct psl_type_part){part->field.text, psl_resolve_type(policy, part), nullptr};
    return psl_parts_type(policy->pool, kind, parts, count);
}

const struct psl_type *psl_resolve_type(struct psl_policy *policy, struct psl_type_syntax *syntax)
{
    const struct psl_type *type = nullptr;
    switch (syntax->kind) {
    case PSL_TYPE_NAME:
        return resolve_name(policy, syntax);
    case PSL_TYPE_UNIT:
        return &psl_unit;
    case PSL_TYPE_LITERAL:
        return syntax->literal->operation == PSL_TEXT ? psl_word_type(policy->pool, syntax->literal->text)
                                                      : psl_number_type(policy->pool, syntax->literal->number);
    case PSL_TYPE_RECORD:
        return resolve_parts(policy, syntax, PSL_RECORD_TYPE);
    case PSL_TYPE_TUPLE:
        return resolve_parts(policy, syntax, PSL_TUPLE_TYPE);
    case PSL_TYPE_VARIANT:
        for (struct psl_type_syntax *part = syntax->parts; part != nullptr; part = part->next) {
            const struct psl_type *one = psl_resolve_type(policy, part);
            type = type == nullptr ? one : psl_variant_type(policy->pool, type, one);
        }
        return type;
    }
    return &psl_broken;
}
