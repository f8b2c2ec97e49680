/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <tools/einit/document.h>

#define FIELDS_MAX 16U

static struct location place(const struct document *document, size_t first, size_t last)
{
    uint32_t from = document->offsets[first < document->characters ? first : document->characters];
    uint32_t to = document->offsets[last < document->characters ? last : document->characters];
    return (struct location){document->source, from, to > from ? to - from : 0};
}

struct location document_at(const struct document *document, const yaml_node_t *node)
{
    size_t first = node->start_mark.index;
    return place(document, first, node->type == YAML_SCALAR_NODE ? node->end_mark.index : first + 1);
}

static void index_characters(struct document *document)
{
    const struct source *source = document->source;
    document->offsets = pool_allocate(document->pool, (source->size + 1UL) * sizeof(document->offsets[0]));
    for (uint32_t i = document->mark; i < source->size; i++)
        if (((unsigned char)source->text[i] & 0xc0U) != 0x80U)
            document->offsets[document->characters++] = i;
    document->offsets[document->characters] = source->size;
}

static void report_parser(struct document *document, const yaml_parser_t *parser)
{
    if (parser->error == YAML_READER_ERROR) {
        uint32_t offset = document->mark + (uint32_t)parser->problem_offset;
        struct location at = {document->source, offset < document->source->size ? offset : document->source->size, 1};
        diagnostic_error(document->diagnostics, at, "this is not UTF-8 text: %s", parser->problem);
        return;
    }
    size_t index = parser->problem_mark.index;
    struct location at = place(document, index, index + 1);
    diagnostic_error(document->diagnostics, at, "this is not YAML: %s", parser->problem);
    if (at.offset < at.source->size && at.source->text[at.offset] == '\t') {
        diagnostic_note(document->diagnostics, at, "YAML is indented by spaces, not by tabs");
        return;
    }
    if (parser->context != nullptr) {
        index = parser->context_mark.index;
        diagnostic_note(document->diagnostics, place(document, index, index + 1), "%s, which begins here",
                        parser->context);
    }
}

/* A second document in the file. */
static void check_end(struct document *document, yaml_parser_t *parser)
{
    yaml_document_t second;
    if (yaml_parser_load(parser, &second) == 0) {
        report_parser(document, parser);
        return;
    }
    if (yaml_document_get_root_node(&second) != nullptr) {
        size_t index = second.start_mark.index;
        diagnostic_error(document->diagnostics, place(document, index, index + 3),
                         "a second document; expected one in a file");
    }
    yaml_document_delete(&second);
}

yaml_node_t *document_read(struct document *document, const char *path)
{
    document->source = source_read(document->pool, path);
    if (document->source != nullptr)
        return document_read_source(document);
    diagnostic_error(document->diagnostics, (struct location){0}, "%s: %s", path, strerror(errno));
    return nullptr;
}

yaml_node_t *document_read_source(struct document *document)
{
    document->mark = strncmp(document->source->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    index_characters(document);
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0)
        memory_exhausted();
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)document->source->text + document->mark,
                                 document->source->size - document->mark);
    yaml_node_t *root = nullptr;
    if (yaml_parser_load(&parser, &document->yaml) == 0) {
        report_parser(document, &parser);
    } else {
        document->open = true;
        root = yaml_document_get_root_node(&document->yaml);
        if (root == nullptr)
            diagnostic_error(document->diagnostics, (struct location){document->source, 0, 0},
                             "the file is empty; expected 'entities:' and a list of processes");
        else
            check_end(document, &parser);
    }
    yaml_parser_delete(&parser);
    return root;
}

void document_close(struct document *document)
{
    if (document->open)
        yaml_document_delete(&document->yaml);
    document->open = false;
}

bool document_is_null(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    const char *text = (const char *)node->data.scalar.value;
    return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return true;
    return false;
}

bool document_value(struct document *document, const yaml_node_t *node, const char *what, struct name *text)
{
    struct location at = document_at(document, node);
    if (node->type != YAML_SCALAR_NODE) {
        diagnostic_error(document->diagnostics, at, "expected %s, got a %s", what,
                         node->type == YAML_MAPPING_NODE ? "mapping" : "list");
        return false;
    }
    const char *value = (const char *)node->data.scalar.value;
    size_t length = node->data.scalar.length;
    if (has_control(value, length)) {
        diagnostic_error(document->diagnostics, at, "expected %s, got control characters", what);
        return false;
    }
    *text = (struct name){pool_copy(document->pool, value, length), at};
    return true;
}

bool document_text(struct document *document, const yaml_node_t *node, const char *what, struct name *text)
{
    if (!document_value(document, node, what, text))
        return false;
    if (!document_is_null(node) && text->text[0] != '\0')
        return true;
    diagnostic_error(document->diagnostics, text->at, "expected %s, got nothing", what);
    return false;
}

static int find_field(const struct field *fields, unsigned count, const char *key, struct suggestion *suggestion)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(fields[i].key, key) == 0)
            return (int)i;
        suggestion_offer(suggestion, fields[i].key);
    }
    return -1;
}

bool document_mapping(struct document *document, yaml_node_t *node, const char *what, const struct field *fields,
                      unsigned count, void *to)
{
    if (node->type != YAML_MAPPING_NODE) {
        diagnostic_error(document->diagnostics, document_at(document, node), "expected %s: a mapping of keys to values",
                         what);
        return false;
    }
    struct location seen[FIELDS_MAX] = {0};
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
        struct name key;
        if (!document_text(document, yaml_document_get_node(&document->yaml, pair->key), "a key", &key))
            continue;
        struct suggestion suggestion = {.wanted = key.text};
        int field = find_field(fields, count, key.text, &suggestion);
        if (field < 0) {
            diagnostic_error(document->diagnostics, key.at, "%s has no key '%s'", what, key.text);
            if (suggestion.nearest != nullptr)
                diagnostic_note(document->diagnostics, key.at, "did you mean '%s'?", suggestion.nearest);
        } else if (seen[field].source != nullptr) {
            diagnostic_error(document->diagnostics, key.at, "a second '%s'", key.text);
            diagnostic_note(document->diagnostics, seen[field], "the first is here");
        } else {
            seen[field] = key.at;
            fields[field].read(document, to, yaml_document_get_node(&document->yaml, pair->value), key.at);
        }
    }
    return true;
}

void document_sequence(struct document *document, yaml_node_t *node, const char *what, document_reader *read, void *to)
{
    if (document_is_null(node))
        return;
    if (node->type != YAML_SEQUENCE_NODE) {
        diagnostic_error(document->diagnostics, document_at(document, node), "expected a list of %s", what);
        return;
    }
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        yaml_node_t *value = yaml_document_get_node(&document->yaml, *item);
        read(document, to, value, document_at(document, value));
    }
}

int document_choice(struct document *document, const yaml_node_t *node, const char *what, const char *const *words)
{
    struct name word;
    if (!document_text(document, node, what, &word))
        return -1;
    struct suggestion suggestion = {.wanted = word.text};
    struct text list = {0};
    int found = -1;
    for (int i = 0; found < 0 && words[i] != nullptr; i++) {
        if (strcmp(words[i], word.text) == 0)
            found = i;
        suggestion_offer(&suggestion, words[i]);
        text_add(&list, "%s%s", i != 0 ? ", " : "", words[i]);
    }
    if (found < 0) {
        diagnostic_error(document->diagnostics, word.at, "'%s' is not %s; expected one of: %s", word.text, what,
                         list.bytes);
        if (suggestion.nearest != nullptr)
            diagnostic_note(document->diagnostics, word.at, "did you mean '%s'?", suggestion.nearest);
    }
    text_free(&list);
    return found;
}
