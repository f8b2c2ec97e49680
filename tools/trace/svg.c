/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <tools/trace/svg.h>

#define LEFT   170
#define WIDTH  560
#define ROW    22
#define HEIGHT 90 /* of a histogram */

static const char *const colours[SVG_PARTS] = {"#3b78b5", "#e08a3c", "#9aa5b1", "#5aa469", "#b5564b", "#d8dde3"};

/* Names come from the guest. */
static void text_print(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '<' || *text == '>' || *text == '&')
            fprintf(out, "&#%d;", *text);
        else
            fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
}

static FILE *begin(const char *file, const char *title, int height)
{
    FILE *out = fopen(file, "w");
    if (out == NULL)
        return NULL;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
            "font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
            "<text x=\"10\" y=\"20\" font-size=\"15\">",
            LEFT + WIDTH + 60, height);
    text_print(out, title);
    fprintf(out, "</text>\n");
    return out;
}

static bool end(FILE *out)
{
    fprintf(out, "</svg>\n");
    bool good = ferror(out) == 0;
    return fclose(out) == 0 && good;
}

bool svg_bars(const char *file, const char *title, const struct svg_row *rows, size_t count, const char *const *parts,
              size_t part_count)
{
    FILE *out = begin(file, title, (int)count * ROW + 80);
    if (out == NULL)
        return false;
    for (size_t part = 0; part < part_count; part++)
        fprintf(out,
                "<rect x=\"%zu\" y=\"32\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%zu\" y=\"41\">%s</text>\n",
                10 + part * 120, colours[part], 25 + part * 120, parts[part]);
    for (size_t row = 0; row < count; row++) {
        double at = 0, first = rows[row].parts[0];
        size_t y = 60 + row * ROW;
        fprintf(out, "<text x=\"10\" y=\"%zu\">", y + 13);
        text_print(out, rows[row].label);
        fprintf(out, "</text>\n");
        for (size_t part = 0; part < part_count; part++) {
            double share = rows[row].parts[part];
            fprintf(out,
                    "<rect x=\"%.1f\" y=\"%zu\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s: %.2f "
                    "%%</title></rect>\n",
                    LEFT + at * WIDTH, y, share * WIDTH, ROW - 6, colours[part], parts[part], share * 100);
            at += share;
        }
        fprintf(out, "<text x=\"%d\" y=\"%zu\">%.1f %%</text>\n", LEFT + WIDTH + 8, y + 13, first * 100);
    }
    return end(out);
}

/* 8192 -> "8.2 us" */
static void time_print(FILE *out, uint64_t ns)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    double value = (double)ns;
    size_t unit = 0;
    for (; value >= 1000 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
        value /= 1000;
    fprintf(out, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void histogram(FILE *out, const struct svg_histogram *histogram, int top)
{
    const struct spread *spread = histogram->spread;
    unsigned from = 63, to = 0;
    uint64_t most = 1;
    for (unsigned power = 0; power < 60; power++) {
        uint64_t count = spread_power(spread, power);
        if (count == 0)
            continue;
        from = power < from ? power : from;
        to = power;
        most = count > most ? count : most;
    }
    fprintf(out, "<text x=\"10\" y=\"%d\">", top + 12);
    text_print(out, histogram->label);
    fprintf(out, ": %llu, p50 %llu ns, p99 %llu ns, max %llu ns</text>\n", (unsigned long long)spread->count,
            (unsigned long long)spread_part(spread, 0.5), (unsigned long long)spread_part(spread, 0.99),
            (unsigned long long)spread->greatest);
    if (from > to)
        return;
    double width = (double)(LEFT + WIDTH) / (to - from + 1) < 60 ? (double)(LEFT + WIDTH) / (to - from + 1) : 60;
    for (unsigned power = from; power <= to; power++) {
        uint64_t count = spread_power(spread, power);
        double height = (double)count / (double)most * (HEIGHT - 30), x = 20 + (power - from) * width;
        fprintf(out,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%llu ns and more: "
                "%llu</title></rect>\n",
                x, top + HEIGHT - 10 - height, width - 2, height, colours[0], 1ULL << power, (unsigned long long)count);
        fprintf(out, "<text x=\"%.1f\" y=\"%d\" font-size=\"9\">", x, top + HEIGHT);
        time_print(out, 1ULL << power); /* from there on, to the next */
        fprintf(out, "</text>\n");
    }
}

bool svg_histograms(const char *file, const char *title, const struct svg_histogram *histograms, size_t count)
{
    FILE *out = begin(file, title, (int)count * (HEIGHT + 20) + 50);
    if (out == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        histogram(out, &histograms[i], 35 + (int)i * (HEIGHT + 20));
    return end(out);
}
