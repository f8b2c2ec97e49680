/* SPDX-License-Identifier: Apache-2.0 */
/* The two kinds of pictures that an analysis draws. Each call writes a file of its own; false: it cannot. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <tools/trace/spread.h>

#define SVG_PARTS 6U
/* Rows of bars, each in parts of a whole; names of parts. */
struct svg_row {
    char label[48];
    double parts[SVG_PARTS];
};
bool svg_bars(const char *file, const char *title, const struct svg_row *rows, size_t count, const char *const *parts,
              size_t part_count);

/* Histograms of durations in nanoseconds over powers of two, one below the other. */
struct svg_histogram {
    char label[64];
    const struct spread *spread;
};
bool svg_histograms(const char *file, const char *title, const struct svg_histogram *histograms, size_t count);
