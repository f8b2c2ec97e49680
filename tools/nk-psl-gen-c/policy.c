/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <tools/nk-psl-gen-c/parse.h>
#include <tools/nk-psl-gen-c/policy.h>

/* The folder of a file's path, "." if it names none, or if the text came from no file. */
static const char *folder_of(struct psl_policy *policy, const char *path)
{
    const char *slash = path != nullptr ? strrchr(path, '/') : nullptr;
    if (slash == nullptr)
        return ".";
    return slash == path ? "/" : pool_copy(policy->pool, path, (size_t)(slash - path));
}

static const char *name_path(struct psl_policy *policy, const char *name)
{
    char *path = pool_print(policy->pool, "%s.psl", name);
    for (size_t i = 0; name[i] != '\0'; i++)
        if (path[i] == '.')
            path[i] = '/';
    return path;
}

/* One path of each file, so that it is known again. */
static const char *canonical(struct psl_policy *policy, const char *path)
{
    char *real = realpath(path, nullptr);
    const char *copy = real != nullptr ? pool_copy(policy->pool, real, strlen(real)) : path;
    free(real);
    return copy;
}

static bool known(struct psl_policy *policy, const char *path)
{
    for (const struct psl_file *file = policy->files; file != nullptr; file = file->next)
        if (strcmp(file->path, path) == 0)
            return true;
    return false;
}

struct search {
    const char *folders[3];
    unsigned count;
};

/* Number i of the folders in which a used file is looked for, null behind the last. */
static const char *search_folder(const struct psl_policy *policy, const struct search *search, unsigned i)
{
    if (i < policy->root_count)
        return policy->roots[i];
    return i - policy->root_count < search->count ? search->folders[i - policy->root_count] : nullptr;
}

/* Files in folder whose name begins with the package of the wanted one. */
static void suggest_file(struct psl_policy *policy, struct suggestion *suggestion, const char *folder, const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t package = dot != nullptr ? (size_t)(dot - name) + 1 : 0;
    char *path = pool_print(policy->pool, "%s/%.*s", folder, (int)package, name);
    for (char *c = path + strlen(folder) + 1; *c != '\0'; c++)
        if (*c == '.')
            *c = '/';
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != nullptr && (entry = readdir(directory)) != nullptr;) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".psl") == 0)
            suggestion_offer(suggestion,
                             pool_print(policy->pool, "%.*s%.*s", (int)package, name, (int)length - 4, entry->d_name));
    }
    if (directory != nullptr)
        closedir(directory);
}

static void report_missing(struct psl_policy *policy, const struct search *search, struct name name)
{
    struct suggestion suggestion = {.wanted = name.text};
    struct text folders = {0};
    const char *folder;
    for (unsigned i = 0; (folder = search_folder(policy, search, i)) != nullptr; i++) {
        bool again = false;
        for (unsigned j = 0; j < i; j++)
            again |= strcmp(search_folder(policy, search, j), folder) == 0;
        if (!again)
            text_add(&folders, "%s%s", folders.length != 0 ? ", " : "", folder);
        suggest_file(policy, &suggestion, folder, name.text);
    }
    diagnostic_error(policy->diagnostics, name.at, "there is no file %s below %s", name_path(policy, name.text),
                     folders.bytes);
    text_free(&folders);
    if (suggestion.nearest != nullptr)
        diagnostic_note(policy->diagnostics, name.at, "did you mean '%s._'?", suggestion.nearest);
}

static void load_file(struct psl_policy *policy, const struct source *source, const char *path);

static void load_used(struct psl_policy *policy, const struct psl_use *use, const char *from)
{
    struct search search = {.folders = {folder_of(policy, from), folder_of(policy, policy->files->source->file)},
                            .count = 2};
    if (strcmp(search.folders[0], search.folders[1]) == 0)
        search.count = 1;
    const char *path = name_path(policy, use->name.text);
    const char *folder;
    for (unsigned i = 0; (folder = search_folder(policy, &search, i)) != nullptr; i++) {
        const char *full = pool_print(policy->pool, "%s/%s", folder, path);
        const char *real = canonical(policy, full);
        if (known(policy, real))
            return;
        struct source *source = source_read(policy->pool, full);
        if (source != nullptr) {
            load_file(policy, source, real);
            return;
        }
        if (errno != ENOENT && errno != ENOTDIR) {
            diagnostic_error(policy->diagnostics, use->name.at, "%s: %s", full, strerror(errno));
            return;
        }
    }
    /* The name that some published policies give to the file of HashSet. */
    if (strcmp(use->name.text, "nk.hashset") == 0) {
        unsigned errors = policy->diagnostics->errors;
        struct psl_use other = {.name = {"nk.hashmap", use->name.at}};
        load_used(policy, &other, from);
        if (policy->diagnostics->errors == errors)
            diagnostic_warning(policy->diagnostics, use->name.at, "the file of HashSet is nk.hashmap._");
        return;
    }
    report_missing(policy, &search, use->name);
}

static void load_file(struct psl_policy *policy, const struct source *source, const char *path)
{
    struct psl_file *file = PSL_APPEND(policy, policy, files);
    file->path = path;
    file->source = source;
    file->text = policy->preprocess ? psl_preprocess(policy->pool, policy->diagnostics, source, policy->definitions)
                                    : (struct psl_text){source->text, source->size, nullptr};
    const struct psl_use *use =
        psl_parse_file(policy->pool, policy->diagnostics, source, file->text, &policy->declarations);
    for (; use != nullptr; use = use->next)
        load_used(policy, use, source->file);
    file->rank = policy->ranks++;
}

static unsigned rank_of(const struct psl_policy *policy, const struct source *source)
{
    const struct psl_file *file = policy->files;
    while (file != nullptr && file->source != source)
        file = file->next;
    return file != nullptr ? file->rank : 0;
}

int psl_policy_order(const struct psl_policy *policy, struct location a, struct location b)
{
    unsigned first = rank_of(policy, a.source), second = rank_of(policy, b.source);
    if (first != second)
        return first < second ? -1 : 1;
    return a.offset < b.offset ? -1 : a.offset > b.offset;
}

void psl_policy_load_source(struct psl_policy *policy, const struct source *source)
{
    policy->program = (struct program){.pool = policy->pool,
                                       .diagnostics = policy->diagnostics,
                                       .roots = policy->roots,
                                       .root_count = policy->root_count,
                                       .own_root = folder_of(policy, source->file),
                                       .extended_errors = true};
    load_file(policy, source, canonical(policy, source->file));
    policy->incomplete = policy->diagnostics->errors != 0;
}

bool psl_policy_load(struct psl_policy *policy, const char *path)
{
    const struct source *source = source_read(policy->pool, path);
    if (source == nullptr)
        diagnostic_error(policy->diagnostics, (struct location){0}, "%s: %s", path, strerror(errno));
    else
        psl_policy_load_source(policy, source);
    return source != nullptr;
}
