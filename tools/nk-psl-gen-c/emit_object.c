/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and their configurations. */
#include <string.h>
#include <tools/nk-psl-gen-c/emit.h>

static void texts(struct emitter *emitter, struct text *output, const char *name, const struct psl_names *names)
{
    text_add(output, "static const struct ksm_text %s[] = {\n", name);
    for (unsigned i = 0; i < names->count; i++)
        text_add(output, "    {%s, %zu},\n", emit_quoted(emitter, names->list[i]), strlen(names->list[i]));
    text_add(output, "};\n");
}

static void flow(struct emitter *emitter, struct text *output, const struct psl_object *object)
{
    unsigned count = object->states.count, words = (count + 63) / 64;
    texts(emitter, output, emit_print(emitter, "states_%s", object->name), &object->states);
    text_add(output, "static const u64 transitions_%s[] = {\n", object->name);
    for (unsigned from = 0; from < count; from++) {
        text_add(output, "    ");
        for (unsigned word = 0; word < words; word++) {
            uint64_t bits = 0;
            for (unsigned to = word * 64; to < count && to < word * 64 + 64; to++)
                bits |= (uint64_t)object->transitions[from * count + to] << to % 64;
            text_add(output, "0x%llxULL, ", (unsigned long long)bits);
        }
        text_add(output, "/* %u */\n", from);
    }
    text_add(output,
             "};\nstatic const struct ksm_flow_configuration configuration_%s = {\n    .states = states_%s, "
             ".transitions = transitions_%s,\n    .state_count = %u, .state_words = %u, .initial = %u};\n",
             object->name, object->name, object->name, count, words, object->initial);
}

static void staticmap(struct emitter *emitter, struct text *output, const struct psl_object *object)
{
    texts(emitter, output, emit_print(emitter, "keys_%s", object->name), &object->keys);
    text_add(output, "static const u64 defaults_%s[] = {", object->name);
    for (unsigned i = 0; i < object->keys.count; i++)
        text_add(output, "%s(u64)%s", i != 0 ? ", " : "", emit_integer(emitter, object->defaults[i], nullptr));
    text_add(
        output,
        "};\nstatic const struct ksm_staticmap_configuration configuration_%s = {\n    .keys = keys_%s, .defaults = "
        "defaults_%s, .key_count = %u, .pool_size = %llu};\n",
        object->name, object->name, object->name, object->keys.count, (unsigned long long)object->pool_size);
}

static void mic(struct emitter *emitter, struct text *output, const struct psl_object *object)
{
    bool categories = object->categories.count != 0;
    texts(emitter, output, emit_print(emitter, "degrees_%s", object->name), &object->states);
    if (categories)
        texts(emitter, output, emit_print(emitter, "categories_%s", object->name), &object->categories);
    text_add(
        output,
        "static const struct ksm_mic_configuration configuration_%s = {\n    .degrees = degrees_%s, .degree_count = "
        "%u, .categories = %s%s, .category_count = %u};\n",
        object->name, object->name, object->states.count, categories ? "categories_" : "nullptr",
        categories ? object->name : "", object->categories.count);
}

void emit_objects(struct emitter *emitter, struct text *output)
{
    static const char *const models[PSL_MODELS] = {
        [PSL_BASE] = "KSM_BASE",           [PSL_REGEX_MODEL] = "KSM_REGEX", [PSL_HASHSET] = "KSM_HASHSET",
        [PSL_STATICMAP] = "KSM_STATICMAP", [PSL_FLOW] = "KSM_FLOW",         [PSL_MIC] = "KSM_MIC"};
    const struct psl_policy *policy = emitter->policy;
    emitter->object_index = pool_allocate(policy->pool, sizeof(unsigned) * (policy->object_count + 1U));
    for (unsigned i = 0; i < policy->object_count; i++) {
        const struct psl_object *object = policy->objects[i];
        emitter->object_index[i] = ~0U;
        if (models[object->model] == nullptr)
            continue;
        emitter->object_index[i] = emitter->object_count++;
        text_add(output, "\n/* %s: %s */\n", emit_place(emitter, object->at), object->name);
        if (object->model == PSL_FLOW)
            flow(emitter, output, object);
        else if (object->model == PSL_STATICMAP)
            staticmap(emitter, output, object);
        else if (object->model == PSL_MIC)
            mic(emitter, output, object);
        else if (object->model == PSL_HASHSET)
            text_add(output,
                     "static const struct ksm_hashset_configuration configuration_%s = {\n    .set_size = %llu, "
                     ".pool_size = %llu, .entry_words = %u};\n",
                     object->name, (unsigned long long)object->set_size, (unsigned long long)object->pool_size,
                     object->entry_words);
        text_add(output, "static struct ksm_object object_%s = {.name = \"%s\", .model = %s, .index = %u", object->name,
                 object->name, models[object->model], emitter->object_index[i]);
        if (object->model >= PSL_HASHSET)
            text_add(output, ", .configuration = &configuration_%s", object->name);
        text_add(output, "};\n");
    }
    text_add(output, "\nstatic struct ksm_object *const objects[] = {\n");
    for (unsigned i = 0; i < policy->object_count; i++)
        if (emitter->object_index[i] != ~0U)
            text_add(output, "    &object_%s,\n", policy->objects[i]->name);
    text_add(output, emitter->object_count == 0 ? "    nullptr,\n};\n" : "};\n");
}
