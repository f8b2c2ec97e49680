/* SPDX-License-Identifier: Apache-2.0 */
#include <libkos/include/coresrv/entity/entity_limits.h>
#include <string.h>
#include <tools/einit/solution.h>

static bool same(const struct name *a, const struct name *b)
{
    return a->text != nullptr && b->text != nullptr && a->text[0] != '\0' && strcmp(a->text, b->text) == 0;
}

static void check_task(struct diagnostics *diagnostics, const struct solution *solution, const struct entity *entity)
{
    if (strcmp(entity->task.text, "Einit") == 0)
        diagnostic_error(diagnostics, entity->task.at, "'Einit' is the initializing program itself");
    for (const struct entity *other = solution->entities; other != entity; other = other->next) {
        if (!same(&other->task, &entity->task))
            continue;
        diagnostic_error(diagnostics, entity->task.at, "a second process '%s'; name one of them by 'task'",
                         entity->task.text);
        diagnostic_note(diagnostics, other->task.at, "the first process is here");
        return;
    }
}

static void check_class(struct program *program, struct solution *solution, struct entity *entity)
{
    entity->info = entity->number;
    for (struct entity *other = solution->entities; other != entity; other = other->next) {
        if (!same(&other->class, &entity->class))
            continue;
        entity->info = other->info;
        entity->unit = other->unit; /* what is wrong with it was told there */
        return;
    }
    if (entity->class.text[0] != '\0')
        entity->unit = program_load(program, LANGUAGE_EDL, entity->class);
}

static void check_target(struct diagnostics *diagnostics, const struct solution *solution, const struct entity *entity,
                         struct channel *channel)
{
    if (channel->target.text == nullptr || channel->target.text[0] == '\0')
        return;
    struct suggestion suggestion = {.wanted = channel->target.text};
    for (struct entity *other = solution->entities; other != nullptr; other = other->next) {
        if (same(&other->task, &channel->target))
            channel->server = other;
        if (other != entity)
            suggestion_offer(&suggestion, other->task.text);
    }
    const struct name *target = &channel->target;
    if (channel->server == nullptr) {
        diagnostic_error(diagnostics, target->at, "there is no process '%s'", target->text);
        if (suggestion.nearest != nullptr)
            diagnostic_note(diagnostics, target->at, "did you mean '%s'?", suggestion.nearest);
    } else if (channel->server == entity) {
        diagnostic_warning(diagnostics, target->at, "a process that calls itself needs a second thread to answer");
    } else if (channel->server->unit != nullptr && channel->server->unit->endpoint_count == 0) {
        diagnostic_warning(diagnostics, target->at, "class '%s' has no endpoints: nobody can call it",
                           channel->server->class.text);
    }
}

static void check_id(struct diagnostics *diagnostics, const struct entity *entity, const struct channel *channel)
{
    for (const struct channel *other = entity->channels; other != channel; other = other->next) {
        if (!same(&other->id, &channel->id) && !same(&other->variable, &channel->variable))
            continue;
        diagnostic_error(diagnostics, channel->id.at, "a second channel with this id in process '%s'",
                         entity->task.text);
        diagnostic_note(diagnostics, other->id.at, "the first channel is here");
        return;
    }
}

/* Arguments and environment go to the kernel in one message. */
static void check_size(struct diagnostics *diagnostics, const struct entity *entity)
{
    size_t size = strlen(entity->task.text) + 1;
    if (entity->args.count >= ENTITY_ARGS_MAX)
        diagnostic_error(diagnostics, entity->args_at, "%u arguments; expected %d at most", entity->args.count,
                         ENTITY_ARGS_MAX - 1);
    if (entity->env.count > ENTITY_ENV_MAX)
        diagnostic_error(diagnostics, entity->env_at, "%u variables; expected %d at most", entity->env.count,
                         ENTITY_ENV_MAX);
    for (unsigned i = 0; i < entity->args.count; i++)
        size += strlen(entity->args.items[i].text) + 1;
    for (unsigned i = 0; i < entity->env.count; i++)
        size += strlen(entity->env.items[i].text) + 1;
    if (size > ENTITY_STRINGS_MAX)
        diagnostic_error(diagnostics, entity->env.count != 0 ? entity->env_at : entity->args_at,
                         "name, arguments and environment take %zu bytes; expected %d at most", size,
                         ENTITY_STRINGS_MAX);
}

void solution_check(struct program *program, struct solution *solution)
{
    struct diagnostics *diagnostics = program->diagnostics;
    for (struct entity *entity = solution->entities; entity != nullptr; entity = entity->next) {
        check_task(diagnostics, solution, entity);
        check_class(program, solution, entity);
        check_size(diagnostics, entity);
    }
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next) {
        for (struct channel *channel = entity->channels; channel != nullptr; channel = channel->next) {
            check_target(diagnostics, solution, entity, channel);
            check_id(diagnostics, entity, channel);
        }
    }
    scheduler_check(diagnostics, solution);
}
