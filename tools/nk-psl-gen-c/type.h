/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of PSL. Structural: equal shape is equal type. A variant has at least two alternatives and no variant among
 * them; a variant of integer types only is the smallest integer type that holds them all (PSL_ANY_INTEGER if none
 * does).
 */
#pragma once
#include <tools/nk-psl-gen-c/syntax.h>

enum psl_kind : unsigned {
    PSL_BROKEN_TYPE, /* an error was reported; fits everything */
    PSL_UNIT_TYPE,
    PSL_BOOLEAN_TYPE,
    PSL_INTEGER_TYPE,
    PSL_NUMBER_TYPE, /* an integer literal: exactly this number */
    PSL_ANY_INTEGER, /* Number: UInt64 and SInt64 */
    PSL_TEXT_TYPE,
    PSL_WORD_TYPE,   /* a text literal: exactly this text */
    PSL_REGEX_TYPE,  /* a pattern in its block form */
    PSL_BYTES_TYPE,  /* of IDL: no rule can use it */
    PSL_RECORD_TYPE, /* dictionary; struct or union of IDL */
    PSL_TUPLE_TYPE,
    PSL_LIST_TYPE,
    PSL_SET_TYPE,
    PSL_MAP_TYPE,
    PSL_ARRAY_TYPE,    /* exactly count elements */
    PSL_SEQUENCE_TYPE, /* at most count elements */
    PSL_VARIANT_TYPE,
};

struct psl_type_part {
    const char *name; /* of a record's field */
    const struct psl_type *type;
    const struct member *member; /* field of an IDL struct or union, parameter of a method */
};

struct psl_type {
    enum psl_kind kind;
    unsigned bits; /* integer */
    bool is_signed;
    __int128 number;                /* number */
    const char *text;               /* word */
    struct psl_type_part *parts;    /* record, tuple, variant */
    uint64_t count;                 /* of parts; array, sequence: elements */
    const struct psl_type *element; /* list, set, map, array, sequence */
    const struct psl_type *key;     /* map */
    const struct type *idl;         /* what it was made from, or null */
    bool handle;                    /* record: HandleDesc made from a Handle */
};

extern const struct psl_type psl_broken, psl_unit, psl_boolean, psl_text, psl_regex, psl_bytes, psl_any_integer;
extern const struct psl_type psl_uint8, psl_uint16, psl_uint32, psl_uint64, psl_sint8, psl_sint16, psl_sint32,
    psl_sint64;

const struct psl_type *psl_integer_type(unsigned bits, bool is_signed);
const struct psl_type *psl_number_type(struct pool *pool, __int128 number);
const struct psl_type *psl_word_type(struct pool *pool, const char *text);
/* Parts are copied. */
struct psl_type *psl_parts_type(struct pool *pool, enum psl_kind kind, const struct psl_type_part *parts,
                                uint64_t count);
struct psl_type *psl_element_type(struct pool *pool, enum psl_kind kind, const struct psl_type *element,
                                  uint64_t count);
/* The variant of both, flattened; duplicates go. */
const struct psl_type *psl_variant_type(struct pool *pool, const struct psl_type *a, const struct psl_type *b);
/* The type that a value of an IDL type has. */
const struct psl_type *psl_idl_type(struct pool *pool, const struct type *idl);
/* The record of a method's parameters of one direction. */
const struct psl_type *psl_message_type(struct pool *pool, const struct method *method, enum direction direction);

/* True if every value of `from` is one of `to`; what converts (wider integers, list of a tuple) counts. */
bool psl_fits(const struct psl_type *to, const struct psl_type *from);
bool psl_is_integer(const struct psl_type *type);
/* Least and greatest value of an integer type. */
__int128 psl_least(const struct psl_type *type);
__int128 psl_greatest(const struct psl_type *type);
/* The type of arithmetic on the two: the wider of one signedness; a number takes the other's type if it fits; else the
 * smallest signed type that holds both, SInt64 if none does. Both are integers. */
const struct psl_type *psl_common_integer(const struct psl_type *a, const struct psl_type *b);
/* A type that both fit without a tag: for bool.cond and lists; null if there is none. */
const struct psl_type *psl_join_types(struct pool *pool, const struct psl_type *a, const struct psl_type *b);
/* "{ a : UInt8, b : Text }". */
const char *psl_type_words(struct pool *pool, const struct psl_type *type);
/* "a value of type UInt8"; of a literal: itself. */
const char *psl_value_words(struct pool *pool, const struct psl_type *type);
const struct psl_type_part *psl_type_field(const struct psl_type *record, const char *name);
const char *psl_digits(struct pool *pool, __int128 value);
