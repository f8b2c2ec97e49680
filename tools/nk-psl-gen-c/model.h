/* SPDX-License-Identifier: Apache-2.0 */
/* The ten models: their methods, and the objects that a policy makes of them. */
#pragma once
#include <tools/nk-psl-gen-c/policy.h>
#include <tools/nk-psl-gen-c/type.h>

enum psl_model : unsigned {
    PSL_BASE,
    PSL_PRED,
    PSL_BOOL,
    PSL_MATH,
    PSL_STRUCT,
    PSL_REGEX_MODEL,
    PSL_HASHSET,
    PSL_STATICMAP,
    PSL_FLOW,
    PSL_MIC,
    PSL_MODELS,
};

enum psl_method_id : unsigned {
    PSL_GRANT,
    PSL_ASSERT,
    PSL_DENY,
    PSL_SET_LEVEL,
    PSL_EMPTY,
    PSL_ALL,
    PSL_ANY,
    PSL_COND,
    PSL_NEG,
    PSL_ABS,
    PSL_SUM,
    PSL_PRODUCT,
    PSL_CAST,
    PSL_SIZE,
    PSL_REGEX_MATCH,
    PSL_REGEX_SELECT,
    PSL_HASHSET_INIT,
    PSL_HASHSET_FINI,
    PSL_HASHSET_ADD,
    PSL_HASHSET_REMOVE,
    PSL_HASHSET_CONTAINS,
    PSL_MAP_INIT,
    PSL_MAP_FINI,
    PSL_MAP_SET,
    PSL_MAP_COMMIT,
    PSL_MAP_ROLLBACK,
    PSL_MAP_GET,
    PSL_MAP_GET_UNCOMMITTED,
    PSL_FLOW_INIT,
    PSL_FLOW_FINI,
    PSL_FLOW_ENTER,
    PSL_FLOW_ALLOW,
    PSL_FLOW_QUERY,
    PSL_MIC_CREATE,
    PSL_MIC_DELETE,
    PSL_MIC_EXECUTE,
    PSL_MIC_UPGRADE,
    PSL_MIC_CALL,
    PSL_MIC_INVOKE,
    PSL_MIC_READ,
    PSL_MIC_WRITE,
    PSL_MIC_QUERY_LEVEL,
};

/* What a parameter may be; for some it depends on the object. */
enum psl_want : unsigned {
    PSL_WANT_NOTHING,
    PSL_WANT_UNIT,
    PSL_WANT_BOOLEAN,
    PSL_WANT_BOOLEAN_OR_UNIT,
    PSL_WANT_BOOLEANS, /* List<Boolean> */
    PSL_WANT_SCALAR,
    PSL_WANT_NUMBER,
    PSL_WANT_NUMBERS,
    PSL_WANT_SIGNED,
    PSL_WANT_CASTABLE,     /* integers that fit the result of a cast */
    PSL_WANT_LEVEL_NUMBER, /* UInt32 */
    PSL_WANT_COLLECTION,   /* Text, Set, List, Map, () */
    PSL_WANT_TEXT,
    PSL_WANT_PATTERN,
    PSL_WANT_SID,
    PSL_WANT_SID_OR_UNIT,
    PSL_WANT_ENTRY,
    PSL_WANT_KEY,
    PSL_WANT_VALUE,
    PSL_WANT_STATE,
    PSL_WANT_STATES,
    PSL_WANT_LEVEL,
    PSL_WANT_LEVEL_OR_UNIT,
};

#define PSL_FIELDS_MAX 5U

struct psl_method {
    enum psl_model model;
    const char *name;
    enum psl_method_id id;
    bool is_rule, reads, changes; /* contexts */
    enum psl_want want;           /* its argument; PSL_WANT_NOTHING: a record with these fields */
    struct psl_field {
        const char *name;
        enum psl_want want;
    } fields[PSL_FIELDS_MAX];
    unsigned bits; /* cast: of the result */
    bool is_signed;
};

extern const char *const psl_model_name[PSL_MODELS];
extern const char *const psl_model_file[PSL_MODELS]; /* "nk.flow" */
enum psl_model psl_find_model(const char *name);     /* PSL_MODELS: none */
const struct psl_method *psl_find_method(enum psl_model model, const char *name);
/* Number i of the model's methods, null behind the last. */
const struct psl_method *psl_model_method(enum psl_model model, unsigned i);
unsigned psl_method_field_count(const struct psl_method *method);
/* Models whose objects can be in audit profiles. */
bool psl_model_is_audited(enum psl_model model);

/* A list of names in a configuration. */
struct psl_names {
    const char **list;
    unsigned count;
};
unsigned psl_name_index(const struct psl_names *names, const char *name); /* count: none */

struct psl_object {
    const char *name;
    struct location at;
    enum psl_model model;
    unsigned index; /* in policy->objects */
    bool broken;    /* an error in its declaration was reported */
    /* HashSet */
    const struct psl_type *entry;
    unsigned entry_words;
    uint64_t set_size, pool_size; /* pool_size: StaticMap too */
    /* StaticMap: keys ascending */
    const struct psl_type *value;
    struct psl_names keys;
    __int128 *defaults;
    /* Flow; Mic: degrees and categories */
    struct psl_names states, categories;
    unsigned initial;
    bool *transitions; /* [from * count + to] */
    const struct psl_type *state;
    bool used; /* some rule calls it */
};

/* Checks the declarations of models and objects and fills policy->objects. */
void psl_load_objects(struct psl_policy *policy);
struct psl_object *psl_find_object(const struct psl_policy *policy, const char *name);
/* The scalars of a value of HashSet's entry type, or 0 if it is not one. */
unsigned psl_entry_words(const struct psl_type *type);

/* A type as written, its aliases resolved; psl_broken after an error. */
const struct psl_type *psl_resolve_type(struct psl_policy *policy, struct psl_type_syntax *syntax);
