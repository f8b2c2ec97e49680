/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parser makes of IDL, CDL and EDL files. Everything lives in the pool of the run. Lists are linked in source
 * order. Fields below "checked" are filled by the checks (check.h), the others by the parser.
 */
#pragma once
#include <tools/language/diagnostic.h>
#include <tools/language/table.h>

enum language : unsigned { LANGUAGE_IDL, LANGUAGE_CDL, LANGUAGE_EDL, LANGUAGES };

struct name {
    const char *text; /* qualified names: "a.b.C" */
    struct location at;
};

enum operation : unsigned {
    OPERATION_LITERAL,
    OPERATION_NAME,
    OPERATION_NEGATE,
    OPERATION_COMPLEMENT,
    OPERATION_ADD,
    OPERATION_SUBTRACT,
    OPERATION_MULTIPLY,
    OPERATION_DIVIDE,
    OPERATION_REMAINDER,
    OPERATION_POWER,
    OPERATION_SHIFT_LEFT,
    OPERATION_SHIFT_RIGHT,
    OPERATION_AND,
    OPERATION_OR,
    OPERATION_XOR,
};

struct expression {
    enum operation operation;
    unsigned depth; /* 1 for a leaf */
    struct location at;
    uint64_t literal;
    struct name name;
    struct expression *left, *right; /* a unary operation has left only */
};

enum type_kind : unsigned {
    TYPE_INTEGER,
    TYPE_HANDLE,
    TYPE_BYTES,
    TYPE_STRING,
    TYPE_ARRAY,
    TYPE_SEQUENCE,
    TYPE_NAMED,  /* before the checks */
    TYPE_STRUCT, /* checked: a named type that was resolved */
    TYPE_UNION,
    TYPE_BROKEN, /* checked: an error was reported; say nothing more about it */
};

/* What the values of a type need in an arena at most, saturating. */
struct need {
    uint64_t chunks;
    uint64_t bytes[4];  /* with each chunk rounded up to 1, 2, 4, 8 bytes */
    unsigned alignment; /* power of two: the strictest of the chunks, 0 to 3 */
};

struct type {
    enum type_kind kind;
    struct location at;
    unsigned bits; /* integer */
    bool is_signed;
    struct type *element; /* array, sequence */
    struct expression *count_expression;
    struct name name; /* named; of handle<Interface> the interface */
    /* checked */
    uint64_t count;
    struct declaration *declaration; /* struct, union */
    uint64_t size, alignment;        /* in a constant part, bytes */
    unsigned depth, parts;           /* of nested types, and how many there are, itself included: 1 for an integer */
    bool checked, holds_handle;
    bool core_handle; /* UInt64: kl.core.Types.HandleValue in one of the kernel's own interfaces */
    struct need need;
};

enum direction : unsigned { DIRECTION_IN, DIRECTION_OUT, DIRECTION_ERROR, DIRECTIONS };

/* A member of a struct or union, or a parameter. */
struct member {
    struct name name;
    struct type *type;
    enum direction direction;
    struct member *next;
    /* checked */
    uint64_t offset; /* in the struct; of a parameter: in the message, header included */
};
struct members {
    struct member *first, *last;
    bool broken; /* an error was reported in one that is not here */
};

enum declaration_kind : unsigned { DECLARATION_CONST, DECLARATION_TYPEDEF, DECLARATION_STRUCT, DECLARATION_UNION };

struct declaration {
    enum declaration_kind kind;
    struct name name;
    struct type *type;             /* const, typedef */
    struct expression *expression; /* const */
    struct members members;        /* struct, union */
    struct declaration *next;
    unsigned number; /* in its package */
    /* checked */
    struct unit *unit;
    bool checked, broken;
    __int128 value;
    uint64_t size, alignment;
    unsigned depth, parts;
    bool holds_handle;
    struct need need;
    /* of the emitter that runs */
    const char *part; /* shapes.c: C name of its verification table */
};

/* One direction of a method. */
struct message {
    uint64_t size, arena_size; /* constant part with header; arena at most */
    uint64_t handle_count;
};

struct method {
    struct name name;
    struct members parameters;
    struct method *next;
    /* checked */
    unsigned mid;
    struct message messages[DIRECTIONS];
    bool has_error;
};

/* "name : qualified.Name" of a CDL or EDL file, or an import or security interface (then without name). */
struct reference {
    struct name name, target;
    struct reference *next;
    /* checked */
    struct unit *unit;
    bool used; /* an import: a name was found in it */
};
struct references {
    struct reference *first, *last;
    struct location at; /* the keyword; without source if there is no such section */
};

/* One file. */
struct unit {
    enum language language;
    struct source *source;
    struct name name;   /* package, component or class */
    const char *prefix; /* name with '_' for '.' */
    const char *place;  /* where it is found below an include root: "a/b/C.idl" */
    /* IDL */
    struct references imports;
    struct declaration *declarations, *declarations_last;
    struct table declaration_table; /* the first of each name */
    struct method *methods, *methods_last;
    bool has_interface;
    /* CDL, EDL */
    struct references security, endpoints, components;
    /* load and checks */
    struct unit *next; /* all units of the run */
    enum : unsigned { UNIT_LOADING, UNIT_LOADED } state;
    uint64_t handle_count[DIRECTIONS], arena_size[DIRECTIONS]; /* interface: maxima over methods; else over endpoints */
    unsigned endpoint_count, instance_count, security_count;   /* CDL, EDL: of the flattened tree */
    uint64_t method_count;
    bool emitted;      /* by the emitter that runs: set and cleared there */
    unsigned searched; /* number of the last search for a name that came here */
};

extern const char *const language_extension[LANGUAGES]; /* "idl", ... */
extern const char *const language_noun[LANGUAGES];      /* "package", "component", "class" */
