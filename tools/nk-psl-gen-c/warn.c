/* SPDX-License-Identifier: Apache-2.0 */
/* What is legal and suspicious in a policy as a whole. */
#include <tools/nk-psl-gen-c/decision.h>

static bool may_grant(const struct psl_decision *decision)
{
    return decision->verdict == PSL_GRANTED || decision->verdict == PSL_EVALUATED;
}

/* To some class of the solution's: that everything is granted to Einit or the kernel, as many policies have it, means
 * nothing for the others. */
static bool row_may_grant(const struct psl_policy *policy, const struct psl_row *row)
{
    const struct psl_class *einit = policy->classes[PSL_CLASS_EINIT];
    bool may = may_grant(row->others);
    for (unsigned i = 0; i < row->exception_count && !may; i++)
        may = row->exceptions[i].client->index > PSL_CLASS_EINIT && may_grant(row->exceptions[i].decision);
    return may || (policy->class_count == PSL_CLASS_EINIT + 1 && may_grant(psl_row_decision(row, einit)));
}

/* Counts the decisions of each block, and those in which another one denies whatever it says. */
static void count_uses(const struct psl_analysis *analysis)
{
    for (unsigned i = 0; i < analysis->decision_count; i++) {
        const struct psl_decision *decision = analysis->decisions[i];
        const struct psl_block *deniers[2] = {nullptr, nullptr};
        for (unsigned j = 0; j < decision->count; j++)
            if (decision->blocks[j]->effects.denies)
                deniers[deniers[0] != nullptr] = decision->blocks[j];
        for (unsigned j = 0; j < decision->count; j++) {
            struct psl_block *block = analysis->blocks[decision->blocks[j]->index];
            const struct psl_block *denier = deniers[0] != block ? deniers[0] : deniers[1];
            block->uses++;
            if (denier == nullptr)
                continue;
            block->denied_uses++;
            block->shadow = denier;
        }
    }
}

static void warn_shadowed(struct psl_policy *policy, const struct psl_analysis *analysis)
{
    for (unsigned i = 0; i < analysis->block_count; i++) {
        const struct psl_block *block = analysis->blocks[i];
        if (block->uses == 0 || block->uses != block->denied_uses || block->effects.denies)
            continue;
        diagnostic_warning(policy->diagnostics, block->at,
                           "this never matters: a rule that always denies applies to every event that gets here");
        diagnostic_note(policy->diagnostics, block->shadow->at, "it is here");
    }
}

/* Rows of one endpoint: [first, first + count). */
static void warn_endpoint(struct psl_policy *policy, const struct psl_class *class, const struct psl_row *rows,
                          const struct psl_row *answers, const struct psl_row *errors, unsigned count)
{
    unsigned granted = 0;
    const char *name = rows[0].endpoint->name;
    for (unsigned i = 0; i < count; i++)
        granted += row_may_grant(policy, &rows[i]);
    if (granted == 0) {
        diagnostic_warning(policy->diagnostics, class->at, "no rule grants a request to the endpoint '%s' of '%s'",
                           name, class->name);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!row_may_grant(policy, &rows[i]))
            diagnostic_warning(policy->diagnostics, class->at, "no rule grants a request of '%s.%s' of '%s'", name,
                               rows[i].method->name.text, class->name);
        else if (!row_may_grant(policy, &answers[i]) && !row_may_grant(policy, &errors[i]))
            diagnostic_warning(policy->diagnostics, class->at, "no rule grants an answer of '%s.%s' of '%s'", name,
                               rows[i].method->name.text, class->name);
    }
}

static void warn_methods(struct psl_policy *policy, const struct psl_analysis *analysis)
{
    for (unsigned i = PSL_CLASS_CORE + 1; i < policy->class_count; i++) {
        const struct psl_table *requests = &analysis->tables[PSL_REQUEST][i];
        for (unsigned first = 0, end; first < requests->row_count; first = end) {
            end = first + 1;
            while (end < requests->row_count && requests->rows[end].endpoint == requests->rows[first].endpoint)
                end++;
            warn_endpoint(policy, policy->classes[i], &requests->rows[first],
                          &analysis->tables[PSL_RESPONSE][i].rows[first], &analysis->tables[PSL_ERROR][i].rows[first],
                          end - first);
        }
    }
}

/* True if the class is granted a request to the kernel, and one answer. */
static bool may_call_kernel(const struct psl_analysis *analysis, const struct psl_class *class)
{
    static const enum psl_event events[] = {PSL_REQUEST, PSL_RESPONSE};
    unsigned granted = 0;
    for (unsigned e = 0; e < 2; e++) {
        const struct psl_table *table = &analysis->tables[events[e]][PSL_CLASS_CORE];
        bool may = false;
        for (unsigned i = 0; i < table->row_count && !may; i++)
            may = may_grant(psl_row_decision(&table->rows[i], class));
        granted += may;
    }
    return granted == 2;
}

/* Processes that cannot be, whatever their programs are. */
static void warn_processes(struct psl_policy *policy, const struct psl_analysis *analysis)
{
    /* If Einit may not, nothing runs: the kernel says so at boot, and a policy for the host alone needs no such rules.
     */
    bool kernel = may_call_kernel(analysis, policy->classes[PSL_CLASS_EINIT]);
    for (unsigned i = PSL_CLASS_EINIT; i < policy->class_count; i++) {
        const struct psl_row *start = &analysis->tables[PSL_EXECUTE][i].rows[0];
        bool may = may_grant(start->others);
        for (unsigned j = 0; j < start->exception_count; j++)
            may |= may_grant(start->exceptions[j].decision);
        if (!may && i != PSL_CLASS_EINIT)
            diagnostic_warning(policy->diagnostics, policy->classes[i]->at, "no rule grants the start of '%s'",
                               policy->classes[i]->name);
        else if (may && kernel && !may_call_kernel(analysis, policy->classes[i]))
            diagnostic_warning(policy->diagnostics, policy->classes[i]->at,
                               "no rule grants '%s' requests to the kernel and their answers: its program cannot run",
                               policy->classes[i]->name);
    }
}

static void warn_start(struct psl_policy *policy, const struct psl_analysis *analysis)
{
    const struct psl_class *core = policy->classes[PSL_CLASS_CORE];
    for (unsigned i = PSL_CLASS_CORE; i <= PSL_CLASS_EINIT; i++) {
        if (may_grant(psl_row_decision(&analysis->tables[PSL_EXECUTE][i].rows[0], core)))
            continue;
        diagnostic_warning(policy->diagnostics, policy->classes[i]->at, "no rule grants the kernel to start %s: the %s",
                           i == PSL_CLASS_CORE ? "itself" : "'Einit'",
                           i == PSL_CLASS_CORE ? "kernel ends after its start" : "system will not start");
    }
}

void psl_warn(struct psl_policy *policy, struct psl_analysis *analysis)
{
    count_uses(analysis);
    warn_start(policy, analysis);
    warn_processes(policy, analysis);
    warn_shadowed(policy, analysis);
    warn_methods(policy, analysis);
    for (unsigned i = 0; i < policy->object_count; i++)
        if (policy->objects[i]->model >= PSL_HASHSET && !policy->objects[i]->used)
            diagnostic_warning(policy->diagnostics, policy->objects[i]->at, "no rule uses the object '%s'",
                               policy->objects[i]->name);
    for (unsigned i = 0; i < analysis->decision_count; i++) {
        const struct psl_decision *decision = analysis->decisions[i];
        if (decision->effects.undo > PSL_UNDO_MAX)
            diagnostic_error(policy->diagnostics, decision->blocks[0]->at,
                             "an event that gets here may change %llu cells of contexts; at most %u",
                             (unsigned long long)decision->effects.undo, PSL_UNDO_MAX);
    }
}
