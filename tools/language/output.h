/* SPDX-License-Identifier: Apache-2.0 */
/* Output files of a tool: all are written, or none is left behind. */
#pragma once
#include <tools/language/diagnostic.h>

struct output {
    const char *path;
    const struct text *text;
};

/* Adds a path as make wants it: spaces and dollars are marked. */
void output_add_make_path(struct text *text, const char *path);

/* Writes each beside its path and renames it at the end. After an error, which is reported, none is there. A file that
 * has these bytes already is not touched, so that its date stays for make and ninja. */
void output_write(struct diagnostics *diagnostics, const struct output *outputs, unsigned count);
