/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/model.h>

const char *const psl_model_name[PSL_MODELS] = {"Base",  "Pred",    "Bool",      "Math", "Struct",
                                                "Regex", "HashSet", "StaticMap", "Flow", "Mic"};
const char *const psl_model_file[PSL_MODELS] = {"nk.base",  "nk.basic",   "nk.basic",     "nk.basic", "nk.basic",
                                                "nk.regex", "nk.hashmap", "nk.staticmap", "nk.flow",  "nk.mic"};

/* clang-format off */
#define RULE       .is_rule = true
#define CHANGING   .is_rule = true, .reads = true, .changes = true
#define CHECKING   .is_rule = true, .reads = true
#define READING    .reads = true
#define SID        {"sid", PSL_WANT_SID}
#define RESOURCE   {"source", PSL_WANT_SID}, {"target", PSL_WANT_SID}, {"container", PSL_WANT_SID_OR_UNIT}, {"driver", PSL_WANT_SID}
#define SIDES      {"source", PSL_WANT_SID}, {"target", PSL_WANT_SID}
#define CAST(name, number, sign) {PSL_MATH, name, PSL_CAST, .want = PSL_WANT_CASTABLE, .bits = number, .is_signed = sign}

static const struct psl_method methods[] = {
    {PSL_BASE, "grant", PSL_GRANT, RULE, .want = PSL_WANT_UNIT},
    {PSL_BASE, "assert", PSL_ASSERT, RULE, .want = PSL_WANT_BOOLEAN},
    {PSL_BASE, "deny", PSL_DENY, RULE, .want = PSL_WANT_BOOLEAN_OR_UNIT},
    {PSL_BASE, "set_level", PSL_SET_LEVEL, CHANGING, .want = PSL_WANT_LEVEL_NUMBER},
    {PSL_PRED, "empty", PSL_EMPTY, .want = PSL_WANT_COLLECTION},
    {PSL_BOOL, "all", PSL_ALL, .want = PSL_WANT_BOOLEANS},
    {PSL_BOOL, "any", PSL_ANY, .want = PSL_WANT_BOOLEANS},
    {PSL_BOOL, "cond", PSL_COND, .fields = {{"if", PSL_WANT_BOOLEAN}, {"then", PSL_WANT_SCALAR}, {"else", PSL_WANT_SCALAR}}},
    {PSL_BOOL, "assert", PSL_ASSERT, RULE, .want = PSL_WANT_BOOLEAN},
    {PSL_MATH, "neg", PSL_NEG, .want = PSL_WANT_SIGNED},
    {PSL_MATH, "abs", PSL_ABS, .want = PSL_WANT_SIGNED},
    {PSL_MATH, "sum", PSL_SUM, .want = PSL_WANT_NUMBERS},
    {PSL_MATH, "product", PSL_PRODUCT, .want = PSL_WANT_NUMBERS},
    CAST("uint64", 64, false), CAST("uint32", 32, false), CAST("uint16", 16, false),
    CAST("sint64", 64, true), CAST("sint32", 32, true), CAST("sint16", 16, true),
    {PSL_STRUCT, "size", PSL_SIZE, .want = PSL_WANT_COLLECTION},
    {PSL_REGEX_MODEL, "match", PSL_REGEX_MATCH, .fields = {{"text", PSL_WANT_TEXT}, {"pattern", PSL_WANT_PATTERN}}},
    {PSL_REGEX_MODEL, "select", PSL_REGEX_SELECT, .fields = {{"text", PSL_WANT_TEXT}}},
    {PSL_HASHSET, "init", PSL_HASHSET_INIT, CHANGING, .fields = {SID}},
    {PSL_HASHSET, "fini", PSL_HASHSET_FINI, CHANGING, .fields = {SID}},
    {PSL_HASHSET, "add", PSL_HASHSET_ADD, CHANGING, .fields = {SID, {"entry", PSL_WANT_ENTRY}}},
    {PSL_HASHSET, "remove", PSL_HASHSET_REMOVE, CHANGING, .fields = {SID, {"entry", PSL_WANT_ENTRY}}},
    {PSL_HASHSET, "contains", PSL_HASHSET_CONTAINS, READING, .fields = {SID, {"entry", PSL_WANT_ENTRY}}},
    {PSL_STATICMAP, "init", PSL_MAP_INIT, CHANGING, .fields = {SID}},
    {PSL_STATICMAP, "fini", PSL_MAP_FINI, CHANGING, .fields = {SID}},
    {PSL_STATICMAP, "set", PSL_MAP_SET, CHANGING, .fields = {SID, {"key", PSL_WANT_KEY}, {"value", PSL_WANT_VALUE}}},
    {PSL_STATICMAP, "commit", PSL_MAP_COMMIT, CHANGING, .fields = {SID}},
    {PSL_STATICMAP, "rollback", PSL_MAP_ROLLBACK, CHANGING, .fields = {SID}},
    {PSL_STATICMAP, "get", PSL_MAP_GET, READING, .fields = {SID, {"key", PSL_WANT_KEY}}},
    {PSL_STATICMAP, "get_uncommitted", PSL_MAP_GET_UNCOMMITTED, READING, .fields = {SID, {"key", PSL_WANT_KEY}}},
    {PSL_STATICMAP, "get_uncommited", PSL_MAP_GET_UNCOMMITTED, READING, .fields = {SID, {"key", PSL_WANT_KEY}}},
    {PSL_FLOW, "init", PSL_FLOW_INIT, CHANGING, .fields = {SID}},
    {PSL_FLOW, "fini", PSL_FLOW_FINI, CHANGING, .fields = {SID}},
    {PSL_FLOW, "enter", PSL_FLOW_ENTER, CHANGING, .fields = {SID, {"state", PSL_WANT_STATE}}},
    {PSL_FLOW, "allow", PSL_FLOW_ALLOW, CHECKING, .fields = {SID, {"states", PSL_WANT_STATES}}},
    {PSL_FLOW, "query", PSL_FLOW_QUERY, READING, .fields = {SID}},
    {PSL_MIC, "create", PSL_MIC_CREATE, CHANGING, .fields = {RESOURCE, {"level", PSL_WANT_LEVEL_OR_UNIT}}},
    {PSL_MIC, "delete", PSL_MIC_DELETE, CHANGING, .fields = {RESOURCE}},
    {PSL_MIC, "execute", PSL_MIC_EXECUTE, CHANGING,
     .fields = {{"image", PSL_WANT_SID_OR_UNIT}, {"target", PSL_WANT_SID}, {"level", PSL_WANT_LEVEL_OR_UNIT}, {"levelR", PSL_WANT_LEVEL_OR_UNIT}}},
    {PSL_MIC, "upgrade", PSL_MIC_UPGRADE, CHANGING, .fields = {RESOURCE, {"level", PSL_WANT_LEVEL}}},
    {PSL_MIC, "call", PSL_MIC_CALL, CHECKING, .fields = {SIDES}},
    {PSL_MIC, "invoke", PSL_MIC_INVOKE, CHECKING, .fields = {SIDES}},
    {PSL_MIC, "read", PSL_MIC_READ, CHECKING, .fields = {SIDES}},
    {PSL_MIC, "write", PSL_MIC_WRITE, CHECKING, .fields = {SIDES}},
    {PSL_MIC, "query_level", PSL_MIC_QUERY_LEVEL, READING, .fields = {{"source", PSL_WANT_SID}}},
};
/* clang-format on */
#define METHODS (sizeof(methods) / sizeof(methods[0]))

enum psl_model psl_find_model(const char *name)
{
    enum psl_model model = PSL_BASE;
    while (model < PSL_MODELS && strcmp(psl_model_name[model], name) != 0)
        model++;
    return model;
}

const struct psl_method *psl_find_method(enum psl_model model, const char *name)
{
    for (size_t i = 0; i < METHODS; i++)
        if (methods[i].model == model && strcmp(methods[i].name, name) == 0)
            return &methods[i];
    return nullptr;
}

const struct psl_method *psl_model_method(enum psl_model model, unsigned i)
{
    for (size_t j = 0; j < METHODS; j++)
        if (methods[j].model == model && i-- == 0)
            return &methods[j];
    return nullptr;
}

unsigned psl_method_field_count(const struct psl_method *method)
{
    unsigned count = 0;
    while (count < PSL_FIELDS_MAX && method->fields[count].name != nullptr)
        count++;
    return count;
}

bool psl_model_is_audited(enum psl_model model)
{
    return model == PSL_BASE || model >= PSL_REGEX_MODEL;
}

unsigned psl_name_index(const struct psl_names *names, const char *name)
{
    unsigned i = 0;
    while (i < names->count && strcmp(names->list[i], name) != 0)
        i++;
    return i;
}

struct psl_object *psl_find_object(const struct psl_policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->object_count; i++)
        if (strcmp(policy->objects[i]->name, name) == 0)
            return policy->objects[i];
    return nullptr;
}
