/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk-psl-gen-c/parse_tokens.h>
#include <string.h>
#include <tools/language/memory.h>

int psl_yylex(PSL_YYSTYPE *value, PSL_YYLTYPE *location, void *scanner);

enum { NESTED = 32 }; /* brackets; of what is nested deeper is not known where */
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
    struct location open[NESTED]; /* brackets */
    unsigned depth;
    int declaration;           /* the keyword that the one being read begins with */
    struct location misplaced; /* a keyword that looks like the next one's, though brackets are open; or no source */
    unsigned misplaced_depth;
};

/* Words at the beginning of a line that begin a declaration, and nothing within one of this kind. */
static bool begins_another(int kind, int declaration)
{
    switch (kind) {
    case USE:
    case POLICY:
    case TASK:
        return true;
    case EXECUTE:
    case REQUEST:
    case RESPONSE:
    case ERROR:
    case SECURITY:
        return declaration != ASSERT; /* cases of tests begin so, too */
    default:
        return false;
    }
}

static char opening_at(const struct psl_tokens *tokens, unsigned index)
{
    return tokens->open[index].source->text[tokens->open[index].offset];
}

/* A brace closes what is open within it, too: what is missing there has been said. */
static void close_bracket(struct psl_tokens *tokens, int kind)
{
    char opening = kind == '}' ? '{' : kind == ')' ? '(' : '[';
    unsigned depth = tokens->depth < NESTED ? tokens->depth : NESTED;
    while (depth != 0 && opening_at(tokens, depth - 1) != opening &&
           (kind == '}' || opening_at(tokens, depth - 1) != '{'))
        depth--;
    if (depth != 0 && opening_at(tokens, depth - 1) == opening)
        tokens->depth = tokens->depth <= NESTED ? depth - 1 : tokens->depth - 1;
}

static void note_brackets(struct psl_tokens *tokens, const struct psl_token *token)
{
    if (token->kind == '{' || token->kind == '[' || token->kind == '(') {
        if (tokens->depth < NESTED)
            tokens->open[tokens->depth] = token->at;
        tokens->depth++;
    } else if (token->kind == '}' || token->kind == ']' || token->kind == ')') {
        close_bracket(tokens, token->kind);
        if (tokens->depth < tokens->misplaced_depth)
            tokens->misplaced.source = nullptr;
    } else if (tokens->depth == 0) {
        if (begins_another(token->kind, 0) || token->kind == ASSERT)
            tokens->declaration = token->kind;
    } else if (tokens->misplaced.source == nullptr && begins_another(token->kind, tokens->declaration) &&
               (token->at.offset == 0 || token->at.source->text[token->at.offset - 1] == '\n')) {
        tokens->misplaced = token->at;
        tokens->misplaced_depth = tokens->depth;
    }
}

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
    note_brackets(tokens, token);
}

/* Gives the tokens from the misplaced keyword on again, behind the braces that are missing. */
static void close_before(struct psl_tokens *tokens)
{
    unsigned place = tokens->first, braces = 0;
    while (place < tokens->end && tokens->kept[place].at.offset != tokens->misplaced.offset)
        place++;
    for (unsigned i = 0; i < tokens->misplaced_depth; i++)
        braces += opening_at(tokens, i) == '{';
    if (place == tokens->end || tokens->end + braces > TOKENS)
        return;
    memmove(&tokens->kept[place + braces], &tokens->kept[place], (tokens->end - place) * sizeof(tokens->kept[0]));
    for (unsigned i = 0; i < braces; i++)
        tokens->kept[place + i] =
            (struct psl_token){.kind = '}', .at = {tokens->misplaced.source, tokens->misplaced.offset, 0}};
    tokens->first = tokens->next = place;
    tokens->end += braces;
    tokens->again = true;
    tokens->depth = 0;
}

bool psl_tokens_unclosed(struct psl_parse *parse, struct location *open, struct location *misplaced)
{
    struct psl_tokens *tokens = parse->tokens;
    bool found = tokens != nullptr && tokens->depth != 0 && tokens->depth <= NESTED;
    if (!found)
        return false;
    *misplaced = tokens->misplaced;
    *open = tokens->open[(misplaced->source != nullptr ? tokens->misplaced_depth : tokens->depth) - 1];
    if (misplaced->source != nullptr)
        close_before(tokens);
    tokens->misplaced.source = nullptr;
    return true;
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
