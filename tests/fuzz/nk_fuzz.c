/* SPDX-License-Identifier: Apache-2.0 */
/* IDL, CDL and EDL: whatever the bytes, the parser and the checks end, and what they accept can be emitted. The first
 * word chooses the language. */
#include <string.h>
#include <tests/fuzz/nowhere.h>
#include <tools/nk-gen-c/emit.h>
#include <tools/nk/shapes.h>

static enum language language_of(const char *text)
{
    if (strncmp(text, "component", 9) == 0)
        return LANGUAGE_CDL;
    return strncmp(text, "entity", 6) == 0 || strncmp(text, "task", 4) == 0 ? LANGUAGE_EDL : LANGUAGE_IDL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const roots[] = {"tests/languages/sources"};
    if (size > 65536)
        return 0;
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "fuzz", .stream = nowhere()};
    struct program program = {
        .pool = &pool, .diagnostics = &diagnostics, .roots = roots, .root_count = 1, .extended_errors = true};
    struct source source = {.path = "fuzz", .text = pool_copy(&pool, (const char *)data, size), .size = (uint32_t)size};
    struct unit *unit = program_load_source(&program, &source, language_of(source.text));
    if (unit != nullptr && diagnostics.errors == 0) {
        struct options options = {0};
        struct text text = {0};
        emit_header(&program, &options, unit, &text);
        if (unit->language == LANGUAGE_IDL)
            shapes_interface(&program, unit, &text);
        else
            shapes_class(&program, unit, &text);
        text_free(&text);
    }
    pool_free(&pool);
    return 0;
}
