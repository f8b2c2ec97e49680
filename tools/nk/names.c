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
