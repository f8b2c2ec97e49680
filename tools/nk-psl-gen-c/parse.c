/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/parse.h>
#include <tools/nk-psl-gen-c/parse.tab.h>
#include <tools/nk-psl-gen-c/scan.lex.h>

const char *const psl_selector_word[PSL_SELECTORS] = {"src", "dst", "interface", "component", "endpoint", "method"};
const char *const psl_event_word[PSL_EVENTS] = {"execute", "request", "response", "error", "security"};

struct psl_use *psl_parse_file(struct pool *pool, struct diagnostics *diagnostics, const struct source *source,
                               struct psl_text text, struct psl_declarations *declarations)
{
    struct psl_parse parse = {
        .pool = pool, .diagnostics = diagnostics, .source = source, .text = text, .declarations = declarations};
    yyscan_t scanner;
    if (memchr(source->text, '\0', source->size) != nullptr) {
        diagnostic_error(diagnostics, (struct location){source, (uint32_t)strlen(source->text), 1},
                         "a byte of zero: this is not a text file");
    } else if (psl_yylex_init_extra(&parse, &scanner) != 0) {
        diagnostic_error(diagnostics, (struct location){0}, "out of memory");
    } else {
        psl_yy_scan_bytes(text.bytes, (int)text.size, scanner);
        (void)psl_yyparse(scanner, &parse); /* what it could not read it has said */
        psl_yylex_destroy(scanner);
    }
    return parse.uses;
}

struct name psl_join(struct psl_parse *parse, struct name head, struct name tail)
{
    return (struct name){pool_print(parse->pool, "%s.%s", head.text, tail.text), location_join(head.at, tail.at)};
}

static void report_second(struct psl_parse *parse, struct location at, struct location first, const char *what)
{
    diagnostic_error(parse->diagnostics, at, "a second %s", what);
    diagnostic_note(parse->diagnostics, first, "the first is here");
}

void psl_set_execute(struct psl_parse *parse, struct name interface)
{
    struct name *place = &parse->declarations->execute_interface;
    if (place->text != nullptr && strcmp(place->text, interface.text) != 0)
        report_second(parse, interface.at, place->at, "execute interface");
    *place = interface;
}

void psl_set_default(struct psl_parse *parse, struct name profile, struct psl_expression *level, struct location at)
{
    if (parse->declarations->default_profile.text != nullptr)
        report_second(parse, at, parse->declarations->default_profile.at, "'audit default'");
    parse->declarations->default_profile = profile;
    parse->declarations->default_level = level;
}

void psl_add_object(struct psl_parse *parse, struct name name, struct name model,
                    struct psl_object_declaration *parameters)
{
    struct psl_object_declaration *object = PSL_APPEND(parse, parse->declarations, objects);
    *object = *parameters;
    object->name = name;
    object->model = model;
}

void psl_set_selector(struct psl_parse *parse, struct psl_selectors *selectors, enum psl_selector_kind kind,
                      struct location at, struct name value)
{
    struct name *place = &selectors->values[kind];
    if (place->text != nullptr) {
        diagnostic_error(parse->diagnostics, at, "a second '%s'", psl_selector_word[kind]);
        diagnostic_note(parse->diagnostics, place->at, "the first is here");
        return;
    }
    *place = value;
}

struct psl_statement *psl_make_statement(struct psl_parse *parse, struct psl_statement statement)
{
    struct psl_statement *made = POOL_NEW(parse->pool, struct psl_statement);
    *made = statement;
    return made;
}

struct psl_body *psl_make_body(struct psl_parse *parse)
{
    return POOL_NEW(parse->pool, struct psl_body);
}

void psl_add_statement(struct psl_body *body, struct psl_statement *statement)
{
    if (body->last != nullptr)
        body->last->next = statement;
    else
        body->first = statement;
    body->last = statement;
}

struct psl_case *psl_make_case(struct psl_parse *parse, struct psl_expression *condition, struct psl_body body,
                               struct location at)
{
    struct psl_case *made = POOL_NEW(parse->pool, struct psl_case);
    *made = (struct psl_case){.condition = condition, .body = body, .at = at};
    return made;
}

struct psl_case *psl_join_cases(struct psl_case *list, struct psl_case *last)
{
    if (list == nullptr) {
        last->last = last;
        return last;
    }
    list->last->next = last;
    list->last = last;
    return list;
}

struct psl_type_syntax *psl_make_type(struct psl_parse *parse, enum psl_type_kind kind, struct location at)
{
    struct psl_type_syntax *type = POOL_NEW(parse->pool, struct psl_type_syntax);
    type->kind = kind;
    type->at = at;
    return type;
}

void psl_add_part(struct psl_type_syntax *type, struct psl_type_syntax *part)
{
    if (type->parts_last != nullptr)
        type->parts_last->next = part;
    else
        type->parts = part;
    type->parts_last = part;
}

void psl_add_field(struct psl_parse *parse, struct psl_type_syntax *record, struct name name,
                   struct psl_type_syntax *type)
{
    for (const struct psl_type_syntax *field = record->parts; field != nullptr; field = field->next)
        if (strcmp(field->field.text, name.text) == 0)
            report_second(parse, name.at, field->field.at, "field of this name");
    type->field = name;
    psl_add_part(record, type);
}

struct psl_type_syntax *psl_make_variant(struct psl_parse *parse, struct psl_type_syntax *left,
                                         struct psl_type_syntax *right, struct location at)
{
    struct psl_type_syntax *variant = left;
    if (left->kind != PSL_TYPE_VARIANT) {
        variant = psl_make_type(parse, PSL_TYPE_VARIANT, at);
        psl_add_part(variant, left);
    }
    psl_add_part(variant, right);
    variant->at = at;
    return variant;
}
