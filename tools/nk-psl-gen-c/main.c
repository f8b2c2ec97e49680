/* SPDX-License-Identifier: Apache-2.0 */
/* nk-psl-gen-c: a solution's security policy to the source of its security module. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tools/language/output.h>
#include <tools/nk-psl-gen-c/check.h>
#include <tools/nk-psl-gen-c/emit.h>
#include <tools/nk-psl-gen-c/emit_test.h>
#include <tools/nk-psl-gen-c/report.h>

#define VERSION "nk-psl-gen-c (kos) 1.0"

static const char usage[] =
    "usage: nk-psl-gen-c [-I DIR]... [-o FILE] [--out-tests FILE] [-t ARG] [-a FILE] [OPTION]... FILE\n"
    "\n"
    "  -I, --include-dir DIR          look for .psl, .edl, .cdl and .idl files below DIR\n"
    "  -o, --output FILE              write the security module to FILE\n"
    "  -t, --tests skip|generate      whether code of the policy's tests is made (skip)\n"
    "      --out-tests FILE           write it to FILE\n"
    "  -a, --audit FILE               write what decodes audit records to FILE\n"
    "      --enable-preprocessor      obey {% if %} and its kin\n"
    "  -D, --preprocessor-definition=VAR[=VAL]\n"
    "      --preprocessor-dump-dir DIR\n"
    "      --platform NAME            accepted; code is the same for all\n"
    "      --depfile FILE             write for make what the output is made from to FILE\n"
    "      --report FILE              write what deciding on each event takes to FILE\n"
    "      --arena-readers FILE       write to FILE for einit which requests' arenas rules look into\n"
    "  -h, --help      -v, --version\n";

struct options {
    const char **roots;
    unsigned root_count;
    const char *output, *tests_output, *audit_output, *dump_folder, *report_output, *readers_output,
        *dependencies_output;
    bool tests, preprocess;
    struct psl_definition *definitions;
};

[[noreturn]] static void refuse(const char *text, const char *value)
{
    fprintf(stderr, "nk-psl-gen-c: %s%s\n%s", text, value, usage);
    exit(EXIT_FAILURE);
}

static void define(struct pool *pool, struct options *options, char *text)
{
    char *sign = strchr(text, '=');
    struct psl_definition *definition = POOL_NEW(pool, struct psl_definition);
    if (sign != nullptr)
        *sign = '\0';
    *definition = (struct psl_definition){text, sign != nullptr ? sign + 1 : "1", options->definitions};
    options->definitions = definition;
}

static bool tests_wanted(const char *argument)
{
    if (strcmp(argument, "generate") == 0)
        return true;
    if (strcmp(argument, "skip") != 0)
        refuse("--tests takes 'skip' or 'generate', not ", argument);
    return false;
}

static void read_options(struct pool *pool, struct options *options, int count, char **words)
{
    enum { TESTS_OUTPUT = 256, PREPROCESS, DEFINE, DUMP, PLATFORM, REPORT, READERS, DEPENDENCIES };
    static const struct option known[] = {
        {"include-dir", required_argument, nullptr, 'I'},
        {"output", required_argument, nullptr, 'o'},
        {"tests", required_argument, nullptr, 't'},
        {"out-tests", required_argument, nullptr, TESTS_OUTPUT},
        {"audit", required_argument, nullptr, 'a'},
        {"enable-preprocessor", no_argument, nullptr, PREPROCESS},
        {"preprocessor-definition", required_argument, nullptr, DEFINE},
        {"preprocessor-dump-dir", required_argument, nullptr, DUMP},
        {"platform", required_argument, nullptr, PLATFORM},
        {"report", required_argument, nullptr, REPORT},
        {"arena-readers", required_argument, nullptr, READERS},
        {"depfile", required_argument, nullptr, DEPENDENCIES},
        {"help", no_argument, nullptr, 'h'},
        {"version", no_argument, nullptr, 'v'},
        {nullptr, 0, nullptr, 0},
    };
    options->roots = pool_allocate(pool, sizeof(*options->roots) * (size_t)count);
    for (int c; (c = getopt_long(count, words, "I:D:o:t:a:hv", known, nullptr)) != -1;) {
        switch (c) {
        case 'I':
            options->roots[options->root_count++] = optarg;
            break;
        case 'o':
            options->output = optarg;
            break;
        case 't':
            options->tests = tests_wanted(optarg);
            break;
        case TESTS_OUTPUT:
            options->tests_output = optarg;
            break;
        case 'a':
            options->audit_output = optarg;
            break;
        case PREPROCESS:
            options->preprocess = true;
            break;
        case 'D':
        case DEFINE:
            define(pool, options, optarg);
            break;
        case DUMP:
            options->dump_folder = optarg;
            break;
        case PLATFORM:
            break;
        case REPORT:
            options->report_output = optarg;
            break;
        case READERS:
            options->readers_output = optarg;
            break;
        case DEPENDENCIES:
            options->dependencies_output = optarg;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        case 'v':
            puts(VERSION);
            exit(EXIT_SUCCESS);
        default:
            fputs(usage, stderr);
            exit(EXIT_FAILURE);
        }
    }
    if (optind + 1 != count)
        refuse(optind == count ? "which file?" : "one file at a time", "");
}

/* What the parser saw, file by file. */
static bool dump(struct psl_policy *policy, const char *folder)
{
    bool written = true;
    for (const struct psl_file *file = policy->files; file != nullptr && written; file = file->next) {
        const char *slash = strrchr(file->source->file, '/');
        const char *name = slash != nullptr ? slash + 1 : file->source->file;
        const char *path = pool_print(policy->pool, "%s/%s", folder, name);
        FILE *out = fopen(path, "wb");
        written = out != nullptr && fwrite(file->text.bytes, 1, file->text.size, out) == file->text.size;
        if (out != nullptr)
            written = fclose(out) == 0 && written;
        if (!written)
            diagnostic_error(policy->diagnostics, (struct location){0}, "%s cannot be written", path);
    }
    return written;
}

static void list_dependencies(const struct psl_policy *policy, const char *output, struct text *text)
{
    output_add_make_path(text, output);
    text_add(text, ":");
    for (const struct psl_file *file = policy->files; file != nullptr; file = file->next) {
        text_add(text, " \\\n  ");
        output_add_make_path(text, file->source->file);
    }
    for (const struct unit *unit = policy->program.units; unit != nullptr; unit = unit->next) {
        text_add(text, " \\\n  ");
        output_add_make_path(text, unit->source->file);
    }
    text_add(text, "\n");
}

/* A checked policy to its files: all of them, or none. */
static void compile(struct psl_policy *policy, const struct options *options, const char *path)
{
    struct psl_analysis *analysis = psl_analyze(policy);
    struct text module = {0}, tests = {0}, report = {0}, readers = {0}, dependencies = {0};
    struct output outputs[5];
    unsigned count = 0;
    psl_warn(policy, analysis);
    if (options->output != nullptr && policy->diagnostics->errors == 0) {
        psl_emit(policy, analysis, path, &module);
        outputs[count++] = (struct output){options->output, &module};
    }
    if (options->tests && options->tests_output != nullptr && policy->diagnostics->errors == 0) {
        psl_emit_tests(policy, path, &tests);
        outputs[count++] = (struct output){options->tests_output, &tests};
    }
    if (options->report_output != nullptr && policy->diagnostics->errors == 0) {
        psl_report(policy, analysis, &report);
        outputs[count++] = (struct output){options->report_output, &report};
    }
    if (options->readers_output != nullptr && policy->diagnostics->errors == 0) {
        psl_report_arena_readers(policy, analysis, &readers);
        outputs[count++] = (struct output){options->readers_output, &readers};
    }
    if (options->dependencies_output != nullptr && options->output != nullptr) {
        list_dependencies(policy, options->output, &dependencies);
        outputs[count++] = (struct output){options->dependencies_output, &dependencies};
    }
    if (policy->diagnostics->errors == 0)
        output_write(policy->diagnostics, outputs, count);
    text_free(&module);
    text_free(&tests);
    text_free(&report);
    text_free(&readers);
    text_free(&dependencies);
}

int main(int count, char **words)
{
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "nk-psl-gen-c"};
    struct options options = {0};
    read_options(&pool, &options, count, words);
    struct psl_policy policy = {.pool = &pool,
                                .diagnostics = &diagnostics,
                                .roots = options.roots,
                                .root_count = options.root_count,
                                .preprocess = options.preprocess,
                                .definitions = options.definitions};
    bool loaded = psl_policy_load(&policy, words[optind]);
    if (loaded && options.dump_folder != nullptr)
        dump(&policy, options.dump_folder);
    if (loaded)
        psl_check_policy(&policy);
    if (loaded && diagnostics.errors == 0)
        compile(&policy, &options, words[optind]);
    pool_free(&pool);
    return diagnostics.errors == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
