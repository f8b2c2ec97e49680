/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/einit/solution.h>
#include <tools/nk/parts.h>

static void emit_string(struct text *text, const char *string)
{
    text_add(text, "\"");
    for (; *string != '\0'; string++) {
        unsigned char c = (unsigned char)*string;
        if (c == '"' || c == '\\')
            text_add(text, "\\%c", c);
        else if (c >= 0x7f || c == '?') /* no trigraphs */
            text_add(text, "\\%03o", c);
        else
            text_add(text, "%c", c);
    }
    text_add(text, "\"");
}

static unsigned line_of(struct location at)
{
    return source_line_column(at.source, at.offset).line;
}

/* ---- classes ---- */

struct endpoint_names {
    struct text *text;
    unsigned count;
};

static void emit_endpoint(struct endpoint_names *names, const char *name, const struct part_endpoint *endpoint)
{
    text_add(names->text, "    {\"%s\", %u, \"%s\"},\n", name, endpoint->riid, endpoint->endpoint->unit->name.text);
    names->count++;
}

/* Under its path, and under the name of the part that declares it. */
static void visit_endpoint(void *context, const struct part_endpoint *endpoint)
{
    struct endpoint_names *names = context;
    char owned[2048];
    emit_endpoint(names, endpoint->path, endpoint);
    snprintf(owned, sizeof(owned), "%s.%s", endpoint->owner->name.text, endpoint->endpoint->name.text);
    emit_endpoint(names, owned, endpoint);
}

static void emit_class(struct pool *pool, const struct entity *entity, struct text *text)
{
    struct endpoint_names names = {.text = text};
    text_add(text, "\n");
    if (entity->unit->endpoint_count != 0) {
        text_add(text, "static const EndpointInfo endpoints_%u[] = {\n", entity->number);
        parts_walk(pool, entity->unit, visit_endpoint, &names);
        text_add(text, "};\n");
    }
    text_add(text, "static const EntityInfo info_%u = {\n    .eiid = \"%s\",\n", entity->number, entity->class.text);
    if (names.count != 0)
        text_add(text, "    .max_endpoints = %u,\n    .endpoints = endpoints_%u,\n", names.count, entity->number);
    text_add(text, "};\n");
}

/* ---- processes ---- */

static void emit_words(struct text *text, const char *kind, unsigned number, const char *first,
                       const struct words *words)
{
    text_add(text, "static const char *%s_%u[] = {", kind, number);
    if (first != nullptr) {
        emit_string(text, first);
        text_add(text, ", ");
    }
    for (unsigned i = 0; i < words->count; i++) {
        emit_string(text, words->items[i].text);
        text_add(text, ", ");
    }
    text_add(text, "RTL_NULL};\n");
}

/* if (<call> != rcOk) return failed(<task>, <what>); */
static void emit_failure(struct text *text, const struct entity *entity, const char *what)
{
    text_add(text, "\n        return failed(");
    emit_string(text, entity->task.text);
    text_add(text, ", \"%s\");\n", what);
}

static void emit_scheduler(struct text *text, const struct entity *entity)
{
    static const char *const classes[] = {"STANDARD", "FIFO", "ROUND_ROBIN"};
    const struct scheduler *scheduler = &entity->scheduler;
    if (scheduler->at.source == nullptr)
        return;
    if (scheduler->budget != 0)
        text_add(text, "    if (EntitySetReservation(entity_%u, %lluU, %lluU, %lluU) != rcOk)", entity->number,
                 (unsigned long long)scheduler->budget, (unsigned long long)scheduler->period,
                 (unsigned long long)scheduler->deadline);
    else
        text_add(text, "    if (EntitySetPriority(entity_%u, KOS_CLASS_%s, %u) != rcOk)", entity->number,
                 classes[scheduler->class], scheduler->priority);
    emit_failure(text, entity, "its scheduler is refused");
}

static void emit_process(struct text *text, const struct entity *entity, const char *from)
{
    text_add(text, "\n    /* %s:%u */\n    Entity *entity_%u = EntityInit%s(&info_%u, ", from, line_of(entity->at),
             entity->number, entity->cpus != 0 ? "OnCpus" : "Ex", entity->info);
    emit_string(text, entity->task.text);
    text_add(text, ", ");
    emit_string(text, entity->path.text);
    if (entity->cpus != 0)
        text_add(text, ", 0x%llxU", (unsigned long long)entity->cpus);
    text_add(text, ");\n    if (entity_%u == RTL_NULL)", entity->number);
    emit_failure(text, entity, entity->cpus != 0 ? "it cannot be created on its CPUs" : "it cannot be created");
    text_add(text, "    if (EntitySetArgs(entity_%u, args_%u) != rcOk", entity->number, entity->number);
    if (entity->env.count != 0)
        text_add(text, " || EntitySetEnvs(entity_%u, envs_%u) != rcOk", entity->number, entity->number);
    text_add(text, ")");
    emit_failure(text, entity, "its arguments are refused");
    emit_scheduler(text, entity);
}

/* A mistake in a macro's name or header is one of init.yaml. */
static void emit_place(struct text *text, struct location at)
{
    text_add(text, "#line %u ", line_of(at));
    emit_string(text, at.source->path);
    text_add(text, "\n");
}

static void emit_channel(struct text *text, const struct entity *client, const struct channel *channel,
                         const char *from)
{
    static const char *const arenas[] = {"AUTO", "COPIED", "SEALED", "SHARED"};
    text_add(text, "\n    /* %s:%u */\n", from, line_of(channel->at));
    if (channel->variable.text != nullptr)
        emit_place(text, channel->variable.at);
    text_add(text, "    if (");
    text_add(text, channel->arena == ARENA_AUTO ? "EntityConnectToService" : "EntityConnectWithArena");
    text_add(text, "(entity_%u, entity_%u, ", client->number, channel->server->number);
    if (channel->variable.text != nullptr)
        text_add(text, "%s", channel->variable.text);
    else
        emit_string(text, channel->id.text);
    if (channel->arena != ARENA_AUTO)
        text_add(text, ", ENTITY_ARENA_%s", arenas[channel->arena]);
    text_add(text, ") != rcOk)");
    emit_failure(text, client, "a channel cannot be made");
}

/* Headers of channel names, each once. */
static void emit_includes(const struct solution *solution, struct text *text)
{
    struct text seen = {0};
    text_add(&seen, "<");
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next) {
        for (const struct channel *channel = entity->channels; channel != nullptr; channel = channel->next) {
            struct text key = {0};
            if (channel->include.text != nullptr) {
                text_add(&key, "<%s>", channel->include.text);
                if (strstr(seen.bytes, key.bytes) == nullptr) {
                    emit_place(text, channel->include.at);
                    text_add(text, "#include %s\n", key.bytes);
                    text_add(&seen, "%s", key.bytes);
                }
            }
            text_free(&key);
        }
    }
    text_free(&seen);
}

void solution_emit(struct pool *pool, const struct solution *solution, const char *from, struct text *text)
{
    text_add(text, "/* Written by einit from %s: changes here are lost. */\n", from);
    text_add(text, "#include <coresrv/entity/entity_api.h>\n#include <stdio.h>\n#include <stdlib.h>\n");
    emit_includes(solution, text);
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next)
        if (entity->info == entity->number)
            emit_class(pool, entity, text);
    text_add(text, "\n");
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next) {
        emit_words(text, "args", entity->number, entity->task.text, &entity->args);
        if (entity->env.count != 0)
            emit_words(text, "envs", entity->number, nullptr, &entity->env);
    }
    text_add(text, "\nstatic int failed(const char *name, const char *what)\n{\n"
                   "    fprintf(stderr, \"Einit: %%s: %%s: %%s\\n\", name, what, EntityFailure());\n"
                   "    return EXIT_FAILURE;\n}\n"
                   "\nint main(void)\n{");
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next)
        emit_process(text, entity, from);
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next)
        for (const struct channel *channel = entity->channels; channel != nullptr; channel = channel->next)
            emit_channel(text, entity, channel, from);
    text_add(text, "\n");
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next) {
        text_add(text, "    if (EntityRun(entity_%u) != rcOk)", entity->number);
        emit_failure(text, entity, "it does not start");
    }
    text_add(text, "    return EXIT_SUCCESS;\n}\n");
}
