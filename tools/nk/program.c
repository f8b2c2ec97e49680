/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <tools/nk/check.h>
#include <tools/nk/parse.h>

/* "a.b.C" -> "a/b/C.idl", or with '_' and without extension. */
static char *name_path(struct program *program, const char *name, enum language language)
{
    char *path = pool_print(program->pool, "%s.%s", name, language_extension[language]);
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++)
        if (path[i] == '.')
            path[i] = '/';
    return path;
}

static const char *name_prefix(struct program *program, const char *name)
{
    char *prefix = pool_copy(program->pool, name, strlen(name));
    for (char *at = prefix; *at != '\0'; at++)
        if (*at == '.')
            *at = '_';
    return prefix;
}

static const char *last_part(const char *name, char separator)
{
    const char *last = strrchr(name, separator);
    return last != nullptr ? last + 1 : name;
}

struct unit *program_find(const struct program *program, enum language language, const char *name)
{
    for (struct unit *unit = program->units; unit != nullptr; unit = unit->next)
        if (unit->language == language && unit->name.text != nullptr && strcmp(unit->name.text, name) == 0)
            return unit;
    return nullptr;
}

static void add_unit(struct program *program, struct unit *unit)
{
    for (const struct unit *other = program->units; other != nullptr; other = other->next) {
        if (other->language == unit->language && strcmp(other->prefix, unit->prefix) == 0) {
            diagnostic_error(program->diagnostics, unit->name.at, "'%s' and '%s' have the same C name, '%s'",
                             unit->name.text, other->name.text, unit->prefix);
            diagnostic_note(program->diagnostics, other->name.at, "the other is here");
        }
    }
    if (program->units_last != nullptr)
        program->units_last->next = unit;
    else
        program->units = unit;
    program->units_last = unit;
}

static void load_list(struct program *program, struct references *list, enum language language)
{
    for (struct reference *reference = list->first; reference != nullptr; reference = reference->next)
        reference->unit = program_load(program, language, reference->target);
}

static void check_unit_name(struct program *program, const struct unit *unit)
{
    const char *last = last_part(unit->name.text, '.');
    if (last[0] < 'A' || last[0] > 'Z')
        diagnostic_error(program->diagnostics, unit->name.at,
                         "the last part of a %s's name begins with a capital letter, as its file does; '%s' does not",
                         language_noun[unit->language], last);
    if (strchr(last, '_') != nullptr)
        diagnostic_error(program->diagnostics, unit->name.at, "the last part of a %s's name has no '_'; '%s' does",
                         language_noun[unit->language], last);
}

/* Source to checked unit. */
static struct unit *begin(struct program *program, struct source *source, enum language language)
{
    struct unit *unit = parse_unit(program->pool, program->diagnostics, source, language);
    if (unit->name.text == nullptr)
        return nullptr;
    unit->prefix = name_prefix(program, unit->name.text);
    unit->place = name_path(program, unit->name.text, language);
    check_unit_name(program, unit);
    return unit;
}

static void finish(struct program *program, struct unit *unit)
{
    add_unit(program, unit);
    load_list(program, &unit->imports, LANGUAGE_IDL);
    load_list(program, &unit->security, LANGUAGE_IDL);
    load_list(program, &unit->endpoints, LANGUAGE_IDL);
    load_list(program, &unit->components, LANGUAGE_CDL);
    if (unit->language == LANGUAGE_IDL)
        check_package(program, unit);
    else
        check_parts(program, unit);
    unit->state = UNIT_LOADED;
}

/* Names of the files beside the one that is missing. */
static void suggest_file(struct program *program, struct suggestion *suggestion, const char *root, const char *name,
                         enum language language)
{
    const char *last = last_part(name, '.');
    char *package = pool_copy(program->pool, name, (size_t)(last - name));
    char *folder = pool_print(program->pool, "%s/%s", root, package);
    for (char *at = folder + strlen(root) + 1; *at != '\0'; at++)
        if (*at == '.')
            *at = '/';
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory != nullptr && (entry = readdir(directory)) != nullptr;) {
        char *dot = strrchr(entry->d_name, '.');
        if (dot == nullptr || strcmp(dot + 1, language_extension[language]) != 0)
            continue;
        suggestion_offer(suggestion,
                         pool_print(program->pool, "%s%.*s", package, (int)(dot - entry->d_name), entry->d_name));
    }
    if (directory != nullptr)
        closedir(directory);
}

/* A file of that name in any package below a folder: the name is right, the package is not. */
static void suggest_elsewhere(struct program *program, struct suggestion *suggestion, const char *folder,
                              const char *package, const char *file, unsigned depth)
{
    DIR *directory = depth < 8 ? opendir(folder) : nullptr;
    for (struct dirent *entry; directory != nullptr && (entry = readdir(directory)) != nullptr;) {
        if (strcmp(entry->d_name, file) == 0 && suggestion->nearest == nullptr)
            suggestion->nearest = pool_print(program->pool, "%s%.*s", package, (int)(strrchr(file, '.') - file), file);
        if (strchr(entry->d_name, '.') == nullptr)
            suggest_elsewhere(program, suggestion, pool_print(program->pool, "%s/%s", folder, entry->d_name),
                              pool_print(program->pool, "%s%s.", package, entry->d_name), file, depth + 1);
    }
    if (directory != nullptr)
        closedir(directory);
}

static void report_missing(struct program *program, enum language language, struct name name)
{
    struct suggestion suggestion = {.wanted = name.text};
    struct text roots = {0};
    for (unsigned i = 0; i <= program->root_count; i++) {
        const char *root = i < program->root_count ? program->roots[i] : program->own_root;
        bool again = root == nullptr;
        for (unsigned j = 0; !again && j < i; j++)
            again = strcmp(program->roots[j], root) == 0;
        if (again)
            continue;
        text_add(&roots, "%s%s", roots.length != 0 ? ", " : "", root);
        suggest_file(program, &suggestion, root, name.text, language);
    }
    diagnostic_error(program->diagnostics, name.at, "there is no %s '%s': no file %s below %s", language_noun[language],
                     name.text, name_path(program, name.text, language),
                     roots.bytes != nullptr ? roots.bytes : "any include root (-I)");
    text_free(&roots);
    const char *dot = strrchr(name.text, '.');
    const char *file =
        pool_print(program->pool, "%s.%s", dot != nullptr ? dot + 1 : name.text, language_extension[language]);
    for (unsigned i = 0; suggestion.nearest == nullptr && i < program->root_count; i++)
        suggest_elsewhere(program, &suggestion, program->roots[i], "", file, 0);
    if (suggestion.nearest != nullptr)
        diagnostic_note(program->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
}

struct unit *program_load(struct program *program, enum language language, struct name name)
{
    struct unit *unit = program_find(program, language, name.text);
    if (unit != nullptr && unit->state == UNIT_LOADING) {
        diagnostic_error(program->diagnostics, name.at, "%s '%s' needs itself", language_noun[language], name.text);
        diagnostic_note(program->diagnostics, unit->name.at, "it begins here");
        return nullptr;
    }
    if (unit != nullptr)
        return unit;
    struct source *source = nullptr;
    const char *path = name_path(program, name.text, language);
    for (unsigned i = 0; source == nullptr && i <= program->root_count; i++) {
        const char *root = i < program->root_count ? program->roots[i] : program->own_root;
        if (root == nullptr)
            continue;
        const char *full = strcmp(root, ".") == 0 ? path : pool_print(program->pool, "%s/%s", root, path);
        source = source_read(program->pool, full);
        if (source == nullptr && errno != ENOENT && errno != ENOTDIR) {
            diagnostic_error(program->diagnostics, name.at, "%s: %s", full, strerror(errno));
            return nullptr;
        }
    }
    if (source == nullptr) {
        report_missing(program, language, name);
        return nullptr;
    }
    unit = begin(program, source, language);
    if (unit == nullptr)
        return nullptr;
    if (strcmp(unit->name.text, name.text) != 0) {
        diagnostic_error(program->diagnostics, unit->name.at, "expected %s '%s' in this file, not '%s'",
                         language_noun[language], name.text, unit->name.text);
        diagnostic_note(program->diagnostics, name.at, "it was looked for here");
        return nullptr;
    }
    finish(program, unit);
    return unit;
}

/* The directory under which path stands by the unit's name, or null: its own path, or where links lead to. */
static const char *root_of(struct program *program, const char *path, const char *wanted)
{
    size_t length = strlen(path), wanted_length = strlen(wanted);
    if (length < wanted_length || strcmp(path + length - wanted_length, wanted) != 0)
        return nullptr;
    if (length == wanted_length)
        return ".";
    if (path[length - wanted_length - 1] != '/')
        return nullptr;
    size_t root = length - wanted_length - 1;
    return root == 0 ? "/" : pool_copy(program->pool, path, root);
}

static void place_main(struct program *program, const struct unit *unit, const char *path)
{
    const char *wanted = name_path(program, unit->name.text, unit->language);
    program->own_root = root_of(program, path, wanted);
    char *real = program->own_root == nullptr ? realpath(path, nullptr) : nullptr;
    if (real != nullptr)
        program->own_root = root_of(program, real, wanted);
    free(real);
    bool found = program->own_root != nullptr;
    for (unsigned i = 0; found && program->own_root != nullptr && i < program->root_count; i++)
        if (strcmp(program->roots[i], program->own_root) == 0)
            program->own_root = nullptr; /* not twice */
    if (found)
        return;
    if (strcmp(last_part(wanted, '/'), last_part(path, '/')) != 0)
        diagnostic_error(program->diagnostics, unit->name.at, "%s '%s' is expected in a file %s, not %s",
                         language_noun[unit->language], unit->name.text, last_part(wanted, '/'), last_part(path, '/'));
    else
        diagnostic_warning(program->diagnostics, unit->name.at,
                           "%s '%s' is found by others only in a file whose path ends with %s",
                           language_noun[unit->language], unit->name.text, wanted);
}

struct unit *program_load_main(struct program *program, const char *path)
{
    const char *extension = last_part(path, '.');
    enum language language = LANGUAGE_IDL;
    while (language < LANGUAGES && strcmp(language_extension[language], extension) != 0)
        language++;
    if (language == LANGUAGES) {
        diagnostic_error(program->diagnostics, (struct location){0}, "%s: expected a file named .idl, .cdl or .edl",
                         path);
        return nullptr;
    }
    struct source *source = source_read(program->pool, path);
    int error = errno;
    for (unsigned i = 0; source == nullptr && error == ENOENT && path[0] != '/' && i < program->root_count; i++)
        source = source_read(program->pool, pool_print(program->pool, "%s/%s", program->roots[i], path));
    if (source == nullptr) {
        diagnostic_error(program->diagnostics, (struct location){0}, "%s: %s", path, strerror(error));
        return nullptr;
    }
    struct unit *unit = begin(program, source, language);
    if (unit == nullptr)
        return nullptr;
    place_main(program, unit, source->file);
    finish(program, unit);
    return unit;
}

struct unit *program_load_source(struct program *program, struct source *source, enum language language)
{
    struct unit *unit = begin(program, source, language);
    if (unit != nullptr)
        finish(program, unit);
    return unit;
}
