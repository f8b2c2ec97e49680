/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of rules: calls, and choices with what is in them. */
#include <tools/nk-psl-gen-c/emit.h>

static void statements(struct emitter *emitter, const struct psl_statement *first, const struct psl_statement *end);

/* Braces around one statement, whose failures end at their end. */
struct frame {
    unsigned behind;
    bool goes_behind;
};

static struct frame open_frame(struct emitter *emitter, struct location at, int shown)
{
    struct frame frame = {emitter->behind, emitter->goes_behind};
    emitter->behind = emitter->local++;
    emitter->goes_behind = false;
    emit_line(emitter, "{ /* %s: %s */", emit_place(emitter, at), emit_source(emitter, at, (unsigned)shown));
    emitter->indent++;
    return frame;
}

static void close_frame(struct emitter *emitter, struct frame frame)
{
    emitter->indent--;
    emit_line(emitter, "}");
    emitter->behind = frame.behind;
    emitter->goes_behind = frame.goes_behind;
}

static void label(struct emitter *emitter)
{
    if (!emitter->goes_behind)
        return;
    emitter->indent--;
    emit_line(emitter, "behind%u:", emitter->behind);
    emitter->indent++;
}

static void rule(struct emitter *emitter, const struct psl_expression *call)
{
    bool audited = psl_call_audited(emitter->profile, call);
    int constant = psl_call_constant(call);
    if (constant >= 0 && !audited) {
        emit_line(emitter, "outcome |= %s; /* %s */", constant ? "KSM_RULE_CALLED" : "ksm_rule(false)",
                  emit_place(emitter, call->at));
        return;
    }
    struct frame frame = open_frame(emitter, call->at, call->at.length < 60 ? (int)call->at.length : 60);
    struct text before = emitter->code;
    emitter->code = (struct text){0};
    const char *granted = emit_rule_call(emitter, call);
    struct text body = emitter->code;
    emitter->code = before;
    if (audited && call->callee_object->model == PSL_FLOW)
        emit_line(emitter, "u32 sid = 0;");
    if (emitter->goes_behind)
        emit_line(emitter, "bool granted = false;");
    if (body.length != 0)
        text_add_bytes(&emitter->code, body.bytes, body.length);
    text_free(&body);
    emit_line(emitter, "%sgranted = %s;", emitter->goes_behind ? "" : "const bool ", granted);
    label(emitter);
    emitter->sid = "sid";
    emit_audit(emitter, call, "granted");
    emit_line(emitter, "outcome |= ksm_rule(granted);");
    close_frame(emitter, frame);
}

static void branch(struct emitter *emitter, const struct psl_body *body)
{
    const struct psl_audit_profile *outer = emitter->profile;
    emitter->profile = psl_body_profile(emitter->policy, body, outer);
    statements(emitter, body->first, nullptr);
    emitter->profile = outer;
}

/* Branches that are taken if `selected` has one of the numbers; numbers by numbering. */
static void numbered(struct emitter *emitter, const struct psl_statement *choice, const char *selected,
                     const char *const *numbers)
{
    unsigned i = 0;
    bool otherwise = false;
    emit_line(emitter, "switch (%s) {", selected);
    for (const struct psl_case *c = choice->cases; c != nullptr; c = c->next) {
        bool is_otherwise = c->condition->operation == PSL_OTHERWISE;
        otherwise |= is_otherwise;
        if (is_otherwise)
            emit_line(emitter, "default:");
        else
            emit_line(emitter, "case %s:", numbers[i++]);
        emitter->indent++;
        branch(emitter, &c->body);
        emit_line(emitter, "break;");
        emitter->indent--;
    }
    if (!otherwise) {
        emit_line(emitter, "default:");
        emitter->indent++;
        emit_line(emitter, "break;");
        emitter->indent--;
    }
    emit_line(emitter, "}");
}

static unsigned count_conditions(const struct psl_statement *choice)
{
    unsigned count = 0;
    for (const struct psl_case *c = choice->cases; c != nullptr; c = c->next)
        count += c->condition->operation != PSL_OTHERWISE;
    return count;
}

static void choose_state(struct emitter *emitter, const struct psl_statement *choice)
{
    const struct psl_expression *query = choice->expression;
    const char **numbers = pool_allocate(emitter->policy->pool, sizeof(char *) * (count_conditions(choice) + 1U));
    unsigned i = 0;
    for (const struct psl_case *c = choice->cases; c != nullptr; c = c->next)
        if (c->condition->operation != PSL_OTHERWISE)
            numbers[i++] = emit_print(emitter, "%u", psl_name_index(&query->callee_object->states, c->condition->text));
    numbered(emitter, choice, emit_state(emitter, query->callee_object, query), numbers);
}

static void choose_pattern(struct emitter *emitter, const struct psl_statement *choice)
{
    unsigned count = count_conditions(choice), i = 0;
    const struct psl_expression **patterns = pool_allocate(emitter->policy->pool, sizeof(patterns[0]) * (count + 1U));
    const char **numbers = pool_allocate(emitter->policy->pool, sizeof(char *) * (count + 1U));
    for (const struct psl_case *c = choice->cases; c != nullptr; c = c->next) {
        if (c->condition->operation == PSL_OTHERWISE)
            continue;
        patterns[i] = c->condition;
        numbers[i] = emit_print(emitter, "%u", i + 1);
        i++;
    }
    const char *text = emit_value(emitter, choice->expression->arguments[0]), *name = emit_name(emitter);
    if (count == 0)
        emit_line(emitter, "const u32 %s = 0;", name);
    else
        emit_line(emitter, "const u32 %s = ksm_regex_run(&%s, %s);", name, emit_regex(emitter, patterns, count), text);
    emit_audit(emitter, choice->expression, "true");
    numbered(emitter, choice, name, numbers);
}

/* Conditions that C can switch on. */
static void choose_number(struct emitter *emitter, const struct psl_statement *choice)
{
    const char *value = emit_value(emitter, choice->expression);
    const struct psl_type *type = choice->expression->type;
    const char **numbers = pool_allocate(emitter->policy->pool, sizeof(char *) * (count_conditions(choice) + 1U));
    unsigned i = 0;
    for (const struct psl_case *c = choice->cases; c != nullptr; c = c->next)
        if (c->condition->operation != PSL_OTHERWISE)
            numbers[i++] = emit_integer(emitter, c->condition->number, type);
    numbered(emitter, choice, emit_print(emitter, "(%s)%s", psl_least(type) < 0 ? "s64" : "u64", value), numbers);
}

/* Conditions that are compared one after the other. */
static void choose_value(struct emitter *emitter, const struct psl_statement *choice, bool level)
{
    const struct psl_expression *e = choice->expression;
    const char *value = level ? emit_level(emitter, e->callee_object, e) : emit_value(emitter, e);
    const char *name = emit_name(emitter);
    const char **numbers = pool_allocate(emitter->policy->pool, sizeof(char *) * (count_conditions(choice) + 1U));
    unsigned i = 0;
    emit_line(emitter, "u32 %s = 0;", name);
    for (const struct psl_case *c = choice->cases; c != nullptr; c = c->next) {
        if (c->condition->operation == PSL_OTHERWISE)
            continue;
        const char *wanted =
            level ? emit_level(emitter, e->callee_object, c->condition) : emit_value(emitter, c->condition);
        const char *equal = psl_fits(&psl_text, e->type) && !level
                                ? emit_print(emitter, "ksm_text_equal(%s, %s)", value, wanted)
                            : level ? emit_print(emitter, "%s.degree == %s.degree && %s.categories == %s.categories",
                                                 value, wanted, value, wanted)
                                    : emit_print(emitter, "%s == %s", value, wanted);
        numbers[i] = emit_print(emitter, "%u", i + 1);
        emit_line(emitter, "if (%s == 0 && %s)", name, equal);
        emit_line(emitter, "    %s = %u;", name, i + 1);
        i++;
    }
    numbered(emitter, choice, name, numbers);
}

struct component {
    const char *name;
    const struct psl_expression *value;
    bool state; /* a Flow's, by number */
};

/* Each of the values into a variable. */
static struct component *components(struct emitter *emitter, const struct psl_expression *tuple)
{
    struct component *all = pool_allocate(emitter->policy->pool, sizeof(*all) * (tuple->items.count + 1U));
    struct component *one = all;
    for (const struct psl_item *item = tuple->items.first; item != nullptr; item = item->next, one++) {
        const struct psl_expression *e = item->value;
        bool state = e->operation == PSL_CALL && e->callee->id == PSL_FLOW_QUERY;
        const char *value = state ? emit_state(emitter, e->callee_object, e) : emit_value(emitter, e);
        *one = (struct component){emit_name(emitter), e, state};
        emit_line(emitter, "const %s %s = %s;", state ? "u32" : emit_c_type(e->type), one->name, value);
    }
    return all;
}

/* That the variable has the value; null if any will do. */
static const char *component_equal(struct emitter *emitter, const struct component *one,
                                   const struct psl_expression *wanted)
{
    if (wanted->operation == PSL_OTHERWISE)
        return nullptr;
    if (one->state)
        return emit_print(emitter, "%s == %u", one->name,
                          psl_name_index(&one->value->callee_object->states, wanted->text));
    if (psl_is_integer(one->value->type))
        return emit_print(emitter, "%s == (%s)%s", one->name, emit_c_type(one->value->type),
                          emit_integer(emitter, wanted->number, one->value->type));
    const char *value = emit_value(emitter, wanted);
    return psl_fits(&psl_text, one->value->type) ? emit_print(emitter, "ksm_text_equal(%s, %s)", one->name, value)
                                                 : emit_print(emitter, "%s == %s", one->name, value);
}

/* Conditions on several values at once, compared one after the other. */
static void choose_tuple(struct emitter *emitter, const struct psl_statement *choice)
{
    const struct component *all = components(emitter, choice->expression);
    const char **numbers = pool_allocate(emitter->policy->pool, sizeof(char *) * (count_conditions(choice) + 1U));
    const char *name = emit_name(emitter);
    unsigned i = 0;
    emit_line(emitter, "u32 %s = 0;", name);
    for (const struct psl_case *c = choice->cases; c != nullptr; c = c->next) {
        if (c->condition->operation == PSL_OTHERWISE)
            continue;
        const struct component *one = all;
        const char *condition = emit_print(emitter, "%s == 0", name);
        for (const struct psl_item *item = c->condition->items.first; item != nullptr; item = item->next, one++) {
            const char *equal = component_equal(emitter, one, item->value);
            condition = equal != nullptr ? emit_print(emitter, "%s && %s", condition, equal) : condition;
        }
        numbers[i] = emit_print(emitter, "%u", i + 1);
        emit_line(emitter, "if (%s)", condition);
        emit_line(emitter, "    %s = %u;", name, i + 1);
        i++;
    }
    numbered(emitter, choice, name, numbers);
}

static void choice(struct emitter *emitter, const struct psl_statement *statement)
{
    const struct psl_expression *e = statement->expression;
    enum psl_method_id id = e->operation == PSL_CALL ? e->callee->id : PSL_GRANT;
    struct frame frame = open_frame(emitter, statement->at, (int)statement->at.length);
    const char *chosen = emit_print(emitter, "chosen%u", emitter->behind);
    emit_line(emitter, "bool %s = false;", chosen);
    if (id == PSL_FLOW_QUERY)
        choose_state(emitter, statement);
    else if (id == PSL_REGEX_SELECT)
        choose_pattern(emitter, statement);
    else if (e->operation == PSL_LIST)
        choose_tuple(emitter, statement);
    else if (psl_is_integer(e->type))
        choose_number(emitter, statement);
    else
        choose_value(emitter, statement, id == PSL_MIC_QUERY_LEVEL);
    emit_line(emitter, "%s = true;", chosen);
    label(emitter);
    emit_line(emitter, "outcome |= %s ? 0 : KSM_RULE_DENIED;", chosen);
    close_frame(emitter, frame);
}

/* A match section in a branch: its selectors are looked at when the branch is taken. */
static void match(struct emitter *emitter, const struct psl_statement *statement)
{
    const struct psl_conditions *outer = emitter->conditions;
    struct psl_conditions *inner = POOL_NEW(emitter->policy->pool, struct psl_conditions);
    *inner = *outer;
    psl_add_conditions(emitter->policy, inner, &statement->selectors);
    if (!psl_conditions_possible(emitter->policy, inner))
        return; /* its values have no types */
    emitter->conditions = inner;
    emit_line(emitter, "if (%s) {", emit_condition(emitter, inner));
    emitter->indent++;
    branch(emitter, &statement->body);
    emitter->indent--;
    emit_line(emitter, "}");
    emitter->conditions = outer;
}

static void statements(struct emitter *emitter, const struct psl_statement *first, const struct psl_statement *end)
{
    for (const struct psl_statement *s = first; s != end; s = s->next) {
        if (s->kind == PSL_STATEMENT_CALL)
            rule(emitter, s->expression);
        else if (s->kind == PSL_STATEMENT_CHOICE)
            choice(emitter, s);
        else
            match(emitter, s);
    }
}

void emit_block(struct emitter *emitter, const struct psl_block *block)
{
    emitter->profile = block->profile;
    emitter->conditions = &block->conditions;
    emitter->indent = 0;
    emit_line(emitter, "{");
    emitter->indent++;
    bool message = (block->effects.flags & (PSL_READS_MESSAGE | PSL_READS_ARENA)) != 0;
    if (message)
        emit_line(emitter, "const u8 *const message = ksm_message(transaction);");
    emit_line(emitter, "u32 outcome = 0;");
    emit_line(emitter, "(void)transaction%s;", message ? ", (void)message" : "");
    statements(emitter, block->first, block->end);
    emit_line(emitter, "return outcome;");
    emitter->indent--;
    emit_line(emitter, "}");
}
