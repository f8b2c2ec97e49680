/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk/names.h>

static const char *const c_keywords[] = {"auto",    "break",  "case",     "char",   "const",    "continue", "default",
                                         "do",      "double", "else",     "enum",   "extern",   "float",    "for",
                                         "goto",    "if",     "inline",   "int",    "long",     "register", "restrict",
                                         "return",  "short",  "signed",   "sizeof", "static",   "struct",   "switch",
                                         "typedef", "union",  "unsigned", "void",   "volatile", "while",    "asm"};
static const char *const new_keywords[] = {
    "alignas",       "alignof",     "and",          "and_eq",   "bitand",        "bitor",      "bool",
    "catch",         "char16_t",    "char32_t",     "class",    "compl",         "const_cast", "constexpr",
    "decltype",      "delete",      "dynamic_cast", "explicit", "export",        "false",      "friend",
    "mutable",       "namespace",   "new",          "noexcept", "not",           "not_eq",     "nullptr",
    "operator",      "or",          "or_eq",        "private",  "protected",     "public",     "reinterpret_cast",
    "static_assert", "static_cast", "template",     "this",     "thread_local",  "throw",      "true",
    "try",           "typeid",      "typename",     "typeof",   "typeof_unqual", "using",      "virtual",
    "wchar_t",       "xor",         "xor_eq"};

static bool is_one_of(const char *name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

bool name_is_c_keyword(const char *name)
{
    return is_one_of(name, c_keywords, sizeof(c_keywords) / sizeof(c_keywords[0]));
}

bool name_is_new_keyword(const char *name)
{
    return is_one_of(name, new_keywords, sizeof(new_keywords) / sizeof(new_keywords[0]));
}

void c_names_claim(struct c_names *names, struct diagnostics *diagnostics, struct location at, const char *name,
                   size_t stem)
{
    struct c_name *made = POOL_NEW(names->pool, struct c_name);
    made->text = pool_copy(names->pool, name, strlen(name));
    made->stem = stem;
    names->table.pool = names->pool;
    if (table_add(&names->table, made->text, made) != made) {
        diagnostic_error(diagnostics, at, "two things get the C name '%s'; rename one", name);
        return;
    }
    if (names->last != nullptr)
        names->last->next = made;
    else
        names->first = made;
    names->last = made;
}
