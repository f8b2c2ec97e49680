/* SPDX-License-Identifier: Apache-2.0 */
/* Lexer and parser of the three languages, and what they share. */
#pragma once
#include <tools/nk/syntax.h>

/* A misspelt keyword, or a ';' too many, that was reported: the file is read again with it put right, so that one run
 * finds all errors. */
struct correction {
    uint32_t offset;
    const char *word; /* "": nothing */
};
#define CORRECTIONS_MAX 32U

struct parse {
    struct pool *pool;
    struct diagnostics *diagnostics;
    struct unit *unit;
    /* lexer */
    bool started;   /* the token that names the language was given */
    bool after_dot; /* a word is part of a qualified name, never a keyword */
    uint32_t offset;
    unsigned corrected; /* tokens since the last corrected one, at most 4; errors soon behind it say nothing */
    struct correction corrections[CORRECTIONS_MAX];
    unsigned correction_count;
    bool again;                      /* one was added: the file is to be read again */
    struct location token, previous; /* the last token and the one before it */
};

/* Parses source as a file of language into a new unit; errors are in diagnostics. Never null. */
struct unit *parse_unit(struct pool *pool, struct diagnostics *diagnostics, struct source *source,
                        enum language language);

/* The token that a word is in this language: a keyword's, or that of a name. */
int keyword_token(enum language language, const char *word);
/* Offers the language's keywords for which expected(token) is true. */
void keyword_suggest(enum language language, struct suggestion *suggestion, const void *context,
                     bool (*expected)(const void *context, int token));

/* The word at `at` was meant as this keyword, and that is reported; false: too many are. The parser is then to stop. */
bool parse_correct(struct parse *parse, struct location at, const char *word);
/* Whether what stands there is to be read as something else. */
bool parse_corrected(const struct parse *parse, struct location at);

/* What the grammar's actions build, in parse->unit. */
struct type *parse_type(struct parse *parse, enum type_kind kind, struct location at);
struct expression *parse_operation(struct parse *parse, enum operation operation, struct location at,
                                   struct expression *left, struct expression *right);
void parse_declaration(struct parse *parse, enum declaration_kind kind, struct name name, struct type *type,
                       struct expression *expression, struct members members);
void parse_method(struct parse *parse, struct name name, struct members parameters);
void parse_reference(struct parse *parse, struct references *list, struct name name, struct name target);
/* A section of a CDL or EDL file begins; a second one of its kind is an error. */
void parse_section(struct parse *parse, struct references *list, struct location at, const char *word);
struct members parse_member(struct parse *parse, struct members members, enum direction direction, struct type *type,
                            struct name name);
/* "handle<Interface>"; any other name before '<' is an error. */
struct type *parse_angle_type(struct parse *parse, struct name name, const struct expression *argument,
                              struct location at);
struct name parse_join(struct parse *parse, struct name head, struct name tail);
