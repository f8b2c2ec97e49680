/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parser makes of PSL files. Everything lives in the pool of the run; lists are linked in source order. Fields
 * below "checked" are filled by the checks (check.h), the others by the parser.
 */
#pragma once
#include <tools/nk/syntax.h>

struct psl_type;   /* type.h */
struct psl_object; /* an object of a model, model.h */
struct psl_method; /* a rule or expression of a model, model.h */
struct psl_class;  /* a process class, class.h */
struct psl_endpoint;

enum psl_operation : unsigned {
    PSL_UNIT, /* () */
    PSL_BOOLEAN,
    PSL_INTEGER,
    PSL_TEXT,
    PSL_REGEX,      /* the block form of a pattern */
    PSL_OTHERWISE,  /* _ as the condition of a choice, or in one */
    PSL_SOURCE_SID, /* src_sid */
    PSL_DESTINATION_SID,
    PSL_MESSAGE,
    PSL_VARIABLE, /* of a test */
    PSL_FIELD,    /* left.name */
    PSL_ELEMENT,  /* left.[right] */
    PSL_CALL,     /* object.name right, or name right */
    PSL_RECORD,   /* items with keys */
    PSL_LIST,
    PSL_NOT,
    PSL_COMPLEMENT,
    PSL_NEGATE,
    PSL_IMPLIES,
    PSL_OR,
    PSL_AND,
    PSL_EQUAL,
    PSL_NOT_EQUAL,
    PSL_LESS,
    PSL_LESS_EQUAL,
    PSL_GREATER,
    PSL_GREATER_EQUAL,
    PSL_ADD,
    PSL_SUBTRACT,
    PSL_BIT_OR,
    PSL_BIT_AND,
    PSL_MULTIPLY,
    PSL_OPERATIONS,
};

/* One item of a record or list. */
struct psl_item {
    enum : unsigned { PSL_KEY_NONE, PSL_KEY_NAME, PSL_KEY_TEXT, PSL_KEY_NUMBER } key_kind;
    struct name key; /* text of any kind of key */
    struct psl_expression *value;
    struct psl_item *next;
};
struct psl_items {
    struct psl_item *first, *last;
    unsigned count;
};

#define PSL_DEPTH_MAX 500U

struct psl_expression {
    enum psl_operation operation;
    struct location at;
    __int128 number;    /* integer; boolean: 0 or 1 */
    const char *text;   /* text, regex: the characters, escapes done */
    struct name name;   /* variable, field; call: the method */
    struct name object; /* call: the object, text null if none was named */
    struct psl_items items;
    struct psl_expression *left, *right; /* one operand: right */
    unsigned depth;                      /* of the tree below, at most PSL_DEPTH_MAX */
    /* checked */
    const struct psl_type *type;
    const struct psl_object *callee_object;
    const struct psl_method *callee;
    const struct member *member;       /* field of a message or of a struct of one */
    unsigned index;                    /* field or element: its number in the type */
    bool complemented;                 /* integer: made by ~, so that it may become unsigned of any width */
    struct psl_expression **arguments; /* call: by the method's fields; one if it has none */
};

enum psl_selector_kind : unsigned {
    PSL_SELECT_SRC,
    PSL_SELECT_DST,
    PSL_SELECT_INTERFACE,
    PSL_SELECT_COMPONENT,
    PSL_SELECT_ENDPOINT,
    PSL_SELECT_METHOD,
    PSL_SELECTORS,
};
extern const char *const psl_selector_word[PSL_SELECTORS]; /* "src", ... */

/* The value of each selector; without text: any. */
struct psl_selectors {
    struct name values[PSL_SELECTORS];
    struct location at; /* all of them, or where they would stand */
};

enum psl_event : unsigned { PSL_EXECUTE, PSL_REQUEST, PSL_RESPONSE, PSL_ERROR, PSL_SECURITY, PSL_EVENTS };
extern const char *const psl_event_word[PSL_EVENTS];

/* What stands between braces in a binding. */
struct psl_body {
    struct name audit; /* the profile named here, text null if none */
    struct psl_statement *first, *last;
};

/* "condition : branch" of a choice. */
struct psl_case {
    struct psl_expression *condition;
    struct psl_body body;
    struct location at;
    struct psl_case *next, *last; /* last: of the list, in its first only */
    /* checked */
    int64_t selected; /* what selects it, in the terms of the choice's expression; -1 otherwise */
};

struct psl_statement {
    enum : unsigned { PSL_STATEMENT_CALL, PSL_STATEMENT_MATCH, PSL_STATEMENT_CHOICE } kind;
    struct location at;
    struct psl_expression *expression; /* call; choice: what is chosen on */
    struct psl_selectors selectors;    /* match */
    struct psl_body body;              /* match */
    struct psl_case *cases;
    struct psl_statement *next;
};

struct psl_binding {
    enum psl_event event;
    struct location at; /* the event's word */
    struct psl_selectors selectors;
    struct psl_body body;
    struct psl_binding *next;
};

enum psl_type_kind : unsigned {
    PSL_TYPE_NAME, /* and its arguments: Set<T>, Array<T, 4> */
    PSL_TYPE_UNIT,
    PSL_TYPE_LITERAL, /* "text", 12 */
    PSL_TYPE_RECORD,
    PSL_TYPE_TUPLE,
    PSL_TYPE_VARIANT,
};

/* A type as written. */
struct psl_type_syntax {
    enum psl_type_kind kind;
    struct location at;
    struct name name;                           /* of the type */
    struct name field;                          /* of the record whose part it is */
    struct psl_expression *literal;             /* literal; the number of a name's arguments, if any */
    struct psl_type_syntax *parts, *parts_last; /* arguments, fields, elements, alternatives */
    struct psl_type_syntax *next;               /* in the list of its parent */
    /* checked */
    bool busy; /* an alias that is being resolved */
};

/* "type T = ..." and "config = ..." of an object. */
struct psl_parameter {
    struct name name; /* of the type, or "config" */
    struct psl_type_syntax *type;
    struct psl_expression *config;
    struct psl_parameter *next;
};

struct psl_object_declaration {
    struct name name, model;
    struct psl_parameter *parameters, *parameters_last;
    struct psl_object_declaration *next;
};

/* "type T = ..." outside objects. */
struct psl_alias {
    struct name name;
    struct psl_type_syntax *type;
    struct psl_alias *next;
    /* checked */
    const struct psl_type *resolved;
};

/* "use EDL a.B", "task class C : a.B", "task class C". */
struct psl_class_declaration {
    struct name name; /* of the class */
    struct name edl;  /* text null if the class has none */
    struct psl_class_declaration *next;
};

struct psl_use {
    struct name name; /* "a.b" of "use a.b._" */
    struct psl_use *next;
};

/* "policy class M": a model that this file makes known. */
struct psl_model_declaration {
    struct name name;
    struct psl_model_declaration *next;
};

struct psl_profile_declaration {
    struct name name;
    struct psl_expression *value;
    struct psl_profile_declaration *next;
};

enum psl_expectation : unsigned { PSL_EXPECT_GRANT, PSL_EXPECT_DENY, PSL_EXPECT_ANY };

/* One case of a test, whatever the form in which it was written. */
struct psl_test_case {
    struct location at;
    enum psl_expectation expectation;
    bool expectation_given;
    struct name name;     /* text null if none */
    struct name variable; /* execute: gets the SID; text null if none */
    enum psl_event event;
    struct psl_selectors selectors;    /* src and dst name variables, but a class for dst of execute */
    struct psl_expression *parameters; /* record, or null */
    struct psl_test_case *next;
    /* checked */
    const struct psl_class *source_class, *destination_class;
    struct name starter;                 /* execute without src: the variable that starts it; text null if none */
    const struct psl_endpoint *endpoint; /* null: execute */
    const struct method *method;
};
struct psl_test_cases {
    struct psl_test_case *first, *last;
};

struct psl_sequence {
    struct name name;
    struct location at;
    struct psl_test_cases cases;
    struct psl_sequence *next;
};

struct psl_test_set {
    struct name name;
    struct location at;
    struct psl_test_cases setup, finally;
    bool has_setup, has_finally;
    struct psl_sequence *sequences, *sequences_last;
    struct psl_test_set *next;
};

/* All declarations of a policy, of all its files. */
struct psl_declarations {
    struct name execute_interface; /* text null if none */
    struct name default_profile;   /* text null if none */
    struct psl_expression *default_level;
    struct psl_class_declaration *classes, *classes_last;
    struct psl_model_declaration *models, *models_last;
    struct psl_object_declaration *objects, *objects_last;
    struct psl_alias *aliases, *aliases_last;
    struct psl_binding *bindings, *bindings_last;
    struct psl_profile_declaration *profiles, *profiles_last;
    struct psl_test_set *tests, *tests_last;
};
