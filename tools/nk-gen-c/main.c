/* SPDX-License-Identifier: Apache-2.0 */
/* nk-gen-c: IDL, CDL and EDL to transport code. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tools/language/output.h>
#include <tools/nk-gen-c/emit.h>
#include <tools/nk/shapes.h>

#define ARGUMENTS_MAX 256U

struct command {
    struct options options;
    const char *roots[ARGUMENTS_MAX];
    const char *methods[ARGUMENTS_MAX];
    unsigned root_count;
    const char *output, *file;
    bool extended_errors, verification;
};

static const char usage_text[] =
    "usage: nk-gen-c [-I PATH]... [-o PATH] [OPTION]... FILE\n"
    "\n"
    "Writes C for FILE (.idl, .cdl or .edl): <Name>.<x>dl.h, and <Name>.<x>dl.nk.d for make.\n"
    "\n"
    "  -I PATH                     a root under which a.b.C is a/b/C.idl, .cdl or .edl; several are searched in order\n"
    "  -o PATH                     directory for the output, which exists; the current one unless given\n"
    "  --types --interface --endpoints --client --server\n"
    "                              only these parts and what they need; all unless one is given\n"
    "  --extended-errors           error parameters of any number and type, read like out parameters\n"
    "  --deprecated-no-extended-errors\n"
    "                              one 'error UInt16 status', delivered as the method's return code (the default)\n"
    "  --trace-client-ipc headers|dump\n"
    "  --trace-server-ipc headers|dump\n"
    "                              code that prints what is sent and received\n"
    "  --ipc-trace-method-filter METHOD[,METHOD]...\n"
    "                              trace these only: Ping or echo.Ping.Ping\n"
    "  --verification              also <Name>.<x>dl.ksm.h: tables for the kernel's check of messages (ours)\n"
    "  --enforce-alignment-check   accepted; alignment is always checked\n"
    "  -h, --help                  this text\n"
    "  --version                   the version\n";

[[noreturn]] static void bad_usage(const char *format, const char *word)
{
    fprintf(stderr, "nk-gen-c: ");
    fprintf(stderr, format, word);
    fprintf(stderr, "\nnk-gen-c --help tells the usage\n");
    exit(EXIT_FAILURE);
}

static enum trace trace_of(const char *word)
{
    if (strcmp(word, "headers") == 0)
        return TRACE_HEADERS;
    if (strcmp(word, "dump") == 0)
        return TRACE_DUMP;
    bad_usage("'%s' is no way to trace; expected headers or dump", word);
}

static void add_methods(struct command *command, char *list)
{
    char *rest = nullptr;
    for (char *word = strtok_r(list, ",", &rest); word != nullptr; word = strtok_r(nullptr, ",", &rest)) {
        if (command->options.trace_method_count == ARGUMENTS_MAX)
            bad_usage("%s: too many methods", word);
        command->methods[command->options.trace_method_count++] = word;
    }
}

enum option_code : int {
    OPTION_TYPES = 256,
    OPTION_INTERFACE,
    OPTION_ENDPOINTS,
    OPTION_CLIENT,
    OPTION_SERVER,
    OPTION_EXTENDED,
    OPTION_NOT_EXTENDED,
    OPTION_TRACE_CLIENT,
    OPTION_TRACE_SERVER,
    OPTION_TRACE_METHODS,
    OPTION_ALIGNMENT,
    OPTION_VERIFICATION,
    OPTION_VERSION,
};

static const struct option long_options[] = {
    {"types", no_argument, nullptr, OPTION_TYPES},
    {"interface", no_argument, nullptr, OPTION_INTERFACE},
    {"endpoints", no_argument, nullptr, OPTION_ENDPOINTS},
    {"client", no_argument, nullptr, OPTION_CLIENT},
    {"server", no_argument, nullptr, OPTION_SERVER},
    {"extended-errors", no_argument, nullptr, OPTION_EXTENDED},
    {"deprecated-no-extended-errors", no_argument, nullptr, OPTION_NOT_EXTENDED},
    {"trace-client-ipc", required_argument, nullptr, OPTION_TRACE_CLIENT},
    {"trace-server-ipc", required_argument, nullptr, OPTION_TRACE_SERVER},
    {"ipc-trace-method-filter", required_argument, nullptr, OPTION_TRACE_METHODS},
    {"verification", no_argument, nullptr, OPTION_VERIFICATION},
    {"enforce-alignment-check", no_argument, nullptr, OPTION_ALIGNMENT},
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, OPTION_VERSION},
    {nullptr, 0, nullptr, 0},
};

[[noreturn]] static void print_and_leave(const char *text)
{
    fputs(text, stdout);
    exit(EXIT_SUCCESS);
}

static void take_option(struct command *command, int option)
{
    struct options *options = &command->options;
    switch (option) {
    case 'I':
        if (command->root_count == ARGUMENTS_MAX)
            bad_usage("-I %s: too many roots", optarg);
        command->roots[command->root_count++] = optarg;
        return;
    case 'o':
        command->output = optarg;
        return;
    case 'h':
        print_and_leave(usage_text);
    case OPTION_VERSION:
        print_and_leave("nk-gen-c of kos, version 1\n");
    case OPTION_TYPES:
        options->types = true;
        return;
    case OPTION_INTERFACE:
        options->interface = true;
        return;
    case OPTION_ENDPOINTS:
        options->endpoints = true;
        return;
    case OPTION_CLIENT:
        options->client = true;
        return;
    case OPTION_SERVER:
        options->server = true;
        return;
    case OPTION_EXTENDED:
    case OPTION_NOT_EXTENDED:
        command->extended_errors = option == OPTION_EXTENDED;
        return;
    case OPTION_TRACE_CLIENT:
        options->trace_client = trace_of(optarg);
        return;
    case OPTION_TRACE_SERVER:
        options->trace_server = trace_of(optarg);
        return;
    case OPTION_TRACE_METHODS:
        add_methods(command, optarg);
        return;
    case OPTION_ALIGNMENT:
        return;
    case OPTION_VERIFICATION:
        command->verification = true;
        return;
    default:
        bad_usage("%s", "wrong options");
    }
}

static void read_command(struct command *command, int argc, char **argv)
{
    int option;
    while ((option = getopt_long(argc, argv, "I:o:h", long_options, nullptr)) != -1)
        take_option(command, option);
    if (optind >= argc)
        bad_usage("%s", "expected a file");
    command->file = argv[optind];
    if (optind + 1 < argc)
        bad_usage("'%s': expected one file", argv[optind + 1]);
    command->options.trace_methods = command->methods;
    struct stat status;
    const char *directory = command->output != nullptr ? command->output : ".";
    if (stat(directory, &status) != 0)
        bad_usage("-o %s: there is no such directory", directory);
    if (!S_ISDIR(status.st_mode))
        bad_usage("-o %s: expected a directory", directory);
}

/* What the kernel includes for this unit; an interface alone has no endpoints. */
static void emit_verification(struct program *program, struct unit *main, struct text *text)
{
    text_add(text, "/* Written by nk-gen-c from %s: changes here are lost. */\n#include <ksm/policy.h>\n", main->place);
    if (main->language != LANGUAGE_IDL)
        shapes_class(program, main, text);
    else if (main->has_interface)
        shapes_interface(program, main, text);
}

static void write_all(struct program *program, const struct command *command, struct unit *main)
{
    struct text header = {0}, dependencies = {0}, verification = {0};
    const char *last = strrchr(main->name.text, '.');
    const char *stem = pool_print(program->pool, "%s%s%s.%s", command->output != nullptr ? command->output : "",
                                  command->output != nullptr ? "/" : "", last != nullptr ? last + 1 : main->name.text,
                                  language_extension[main->language]);
    const char *path = pool_print(program->pool, "%s.h", stem);
    emit_header(program, &command->options, main, &header);
    emit_verification(program, main, &verification);
    output_add_make_path(&dependencies, path);
    text_add(&dependencies, ":");
    for (const struct unit *unit = program->units; unit != nullptr; unit = unit->next) {
        text_add(&dependencies, " \\\n  ");
        output_add_make_path(&dependencies, unit->source->file);
    }
    text_add(&dependencies, "\n");
    if (program->diagnostics->errors == 0) {
        struct output outputs[] = {{path, &header},
                                   {pool_print(program->pool, "%s.nk.d", stem), &dependencies},
                                   {pool_print(program->pool, "%s.ksm.h", stem), &verification}};
        output_write(program->diagnostics, outputs, command->verification ? 3 : 2);
    }
    text_free(&header);
    text_free(&dependencies);
    text_free(&verification);
}

int main(int argc, char **argv)
{
    struct command command = {0};
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "nk-gen-c"};
    read_command(&command, argc, argv);
    struct program program = {.pool = &pool,
                              .diagnostics = &diagnostics,
                              .roots = command.roots,
                              .root_count = command.root_count,
                              .extended_errors = command.extended_errors};
    struct unit *unit = program_load_main(&program, command.file);
    if (unit != nullptr && diagnostics.errors == 0)
        write_all(&program, &command, unit);
    pool_free(&pool);
    return diagnostics.errors == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
