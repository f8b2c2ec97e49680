/* SPDX-License-Identifier: Apache-2.0 */
/* nk-gen-core: the kernel's own endpoints, from their definitions below sdk/, as tables of the C preprocessor. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tools/language/output.h>
#include <tools/nk-gen-core/emit.h>

#define ROOTS_MAX 16U

static const char usage_text[] =
    "usage: nk-gen-core [-I PATH]... --lacks FILE --shapes FILE --depfile FILE -o FILE CORE.edl\n"
    "\n"
    "Writes the endpoints of a class whose parameters are words, their methods, constants and structs, as C.\n"
    "\n"
    "  -I PATH         a root under which a.b.C is a/b/C.idl, .cdl or .edl; several are searched in order\n"
    "  --lacks FILE    what the kernel does not have: lines 'component.Endpoint' and 'component.Endpoint.Method', "
    "each\n"
    "                  with what follows it in its list\n"
    "  --shapes FILE   tables by which their messages are verified\n"
    "  --depfile FILE  what was read, for make\n";

struct command {
    const char *roots[ROOTS_MAX];
    unsigned root_count;
    const char *output, *shapes, *lacks, *depfile, *file;
};

[[noreturn]] static void bad_usage(const char *what)
{
    fprintf(stderr, "nk-gen-core: %s\n%s", what, usage_text);
    exit(EXIT_FAILURE);
}

static void read_command(struct command *command, int argc, char **argv)
{
    static const struct option options[] = {{"lacks", required_argument, nullptr, 'l'},
                                            {"shapes", required_argument, nullptr, 's'},
                                            {"depfile", required_argument, nullptr, 'd'},
                                            {nullptr, 0, nullptr, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "I:o:", options, nullptr)) != -1) {
        switch (option) {
        case 'I':
            if (command->root_count == ROOTS_MAX)
                bad_usage("too many roots");
            command->roots[command->root_count++] = optarg;
            break;
        case 'o':
            command->output = optarg;
            break;
        case 'l':
            command->lacks = optarg;
            break;
        case 's':
            command->shapes = optarg;
            break;
        case 'd':
            command->depfile = optarg;
            break;
        default:
            bad_usage("wrong options");
        }
    }
    if (optind + 1 != argc || command->output == nullptr || command->shapes == nullptr || command->lacks == nullptr ||
        command->depfile == nullptr)
        bad_usage("expected one file, and all options");
    command->file = argv[optind];
}

static void write_all(struct program *program, const struct command *command, const struct source *lacks,
                      const struct text *table, const struct text *shapes)
{
    struct text dependencies = {0};
    output_add_make_path(&dependencies, command->output);
    text_add(&dependencies, ": \\\n  ");
    output_add_make_path(&dependencies, lacks->file);
    for (const struct unit *unit = program->units; unit != nullptr; unit = unit->next) {
        text_add(&dependencies, " \\\n  ");
        output_add_make_path(&dependencies, unit->source->file);
    }
    text_add(&dependencies, "\n");
    struct output outputs[] = {{command->output, table}, {command->shapes, shapes}, {command->depfile, &dependencies}};
    output_write(program->diagnostics, outputs, 3);
    text_free(&dependencies);
}

int main(int argc, char **argv)
{
    struct command command = {0};
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "nk-gen-core"};
    read_command(&command, argc, argv);
    struct program program = {
        .pool = &pool, .diagnostics = &diagnostics, .roots = command.roots, .root_count = command.root_count};
    struct unit *core = program_load_main(&program, command.file);
    struct source *lacks = source_read(&pool, command.lacks);
    if (lacks == nullptr)
        diagnostic_error(&diagnostics, (struct location){0}, "%s: %s", command.lacks, strerror(errno));
    struct text table = {0}, shapes = {0};
    if (diagnostics.errors == 0)
        emit_core(&program, core, lacks, &table, &shapes);
    if (diagnostics.errors == 0)
        write_all(&program, &command, lacks, &table, &shapes);
    text_free(&table);
    text_free(&shapes);
    pool_free(&pool);
    return diagnostics.errors == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
