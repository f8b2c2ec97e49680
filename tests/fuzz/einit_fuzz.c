/* SPDX-License-Identifier: Apache-2.0 */
/* init.yaml: whatever the bytes, reading and checks end, and what they accept can be emitted. */
#include <tests/fuzz/nowhere.h>
#include <tools/einit/document.h>
#include <tools/einit/solution.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const roots[] = {"examples", "sdk"};
    if (size > 16384)
        return 0;
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "fuzz", .stream = nowhere()};
    struct program program = {
        .pool = &pool, .diagnostics = &diagnostics, .roots = roots, .root_count = 2, .extended_errors = true};
    struct document document = {.pool = &pool, .diagnostics = &diagnostics};
    struct solution solution = {0};
    struct source source = {
        .path = "fuzz", .file = "fuzz", .text = pool_copy(&pool, (const char *)data, size), .size = (uint32_t)size};
    document.source = &source;
    yaml_node_t *root = document_read_source(&document);
    if (root != nullptr && diagnostics.errors == 0) {
        solution_read(&document, root, &solution);
        solution_check(&program, &solution);
    }
    document_close(&document);
    if (diagnostics.errors == 0) {
        struct text text = {0};
        solution_emit(&pool, &solution, "fuzz", &text);
        text_free(&text);
    }
    pool_free(&pool);
    return 0;
}
