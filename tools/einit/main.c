/* SPDX-License-Identifier: Apache-2.0 */
/* einit: init.yaml to the initializing program. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tools/einit/solution.h>
#include <tools/language/output.h>

#define ROOTS_MAX 256U

static const char usage_text[] =
    "usage: einit [-I PATH]... {-o FILE | --programs | --channels} init.yaml\n"
    "\n"
    "Writes C of the initializing program Einit, which starts the processes of a solution and makes their channels.\n"
    "\n"
    "  -I PATH               a root under which class a.b.C is a/b/C.edl; several are searched in order\n"
    "  -o FILE, --out-file FILE\n"
    "                        the C file to write\n"
    "  --arena-readers FILE  what nk-psl-gen-c says of the policy: an arena whose content a rule reads is not "
    "'shared'\n"
    "  --programs            instead, print the file in the image, the class and the line of each process\n"
    "  --channels            instead, print the files of client and server, and the name ('*': a macro's) of each "
    "channel\n"
    "  -h, --help            this text\n"
    "  --version             the version\n";

struct command {
    const char *roots[ROOTS_MAX];
    unsigned root_count;
    const char *output, *file, *readers;
    bool programs, channels;
};

[[noreturn]] static void bad_usage(const char *what)
{
    fprintf(stderr, "einit: %s\neinit --help tells the usage\n", what);
    exit(EXIT_FAILURE);
}

[[noreturn]] static void print_and_leave(const char *text)
{
    fputs(text, stdout);
    exit(EXIT_SUCCESS);
}

static void read_command(struct command *command, int argc, char **argv)
{
    static const struct option options[] = {{"out-file", required_argument, nullptr, 'o'},
                                            {"programs", no_argument, nullptr, 'p'},
                                            {"channels", no_argument, nullptr, 'c'},
                                            {"arena-readers", required_argument, nullptr, 'r'},
                                            {"help", no_argument, nullptr, 'h'},
                                            {"version", no_argument, nullptr, 'v'},
                                            {nullptr, 0, nullptr, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "I:o:h", options, nullptr)) != -1) {
        if (option == 'I' && command->root_count == ROOTS_MAX)
            bad_usage("too many roots (-I)");
        if (option == 'I')
            command->roots[command->root_count++] = optarg;
        else if (option == 'o')
            command->output = optarg;
        else if (option == 'r')
            command->readers = optarg;
        else if (option == 'p')
            command->programs = true;
        else if (option == 'c')
            command->channels = true;
        else if (option == 'h')
            print_and_leave(usage_text);
        else if (option == 'v')
            print_and_leave("einit of kos, version 1\n");
        else
            bad_usage("wrong options");
    }
    if (optind + 1 != argc)
        bad_usage("expected one file, init.yaml");
    if (command->output == nullptr && !command->programs && !command->channels)
        bad_usage("expected -o and the file to write");
    command->file = argv[optind];
}

static void print_programs(const struct solution *solution)
{
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next)
        printf("%s\t%s\t%u\n", entity->path.text, entity->class.text,
               source_line_column(entity->at.source, entity->at.offset).line);
}

static void print_channels(const struct solution *solution)
{
    for (const struct entity *client = solution->entities; client != nullptr; client = client->next)
        for (const struct channel *channel = client->channels; channel != nullptr; channel = channel->next)
            for (const struct entity *server = solution->entities; server != nullptr; server = server->next)
                if (strcmp(server->task.text, channel->target.text) == 0)
                    printf("%s\t%s\t%s\n", client->path.text, server->path.text,
                           channel->variable.text != nullptr ? "*" : channel->id.text);
}

int main(int argc, char **argv)
{
    struct command command = {0};
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "einit"};
    read_command(&command, argc, argv);
    struct program program = {.pool = &pool,
                              .diagnostics = &diagnostics,
                              .roots = command.roots,
                              .root_count = command.root_count,
                              .extended_errors = true};
    struct document document = {.pool = &pool, .diagnostics = &diagnostics};
    struct solution solution = {0};
    yaml_node_t *root = document_read(&document, command.file);
    if (root != nullptr && diagnostics.errors == 0) {
        solution_read(&document, root, &solution);
        if (!command.programs && !command.channels)
            solution_check(&program, &solution);
        if (command.readers != nullptr)
            readers_check(&pool, &diagnostics, &solution, command.readers);
    }
    document_close(&document);
    if (diagnostics.errors == 0 && command.programs) {
        print_programs(&solution);
    } else if (diagnostics.errors == 0 && command.channels) {
        print_channels(&solution);
    } else if (diagnostics.errors == 0) {
        struct text text = {0};
        const char *slash = strrchr(command.file, '/');
        solution_emit(&pool, &solution, slash != nullptr ? slash + 1 : command.file, &text);
        output_write(&diagnostics, &(struct output){command.output, &text}, 1);
        text_free(&text);
    }
    pool_free(&pool);
    return diagnostics.errors == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
