/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations and types of a package. */
#include <string.h>
#include <tools/nk/check.h>
#include <tools/nk/layout.h>
#include <tools/nk/names.h>

void check_no_underscore(struct program *program, struct name name, const char *what)
{
    if (strchr(name.text, '_') != nullptr)
        diagnostic_error(program->diagnostics, name.at, "the name of %s has no '_'; '%s' does", what, name.text);
}

void check_c_name(struct program *program, struct name name, const char *what)
{
    if (name_is_c_keyword(name.text))
        diagnostic_error(program->diagnostics, name.at, "%s cannot be called '%s': that is a keyword of C", what,
                         name.text);
    else if (name_is_new_keyword(name.text))
        diagnostic_warning(program->diagnostics, name.at, "'%s' is a keyword of C++ or of C23: the header is for C11",
                           name.text);
    else if (strcmp(name.text, "base_") == 0 || strcmp(name.text, "res_") == 0 || strcmp(name.text, "err_") == 0)
        diagnostic_error(program->diagnostics, name.at, "%s cannot be called '%s': generated code uses that name", what,
                         name.text);
}

static struct declaration *find(struct unit *unit, const struct declaration *before, const char *name, size_t length)
{
    struct declaration *found = table_get(&unit->declaration_table, name, length);
    return found != nullptr && before != nullptr && found->number >= before->number ? nullptr : found;
}

static void offer_all(struct suggestion *suggestion, struct unit *unit, const struct declaration *before, bool constant)
{
    for (struct declaration *d = unit->declarations; d != nullptr && d != before; d = d->next)
        if ((d->kind == DECLARATION_CONST) == constant)
            suggestion_offer(suggestion, d->name.text);
}

static void report_unknown(struct program *program, struct unit *unit, const struct declaration *before,
                           struct name name, const char *what)
{
    static const char *const words[] = {"SInt8",  "SInt16", "SInt32", "SInt64", "UInt8", "UInt16",  "UInt32",
                                        "UInt64", "Handle", "string", "bytes",  "array", "sequence"};
    const struct declaration *later = find(unit, nullptr, name.text, strlen(name.text));
    bool constant = what[0] == 'c';
    diagnostic_error(program->diagnostics, name.at, "there is no %s '%s' %s", what, name.text,
                     later != nullptr ? "above this line" : "here or in the imported packages");
    if (later != nullptr) {
        diagnostic_note(program->diagnostics, later->name.at, "it is declared below; move it up");
        return;
    }
    size_t length = strlen(name.text);
    bool c_type = length > 2 && strcmp(name.text + length - 2, "_t") == 0; /* uint32_t: UInt32 is meant */
    struct suggestion suggestion = {
        .wanted = c_type ? pool_copy(program->pool, name.text, length - 2) : name.text,
    };
    offer_all(&suggestion, unit, before, constant);
    for (struct reference *import = unit->imports.first; import != nullptr; import = import->next)
        if (import->unit != nullptr)
            offer_all(&suggestion, import->unit, nullptr, constant);
    for (size_t i = 0; !constant && i < sizeof(words) / sizeof(words[0]); i++)
        suggestion_offer(&suggestion, words[i]);
    static const char *const lacking[] = {"Bool",  "bool",   "Boolean", "boolean", "Float",
                                          "float", "Double", "double",  "Float32", "Float64"};
    bool of_others = false;
    for (size_t i = 0; !constant && i < sizeof(lacking) / sizeof(lacking[0]); i++)
        of_others |= strcmp(name.text, lacking[i]) == 0;
    if (of_others)
        diagnostic_note(program->diagnostics, name.at, "IDL has integers, texts, bytes and what is made of them only");
    else if (suggestion.nearest != nullptr)
        diagnostic_note(program->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
}

/* "a.b.C.Name": Name in package a.b.C. */
static struct declaration *resolve_qualified(struct program *program, struct unit *unit,
                                             const struct declaration *before, struct name name, const char *what)
{
    const char *last = strrchr(name.text, '.') + 1;
    const char *package = pool_copy(program->pool, name.text, (size_t)(last - name.text) - 1);
    struct unit *owner = strcmp(package, unit->name.text) == 0 ? unit : nullptr;
    bool failed = false;
    for (struct reference *import = unit->imports.first; owner == nullptr && import != nullptr; import = import->next) {
        if (strcmp(import->target.text, package) == 0) {
            owner = import->unit;
            failed = owner == nullptr;
            import->used = true;
        }
    }
    if (failed) /* the import was reported */
        return nullptr;
    if (owner == nullptr) {
        struct suggestion suggestion = {.wanted = package};
        for (struct reference *import = unit->imports.first; import != nullptr; import = import->next)
            suggestion_offer(&suggestion, import->target.text);
        diagnostic_error(program->diagnostics, name.at, "package '%s' is not imported; expected 'import %s' above",
                         package, package);
        if (suggestion.nearest != nullptr)
            diagnostic_note(program->diagnostics, name.at, "did you mean '%s.%s'?", suggestion.nearest, last);
        return nullptr;
    }
    struct declaration *found = find(owner, owner == unit ? before : nullptr, last, strlen(last));
    if (found != nullptr)
        return found;
    struct suggestion suggestion = {.wanted = last};
    offer_all(&suggestion, owner, owner == unit ? before : nullptr, what[0] == 'c');
    diagnostic_error(program->diagnostics, name.at, "package '%s' has no %s '%s'", package, what, last);
    if (suggestion.nearest != nullptr)
        diagnostic_note(program->diagnostics, name.at, "did you mean '%s.%s'?", package, suggestion.nearest);
    return nullptr;
}

/* A search through the imports: what it found, and whether a part of it could not be searched. */
struct search {
    struct program *program;
    struct name name;
    struct declaration *found, *other;
    bool failed;
};

/* through: also what the imported packages import. True if something was found here. */
static bool search_imports(struct search *search, const struct unit *unit, bool through)
{
    const struct declaration *before = search->found;
    for (struct reference *import = unit->imports.first; import != nullptr; import = import->next) {
        if (import->unit == nullptr) {
            search->failed = true; /* reported; the name may be there */
            continue;
        }
        if (import->unit->searched == search->program->searches)
            continue;
        import->unit->searched = search->program->searches;
        struct declaration *d = find(import->unit, nullptr, search->name.text, strlen(search->name.text));
        import->used |= d != nullptr;
        if (d != nullptr)
            *(search->found == nullptr ? &search->found : &search->other) = d;
        if (through)
            import->used |= search_imports(search, import->unit, true);
    }
    return search->found != before;
}

struct declaration *check_resolve(struct program *program, struct unit *unit, const struct declaration *before,
                                  struct name name, const char *what)
{
    if (strchr(name.text, '.') != nullptr)
        return resolve_qualified(program, unit, before, name, what);
    struct declaration *own = find(unit, before, name.text, strlen(name.text));
    if (own != nullptr)
        return own;
    struct search search = {.program = program, .name = name};
    for (unsigned through = 0; through < 2 && search.found == nullptr; through++) {
        program->searches++;
        search_imports(&search, unit, through != 0);
    }
    if (search.other != nullptr) {
        diagnostic_error(program->diagnostics, name.at, "'%s' is in two imported packages: write %s.%s or %s.%s",
                         name.text, search.found->unit->name.text, name.text, search.other->unit->name.text, name.text);
        return nullptr;
    }
    if (search.found == nullptr && !search.failed)
        report_unknown(program, unit, before, name, what);
    return search.found;
}

/* A repeated name in a list of what. */
static void report_repeated(struct program *program, struct name name, struct name first, const char *what)
{
    diagnostic_error(program->diagnostics, name.at, "a second %s '%s'", what, name.text);
    diagnostic_note(program->diagnostics, first.at, "the first is here");
}

void check_members(struct program *program, struct unit *unit, const struct declaration *before,
                   struct members *members, const char *owner)
{
    struct table names = {.pool = program->pool};
    for (struct member *member = members->first; member != nullptr; member = member->next) {
        check_type(program, unit, before, &member->type);
        check_c_name(program, member->name, owner);
        const struct member *first = table_add(&names, member->name.text, member);
        if (first != member)
            report_repeated(program, member->name, first->name, owner);
    }
}

static bool any_broken(const struct members *members)
{
    for (const struct member *member = members->first; member != nullptr; member = member->next)
        if (member->type->kind == TYPE_BROKEN)
            return true;
    return false;
}

static void check_const(struct program *program, struct unit *unit, struct declaration *d)
{
    check_type(program, unit, d, &d->type);
    d->broken = true;
    if (d->type->kind == TYPE_BROKEN)
        return;
    if (d->type->kind != TYPE_INTEGER) {
        diagnostic_error(program->diagnostics, d->type->at, "a constant is of an integer type");
        return;
    }
    unsigned bits = d->type->bits;
    bool is_signed = d->type->is_signed;
    if (!check_evaluate(program, unit, d, d->expression, bits, is_signed, &d->value))
        return;
    __int128 least = is_signed ? -((__int128)1 << (bits - 1)) : 0;
    __int128 most = ((__int128)1 << (is_signed ? bits - 1 : bits)) - 1;
    if (d->value < least || d->value > most)
        diagnostic_error(program->diagnostics, d->expression->at, "%s does not fit %cInt%u; expected %s to %s",
                         check_digits(program, d->value), is_signed ? 'S' : 'U', bits, check_digits(program, least),
                         check_digits(program, most));
    else
        d->broken = false;
}

static void check_composite(struct program *program, struct unit *unit, struct declaration *d)
{
    bool is_union = d->kind == DECLARATION_UNION;
    check_members(program, unit, d, &d->members, is_union ? "member" : "field");
    d->broken = d->members.first == nullptr || d->members.broken || any_broken(&d->members);
    if (d->members.first == nullptr && !d->members.broken)
        diagnostic_error(program->diagnostics, d->name.at, "%s '%s' has no members; expected at least one",
                         is_union ? "union" : "struct", d->name.text);
    if (d->broken)
        return;
    d->alignment = 1;
    d->parts = 1;
    for (const struct member *member = d->members.first; member != nullptr; member = member->next) {
        d->depth = member->type->depth + 1 > d->depth ? member->type->depth + 1 : d->depth;
        d->parts = d->parts + member->type->parts > PARTS_MAX ? PARTS_MAX + 1 : d->parts + member->type->parts;
        d->holds_handle |= member->type->holds_handle;
    }
    d->broken = !check_extent(program, d->name.at, d->depth, d->parts);
    d->need = layout_need_members(d->members.first, is_union);
    if (is_union) {
        uint64_t most = 0;
        for (struct member *member = d->members.first; member != nullptr; member = member->next) {
            if (member->type->holds_handle)
                diagnostic_warning(program->diagnostics, member->name.at,
                                   "no message may choose member '%s': it holds a Handle, and the kernel must know "
                                   "where a message has its handles",
                                   member->name.text);
            most = member->type->size > most ? member->type->size : most;
            d->alignment = member->type->alignment > d->alignment ? member->type->alignment : d->alignment;
        }
        /* a tag of 4 bytes, then the union */
        uint64_t start = d->alignment > 4 ? d->alignment : 4;
        d->alignment = d->alignment > 4 ? d->alignment : 4;
        d->size = start + most;
    } else {
        d->size = layout_members(d->members.first, 0, &d->alignment);
    }
    d->size = (d->size + d->alignment - 1) & ~(d->alignment - 1);
    if (d->size > MESSAGE_SIZE_MAX) {
        diagnostic_error(program->diagnostics, d->name.at, "'%s' takes %llu bytes; a message has at most %u",
                         d->name.text, (unsigned long long)d->size, MESSAGE_SIZE_MAX);
        d->broken = true;
    }
}

static void check_declaration(struct program *program, struct unit *unit, struct declaration *d)
{
    const struct declaration *first = find(unit, d, d->name.text, strlen(d->name.text));
    if (first != nullptr)
        report_repeated(program, d->name, first->name, "declaration of");
    if (d->kind == DECLARATION_CONST) {
        check_const(program, unit, d);
    } else if (d->kind == DECLARATION_TYPEDEF) {
        check_type(program, unit, d, &d->type);
        d->broken = d->type->kind == TYPE_BROKEN;
    } else {
        check_composite(program, unit, d);
    }
}

void check_package(struct program *program, struct unit *unit)
{
    struct table imports = {.pool = program->pool};
    for (struct reference *import = unit->imports.first; import != nullptr; import = import->next) {
        const struct reference *first = table_add(&imports, import->target.text, import);
        if (first != import)
            report_repeated(program, import->target, first->target, "import of");
    }
    for (struct declaration *d = unit->declarations; d != nullptr; d = d->next)
        check_declaration(program, unit, d);
    check_methods(program, unit);
    for (const struct reference *import = unit->imports.first; import != nullptr; import = import->next)
        if (!import->used && import->unit != nullptr && program->diagnostics->errors == 0)
            diagnostic_warning(program->diagnostics, import->target.at, "nothing of package '%s' is used here",
                               import->target.text);
}
