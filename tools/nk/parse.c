/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk/check.h>
#include <tools/nk/parse.h>
#include <tools/nk/parse.tab.h>
#include <tools/nk/scan.lex.h>

const char *const language_extension[LANGUAGES] = {"idl", "cdl", "edl"};
const char *const language_noun[LANGUAGES] = {"package", "component", "class"};

#define IN_IDL   (1U << LANGUAGE_IDL)
#define IN_CDL   (1U << LANGUAGE_CDL)
#define IN_EDL   (1U << LANGUAGE_EDL)
#define IN_PARTS (IN_CDL | IN_EDL)

static const struct keyword {
    const char *word;
    int token;
    unsigned languages;
} keywords[] = {
    {"package", PACKAGE, IN_IDL},
    {"import", IMPORT, IN_IDL},
    {"const", CONST, IN_IDL},
    {"typedef", TYPEDEF, IN_IDL},
    {"struct", STRUCT, IN_IDL},
    {"union", UNION, IN_IDL},
    {"interface", INTERFACE, IN_IDL},
    {"in", IN, IN_IDL},
    {"out", OUT, IN_IDL},
    {"error", ERROR, IN_IDL},
    {"array", ARRAY, IN_IDL},
    {"sequence", SEQUENCE, IN_IDL},
    {"bytes", BYTES, IN_IDL},
    {"string", STRING, IN_IDL},
    {"Handle", HANDLE, IN_IDL},
    {"SInt8", INTEGER_TYPE, IN_IDL},
    {"SInt16", INTEGER_TYPE, IN_IDL},
    {"SInt32", INTEGER_TYPE, IN_IDL},
    {"SInt64", INTEGER_TYPE, IN_IDL},
    {"UInt8", INTEGER_TYPE, IN_IDL},
    {"UInt16", INTEGER_TYPE, IN_IDL},
    {"UInt32", INTEGER_TYPE, IN_IDL},
    {"UInt64", INTEGER_TYPE, IN_IDL},
    {"UIntSize", INTEGER_TYPE, IN_IDL},
    {"UIntPtr", INTEGER_TYPE, IN_IDL},
    {"component", COMPONENT, IN_CDL},
    {"security", SECURITY, IN_PARTS},
    {"endpoints", ENDPOINTS, IN_PARTS},
    {"interfaces", ENDPOINTS, IN_PARTS},
    {"components", COMPONENTS, IN_PARTS},
    {"entity", ENTITY, IN_EDL},
    {"task", TASK, IN_EDL},
    {"class", CLASS, IN_EDL},
};
#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

int keyword_token(enum language language, const char *word)
{
    for (size_t i = 0; i < KEYWORDS; i++)
        if ((keywords[i].languages & 1U << language) != 0 && strcmp(keywords[i].word, word) == 0)
            return keywords[i].token;
    return NAME;
}

void keyword_suggest(enum language language, struct suggestion *suggestion, const void *context,
                     bool (*expected)(const void *context, int token))
{
    for (size_t i = 0; i < KEYWORDS; i++)
        if ((keywords[i].languages & 1U << language) != 0 && expected(context, keywords[i].token))
            suggestion_offer(suggestion, keywords[i].word);
}

bool parse_correct(struct parse *parse, struct location at, const char *word)
{
    if (parse->correction_count == CORRECTIONS_MAX)
        return false;
    parse->corrections[parse->correction_count++] = (struct correction){at.offset, word};
    parse->diagnostics->said = at;
    return parse->again = true;
}

bool parse_corrected(const struct parse *parse, struct location at)
{
    for (unsigned i = 0; i < parse->correction_count; i++)
        if (parse->corrections[i].offset == at.offset)
            return true;
    return false;
}

static void start_unit(struct parse *parse, struct source *source, enum language language)
{
    parse->unit = POOL_NEW(parse->pool, struct unit);
    parse->unit->language = language;
    parse->unit->declaration_table.pool = parse->pool;
    parse->unit->source = source;
}

static void read_unit(struct parse *parse, struct source *source, enum language language)
{
    start_unit(parse, source, language);
    parse->started = parse->after_dot = parse->again = false;
    parse->offset = 0;
    parse->corrected = 4;
    parse->token = parse->previous = (struct location){0};
    yyscan_t scanner;
    if (yylex_init_extra(parse, &scanner) != 0)
        memory_exhausted();
    yy_scan_bytes(source->text, (int)source->size, scanner);
    yyparse(scanner, parse); /* what it returns, it has reported */
    yylex_destroy(scanner);
}

struct unit *parse_unit(struct pool *pool, struct diagnostics *diagnostics, struct source *source,
                        enum language language)
{
    struct parse parse = {.pool = pool, .diagnostics = diagnostics};
    if (memchr(source->text, '\0', source->size) != nullptr) {
        start_unit(&parse, source, language);
        diagnostic_error(diagnostics, (struct location){source, (uint32_t)strlen(source->text), 1},
                         "a byte of zero: this is not a text file");
        return parse.unit;
    }
    do
        read_unit(&parse, source, language);
    while (parse.again);
    diagnostics->said = (struct location){0};
    return parse.unit;
}

struct type *parse_type(struct parse *parse, enum type_kind kind, struct location at)
{
    struct type *type = POOL_NEW(parse->pool, struct type);
    type->kind = kind;
    type->at = at;
    return type;
}

struct expression *parse_operation(struct parse *parse, enum operation operation, struct location at,
                                   struct expression *left, struct expression *right)
{
    struct expression *expression = POOL_NEW(parse->pool, struct expression);
    *expression = (struct expression){.operation = operation, .at = at, .left = left, .right = right};
    unsigned left_depth = left != nullptr ? left->depth : 0, right_depth = right != nullptr ? right->depth : 0;
    expression->depth = (left_depth > right_depth ? left_depth : right_depth) + 1;
    if (expression->depth > EXPRESSION_DEPTH_MAX) {
        diagnostic_error(parse->diagnostics, at, "an expression of more than %u operations, one in the other",
                         EXPRESSION_DEPTH_MAX);
        *expression = (struct expression){.operation = OPERATION_LITERAL, .at = at, .depth = 1};
    }
    return expression;
}

void parse_declaration(struct parse *parse, enum declaration_kind kind, struct name name, struct type *type,
                       struct expression *expression, struct members members)
{
    struct declaration *declaration = POOL_NEW(parse->pool, struct declaration);
    *declaration = (struct declaration){
        .kind = kind, .name = name, .type = type, .expression = expression, .members = members, .unit = parse->unit};
    if (parse->unit->declarations_last != nullptr)
        parse->unit->declarations_last->next = declaration;
    else
        parse->unit->declarations = declaration;
    declaration->number = parse->unit->declarations_last != nullptr ? parse->unit->declarations_last->number + 1 : 0;
    parse->unit->declarations_last = declaration;
    table_add(&parse->unit->declaration_table, name.text, declaration);
}

void parse_method(struct parse *parse, struct name name, struct members parameters)
{
    struct method *method = POOL_NEW(parse->pool, struct method);
    method->name = name;
    method->parameters = parameters;
    if (parse->unit->methods_last != nullptr)
        parse->unit->methods_last->next = method;
    else
        parse->unit->methods = method;
    parse->unit->methods_last = method;
}

void parse_reference(struct parse *parse, struct references *list, struct name name, struct name target)
{
    struct reference *reference = POOL_NEW(parse->pool, struct reference);
    reference->name = name;
    reference->target = target;
    if (list->last != nullptr)
        list->last->next = reference;
    else
        list->first = reference;
    list->last = reference;
}

void parse_section(struct parse *parse, struct references *list, struct location at, const char *word)
{
    if (list->at.source != nullptr) {
        diagnostic_error(parse->diagnostics, at, "a second '%s' in one file", word);
        diagnostic_note(parse->diagnostics, list->at, "the first is here");
    }
    list->at = at;
}

struct members parse_member(struct parse *parse, struct members members, enum direction direction, struct type *type,
                            struct name name)
{
    struct member *member = POOL_NEW(parse->pool, struct member);
    *member = (struct member){.name = name, .type = type, .direction = direction};
    if (members.last != nullptr)
        members.last->next = member;
    else
        members.first = member;
    members.last = member;
    return members;
}

struct name parse_join(struct parse *parse, struct name head, struct name tail)
{
    return (struct name){pool_print(parse->pool, "%s.%s", head.text, tail.text), location_join(head.at, tail.at)};
}

struct type *parse_angle_type(struct parse *parse, struct name name, const struct expression *argument,
                              struct location at)
{
    if (strcmp(name.text, "handle") == 0 && argument != nullptr && argument->operation == OPERATION_NAME) {
        struct type *type = parse_type(parse, TYPE_HANDLE, at);
        type->name = argument->name;
        return type;
    }
    static const char *const words[] = {"handle", "bytes", "string", "array", "sequence"};
    struct suggestion suggestion = {.wanted = name.text};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        suggestion_offer(&suggestion, words[i]);
    if (strcmp(name.text, "handle") == 0)
        diagnostic_error(parse->diagnostics, at, "expected 'handle<Interface>'");
    else
        diagnostic_error(parse->diagnostics, name.at,
                         "there is no type '%s<>'; expected bytes, string, array, sequence or handle", name.text);
    if (suggestion.nearest != nullptr)
        diagnostic_note(parse->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
    return parse_type(parse, TYPE_BROKEN, at);
}
