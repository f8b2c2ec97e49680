/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of the plugins: kernel=ELF file with symbols, out=file to write (default: standard error). */
#pragma once
#include <stdbool.h>
#include <stdio.h>

bool text_begins(const char *text, const char *prefix);
/* Reads the symbols and opens *out; false, with a message on stderr, if that fails. */
bool arguments_take(int count, char **arguments, FILE **out);
