/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/limits.h>
#include <string.h>
#include <tools/einit/solution.h>
#include <tools/nk/names.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void words_add(struct pool *pool, struct words *words, struct name word)
{
    if (words->count == words->capacity) {
        unsigned capacity = words->capacity != 0 ? 2 * words->capacity : 8;
        struct name *items = pool_allocate(pool, capacity * sizeof(items[0]));
        if (words->count != 0)
            memcpy(items, words->items, words->count * sizeof(items[0]));
        words->items = items;
        words->capacity = capacity;
    }
    words->items[words->count++] = word;
}

/* Names that the kernel keeps in its objects. */
static bool short_name(struct document *document, const yaml_node_t *node, const char *what, struct name *name)
{
    if (!document_text(document, node, what, name))
        return false;
    if (strlen(name->text) < KOS_SHORT_NAME_SIZE)
        return true;
    diagnostic_error(document->diagnostics, name->at, "%s has at most %u bytes, not %zu", what, KOS_SHORT_NAME_SIZE - 1,
                     strlen(name->text));
    *name = (struct name){0};
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Words of letters and digits with separator between them; none: one word. */
static bool is_identifier(const char *text, char separator)
{
    bool first = true;
    for (; *text != '\0'; text++) {
        if (*text == separator && !first)
            first = true;
        else if (is_letter(*text) || (*text >= '0' && *text <= '9' && !first))
            first = false;
        else
            return false;
    }
    return !first;
}

/* ---- connections ---- */

static void read_target(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct channel *channel = to;
    (void)key;
    if (!document_text(document, value, "the name of a process", &channel->target))
        channel->target.text = "";
}

static void read_variable(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct channel *channel = to;
    struct name *variable = &channel->variable;
    (void)key;
    if (!document_text(document, value, "a macro", variable) || is_identifier(variable->text, '\0'))
        return;
    diagnostic_error(document->diagnostics, variable->at, "'%s' is no name of a macro in C", variable->text);
}

static void read_include(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct channel *channel = to;
    struct name *include = &channel->include;
    (void)key;
    if (document_text(document, value, "a header", include) && strpbrk(include->text, "\"<>\\") != nullptr)
        diagnostic_error(document->diagnostics, include->at, "'%s' is no path of a header", include->text);
}

static void read_id(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    static const struct field fields[] = {{"var", read_variable}, {"include", read_include}};
    struct channel *channel = to;
    channel->id.at = document_at(document, value);
    if (value->type != YAML_MAPPING_NODE) {
        if (!short_name(document, value, "a channel's name", &channel->id))
            channel->id = (struct name){"", key};
        return;
    }
    unsigned errors = document->diagnostics->errors;
    document_mapping(document, value, "an id", fields, COUNT(fields), channel);
    if (errors == document->diagnostics->errors &&
        (channel->variable.text == nullptr || channel->include.text == nullptr))
        diagnostic_error(document->diagnostics, key, "expected both 'var', a macro, and 'include', its header");
}

static void read_arena(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    static const char *const words[] = {"auto", "copied", "sealed", "shared", nullptr};
    struct channel *channel = to;
    (void)key;
    channel->arena_at = document_at(document, value);
    int word = document_choice(document, value, "a way to pass arenas", words);
    if (word >= 0)
        channel->arena = (enum arena)word;
}

static void read_connection(struct document *document, void *to, yaml_node_t *value, struct location at)
{
    static const struct field fields[] = {{"target", read_target}, {"id", read_id}, {"arena", read_arena}};
    struct entity *entity = to;
    struct channel *channel = POOL_NEW(document->pool, struct channel);
    channel->at = at;
    if (!document_mapping(document, value, "a connection", fields, COUNT(fields), channel))
        return;
    if (channel->target.text == nullptr)
        diagnostic_error(document->diagnostics, at, "a connection needs 'target', the name of the server's process");
    if (channel->id.at.source == nullptr)
        diagnostic_error(document->diagnostics, at, "a connection needs 'id', the name of the channel");
    if (entity->channels_last != nullptr)
        entity->channels_last->next = channel;
    else
        entity->channels = channel;
    entity->channels_last = channel;
}

/* ---- processes ---- */

static void read_name(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct entity *entity = to;
    struct name *class = &entity->class;
    if (!document_text(document, value, "the name of a class", class)) {
        *class = (struct name){"", key};
    } else if (!is_identifier(class->text, '.')) {
        diagnostic_error(document->diagnostics, class->at, "'%s' is no name of a class; such a one is: echo.Client",
                         class->text);
        class->text = "";
    }
}

static void read_task(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct entity *entity = to;
    if (!short_name(document, value, "a process's name", &entity->task))
        entity->task = (struct name){"", key};
}

static void read_path(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct entity *entity = to;
    (void)key;
    if (document_text(document, value, "the name of a file", &entity->path) &&
        strlen(entity->path.text) >= KOS_NAME_SIZE)
        diagnostic_error(document->diagnostics, entity->path.at, "a file's name has at most %u bytes",
                         KOS_NAME_SIZE - 1);
}

static void read_connections(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    (void)key;
    document_sequence(document, value, "connections", read_connection, to);
}

static void read_argument(struct document *document, void *to, yaml_node_t *value, struct location at)
{
    struct entity *entity = to;
    struct name word;
    (void)at;
    if (document_value(document, value, "an argument", &word))
        words_add(document->pool, &entity->args, word);
}

static void read_args(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct entity *entity = to;
    entity->args_at = key;
    document_sequence(document, value, "arguments", read_argument, to);
}

/* Whether env has NAME of a "NAME=VALUE" already. */
static const struct name *find_variable(const struct words *env, const char *variable)
{
    size_t length = strlen(variable);
    for (unsigned i = 0; i < env->count; i++)
        if (strncmp(env->items[i].text, variable, length) == 0 && env->items[i].text[length] == '=')
            return &env->items[i];
    return nullptr;
}

static void read_env(struct document *document, void *to, yaml_node_t *value, struct location at)
{
    struct entity *entity = to;
    entity->env_at = at;
    if (document_is_null(value))
        return;
    if (value->type != YAML_MAPPING_NODE) {
        diagnostic_error(document->diagnostics, document_at(document, value),
                         "expected a mapping of environment variables to their values");
        return;
    }
    for (yaml_node_pair_t *pair = value->data.mapping.pairs.start; pair < value->data.mapping.pairs.top; pair++) {
        struct name key, text;
        if (!document_text(document, yaml_document_get_node(&document->yaml, pair->key), "a variable", &key) ||
            !document_value(document, yaml_document_get_node(&document->yaml, pair->value), "a value", &text))
            continue;
        const struct name *first = find_variable(&entity->env, key.text);
        if (strchr(key.text, '=') != nullptr) {
            diagnostic_error(document->diagnostics, key.at, "a variable's name has no '='");
        } else if (first != nullptr) {
            diagnostic_error(document->diagnostics, key.at, "a second variable '%s'", key.text);
            diagnostic_note(document->diagnostics, first->at, "the first variable of this name is here");
        } else {
            text.text = pool_print(document->pool, "%s=%s", key.text, text.text);
            text.at = key.at;
            words_add(document->pool, &entity->env, text);
        }
    }
}

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != nullptr ? dot + 1 : name;
}

static void read_entity(struct document *document, void *to, yaml_node_t *value, struct location at)
{
    static const struct field fields[] = {
        {"name", read_name}, {"task", read_task}, {"path", read_path},           {"connections", read_connections},
        {"args", read_args}, {"env", read_env},   {"scheduler", read_scheduler}, {"cpus", read_cpus},
    };
    struct solution *solution = to;
    struct entity *entity = POOL_NEW(document->pool, struct entity);
    entity->at = at;
    entity->number = solution->count;
    if (!document_mapping(document, value, "a process", fields, COUNT(fields), entity))
        return;
    if (entity->class.text == nullptr) {
        diagnostic_error(document->diagnostics, at, "a process needs 'name', its class");
        entity->class = (struct name){"", at};
    }
    if (entity->task.text == nullptr)
        entity->task = entity->class;
    if (entity->path.text == nullptr)
        entity->path = (struct name){last_part(entity->class.text), entity->class.at};
    solution->count++;
    if (solution->entities_last != nullptr)
        solution->entities_last->next = entity;
    else
        solution->entities = entity;
    solution->entities_last = entity;
}

static void read_entities(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct solution *solution = to;
    solution->at = key;
    document_sequence(document, value, "processes", read_entity, solution);
}

void solution_read(struct document *document, yaml_node_t *root, struct solution *solution)
{
    static const struct field fields[] = {{"entities", read_entities}};
    if (!document_mapping(document, root, "a solution", fields, COUNT(fields), solution))
        return;
    unsigned errors = document->diagnostics->errors;
    if (errors == 0 && solution->count == 0)
        diagnostic_error(document->diagnostics,
                         solution->at.source != nullptr ? solution->at : document_at(document, root),
                         "a solution needs 'entities', a list of one process or more");
}
