/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of what is being read, a declaration, a statement, a case of a test: after an error at a misspelt keyword they
 * are given once more with the keyword put right, so that what follows is read as meant and one run finds all errors.
 */
#pragma once
#include <tools/nk-psl-gen-c/parse.h>
#include <tools/nk-psl-gen-c/parse.tab.h>

/* What the grammar calls for its next token. */
int psl_next_token(PSL_YYSTYPE *value, PSL_YYLTYPE *at, void *scanner, struct psl_parse *parse);

/* Something is read to its end, or begins: nothing before is given again. ahead: the parser has a token behind it. */
void psl_tokens_complete(struct psl_parse *parse, bool ahead);

/* In the report of an error at the last token: whether a bracket is open, which is the innermost at *open. If what
 * looks like the next declaration began meanwhile, *misplaced is its first word, and all is read on as if the braces
 * before it had been closed; else *misplaced has no source. */
bool psl_tokens_unclosed(struct psl_parse *parse, struct location *open, struct location *misplaced);

/* In the report of an error at the last token: the word at `at` was meant as a keyword. Does nothing if the word is not
 * in what is being read, or something in it is open: then the parser goes on within. */
void psl_tokens_correct(struct psl_parse *parse, struct location at, const char *keyword);
