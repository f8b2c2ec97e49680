/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML with places: libyaml's nodes, read by tables of keys. Everything that is wrong is reported where it stands.
 * Nodes live until document_close, texts as long as the pool.
 */
#pragma once
#include <tools/nk/syntax.h>
#include <yaml.h>

struct document {
    struct pool *pool;
    struct diagnostics *diagnostics;
    struct source *source;
    uint32_t mark;     /* bytes of a byte order mark */
    uint32_t *offsets; /* byte of every character: libyaml counts characters */
    uint32_t characters;
    yaml_document_t yaml;
    bool open;
};

/* The file's root node, or null after an error. pool and diagnostics are set before. */
yaml_node_t *document_read(struct document *document, const char *path);
/* The same of document->source, which is set. */
yaml_node_t *document_read_source(struct document *document);
void document_close(struct document *document);
struct location document_at(const struct document *document, const yaml_node_t *node);

/* A scalar with at least one character and no control characters; what: "a name", for the message. */
bool document_text(struct document *document, const yaml_node_t *node, const char *what, struct name *text);
/* The same, but it may be empty. */
bool document_value(struct document *document, const yaml_node_t *node, const char *what, struct name *text);
/* Nothing: no value behind a key, "~" or "null". */
bool document_is_null(const yaml_node_t *node);

typedef void document_reader(struct document *document, void *to, yaml_node_t *value, struct location key);
struct field {
    const char *key;
    document_reader *read;
};
/* Reads every key of a mapping into `to` by its field's reader; unknown keys and second ones are errors. what: "a
 * process", for the message. */
bool document_mapping(struct document *document, yaml_node_t *node, const char *what, const struct field *fields,
                      unsigned count, void *to);
/* Calls read for every item of a sequence, with its own place; nothing is an empty sequence. */
void document_sequence(struct document *document, yaml_node_t *node, const char *what, document_reader *read, void *to);
/* The place of a word in a list, or -1 after an error that tells the words. */
int document_choice(struct document *document, const yaml_node_t *node, const char *what, const char *const *words);
