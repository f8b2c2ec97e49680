%code top {
/* SPDX-License-Identifier: Apache-2.0 */
/* Grammar of PSL. Layout is free: 1.0 and 1.1 asked for indentation, which any file of theirs still has. */
}
%code requires {
#include <tools/nk-psl-gen-c/parse.h>
typedef struct location PSL_YYLTYPE;
#define PSL_YYLTYPE_IS_DECLARED 1
}
%code provides {
#define YYSTYPE PSL_YYSTYPE /* for what flex writes */
#define YYLTYPE PSL_YYLTYPE
}
%code {
#include <tools/nk-psl-gen-c/parse_error.h>
#include <tools/nk-psl-gen-c/parse_tokens.h>
#define YYLLOC_DEFAULT(current, rhs, n)                                                                                \
    ((current) = (n) != 0 ? location_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                                          \
                          : (struct location){YYRHSLOC(rhs, 0).source,                                                 \
                                              YYRHSLOC(rhs, 0).offset + YYRHSLOC(rhs, 0).length, 0})
#undef yylex
#define yylex psl_next_token
#define COMPLETE() psl_tokens_complete(parse, yychar != PSL_YYEMPTY)
static void psl_yyerror(const PSL_YYLTYPE *at, void *scanner, struct psl_parse *parse, const char *text);
}
%define api.pure full
%define api.prefix {psl_yy}
%define parse.error custom
%define parse.lac full
%locations
%param {void *scanner} {struct psl_parse *parse}
%expect 0

%union {
    struct name name;
    uint64_t number;
    struct psl_expression *expression;
    struct psl_item item;
    struct psl_items items;
    struct psl_type_syntax *type;
    struct psl_selectors selectors;
    enum psl_selector_kind selector;
    enum psl_event event;
    struct psl_body *body;
    struct psl_statement *statement;
    struct psl_case *cases;
    struct psl_object_declaration *object;
    struct psl_test_case *test_case;
    struct psl_test_cases test_cases;
    struct psl_test_set *test_set;
}

%token <name> NAME "a name"
%token <number> NUMBER "a number"
%token <name> TEXT "a text in quotes" REGEX "a pattern in ```regex ```"
%token <name> EXECUTE "'execute'" REQUEST "'request'" RESPONSE "'response'" ERROR "'error'" SECURITY "'security'"
%token <name> SRC "'src'" DST "'dst'" INTERFACE "'interface'" COMPONENT "'component'" ENDPOINT "'endpoint'" METHOD "'method'"
%token <name> AUDIT "'audit'" DEFAULT "'default'" PROFILE "'profile'" USE "'use'" EDL "'EDL'" TASK "'task'" CLASS "'class'"
%token <name> POLICY "'policy'" OBJECT "'object'" TYPE "'type'" CONFIG "'config'" MATCH "'match'" CHOICE "'choice'"
%token <name> ASSERT "'assert'" SETUP "'setup'" SEQUENCE "'sequence'" FINALLY "'finally'" GRANT "'grant'" DENY "'deny'" ANY "'any'"
%token <name> TRUE "'true'" FALSE "'false'" MESSAGE "'message'" SRC_SID "'src_sid'" DST_SID "'dst_sid'"
%token IMPLIES "'==>'" OR "'||'" AND "'&&'" EQUAL "'=='" NOT_EQUAL "'!='" LESS_EQUAL "'<='" GREATER_EQUAL "'>='"
%token ARROW "'<-'" REQUESTS "'~>'" ANSWERS "'<~'"
%token ':' "':'" ',' "','" '.' "'.'" '=' "'='" '{' "'{'" '}' "'}'" '(' "'('" ')' "')'" '[' "'['" ']' "']'" '<' "'<'" '>' "'>'"
%token '+' "'+'" '-' "'-'" '*' "'*'" '&' "'&'" '|' "'|'" '!' "'!'" '~' "'~'" '_' "'_'"
%token YYEOF 0 "the end of the file"

%right IMPLIES
%left OR
%left AND
%nonassoc EQUAL NOT_EQUAL '<' LESS_EQUAL '>' GREATER_EQUAL
%left '+' '-' '|' '&'
%left '*'
%precedence UNARY

%type <name> word any_word qualified_name name_after_dot opt_text opt_audit pal_word
%type <expression> expression literal path argument argument_no_minus call record list number chosen condition tuple opt_record
%type <item> item key
%type <items> items item_list list_items tuple_items
%type <type> type simple_type type_list type_fields type_argument
%type <selectors> selectors opt_selectors
%type <selector> selector
%type <event> event
%type <body> body statements block branch
%type <statement> statement
%type <cases> cases case
%type <object> parameters
%type <test_case> test_case test_event
%type <test_cases> test_cases test_block
%type <test_set> test_parts

%%
file: declarations ;
declarations: %empty | declarations declaration { COMPLETE(); } | declarations error { COMPLETE(); } ;
declaration
    : EXECUTE ':' qualified_name { psl_set_execute(parse, $3); }
    | AUDIT DEFAULT '=' any_word NUMBER {
        psl_set_default(parse, $4, psl_make_number(parse, @5, $5), @$);
    }
    | USE qualified_name '.' '_' { PSL_APPEND(parse, parse, uses)->name = $2; }
    | USE EDL qualified_name { *PSL_APPEND(parse, parse->declarations, classes) = (struct psl_class_declaration){.name = $3, .edl = $3}; }
    | TASK CLASS qualified_name { PSL_APPEND(parse, parse->declarations, classes)->name = $3; }
    | TASK CLASS qualified_name ':' qualified_name {
        *PSL_APPEND(parse, parse->declarations, classes) = (struct psl_class_declaration){.name = $3, .edl = $5};
    }
    | POLICY CLASS word { PSL_APPEND(parse, parse->declarations, models)->name = $3; }
    | POLICY OBJECT word ':' word '{' parameters '}' { psl_add_object(parse, $3, $5, $7); }
    | POLICY OBJECT error '}'
    | TYPE word '=' type { *PSL_APPEND(parse, parse->declarations, aliases) = (struct psl_alias){.name = $2, .type = $4}; }
    | event opt_selectors '{' body '}' {
        *PSL_APPEND(parse, parse->declarations, bindings) =
            (struct psl_binding){.event = $1, .at = @1, .selectors = $2, .body = *$4};
    }
    | AUDIT PROFILE any_word '=' record {
        *PSL_APPEND(parse, parse->declarations, profiles) = (struct psl_profile_declaration){.name = $3, .value = $5};
    }
    | ASSERT opt_text '{' test_parts '}' { psl_finish_test_set(parse, $4, $2, @1); }
    ;

parameters
    : %empty { $$ = POOL_NEW(parse->pool, struct psl_object_declaration); COMPLETE(); }
    | parameters TYPE word '=' type { $$ = $1; *PSL_APPEND(parse, $$, parameters) = (struct psl_parameter){.name = $3, .type = $5}; COMPLETE(); }
    | parameters CONFIG '=' expression { $$ = $1; *PSL_APPEND(parse, $$, parameters) = (struct psl_parameter){.name = $2, .config = $4}; COMPLETE(); }
    | parameters error { $$ = $1; COMPLETE(); }
    ;

event
    : EXECUTE { $$ = PSL_EXECUTE; } | REQUEST { $$ = PSL_REQUEST; } | RESPONSE { $$ = PSL_RESPONSE; }
    | ERROR { $$ = PSL_ERROR; } | SECURITY { $$ = PSL_SECURITY; } ;
opt_selectors: %empty { $$ = (struct psl_selectors){.at = @$}; } | selectors ;
selectors
    : selector '=' qualified_name {
        $$ = (struct psl_selectors){.at = @$};
        psl_set_selector(parse, &$$, $1, @1, $3);
    }
    | selectors opt_comma selector '=' qualified_name {
        $$ = $1;
        $$.at = @$;
        psl_set_selector(parse, &$$, $3, @3, $5);
    }
    ;
opt_comma: %empty | ',' ;
selector
    : SRC { $$ = PSL_SELECT_SRC; } | DST { $$ = PSL_SELECT_DST; } | INTERFACE { $$ = PSL_SELECT_INTERFACE; }
    | COMPONENT { $$ = PSL_SELECT_COMPONENT; } | ENDPOINT { $$ = PSL_SELECT_ENDPOINT; } | METHOD { $$ = PSL_SELECT_METHOD; } ;

body: opt_audit statements { $$ = $2; $$->audit = $1; } ;
block: '{' body '}' { $$ = $2; } ;
opt_audit: %empty { $$ = (struct name){0}; } | AUDIT any_word { $$ = $2; } ;
statements
    : %empty { $$ = psl_make_body(parse); COMPLETE(); }
    | statements statement { $$ = $1; psl_add_statement($$, $2); COMPLETE(); }
    | statements error { $$ = $1; COMPLETE(); }
    ;
statement
    : call { $$ = psl_make_statement(parse, (struct psl_statement){.kind = PSL_STATEMENT_CALL, .at = @$, .expression = $1}); }
    | MATCH selectors block {
        $$ = psl_make_statement(parse, (struct psl_statement){.kind = PSL_STATEMENT_MATCH, .at = @1, .selectors = $2, .body = *$3});
    }
    | CHOICE chosen '{' cases '}' {
        $$ = psl_make_statement(parse, (struct psl_statement){.kind = PSL_STATEMENT_CHOICE, .at = @1, .expression = $2, .cases = $4});
    }
    ;
chosen: '(' expression ')' { $$ = $2; } | call | path | list ;
cases
    : %empty { $$ = nullptr; COMPLETE(); }
    | cases case { $$ = psl_join_cases($1, $2); COMPLETE(); }
    | cases error { $$ = $1; COMPLETE(); }
    ;
case: condition ':' branch opt_comma { $$ = psl_make_case(parse, $1, *$3, @1); } ;
condition: literal | tuple | record
    | '-' NUMBER { $$ = psl_make_number(parse, @$, -(__int128)$2); }
    | '_' { $$ = psl_make(parse, PSL_OTHERWISE, @$, nullptr, nullptr); } ;
tuple: '[' tuple_items ']' { $$ = psl_make_items(parse, PSL_LIST, @$, $2); } ;
tuple_items
    : condition { $$ = psl_add_item(parse, (struct psl_items){0}, (struct psl_item){.value = $1}); }
    | tuple_items ',' condition { $$ = psl_add_item(parse, $1, (struct psl_item){.value = $3}); }
    | tuple_items ','
    ;
branch: statement { $$ = psl_make_body(parse); psl_add_statement($$, $1); } | block ;

call
    : word argument_no_minus { $$ = psl_make_call(parse, @$, (struct name){0}, $1, $2); }
    | word '.' name_after_dot argument { $$ = psl_make_call(parse, @$, $1, $3, $4); }
    ;
name_after_dot: NAME ;
argument: argument_no_minus | '-' NUMBER { $$ = psl_make_number(parse, @$, -(__int128)$2); } ;
argument_no_minus
    : '(' expression ')' { $$ = $2; }
    | '(' ')' { $$ = psl_make(parse, PSL_UNIT, @$, nullptr, nullptr); }
    | record | list | path
    | TEXT { $$ = psl_make_text(parse, PSL_TEXT, $1); }
    | REGEX { $$ = psl_make_text(parse, PSL_REGEX, $1); }
    | NUMBER { $$ = psl_make_number(parse, @$, $1); }
    | TRUE { $$ = psl_make_boolean(parse, @$, true); }
    | FALSE { $$ = psl_make_boolean(parse, @$, false); }
    | NAME '.' name_after_dot argument { $$ = psl_make_call(parse, @$, $1, $3, $4); }
    ;

expression
    : literal | path | call | record | list
    | REGEX { $$ = psl_make_text(parse, PSL_REGEX, $1); }
    | word { $$ = psl_make(parse, PSL_VARIABLE, @$, nullptr, nullptr); $$->name = $1; }
    | '(' expression ')' { $$ = $2; $$->at = @$; }
    | '!' expression %prec UNARY { $$ = psl_make(parse, PSL_NOT, @$, nullptr, $2); }
    | '~' expression %prec UNARY { $$ = psl_make(parse, PSL_COMPLEMENT, @$, nullptr, $2); }
    | '-' expression %prec UNARY { $$ = psl_make_negation(parse, @$, $2); }
    | expression IMPLIES expression { $$ = psl_make(parse, PSL_IMPLIES, @$, $1, $3); }
    | expression OR expression { $$ = psl_make(parse, PSL_OR, @$, $1, $3); }
    | expression AND expression { $$ = psl_make(parse, PSL_AND, @$, $1, $3); }
    | expression EQUAL expression { $$ = psl_make(parse, PSL_EQUAL, @$, $1, $3); }
    | expression NOT_EQUAL expression { $$ = psl_make(parse, PSL_NOT_EQUAL, @$, $1, $3); }
    | expression '<' expression { $$ = psl_make(parse, PSL_LESS, @$, $1, $3); }
    | expression LESS_EQUAL expression { $$ = psl_make(parse, PSL_LESS_EQUAL, @$, $1, $3); }
    | expression '>' expression { $$ = psl_make(parse, PSL_GREATER, @$, $1, $3); }
    | expression GREATER_EQUAL expression { $$ = psl_make(parse, PSL_GREATER_EQUAL, @$, $1, $3); }
    | expression '+' expression { $$ = psl_make(parse, PSL_ADD, @$, $1, $3); }
    | expression '-' expression { $$ = psl_make(parse, PSL_SUBTRACT, @$, $1, $3); }
    | expression '|' expression { $$ = psl_make(parse, PSL_BIT_OR, @$, $1, $3); }
    | expression '&' expression { $$ = psl_make(parse, PSL_BIT_AND, @$, $1, $3); }
    | expression '*' expression { $$ = psl_make(parse, PSL_MULTIPLY, @$, $1, $3); }
    ;
literal
    : TEXT { $$ = psl_make_text(parse, PSL_TEXT, $1); }
    | number
    | TRUE { $$ = psl_make_boolean(parse, @$, true); }
    | FALSE { $$ = psl_make_boolean(parse, @$, false); }
    | '(' ')' { $$ = psl_make(parse, PSL_UNIT, @$, nullptr, nullptr); }
    ;
number: NUMBER { $$ = psl_make_number(parse, @$, $1); } ;
path
    : MESSAGE { $$ = psl_make(parse, PSL_MESSAGE, @$, nullptr, nullptr); }
    | SRC_SID { $$ = psl_make(parse, PSL_SOURCE_SID, @$, nullptr, nullptr); }
    | DST_SID { $$ = psl_make(parse, PSL_DESTINATION_SID, @$, nullptr, nullptr); }
    | path '.' NAME { $$ = psl_make_field(parse, $1, $3); }
    | path '.' '[' expression ']' { $$ = psl_make(parse, PSL_ELEMENT, @$, $1, $4); }
    ;

record: '{' items '}' { $$ = psl_make_items(parse, PSL_RECORD, @$, $2); } ;
items: %empty { $$ = (struct psl_items){0}; } | item_list | item_list ',' | item_list error { $$ = $1; } | error { $$ = (struct psl_items){0}; } ;
item_list: item { $$ = psl_add_item(parse, (struct psl_items){0}, $1); } | item_list ',' item { $$ = psl_add_item(parse, $1, $3); } ;
item
    : key ':' expression { $$ = $1; $$.value = $3; }
    | key '=' expression {
        $$ = $1;
        $$.value = $3;
        diagnostic_warning(parse->diagnostics, @2, "expected ':' between a key and its value");
    }
    | expression { $$ = (struct psl_item){.value = $1}; }
    ;
key
    : any_word { $$ = (struct psl_item){PSL_KEY_NAME, $1, nullptr, nullptr}; }
    | TEXT { $$ = (struct psl_item){PSL_KEY_TEXT, $1, nullptr, nullptr}; }
    | NUMBER {
        $$ = (struct psl_item){PSL_KEY_NUMBER, {pool_print(parse->pool, "%llu", (unsigned long long)$1), @1}, nullptr, nullptr};
    }
    ;
list: '[' list_items ']' { $$ = psl_make_items(parse, PSL_LIST, @$, $2); } ;
list_items
    : %empty { $$ = (struct psl_items){0}; }
    | expression { $$ = psl_add_item(parse, (struct psl_items){0}, (struct psl_item){.value = $1}); }
    | list_items ',' expression { $$ = psl_add_item(parse, $1, (struct psl_item){.value = $3}); }
    | list_items ','
    | error { $$ = (struct psl_items){0}; }
    ;

type
    : simple_type
    | type '|' simple_type { $$ = psl_make_variant(parse, $1, $3, @$); }
    ;
simple_type
    : word { $$ = psl_make_type(parse, PSL_TYPE_NAME, @$); $$->name = $1; }
    | word '<' type_argument '>' { $$ = $3; $$->name = $1; $$->at = @$; }
    | '(' ')' { $$ = psl_make_type(parse, PSL_TYPE_UNIT, @$); }
    | '(' type ')' { $$ = $2; }
    | TEXT { $$ = psl_make_type(parse, PSL_TYPE_LITERAL, @$); $$->literal = psl_make_text(parse, PSL_TEXT, $1); }
    | NUMBER { $$ = psl_make_type(parse, PSL_TYPE_LITERAL, @$); $$->literal = psl_make_number(parse, @1, $1); }
    | '-' NUMBER { $$ = psl_make_type(parse, PSL_TYPE_LITERAL, @$); $$->literal = psl_make_number(parse, @$, -(__int128)$2); }
    | '{' type_fields '}' { $$ = $2; $$->at = @$; }
    | '{' type_fields ',' '}' { $$ = $2; $$->at = @$; }
    | '{' '}' { $$ = psl_make_type(parse, PSL_TYPE_RECORD, @$); }
    | '[' type_list ']' { $$ = $2; $$->at = @$; }
    | '[' ']' { $$ = psl_make_type(parse, PSL_TYPE_TUPLE, @$); }
    ;
type_argument
    : type { $$ = psl_make_type(parse, PSL_TYPE_NAME, @$); psl_add_part($$, $1); }
    | type_argument ',' type { $$ = $1; psl_add_part($$, $3); }
    ;
type_list
    : type { $$ = psl_make_type(parse, PSL_TYPE_TUPLE, @$); psl_add_part($$, $1); }
    | type_list ',' type { $$ = $1; psl_add_part($$, $3); }
    ;
type_fields
    : any_word ':' type { $$ = psl_make_type(parse, PSL_TYPE_RECORD, @$); psl_add_field(parse, $$, $1, $3); }
    | type_fields ',' any_word ':' type { $$ = $1; psl_add_field(parse, $$, $3, $5); }
    ;

test_parts
    : %empty { $$ = POOL_NEW(parse->pool, struct psl_test_set); COMPLETE(); }
    | test_parts SETUP test_block { $$ = $1; psl_set_part(parse, &$$->has_setup, &$$->setup, $3, @2, "setup"); COMPLETE(); }
    | test_parts FINALLY test_block { $$ = $1; psl_set_part(parse, &$$->has_finally, &$$->finally, $3, @2, "finally"); COMPLETE(); }
    | test_parts SEQUENCE opt_text test_block {
        $$ = $1;
        *PSL_APPEND(parse, $$, sequences) = (struct psl_sequence){.name = $3, .at = @2, .cases = $4};
        COMPLETE();
    }
    | test_parts error { $$ = $1; COMPLETE(); }
    ;
test_block: '{' test_cases '}' { $$ = $2; } ;
test_cases
    : %empty { $$ = (struct psl_test_cases){0}; COMPLETE(); }
    | test_cases test_case { $$ = psl_add_test_case($1, $2); COMPLETE(); }
    | test_cases error { $$ = $1; COMPLETE(); }
    ;
test_case
    : test_event { $$ = $1; $$->at = @$; }
    | GRANT opt_text test_event { $$ = $3; $$->at = @$; psl_expect($$, PSL_EXPECT_GRANT, $2); }
    | DENY opt_text test_event { $$ = $3; $$->at = @$; psl_expect($$, PSL_EXPECT_DENY, $2); }
    | ANY opt_text test_event { $$ = $3; $$->at = @$; psl_expect($$, PSL_EXPECT_ANY, $2); }
    ;
test_event
    : event opt_selectors opt_record { $$ = psl_make_test_case(parse, $1, $2, $3); }
    | pal_word ARROW EXECUTE opt_selectors opt_record { $$ = psl_make_test_case(parse, PSL_EXECUTE, $4, $5); $$->variable = $1; }
    | pal_word REQUESTS pal_word ':' qualified_name opt_record { $$ = psl_make_short_case(parse, PSL_REQUEST, $1, $3, $5, $6); }
    | pal_word REQUESTS SECURITY ':' qualified_name opt_record { $$ = psl_make_short_case(parse, PSL_SECURITY, $1, (struct name){0}, $5, $6); }
    | pal_word ANSWERS pal_word ':' qualified_name opt_record { $$ = psl_make_short_case(parse, PSL_RESPONSE, $3, $1, $5, $6); }
    | pal_word ANSWERS ERROR pal_word ':' qualified_name opt_record { $$ = psl_make_short_case(parse, PSL_ERROR, $4, $1, $6, $7); }
    ;
opt_record: %empty { $$ = nullptr; } | record ;
opt_text: %empty { $$ = (struct name){0}; } | TEXT ;

qualified_name: any_word | qualified_name '.' NAME { $$ = psl_join(parse, $1, $3); } ;
pal_word: NAME | TYPE | CONFIG | OBJECT | DEFAULT | PROFILE | USE | EDL | TASK | CLASS | POLICY ;
word: pal_word | METHOD | ENDPOINT | INTERFACE | COMPONENT | SRC | DST | EXECUTE | REQUEST | RESPONSE | ERROR | SECURITY | ASSERT | SETUP | SEQUENCE | FINALLY | GRANT | DENY | ANY ;
any_word: word | MATCH | CHOICE | AUDIT | TRUE | FALSE | MESSAGE | SRC_SID | DST_SID ;
%%

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct psl_parse *parse)
{
    (void)scanner;
    yysymbol_kind_t kinds[YYNTOKENS];
    int count = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
    if (count < 0)
        return count;
    const char *words[YYNTOKENS];
    for (int i = 0; i < count; i++)
        words[i] = yysymbol_name(kinds[i]);
    psl_report_syntax(parse, *yypcontext_location(context), yypcontext_token(context) == YYSYMBOL_YYEOF, words, count);
    return 0;
}

/* Memory exhausted; all else goes through yyreport_syntax_error. */
static void psl_yyerror(const PSL_YYLTYPE *at, void *scanner, struct psl_parse *parse, const char *text)
{
    (void)scanner;
    diagnostic_error(parse->diagnostics, *at, "%s", text);
}
