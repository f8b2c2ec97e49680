# SPDX-License-Identifier: Apache-2.0
# Text, tables and plots. Plots are SVG without scripts; colours are variables of the page (report/style.css), so they
# follow its light and dark. 360 units wide: as a phone shows them, text is readable.
function escaped(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); gsub(/"/, "\\&quot;", text); return text }
# 14855 -> 14,855; fractions keep one digit if they are small
function number(v,   text, sign, out) {
    if (v == "") return "-"
    if (v != int(v) && v < 1000) return sprintf("%.1f", v)
    text = sprintf("%.0f", v)
    while (length(text) > 3) { out = "," substr(text, length(text) - 2) out; text = substr(text, 1, length(text) - 3) }
    return text out
}
# in plots: 1.58 G, 64 k
function short(v) {
    if (v >= 1e9) return sprintf("%.3g G", v / 1e9)
    if (v >= 1e6) return sprintf("%.3g M", v / 1e6)
    if (v >= 1e4) return sprintf("%.3g k", v / 1e3)
    return number(v)
}
function size_text(b) { return b >= 1048576 ? b / 1048576 " MiB" : b >= 1024 ? b / 1024 " KiB" : b " B" }
function ratio_text(theirs, ours) { return theirs == "" || ours + 0 <= 0 || theirs + 0 <= 0 ? "-" : sprintf("%.1f", theirs / ours) }
function log10(v) { return v > 0 ? log(v) / log(10) : 0 }
function ceiling(v) { return v == int(v) ? v : int(v) + (v > 0 ? 1 : 0) }

# ---- tables: table_begin("a|b|c:"), table_row("x|1|y") ..., table_end(); the first column is text, and those whose heads end in a colon
function table_begin(heads,   n, h, i) {
    n = split(heads, h, "|")
    printf "<div class=\"scroll\"><table><thead><tr>"
    for (i = 1; i <= n; i++) { column_text[i] = sub(/:$/, "", h[i]); printf "<th scope=\"col\"%s>%s</th>", (column_text[i] ? " class=\"text\"" : ""), escaped(h[i]) }
    print "</tr></thead><tbody>"
}
function table_row(cells,   n, c, i) {
    n = split(cells, c, "|")
    printf "<tr><th scope=\"row\">%s</th>", escaped(c[1])
    for (i = 2; i <= n; i++) printf "<td%s>%s</td>", (column_text[i] ? " class=\"text\"" : ""), escaped(c[i])
    print "</tr>"
}
function table_end() { print "</tbody></table></div>" }

# ---- figures: figure_begin(height, what it shows); plot; figure_table(); rows; figure_end(part)
function figure_begin(height, title) {
    printf "<figure><figcaption>%s</figcaption>\n<svg viewBox=\"0 0 360 %d\" role=\"img\" aria-label=\"%s\">\n", escaped(title), height, escaped(title)
    figures++
}
function figure_table(heads) { print "</svg>\n<details><summary>Table</summary>"; table_begin(heads) }
function figure_end(part) { table_end(); print "</details>"; command_line(part); print "</figure>" }
function command_line(part) {
    if (("parts/" part "/command") in context) printf "<p class=\"command\"><code>%s</code></p>\n", escaped(context["parts/" part "/command"])
}
function text_at(x, y, anchor, class, text) { printf "<text x=\"%.1f\" y=\"%.1f\"%s%s>%s</text>\n", x, y, anchor == "" ? "" : " text-anchor=\"" anchor "\"", class == "" ? "" : " class=\"" class "\"", escaped(text) }
function box(x, y, w, h, class, title) { printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\">%s</rect>\n", x, y, w < 0.5 ? 0.5 : w, h, class, title == "" ? "" : "<title>" escaped(title) "</title>" }
function stroke(path, class) { printf "<path d=\"%s\" class=\"line %s\"/>\n", path, class }

# Horizontal bars: bar_label[i], bar_value[i], bar_class[i], i = 1..bars. logarithmic: lengths as powers of ten from 1.
function bars_height(n) { return n * 34 + 6 }
function bars_draw(logarithmic,   i, most, w, y) {
    for (i = 1; i <= bars; i++) if (bar_value[i] > most) most = bar_value[i]
    for (i = 1; i <= bars; i++) {
        y = (i - 1) * 34
        w = most <= 0 ? 0 : logarithmic ? log10(bar_value[i]) / log10(most) : bar_value[i] / most
        text_at(0, y + 13, "", "", length(bar_label[i]) > 50 ? substr(bar_label[i], 1, 48) "..." : bar_label[i])
        text_at(360, y + 13, "end", "value", short(bar_value[i]))
        box(0, y + 18, w * 360, 9, bar_class[i], bar_label[i] ": " number(bar_value[i]))
    }
}

# Curves: point_x[c, i], point_y[c, i], i = 1..points[c]; curve_class[c], curve_name[c], c = 1..curves. Both scales are
# logarithmic where x and y are above 0; x of 0 is drawn at x_least.
function curves_clear() { curves = 0; split("", points) }
function curve_new(name, class) { curve_name[++curves] = name; curve_class[curves] = class; points[curves] = 0 }
function point(x, y) { if (y == "" || y <= 0) return; point_x[curves, ++points[curves]] = x; point_y[curves, points[curves]] = y }
function curves_height() { return 238 + 16 * int((curves + 1) / 2) }
function plot_x(x) { return 40 + (log10(x < x_least ? x_least : x) - log10(x_least)) / (log10(x_most) - log10(x_least)) * 308 }
function plot_y(y) { return 210 - (log10(y) - y_low) / (y_high - y_low) * 196 }
function curves_draw(least, most, ticks,   c, i, path, n, t, d) {
    x_least = least; x_most = most; y_low = 99; y_high = 0
    for (c = 1; c <= curves; c++) for (i = 1; i <= points[c]; i++) {
        d = log10(point_y[c, i])
        if (d < y_low) y_low = int(d)
        if (d > y_high) y_high = ceiling(d)
    }
    if (y_high <= y_low) y_high = y_low + 1
    for (d = y_low; d <= y_high; d++) { stroke(sprintf("M40 %.1fH348", plot_y(10 ^ d)), "grid"); text_at(36, plot_y(10 ^ d) + 4, "end", "tick", short(10 ^ d)) }
    n = split(ticks, t, " ")
    for (i = 1; i <= n; i++) { stroke(sprintf("M%.1f 14V210", plot_x(t[i])), "grid"); text_at(plot_x(t[i]) + (i == n ? 10 : 0), 224, i == n ? "end" : "middle", "tick", size_text(t[i])) }
    for (c = 1; c <= curves; c++) {
        path = ""
        for (i = 1; i <= points[c]; i++) path = path sprintf("%s%.1f %.1f", i == 1 ? "M" : "L", plot_x(point_x[c, i]), plot_y(point_y[c, i]))
        stroke(path, curve_class[c])
        for (i = 1; i <= points[c]; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" class=\"%s\"><title>%s</title></circle>\n", plot_x(point_x[c, i]), plot_y(point_y[c, i]), curve_class[c], escaped(curve_name[c] ", " size_text(point_x[c, i]) ": " number(point_y[c, i]))
        legend(c, 236, curve_name[c], curve_class[c])
    }
}
# Two in a line.
function legend(i, y, name, class) {
    box((i - 1) % 2 * 180, y + int((i - 1) / 2) * 16 + 1, 12, 8, class, "")
    text_at((i - 1) % 2 * 180 + 17, y + int((i - 1) / 2) * 16 + 9, "", "tick", name)
}
