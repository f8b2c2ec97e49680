%code top {
/* SPDX-License-Identifier: Apache-2.0 */
/* Grammar of IDL, CDL and EDL. The lexer's first token says which of the three a file is. */
}
%code requires {
#include <tools/nk/parse.h>
}
%code {
#include <stdlib.h>
#include <string.h>
#define YYLLOC_DEFAULT(current, rhs, n)                                                                                \
    ((current) = (n) != 0 ? location_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                                          \
                          : (struct location){YYRHSLOC(rhs, 0).source,                                                 \
                                              YYRHSLOC(rhs, 0).offset + YYRHSLOC(rhs, 0).length, 0})
int yylex(YYSTYPE *value, YYLTYPE *location, void *scanner);
static void yyerror(const YYLTYPE *at, void *scanner, struct parse *parse, const char *text);
}
%define api.pure full
%define api.location.type {struct location}
%define parse.error custom
%define parse.lac full
%locations
%param {void *scanner}
%parse-param {struct parse *parse}
%expect 0

%union {
    struct name name;
    uint64_t number;
    struct expression *expression;
    struct type *type;
    struct members members;
    enum direction direction;
}

%token IDL_FILE CDL_FILE EDL_FILE
%token <name> NAME "a name"
%token <number> NUMBER "a number"
%token <name> INTEGER_TYPE "an integer type" HANDLE "'Handle'" BYTES "'bytes'" STRING "'string'"
%token <name> ARRAY "'array'" SEQUENCE "'sequence'"
%token <name> PACKAGE "'package'" IMPORT "'import'" CONST "'const'" TYPEDEF "'typedef'" STRUCT "'struct'"
%token <name> UNION "'union'" INTERFACE "'interface'" IN "'in'" OUT "'out'" ERROR "'error'"
%token <name> COMPONENT "'component'" SECURITY "'security'" ENDPOINTS "'endpoints'" COMPONENTS "'components'"
%token <name> ENTITY "'entity'" TASK "'task'" CLASS "'class'"
%token POWER "'**'" SHIFT_LEFT "'<<'" SHIFT_RIGHT "'>>'"
%token ';' "';'" ':' "':'" ',' "','" '.' "'.'" '=' "'='" '{' "'{'" '}' "'}'" '(' "'('" ')' "')'" '<' "'<'" '>' "'>'"
%token '+' "'+'" '-' "'-'" '*' "'*'" '/' "'/'" '%' "'%'" '&' "'&'" '|' "'|'" '^' "'^'" '~' "'~'"
%token YYEOF 0 "the end of the file"

%left '|'
%left '^'
%left '&'
%left SHIFT_LEFT SHIFT_RIGHT
%left '+' '-'
%left '*' '/' '%'
%precedence UNARY
%right POWER

%type <name> qualified_name any_name word
%type <type> type
%type <expression> expression
%type <members> fields parameters parameter_list
%type <direction> direction

%%
file
    : IDL_FILE PACKAGE qualified_name { parse->unit->name = $3; } imports declarations interface
    | CDL_FILE COMPONENT qualified_name { parse->unit->name = $3; } sections
    | EDL_FILE class qualified_name { parse->unit->name = $3; } sections
    ;
class: ENTITY | TASK CLASS ;

imports: %empty | imports IMPORT qualified_name { parse_reference(parse, &parse->unit->imports, (struct name){0}, $3); } ;

declarations: %empty | declarations declaration ;
declaration
    : CONST type NAME '=' expression ';' { parse_declaration(parse, DECLARATION_CONST, $3, $2, $5, (struct members){0}); }
    | TYPEDEF type NAME ';' { parse_declaration(parse, DECLARATION_TYPEDEF, $3, $2, nullptr, (struct members){0}); }
    | STRUCT NAME '{' fields '}' { parse_declaration(parse, DECLARATION_STRUCT, $2, nullptr, nullptr, $4); }
    | UNION NAME '{' fields '}' { parse_declaration(parse, DECLARATION_UNION, $2, nullptr, nullptr, $4); }
    | CONST error ';'
    | TYPEDEF error ';'
    | STRUCT error '}'
    | UNION error '}'
    | error ';'
    | error '}'
    ;
fields
    : %empty { $$ = (struct members){0}; }
    | fields type word ';' { $$ = parse_member(parse, $1, DIRECTION_IN, $2, $3); }
    | fields error ';' { $$ = $1; $$.broken = true; }
    ;

interface: %empty | INTERFACE { parse->unit->has_interface = true; } '{' methods '}' ;
methods: %empty | methods method ;
method
    : word '(' parameters ')' ';' { parse_method(parse, $1, $3); }
    | error ';'
    ;
parameters: %empty { $$ = (struct members){0}; } | parameter_list ;
parameter_list
    : direction type word { $$ = parse_member(parse, (struct members){0}, $1, $2, $3); }
    | parameter_list ',' direction type word { $$ = parse_member(parse, $1, $3, $4, $5); }
    ;
direction: IN { $$ = DIRECTION_IN; } | OUT { $$ = DIRECTION_OUT; } | ERROR { $$ = DIRECTION_ERROR; } ;

type
    : INTEGER_TYPE {
        $$ = parse_type(parse, TYPE_INTEGER, @$);
        const char *digits = strpbrk($1.text, "0123456789");
        $$->is_signed = $1.text[0] == 'S';
        $$->bits = digits != nullptr ? (unsigned)atoi(digits) : 64; /* UIntSize, UIntPtr */
    }
    | HANDLE { $$ = parse_type(parse, TYPE_HANDLE, @$); }
    | qualified_name '<' expression '>' { $$ = parse_angle_type(parse, $1, $3, @$); }
    | qualified_name '<' type ',' expression '>' { $$ = parse_angle_type(parse, $1, nullptr, @$); }
    | BYTES '<' expression '>' { $$ = parse_type(parse, TYPE_BYTES, @$); $$->count_expression = $3; }
    | STRING '<' expression '>' { $$ = parse_type(parse, TYPE_STRING, @$); $$->count_expression = $3; }
    | ARRAY '<' type ',' expression '>' {
        $$ = parse_type(parse, TYPE_ARRAY, @$);
        $$->element = $3;
        $$->count_expression = $5;
    }
    | SEQUENCE '<' type ',' expression '>' {
        $$ = parse_type(parse, TYPE_SEQUENCE, @$);
        $$->element = $3;
        $$->count_expression = $5;
    }
    | qualified_name { $$ = parse_type(parse, TYPE_NAMED, @$); $$->name = $1; }
    ;
/* What names a member, a parameter or a method: most keywords do. */
word: NAME | PACKAGE | IMPORT | INTERFACE | IN | OUT | ERROR | ARRAY | SEQUENCE | BYTES | STRING ;
qualified_name: NAME | qualified_name '.' NAME { $$ = parse_join(parse, $1, $3); } ;

expression
    : NUMBER { $$ = parse_operation(parse, OPERATION_LITERAL, @$, nullptr, nullptr); $$->literal = $1; }
    | qualified_name { $$ = parse_operation(parse, OPERATION_NAME, @$, nullptr, nullptr); $$->name = $1; }
    | '(' expression ')' { $$ = $2; $$->at = @$; }
    | '-' expression %prec UNARY { $$ = parse_operation(parse, OPERATION_NEGATE, @$, $2, nullptr); }
    | '+' expression %prec UNARY { $$ = $2; }
    | '~' expression %prec UNARY { $$ = parse_operation(parse, OPERATION_COMPLEMENT, @$, $2, nullptr); }
    | expression '+' expression { $$ = parse_operation(parse, OPERATION_ADD, @$, $1, $3); }
    | expression '-' expression { $$ = parse_operation(parse, OPERATION_SUBTRACT, @$, $1, $3); }
    | expression '*' expression { $$ = parse_operation(parse, OPERATION_MULTIPLY, @$, $1, $3); }
    | expression '/' expression { $$ = parse_operation(parse, OPERATION_DIVIDE, @$, $1, $3); }
    | expression '%' expression { $$ = parse_operation(parse, OPERATION_REMAINDER, @$, $1, $3); }
    | expression POWER expression { $$ = parse_operation(parse, OPERATION_POWER, @$, $1, $3); }
    | expression SHIFT_LEFT expression { $$ = parse_operation(parse, OPERATION_SHIFT_LEFT, @$, $1, $3); }
    | expression SHIFT_RIGHT expression { $$ = parse_operation(parse, OPERATION_SHIFT_RIGHT, @$, $1, $3); }
    | expression '&' expression { $$ = parse_operation(parse, OPERATION_AND, @$, $1, $3); }
    | expression '|' expression { $$ = parse_operation(parse, OPERATION_OR, @$, $1, $3); }
    | expression '^' expression { $$ = parse_operation(parse, OPERATION_XOR, @$, $1, $3); }
    ;

sections: %empty | sections section ;
section
    : SECURITY { parse_section(parse, &parse->unit->security, @1, "security"); } qualified_name {
        parse_reference(parse, &parse->unit->security, (struct name){0}, $3);
    }
    | ENDPOINTS { parse_section(parse, &parse->unit->endpoints, @1, "endpoints"); } '{' endpoints '}'
    | COMPONENTS { parse_section(parse, &parse->unit->components, @1, "components"); } '{' components '}'
    ;
endpoints: %empty | endpoints any_name ':' qualified_name { parse_reference(parse, &parse->unit->endpoints, $2, $4); }
    | endpoints error ;
components: %empty | components any_name ':' qualified_name { parse_reference(parse, &parse->unit->components, $2, $4); }
    | components error ;
any_name: NAME | COMPONENT | SECURITY | ENDPOINTS | COMPONENTS | ENTITY | TASK | CLASS ;
%%


struct expected {
    yysymbol_kind_t kinds[YYNTOKENS];
    int count;
};

static bool is_expected(const void *context, int token)
{
    const struct expected *expected = context;
    for (int i = 0; i < expected->count; i++)
        if (expected->kinds[i] == YYTRANSLATE(token))
            return true;
    return false;
}

/* "';'", "a name", ...; tokens that stand for a group share its words; null: not worth a word. */
static const char *token_words(yysymbol_kind_t kind, const struct expected *expected)
{
    const char *words = yysymbol_name(kind);
    switch (kind) {
    case YYSYMBOL_IN: case YYSYMBOL_OUT: case YYSYMBOL_ERROR: case YYSYMBOL_PACKAGE: case YYSYMBOL_IMPORT:
    case YYSYMBOL_INTERFACE:
        return is_expected(expected, NAME) ? nullptr : words; /* as names they are rare */
    case YYSYMBOL_COMPONENT: case YYSYMBOL_SECURITY: case YYSYMBOL_ENDPOINTS: case YYSYMBOL_COMPONENTS:
    case YYSYMBOL_ENTITY: case YYSYMBOL_TASK: case YYSYMBOL_CLASS:
        return is_expected(expected, NAME) ? nullptr : words;
    case YYSYMBOL_NAME: case YYSYMBOL_INTEGER_TYPE: case YYSYMBOL_HANDLE: case YYSYMBOL_BYTES: case YYSYMBOL_STRING:
    case YYSYMBOL_ARRAY: case YYSYMBOL_SEQUENCE:
        if (is_expected(expected, INTEGER_TYPE))
            return "a type";
        if (is_expected(expected, NUMBER))
            return "an expression";
        return "a name";
    case YYSYMBOL_NUMBER: case '(': case '~':
        return is_expected(expected, NUMBER) ? "an expression" : words;
    default:
        break;
    }
    if (is_expected(expected, NUMBER))
        return "an expression";
    if (strcmp(words, "'.'") == 0 && expected->count > 1)
        return nullptr;
    bool operator = kind == YYSYMBOL_POWER || kind == YYSYMBOL_SHIFT_LEFT || kind == YYSYMBOL_SHIFT_RIGHT ||
                    (words[0] == '\'' && strchr("+-*/%&|^", words[1]) != nullptr && words[2] == '\'');
    return operator && is_expected(expected, POWER) ? "an operator" : words;
}

/* "expected a, b or c", each once. */
static char *expected_words(struct parse *parse, const struct expected *expected)
{
    const char *words[YYNTOKENS];
    int count = 0;
    for (int i = 0; i < expected->count; i++) {
        const char *word = token_words(expected->kinds[i], expected);
        int j = 0;
        while (j < count && word != nullptr && strcmp(words[j], word) != 0)
            j++;
        if (j == count && word != nullptr)
            words[count++] = word;
    }
    char *text = pool_print(parse->pool, "expected %s", count != 0 ? words[0] : "something else");
    for (int i = 1; i < count; i++)
        text = pool_print(parse->pool, "%s%s%s", text, i + 1 == count ? " or " : ", ", words[i]);
    return text;
}

/* What is missing at the end of a line is shown there, not at the token of the next line that it is missing before. */
static struct location place_of(const struct parse *parse, struct location at, const struct expected *expected)
{
    uint32_t end = parse->previous.offset + parse->previous.length;
    bool next_line = memchr(at.source->text + end, '\n', at.offset - end) != nullptr;
    return next_line && (is_expected(expected, ';') || is_expected(expected, ':'))
               ? (struct location){at.source, end, 0}
               : at;
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct parse *parse)
{
    (void)scanner;
    struct expected expected;
    struct location at = *yypcontext_location(context);
    yysymbol_kind_t found = yypcontext_token(context);
    if (parse->corrected < 4)
        return 0;
    expected.count = yypcontext_expected_tokens(context, expected.kinds, YYNTOKENS);
    if (expected.count < 0)
        return expected.count;
    if (found == YYTRANSLATE(';') && (is_expected(&expected, YYEOF) || is_expected(&expected, '}'))) {
        diagnostic_error(parse->diagnostics, at, "there is no ';' here: constants, types, members and methods have one");
        return parse_correct(parse, at, "") ? 2 : 0;
    }
    const char *words = expected_words(parse, &expected);
    const char *got = pool_copy(parse->pool, at.source->text + at.offset, at.length);
    struct location place = place_of(parse, at, &expected);
    if (place.offset != at.offset && found != YYSYMBOL_YYEOF)
        diagnostic_error(parse->diagnostics, place, "%s before '%s'", words, got);
    else if (found == YYSYMBOL_YYEOF)
        diagnostic_error(parse->diagnostics, at, "%s before the end of the file", words);
    else if (found == YYSYMBOL_NUMBER || found == YYSYMBOL_NAME || !is_expected(&expected, NAME) ||
             strchr("abcdefghijklmnopqrstuvwxyzSUH", got[0]) == nullptr)
        diagnostic_error(parse->diagnostics, at, "%s, got '%s'", words, got);
    else
        diagnostic_error(parse->diagnostics, at, "%s; '%s' is a keyword and names nothing", words, got);
    struct suggestion suggestion = {.wanted = got};
    if (found == YYSYMBOL_NAME)
        keyword_suggest(parse->unit->language, &suggestion, &expected, is_expected);
    if (suggestion.nearest == nullptr)
        return 0;
    diagnostic_note(parse->diagnostics, at, "did you mean '%s'?", suggestion.nearest);
    return parse_correct(parse, at, suggestion.nearest) ? 2 : 0; /* 2: stop */
}

/* Memory exhausted, or the file is to be read again; all else goes through yyreport_syntax_error. */
static void yyerror(const YYLTYPE *at, void *scanner, struct parse *parse, const char *text)
{
    (void)scanner;
    if (!parse->again)
        diagnostic_error(parse->diagnostics, *at, "%s", text);
}
