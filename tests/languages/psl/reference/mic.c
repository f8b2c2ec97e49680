/* SPDX-License-Identifier: Apache-2.0 */
/* Mandatory integrity control. */
#include <string.h>
#include <tests/languages/psl/reference/reference.h>

struct label {
    struct reference_level level, level_r;
};

static bool at_most(struct reference_level a, struct reference_level b)
{
    return a.degree <= b.degree && (a.categories & ~b.categories) == 0;
}

static bool category(const struct psl_object *object, const struct value *name, uint64_t *set)
{
    for (unsigned i = 0; i < object->categories.count; i++) {
        if (strlen(object->categories.list[i]) == name->length &&
            memcmp(object->categories.list[i], name->text, name->length) == 0) {
            *set |= (uint64_t)1 << i;
            return true;
        }
    }
    return false;
}

static bool degree_of(const struct psl_object *object, const struct value *name, unsigned *degree)
{
    for (*degree = 0; *degree < object->states.count; (*degree)++)
        if (strlen(object->states.list[*degree]) == name->length &&
            memcmp(object->states.list[*degree], name->text, name->length) == 0)
            return true;
    return false;
}

bool reference_level(const struct psl_object *object, const struct value *value, struct reference_level *level)
{
    *level = (struct reference_level){0};
    if (value->kind == VALUE_TEXT)
        return degree_of(object, value, &level->degree);
    for (size_t i = 0; i < value->count; i++) {
        const struct value *part = &value->items[i];
        if (part->kind == VALUE_TEXT && !degree_of(object, part, &level->degree))
            return false;
        for (size_t j = 0; part->kind == VALUE_LIST && j < part->count; j++)
            if (!category(object, &part->items[j], &level->categories))
                return false;
    }
    return true;
}

static struct label *label_of(struct interpreter *reference, const struct psl_object *object, const struct value *value)
{
    uint32_t sid;
    struct reference_context *context = reference_sid(value, &sid) ? reference_find(reference, object, sid) : nullptr;
    return context != nullptr ? (struct label *)(void *)context->bytes : nullptr;
}

static void set_label(struct interpreter *reference, const struct psl_object *object, const struct value *target,
                      struct reference_level level, struct reference_level level_r)
{
    struct label *label = label_of(reference, object, target);
    if (label == nullptr)
        label = reference_add(reference, object, (uint32_t)target->number, sizeof(*label));
    *label = (struct label){level, level_r};
}

/* The lowest of three levels that is at most the others. */
static bool lowest(const struct label *const *labels, struct reference_level *level)
{
    for (unsigned i = 0; i < 3; i++) {
        bool lowest = labels[i] != nullptr;
        for (unsigned j = 0; j < 3; j++)
            lowest &= labels[j] == nullptr || labels[i] == nullptr || at_most(labels[i]->level, labels[j]->level);
        if (lowest) {
            *level = labels[i]->level;
            return true;
        }
    }
    return false;
}

/* create, delete, upgrade: source, target, container, driver, level. */
static bool mic_resource(struct interpreter *reference, const struct psl_object *object, enum psl_method_id id,
                         const struct value *a)
{
    const struct label *source = label_of(reference, object, &a[0]), *target = label_of(reference, object, &a[1]);
    const struct label *container = label_of(reference, object, &a[2]), *driver = label_of(reference, object, &a[3]);
    const struct label *above[] = {source, driver, container};
    uint32_t sid;
    struct reference_level level;
    bool root = a[2].kind == VALUE_UNIT;
    if (source == nullptr || driver == nullptr || (container == nullptr && !root) || !reference_sid(&a[1], &sid))
        return false;
    if (id == PSL_MIC_DELETE) {
        if (target == nullptr || !at_most(target->level, source->level) || !at_most(target->level, driver->level))
            return false;
        return reference_drop(reference, reference_find(reference, object, sid));
    }
    bool given = a[4].kind != VALUE_UNIT;
    if (!(given ? reference_level(object, &a[4], &level) : lowest(above, &level)))
        return false;
    for (unsigned i = 0; i < 3; i++)
        if (above[i] != nullptr && !at_most(level, above[i]->level))
            return false;
    if (id == PSL_MIC_CREATE ? target != nullptr : target == nullptr)
        return false;
    if (id == PSL_MIC_UPGRADE &&
        (!at_most(target->level, level) || at_most(level, target->level) || !at_most(target->level, source->level)))
        return false;
    set_label(reference, object, &a[1], level, level);
    return true;
}

/* image, target, level, levelR */
static bool mic_execute(struct interpreter *reference, const struct psl_object *object, const struct value *a)
{
    const struct label *image = label_of(reference, object, &a[0]);
    struct reference_level level = {0}, level_r;
    uint32_t sid;
    if ((image == nullptr && a[0].kind != VALUE_UNIT) || !reference_sid(&a[1], &sid))
        return false;
    if (a[2].kind != VALUE_UNIT ? !reference_level(object, &a[2], &level) : image == nullptr)
        return false;
    if (a[2].kind == VALUE_UNIT)
        level = image->level;
    level_r = level;
    if (a[3].kind != VALUE_UNIT && !reference_level(object, &a[3], &level_r))
        return false;
    if ((image != nullptr && !at_most(level, image->level)) || !at_most(level_r, level))
        return false;
    set_label(reference, object, &a[1], level, level_r);
    return true;
}

static bool mic_flow(struct interpreter *reference, const struct psl_object *object, enum psl_method_id id,
                     const struct value *a)
{
    const struct label *source = label_of(reference, object, &a[0]), *target = label_of(reference, object, &a[1]);
    if (source == nullptr || target == nullptr)
        return false;
    if (id == PSL_MIC_INVOKE || id == PSL_MIC_WRITE)
        return at_most(target->level, source->level);
    return at_most(source->level, target->level) || at_most(source->level_r, target->level);
}

static void level_value(struct interpreter *reference, const struct psl_object *object, struct reference_level level,
                        struct value *value)
{
    const char *name = object->states.list[level.degree];
    struct value degree = {.kind = VALUE_TEXT, .text = name, .length = strlen(name)}, list = {.kind = VALUE_LIST};
    *value = degree;
    if (object->categories.count == 0)
        return;
    list.items = pool_allocate(reference->event_pool, sizeof(struct value) * 64);
    for (unsigned i = 0; i < object->categories.count; i++) {
        const char *text = object->categories.list[i];
        if ((level.categories >> i & 1) != 0)
            list.items[list.count++] = (struct value){.kind = VALUE_TEXT, .text = text, .length = strlen(text)};
    }
    *value = (struct value){.kind = VALUE_RECORD, .count = 2};
    value->items = pool_allocate(reference->event_pool, sizeof(struct value) * 2);
    value->names = pool_allocate(reference->event_pool, sizeof(char *) * 2);
    value->items[0] = degree;
    value->items[1] = list;
    value->names[0] = "degree";
    value->names[1] = "categories";
}

bool reference_mic_rule(struct interpreter *reference, const struct psl_object *object, enum psl_method_id id,
                        const struct value *arguments)
{
    switch (id) {
    case PSL_MIC_CREATE:
    case PSL_MIC_DELETE:
    case PSL_MIC_UPGRADE:
        return mic_resource(reference, object, id, arguments);
    case PSL_MIC_EXECUTE:
        return mic_execute(reference, object, arguments);
    default:
        return mic_flow(reference, object, id, arguments);
    }
}

bool reference_mic_query(struct interpreter *reference, const struct psl_object *object, const struct value *arguments,
                         struct value *result)
{
    const struct label *label = label_of(reference, object, &arguments[0]);
    if (label != nullptr)
        level_value(reference, object, label->level, result);
    return label != nullptr;
}
