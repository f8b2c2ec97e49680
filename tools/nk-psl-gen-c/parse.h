/* SPDX-License-Identifier: Apache-2.0 */
/* Lexer and parser of PSL, and what they share. */
#pragma once
#include <tools/nk-psl-gen-c/preprocess.h>
#include <tools/nk-psl-gen-c/syntax.h>

struct psl_parse {
    struct pool *pool;
    struct diagnostics *diagnostics;
    const struct source *source;
    struct psl_text text; /* of source, preprocessed */
    struct psl_declarations *declarations;
    struct psl_use *uses, *uses_last; /* of this file */
    struct psl_tokens *tokens;        /* of what is being read: parse_tokens.h */
    /* lexer */
    uint32_t offset;      /* of the next token in text */
    bool after_dot;       /* a word is part of a qualified name, never a keyword */
    struct name words[3]; /* the last ones, the last first */
};

/* Parses text, the preprocessed text of source: its declarations are added to those given. Returns the list of what it
 * uses; errors are in diagnostics. */
struct psl_use *psl_parse_file(struct pool *pool, struct diagnostics *diagnostics, const struct source *source,
                               struct psl_text text, struct psl_declarations *declarations);

/* The token of a word, that of a name if it is no keyword. */
int psl_keyword_token(const char *word);

/* What the grammar's actions build. */
struct psl_expression *psl_make(struct psl_parse *parse, enum psl_operation operation, struct location at,
                                struct psl_expression *left, struct psl_expression *right);
struct psl_expression *psl_make_number(struct psl_parse *parse, struct location at, __int128 number);
struct psl_expression *psl_make_call(struct psl_parse *parse, struct location at, struct name object,
                                     struct name method, struct psl_expression *argument);
struct psl_expression *psl_make_field(struct psl_parse *parse, struct psl_expression *left, struct name name);
struct psl_expression *psl_make_items(struct psl_parse *parse, enum psl_operation operation, struct location at,
                                      struct psl_items items);
struct psl_items psl_add_item(struct psl_parse *parse, struct psl_items items, struct psl_item item);
struct psl_type_syntax *psl_make_type(struct psl_parse *parse, enum psl_type_kind kind, struct location at);
void psl_add_part(struct psl_type_syntax *type, struct psl_type_syntax *part);
struct psl_statement *psl_make_statement(struct psl_parse *parse, struct psl_statement statement);
void psl_add_statement(struct psl_body *body, struct psl_statement *statement);
struct psl_body *psl_make_body(struct psl_parse *parse);
struct psl_case *psl_make_case(struct psl_parse *parse, struct psl_expression *condition, struct psl_body body,
                               struct location at);
/* A second selector of a kind is an error. */
void psl_set_selector(struct psl_parse *parse, struct psl_selectors *selectors, enum psl_selector_kind kind,
                      struct location at, struct name value);
struct name psl_join(struct psl_parse *parse, struct name head, struct name tail);

struct psl_expression *psl_make_text(struct psl_parse *parse, enum psl_operation operation, struct name text);
struct psl_expression *psl_make_boolean(struct psl_parse *parse, struct location at, bool value);
/* -operand; a number with its sign is a literal. */
struct psl_expression *psl_make_negation(struct psl_parse *parse, struct location at, struct psl_expression *operand);
void psl_add_field(struct psl_parse *parse, struct psl_type_syntax *record, struct name name,
                   struct psl_type_syntax *type);
struct psl_type_syntax *psl_make_variant(struct psl_parse *parse, struct psl_type_syntax *left,
                                         struct psl_type_syntax *right, struct location at);
struct psl_case *psl_join_cases(struct psl_case *list, struct psl_case *last);
void psl_add_object(struct psl_parse *parse, struct name name, struct name model,
                    struct psl_object_declaration *parameters);
void psl_set_execute(struct psl_parse *parse, struct name interface);
void psl_set_default(struct psl_parse *parse, struct name profile, struct psl_expression *level, struct location at);

/* Tests. */
void psl_set_part(struct psl_parse *parse, bool *given, struct psl_test_cases *part, struct psl_test_cases cases,
                  struct location at, const char *word);
void psl_finish_test_set(struct psl_parse *parse, struct psl_test_set *set, struct name name, struct location at);
struct psl_test_cases psl_add_test_case(struct psl_test_cases cases, struct psl_test_case *test_case);
void psl_expect(struct psl_test_case *test_case, enum psl_expectation expectation, struct name name);
struct psl_test_case *psl_make_test_case(struct psl_parse *parse, enum psl_event event, struct psl_selectors selectors,
                                         struct psl_expression *parameters);
/* source ~> destination : endpoint.Method { parameters } and its kin; for security without endpoint. */
struct psl_test_case *psl_make_short_case(struct psl_parse *parse, enum psl_event event, struct name source,
                                          struct name destination, struct name what, struct psl_expression *parameters);

/* Adds a new node, zeroed, at the end of a list with members `first` and `first_last`; the expression is the node. */
#define PSL_APPEND(parse, list, member)                                                                                \
    ({                                                                                                                 \
        typeof((list)->member) psl_new_ = pool_allocate((parse)->pool, sizeof(*psl_new_));                             \
        if ((list)->member##_last != nullptr)                                                                          \
            (list)->member##_last->next = psl_new_;                                                                    \
        else                                                                                                           \
            (list)->member = psl_new_;                                                                                 \
        (list)->member##_last = psl_new_;                                                                              \
    })
