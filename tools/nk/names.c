/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk/names.h>

bool name_is_c_keyword(const char *name)
{
    static const char *const keywords[] = {
        "alignas",  "alignof",   "and",       "and_eq",   "asm",           "auto",        "bitand",
        "bitor",    "bool",      "break",     "case",     "catch",         "char",        "class",
        "compl",    "const",     "constexpr", "continue", "const_cast",    "decltype",    "default",
        "delete",   "do",        "double",    "else",     "dynamic_cast",  "enum",        "explicit",
        "export",   "extern",    "false",     "float",    "for",           "friend",      "goto",
        "if",       "inline",    "int",       "long",     "mutable",       "namespace",   "new",
        "noexcept", "not",       "not_eq",    "nullptr",  "operator",      "or",          "or_eq",
        "private",  "protected", "public",    "register", "restrict",      "return",      "reinterpret_cast",
        "short",    "signed",    "sizeof",    "static",   "static_assert", "static_cast", "struct",
        "switch",   "template",  "this",      "throw",    "thread_local",  "true",        "try",
        "typedef",  "typeid",    "typename",  "typeof",   "typeof_unqual", "union",       "unsigned",
        "using",    "virtual",   "void",      "volatile", "wchar_t",       "while",       "xor",
        "xor_eq",   "char16_t",  "char32_t",
    };
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
        if (strcmp(keywords[i], name) == 0)
            return true;
    return false;
}

static size_t place(const struct c_names *names, const char *name)
{
    size_t hash = 5381;
    for (const char *at = name; *at != '\0'; at++)
        hash = hash * 33 + (unsigned char)*at;
    size_t index = hash & (names->capacity - 1);
    while (names->table[index] != nullptr && strcmp(names->table[index]->text, name) != 0)
        index = (index + 1) & (names->capacity - 1);
    return index;
}

static void grow(struct c_names *names)
{
    names->capacity = names->capacity != 0 ? names->capacity * 2 : 256;
    names->table = pool_allocate(names->pool, names->capacity * sizeof(names->table[0]));
    for (struct c_name *name = names->first; name != nullptr; name = name->next)
        names->table[place(names, name->text)] = name;
}

void c_names_claim(struct c_names *names, struct diagnostics *diagnostics, struct location at, const char *name,
                   size_t stem)
{
    if (names->count * 2 >= names->capacity)
        grow(names);
    size_t index = place(names, name);
    if (names->table[index] != nullptr) {
        diagnostic_error(diagnostics, at, "two things get the C name '%s'; rename one", name);
        return;
    }
    struct c_name *made = POOL_NEW(names->pool, struct c_name);
    made->text = pool_copy(names->pool, name, strlen(name));
    made->stem = stem;
    names->table[index] = made;
    names->count++;
    if (names->last != nullptr)
        names->last->next = made;
    else
        names->first = made;
    names->last = made;
}
