/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flame graph: every box is a function, as wide as its share of the samples, on top of its caller. Tasks at the
 * bottom. One SVG that shows the numbers where the pointer is and zooms where it is clicked.
 */
#include <profiles/profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH      1200.0
#define ROW        17
#define LEAST      0.3 /* narrower boxes are left out: nobody would see them */
#define MARGIN     10
#define HEAD       30
#define CHARACTERS 6.8 /* width of one */

struct node {
    const char *name;
    bool kernel;
    uint64_t weight;
    struct node *children, *next;
};

struct graph {
    struct profile *profile;
    struct node root;
    unsigned depth;
};

static struct node *child(struct node *parent, const char *name, bool kernel)
{
    for (struct node *node = parent->children; node != NULL; node = node->next)
        if (node->kernel == kernel && strcmp(node->name, name) == 0)
            return node;
    struct node *node = calloc(1, sizeof(*node));
    if (node == NULL)
        abort();
    *node = (struct node){.name = name, .kernel = kernel, .next = parent->children};
    parent->children = node;
    return node;
}

static struct node *descend(struct graph *graph, struct node *node, const struct profile_task *task, uint64_t address)
{
    uint64_t start;
    const char *name = profile_function(graph->profile, task, address, &start);
    return child(node, name != NULL ? name : "(unknown)", (address & RAW_KERNEL_HALF) != 0);
}

static void add(const struct profile_sample *sample, void *context)
{
    struct graph *graph = context;
    const struct raw_record *record = sample->record;
    const struct profile_task *task = record->idle ? NULL : profile_task(graph->profile, record->task);
    struct node *node = child(&graph->root, record->idle ? "idle" : task != NULL ? task->name : "(unknown)", false);
    graph->root.weight += record->weight;
    node->weight += record->weight;
    for (uint32_t i = sample->depth; i > 0; i--) {
        node = descend(graph, node, task, sample->chain[i - 1] - 1); /* the call, not what follows it */
        node->weight += record->weight;
    }
    node = descend(graph, node, task, sample->pc);
    node->weight += record->weight;
    if (sample->depth + 2 > graph->depth)
        graph->depth = sample->depth + 2;
}

static int by_name(const void *a, const void *b)
{
    const struct node *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/* Text in a box, or in XML: without what it could not take. */
static void print_text(FILE *out, const char *text, size_t most)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length && i < most; i++)
        switch (text[i]) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(text[i], out);
        }
    if (length > most)
        fputs("..", out);
}

static void draw(FILE *out, const struct graph *graph, const struct node *node, double x, unsigned row)
{
    double width = (double)node->weight * WIDTH / (double)graph->root.weight;
    if (width < LEAST)
        return;
    unsigned y = HEAD + (graph->depth - row) * ROW, shade = 0;
    for (const char *at = node->name; *at != '\0'; at++)
        shade = (shade * 31 + (unsigned char)*at) % 40;
    fprintf(out, "<g class=\"%s\" data-x=\"%.2f\" data-w=\"%.2f\"><title>", node->kernel ? "k" : "u", x, width);
    print_text(out, node->name, 200);
    fprintf(
        out,
        "%s: %llu, %.2f %%</title><rect x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%d\" fill=\"hsl(%u,%u%%,%u%%)\"/>",
        node->kernel ? " (kernel)" : "", (unsigned long long)node->weight,
        100.0 * (double)node->weight / (double)graph->root.weight, x + MARGIN, y, width, ROW - 1,
        row == 0       ? 0
        : node->kernel ? 15 + shade / 2
                       : 190 + shade,
        row == 0 ? 0 : 70, 62 + shade / 4);
    fprintf(out, "<text x=\"%.2f\" y=\"%u\">", x + MARGIN + 2, y + 12);
    if (width > 4 * CHARACTERS)
        print_text(out, node->name, (size_t)(width / CHARACTERS) - 2);
    fputs("</text></g>\n", out);
    const struct node *children[4096];
    size_t count = 0;
    for (const struct node *at = node->children; at != NULL && count < 4096; at = at->next)
        children[count++] = at;
    qsort(children, count, sizeof(children[0]), by_name);
    for (size_t i = 0; i < count; i++) {
        draw(out, graph, children[i], x, row + 1);
        x += (double)children[i]->weight * WIDTH / (double)graph->root.weight;
    }
}

/* A click makes a box as wide as the picture, and everything else accordingly; one on the lowest undoes it. */
static const char script[] =
    "<script><![CDATA[\n"
    "var boxes = document.querySelectorAll('g[data-x]');\n"
    "boxes.forEach(function (clicked) { clicked.addEventListener('click', function () {\n"
    "  var from = +clicked.dataset.x, scale = 1200 / +clicked.dataset.w;\n"
    "  boxes.forEach(function (box) {\n"
    "    var x = (box.dataset.x - from) * scale, right = x + box.dataset.w * scale;\n"
    "    var left = Math.max(0, Math.min(1200, x)), width = Math.max(0, Math.min(1200, right) - left);\n"
    "    var rect = box.querySelector('rect'), text = box.querySelector('text');\n"
    "    rect.setAttribute('x', left + 10); rect.setAttribute('width', width);\n"
    "    text.setAttribute('x', left + 12);\n"
    "    var name = box.querySelector('title').textContent.replace(/( \\(kernel\\))?: [0-9]+, .*/, ''), fits = width / "
    "6.8 - 1;\n"
    "    text.textContent = fits < 3 ? '' : name.length <= fits ? name : name.slice(0, fits - 2) + '..';\n"
    "    box.style.display = width < 0.2 ? 'none' : '';\n"
    "  });\n"
    "}); });\n"
    "]]></script>\n";

bool flame_write(struct profile *profile, const char *path, const char *title)
{
    struct graph graph = {.profile = profile, .root = {.name = "all"}};
    profile_samples(profile, add, &graph);
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        return false;
    }
    unsigned height = HEAD + (graph.depth + 1) * ROW + MARGIN;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%u\" viewBox=\"0 0 %g %u\">\n"
            "<style>text{font:11px monospace;pointer-events:none} g{cursor:pointer} g:hover rect{stroke:#000}</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/><text x=\"%d\" y=\"18\">",
            WIDTH + 2 * MARGIN, height, WIDTH + 2 * MARGIN, height, MARGIN);
    print_text(out, title, 150);
    fprintf(out, " %llu samples; orange: kernel, blue: user</text>\n", (unsigned long long)profile->sample_count);
    if (graph.root.weight != 0)
        draw(out, &graph, &graph.root, 0, 0);
    fputs(script, out);
    fputs("</svg>\n", out);
    return profile_written(out, path);
}

#define FRAMES_MOST 256U

/* What the node has beside its children that are written themselves. */
static void fold(FILE *out, const struct node *node, const struct node **path, unsigned depth, uint64_t least)
{
    uint64_t own = node->weight;
    path[depth] = node;
    for (const struct node *at = node->children; at != NULL && depth + 1 < FRAMES_MOST; at = at->next)
        if (at->weight >= least) {
            own -= at->weight;
            fold(out, at, path, depth + 1, least);
        }
    if (own == 0 || depth == 0)
        return;
    fprintf(out, "%llu ", (unsigned long long)own);
    for (unsigned i = 1; i <= depth; i++)
        fprintf(out, "%s%s%s", i == 1 ? "" : ";", path[i]->name, path[i]->kernel ? "_[k]" : "");
    fputc('\n', out);
}

bool folded_write(struct profile *profile, const char *path)
{
    struct graph graph = {.profile = profile, .root = {.name = "all"}};
    const struct node *frames[FRAMES_MOST];
    profile_samples(profile, add, &graph);
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        return false;
    }
    fold(out, &graph.root, frames, 0, graph.root.weight / 1000 + 1);
    return profile_written(out, path);
}
