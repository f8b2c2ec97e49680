/* SPDX-License-Identifier: Apache-2.0 */
/* Methods of an interface: names, parameters, messages. */
#include <string.h>
#include <tools/nk/check.h>
#include <tools/nk/layout.h>

static const char *const direction_word[DIRECTIONS] = {"in", "out", "error"};

static void check_method_name(struct program *program, const struct unit *unit, struct table *methods,
                              struct method *method)
{
    static const char *const taken[] = {"proxy", "ops", "req", "res"};
    check_no_underscore(program, method->name, "a method");
    check_c_name(program, method->name, "a method");
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (strcmp(method->name.text, taken[i]) == 0)
            diagnostic_error(program->diagnostics, method->name.at,
                             "a method cannot be called '%s': generated code uses that name", taken[i]);
    const struct method *other = table_add(methods, method->name.text, method);
    if (other != method) {
        diagnostic_error(program->diagnostics, method->name.at, "a second method '%s'; methods are not overloaded",
                         method->name.text);
        diagnostic_note(program->diagnostics, other->name.at, "the first is here");
    }
    const struct declaration *d = table_get(&unit->declaration_table, method->name.text, strlen(method->name.text));
    if (d != nullptr) {
        diagnostic_error(program->diagnostics, method->name.at, "method '%s' has the name of a declaration",
                         method->name.text);
        diagnostic_note(program->diagnostics, d->name.at, "that is declared here");
    }
}

/* Without --extended-errors an error is a number that travels as the method's return code. */
static void check_errors(struct program *program, const struct method *method)
{
    const struct member *first = nullptr;
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next) {
        if (p->direction != DIRECTION_ERROR)
            continue;
        if (first != nullptr) {
            diagnostic_error(program->diagnostics, p->name.at,
                             "more than one error parameter; expected one 'error UInt16 status', or --extended-errors");
            return;
        }
        first = p;
        if (p->type->kind == TYPE_BROKEN)
            continue;
        if (p->type->kind != TYPE_INTEGER || p->type->bits != 16 || p->type->is_signed ||
            strcmp(p->name.text, "status") != 0)
            diagnostic_error(program->diagnostics, location_join(p->type->at, p->name.at),
                             "expected 'error UInt16 status'; other error parameters need --extended-errors");
    }
}

static void check_parameters(struct program *program, struct unit *unit, struct method *method)
{
    enum direction last = DIRECTION_IN;
    bool warned = false;
    check_members(program, unit, nullptr, &method->parameters, "parameter");
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next) {
        if (p->direction < last && !warned) {
            diagnostic_warning(program->diagnostics, p->name.at,
                               "an '%s' parameter behind an '%s' parameter; the order is in, out, error",
                               direction_word[p->direction], direction_word[last]);
            warned = true;
        }
        last = p->direction;
        method->has_error |= p->direction == DIRECTION_ERROR;
        if (strcmp(p->name.text, "arena") == 0 && p->type->kind != TYPE_BROKEN && type_is_chunk(p->type))
            diagnostic_error(program->diagnostics, p->name.at,
                             "a parameter of variable size cannot be called 'arena': the message's arena_size has that "
                             "name");
    }
    if (!program->extended_errors)
        check_errors(program, method);
}

static void check_message(struct program *program, const struct method *method, enum direction direction)
{
    const struct message *message = &method->messages[direction];
    const char *word = direction == DIRECTION_IN ? "request" : direction == DIRECTION_OUT ? "response" : "error";
    bool read = message->handle_count != 0;
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        read |= p->direction == direction && type_has_chunk(p->type);
    if (message->size > MESSAGE_SIZE_MAX)
        diagnostic_error(program->diagnostics, method->name.at,
                         "the %s of '%s' has a constant part of %llu bytes; a message has at most %u", word,
                         method->name.text, (unsigned long long)message->size, MESSAGE_SIZE_MAX);
    else if (read && message->size - MESSAGE_HEADER_SIZE > MESSAGE_CHECKED_MAX)
        diagnostic_warning(program->diagnostics, method->name.at,
                           "the %s of '%s' has parameters of %llu bytes with chunks or handles among them; the kernel "
                           "checks at most %u",
                           word, method->name.text, (unsigned long long)message->size - MESSAGE_HEADER_SIZE,
                           MESSAGE_CHECKED_MAX);
    if (message->arena_size > ELEMENTS_MAX)
        diagnostic_error(program->diagnostics, method->name.at, "the arena for the %s of '%s' exceeds %u bytes", word,
                         method->name.text, ELEMENTS_MAX);
    else if (message->size + message->arena_size > MESSAGE_SIZE_MAX && message->size <= MESSAGE_SIZE_MAX)
        diagnostic_warning(program->diagnostics, method->name.at,
                           "the %s of '%s' takes up to %llu bytes; the kernel passes at most %u", word,
                           method->name.text, (unsigned long long)message->size + message->arena_size,
                           MESSAGE_SIZE_MAX);
    if (message->handle_count > MESSAGE_HANDLES_MAX)
        diagnostic_error(program->diagnostics, method->name.at,
                         "the %s of '%s' has %llu handles; a message has at most %u", word, method->name.text,
                         (unsigned long long)message->handle_count, MESSAGE_HANDLES_MAX);
}

static bool is_broken(const struct method *method)
{
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        if (p->type->kind == TYPE_BROKEN)
            return true;
    return false;
}

void check_methods(struct program *program, struct unit *unit)
{
    struct table methods = {.pool = program->pool};
    for (struct method *method = unit->methods; method != nullptr; method = method->next) {
        method->mid = (unsigned)unit->method_count++;
        if (unit->method_count == METHODS_MAX + 1ULL)
            diagnostic_error(program->diagnostics, method->name.at, "more than %u methods", METHODS_MAX);
        check_method_name(program, unit, &methods, method);
        check_parameters(program, unit, method);
        for (enum direction direction = DIRECTION_IN; direction < DIRECTIONS && !is_broken(method); direction++) {
            struct message *message = &method->messages[direction];
            layout_message(method, direction, message);
            check_message(program, method, direction);
            if (message->handle_count > unit->handle_count[direction])
                unit->handle_count[direction] = message->handle_count;
            if (message->arena_size > unit->arena_size[direction])
                unit->arena_size[direction] = message->arena_size;
        }
    }
}

void check_security_interface(struct program *program, const struct unit *interface, struct location at)
{
    for (const struct method *method = interface->methods; method != nullptr; method = method->next) {
        for (const struct member *p = method->parameters.first; p != nullptr; p = p->next) {
            if (p->direction == DIRECTION_IN)
                continue;
            diagnostic_error(program->diagnostics, p->name.at,
                             "a method of a security interface has 'in' parameters only; '%s' is '%s'", p->name.text,
                             direction_word[p->direction]);
            diagnostic_note(program->diagnostics, at, "it is a security interface here");
        }
    }
}
