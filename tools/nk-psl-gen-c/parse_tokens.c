/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk-psl-gen-c/parse_tokens.h>
#include <string.h>
#include <tools/language/memory.h>

int psl_yylex(PSL_YYSTYPE *value, PSL_YYLTYPE *location, void *scanner);

enum { TOKENS = 64 }; /* what is longer is not given again: the parser finds its next keyword, as without this */

struct psl_token {
    int kind;
    PSL_YYSTYPE value;
    PSL_YYLTYPE at;
};

/* The tokens from first to next are of what is being read; those from next to end are still to be given again. */
struct psl_tokens {
    struct psl_token kept[TOKENS];
    unsigned first, next, end;
    bool again; /* set up, and nothing given yet: what the parser drops meanwhile is not the end of anything */
};

static void scan(struct psl_tokens *tokens, void *scanner)
{
    if (tokens->end == TOKENS) {
        if (tokens->first == 0)
            tokens->first = tokens->end;
        tokens->end -= tokens->first;
        memmove(tokens->kept, tokens->kept + tokens->first, tokens->end * sizeof(tokens->kept[0]));
        tokens->first = 0;
        tokens->next = tokens->end;
    }
    struct psl_token *token = &tokens->kept[tokens->end++];
    token->kind = psl_yylex(&token->value, &token->at, scanner);
}

int psl_next_token(PSL_YYSTYPE *value, PSL_YYLTYPE *at, void *scanner, struct psl_parse *parse)
{
    if (parse->tokens == nullptr)
        parse->tokens = POOL_NEW(parse->pool, struct psl_tokens);
    struct psl_tokens *tokens = parse->tokens;
    if (tokens->next == tokens->end)
        scan(tokens, scanner);
    const struct psl_token *token = &tokens->kept[tokens->next++];
    tokens->again = false;
    *value = token->value;
    *at = token->at;
    return token->kind;
}

void psl_tokens_complete(struct psl_parse *parse, bool ahead)
{
    struct psl_tokens *tokens = parse->tokens;
    if (tokens != nullptr && !tokens->again)
        tokens->first = tokens->next - (ahead ? 1 : 0);
}

/* Tells if all brackets of these tokens are closed: else the parser drops only what is within the last one. */
static bool closed(const struct psl_token *tokens, unsigned count)
{
    int open = 0;
    for (unsigned i = 0; i < count && open >= 0; i++) {
        int kind = tokens[i].kind;
        open += (kind == '{' || kind == '[' || kind == '(') - (kind == '}' || kind == ']' || kind == ')');
    }
    return open == 0;
}

void psl_tokens_correct(struct psl_parse *parse, struct location at, const char *keyword)
{
    struct psl_tokens *tokens = parse->tokens;
    if (tokens->next == 0 || !closed(&tokens->kept[tokens->first], tokens->next - 1 - tokens->first))
        return;
    for (unsigned i = tokens->first; i < tokens->next; i++) {
        struct psl_token *token = &tokens->kept[i];
        if (token->kind != NAME || token->at.offset != at.offset)
            continue;
        token->kind = psl_keyword_token(keyword);
        token->value.name.text = keyword;
        tokens->next = tokens->first;
        tokens->again = true;
        return;
    }
}
