# SPDX-License-Identifier: Apache-2.0
# More sections: real time, scaling, conflicts, the path of a Call, decisions, structures on this machine, caveats.

# ---- real time: counts on a logarithmic scale, as the rare long latencies are what matters
function histogram_draw(name,   i, n, low, high, step, most, x, w, h, c) {
    for (n = 0; (name, "histogram/" n "/0") in value; n++) {
        low = n == 0 ? figure_of(name, "histogram/0/0") + 0 : low
        if (figure_of(name, "histogram/" n "/1") + 0 > 0) step = figure_of(name, "histogram/" n "/1") + 0
        if (figure_of(name, "histogram/" n "/2") + 0 > most) most = figure_of(name, "histogram/" n "/2") + 0
    }
    if (step == 0) step = 1
    high = figure_of(name, "histogram/" n - 1 "/0") + step
    w = step * 350 / (high - low); if (w > 40) w = 40
    for (i = 0; i < n; i++) {
        c = figure_of(name, "histogram/" i "/2")
        x = (figure_of(name, "histogram/" i "/0") - low) * 350 / (high - low)
        if (x > 350 - w) x = 350 - w
        h = (log10(c) + 0.3) / (log10(most) + 0.3) * 100
        box(x, 112 - h, w > 2 ? w - 0.7 : w, h, figure_of(name, "histogram/" i "/1") + 0 == 0 ? "bad" : name ~ /\/load\// ? "kos" : "other", number(figure_of(name, "histogram/" i "/0")) (figure_of(name, "histogram/" i "/1") + 0 == 0 ? " and more" : "") ": " number(c) " rounds")
    }
    stroke("M0 112H350", "grid")
    text_at(0, 127, "", "tick", number(low)); text_at(350, 127, "end", "tick", number(high)); text_at(175, 127, "middle", "tick", "instructions")
    return n
}
function section_rt(   i, j, name, n, p, arch, k) {
    if (!section_with("rt", "Latencies of real-time threads", "rt", "^rt/")) return
    note("Instructions from the point in time (or the wake-up) to the thread&#39;s first instruction. Heights: rounds, logarithmic; red: everything beyond. Load: messages, page faults, mappings, threads and processes of the lowest priority.")
    print "<div class=\"panels\">"
    for (i = 1; i <= names; i++) {
        name = order[i]
        if (name !~ /^rt\// || !((name, "histogram/0/0") in value)) continue
        figure_begin(132, name ": " number(figure_of(name, "min")) " to " number(figure_of(name, "max")) " instructions")
        n = histogram_draw(name)
        figure_table("from|to|rounds")
        for (j = 0; j < n; j++) table_row(number(figure_of(name, "histogram/" j "/0")) "|" (figure_of(name, "histogram/" j "/1") + 0 == 0 ? "" : number(figure_of(name, "histogram/" j "/0") + figure_of(name, "histogram/" j "/1") - 1)) "|" number(figure_of(name, "histogram/" j "/2")))
        figure_end("rt")
    }
    print "</div><div class=\"card\">"
    table_begin("case|min|p50|p99|max|Linux max|ratio|PREEMPT_RT max|ratio")
    for (i = 1; i <= names; i++) {
        if (order[i] !~ /^rt\// || order[i] ~ /^rt\/longest/) continue
        name = row_of(order[i]); arch = arch_of(order[i])
        table_row(order[i] "|" number(figure_of(order[i], "min")) "|" number(figure_of(order[i], "p50")) "|" number(figure_of(order[i], "p99")) "|" number(figure_of(order[i], "max")) "|" number(peer_value["linux", name, arch]) "|" ratio_text(peer_value["linux", name, arch], figure_of(order[i], "max")) "|" number(peer_value["linux-rt", name, arch]) "|" ratio_text(peer_value["linux-rt", name, arch], figure_of(order[i], "max")))
    }
    table_end(); command_line("rt"); print "</div>"
    section_longest()
}
# The longest path on which no interrupt is taken: its functions, and the ten longest of different kinds.
function section_longest(   a, i, n, name) {
    n = archs_with("rt/longest_interrupts_off")
    if (n || ("parts/interrupts_off/state") in context) print "<h3 id=\"longest\">The longest paths without interrupts</h3>"
    missing("interrupts_off")
    if (n == 0) return
    print "<div class=\"panels\">"
    for (a = 1; a <= n; a++) {
        name = "rt/longest_interrupts_off/" arch_list[a]
        functions_panel(name, "The longest path without interrupts, " arch_list[a] ": " number(figure_of(name, "instructions")) " instructions by function", "interrupts_off")
    }
    print "</div>"
    for (a = 1; a <= n; a++) {
        name = "rt/longest_interrupts_off/" arch_list[a]
        if (!paths[name]) continue
        print "<div class=\"card\">"
        table_begin("the longest kinds of paths, " arch_list[a] " (which run: solution/CPUs)|instructions")
        for (i = 1; i <= paths[name]; i++) table_row(path_of[name, i] "|" number(figure_of(name, "paths/" path_of[name, i])))
        table_end(); command_line("interrupts_off"); print "</div>"
    }
}

# ---- scaling
function scale_x(n) { return 30 + (n - 1) / 7 * 310 }
function scale_y(s) { return 190 - (s > 8 ? 8 : s) / 8 * 176 }
function scale_curve(prefix, work, arch, class,   c, path, s, none) {
    for (c = 1; c <= 4; c++) {
        s = figure_of(prefix "scale/" work "/" cpus[c] "/" arch, "speedup")
        if (s == "") continue
        path = path sprintf("%s%.1f %.1f", path == "" ? "M" : "L", scale_x(cpus[c]), scale_y(s))
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" class=\"%s\"><title>%d CPUs: %s</title></circle>\n", scale_x(cpus[c]), scale_y(s), class, cpus[c], s
    }
    if (path == "") return 0
    stroke(path, class)
    return 1
}
function scale_panel(work, arch,   c, k, n, keys, texts, label, w) {
    split("|_biglock|linux|linux-rt", keys, "|"); split("kos|same kernel, one big lock|Linux|Linux PREEMPT_RT", texts, "|")
    figure_begin(240, work ", " arch ": throughput, kos on one CPU = 1")
    for (c = 1; c <= 4; c++) {
        text_at(scale_x(cpus[c]), 204, "middle", "tick", cpus[c]); text_at(24, scale_y(cpus[c]) + 4, "end", "tick", cpus[c])
        stroke(sprintf("M30 %.1fH340", scale_y(cpus[c])), "grid")
    }
    stroke(sprintf("M%.1f %.1fL%.1f %.1f", scale_x(1), scale_y(1), scale_x(8), scale_y(8)), "reference")
    n = 0
    for (k = 4; k >= 1; k--)
        if (scale_curve(k > 2 ? keys[k] "/" : "", k == 2 ? work "_biglock" : work, arch, k == 1 ? "kos" : k == 2 ? "bad" : keys[k])) legend(++n, 208, texts[k], k == 1 ? "kos" : k == 2 ? "bad" : keys[k])
    figure_table("kernel|CPUs|instructions of a round|throughput")
    for (k = 1; k <= 4; k++) for (c = 1; c <= 4; c++) {
        label = (k > 2 ? keys[k] "/" : "") "scale/" (k == 2 ? work "_biglock" : work) "/" cpus[c] "/" arch
        if (has(label)) table_row(texts[k] "|" cpus[c] "|" number(figure_of(label, "instructions")) "|" sprintf("%.2f", figure_of(label, "speedup")))
    }
    figure_end("scale")
}
function section_scale(   i, n, work, arch, seen) {
    split("1 2 4 8", cpus, " ")
    if (!section_with("scale", "More CPUs", "scale", "^scale/")) return
    note("Emulated CPUs advance side by side; what each does is counted in instructions, waiting included. Dashed: ideal.")
    print "<div class=\"panels\">"
    for (i = 1; i <= names; i++) {
        if (order[i] !~ /^scale\// || order[i] ~ /_biglock\//) continue
        work = order[i]; sub(/^scale\//, "", work); sub(/\/.*/, "", work); arch = arch_of(order[i])
        if (!((work, arch) in seen)) { seen[work, arch] = 1; scale_panel(work, arch) }
    }
    print "</div>"
}

# ---- conflicts
function conflicts_map(one, arch,   i, j, n, name, f, rows, at, side, v, sum, shade, class) {
    for (i = 1; i <= names; i++) {
        if (arch_of(order[i]) != arch || order[i] !~ (one ? "^conflicts/one_task/" : "^conflicts/[a-z_]*/[a-z_]*/[a-z0-9_]*$") || order[i] ~ /control/) continue
        split(order[i], f, "/")
        name = f[2 + one]
        if (!(name in at)) { at[name] = ++n; rows[n] = name }
        sum += figure_of(order[i], "shared_lines")
    }
    if (n == 0) return
    side = 226 / n
    figure_begin(n * side + 22, (one ? "Two threads of one task, " : "Two tasks, ") arch ": lines that CPU 0 (rows) and CPU 1 (columns) share, " number(sum) " in all")
    for (i = 1; i <= n; i++) {
        text_at(128, i * side + 10, "end", "tick", i " " rows[i]); text_at(133 + (i - 0.5) * side, 12, "middle", "tick", i)
        for (j = 1; j <= n; j++) {
            v = figure_of("conflicts/" (one ? "one_task/" : "") rows[i] "/" rows[j] "/" arch, "shared_lines")
            shade = v == "" ? "" : sprintf(" fill-opacity=\"%.2f\"", (v + 0 == 0 ? 0.35 : v + 0 > 8 ? 1 : 0.4 + v * 0.075))
            class = v == "" ? "none" : v + 0 == 0 ? "other" : "bad"
            printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"%s><title>%s, %s: %s</title></rect>\n", 133 + (j - 1) * side, 16 + (i - 1) * side, side - 1, side - 1, class, shade, rows[i], rows[j], (v == "" ? "not measured" : v)
            text_at(133 + (j - 0.5) * side, 16 + (i - 0.5) * side + 4, "middle", "tick", v)
        }
    }
    figure_table("CPU 0|CPU 1:|shared lines|of them falsely shared")
    for (i = 1; i <= n; i++) for (j = 1; j <= n; j++) {
        v = "conflicts/" (one ? "one_task/" : "") rows[i] "/" rows[j] "/" arch
        if (has(v)) table_row(rows[i] "|" rows[j] "|" figure_of(v, "shared_lines") "|" figure_of(v, "falsely_shared_lines"))
    }
    figure_end("conflicts")
}
function section_conflicts(   a, i, n) {
    if (!section_with("conflicts", "Do CPUs disturb each other?", "conflicts", "^conflicts/")) return
    note("Cache lines of kernel data that one CPU writes and the other reads or writes while each does something of its own. 0: nothing travels between their caches.")
    print "<div class=\"panels\">"
    for (a = 1; a <= 2; a++) { conflicts_map(0, architecture[a]); conflicts_map(1, architecture[a]) }
    print "</div>"
    for (a = 1; a <= 2; a++) if (has("conflicts/control/control/" architecture[a]))
        note("Control, " architecture[a] ": two CPUs that change one object share " figure_of("conflicts/control/control/" architecture[a], "shared_lines") " lines, so the instrument sees.")
}

# ---- the path of a Call
function path_panel(arch,   name) {
    name = "footprint/local_round_trip/" arch
    functions_panel(name, "One round trip with 64 bytes, " arch ": " figure_of(name, "instructions") " instructions by function", "footprint")
}
function functions_panel(name, title, part,   i, j, t, list, n) {
    n = functions[name]
    for (i = 1; i <= n; i++) { # most instructions first
        t = function_of[name, i]
        for (j = i; j > 1 && figure_of(name, "functions/" t) + 0 > figure_of(name, "functions/" list[j - 1]) + 0; j--) list[j] = list[j - 1]
        list[j] = t
    }
    bars = 0
    for (i = 1; i <= n && i <= 12; i++) bar_add(path_name(list[i]), figure_of(name, "functions/" list[i]), list[i] == "user" ? "reference" : "kos")
    for (j = 0; i <= n; i++) j += figure_of(name, "functions/" list[i])
    bar_add("others", j, "none")
    figure_begin(bars_height(bars), title)
    bars_draw(0)
    figure_table("function|instructions|share")
    for (i = 1; i <= n; i++) table_row(path_name(list[i]) "|" figure_of(name, "functions/" list[i]) "|" sprintf("%.0f %%", 100 * figure_of(name, "functions/" list[i]) / figure_of(name, "instructions")))
    figure_end(part)
}
# hal_data_end: the kernel's last symbol; behind it are the pages in which each x86_64 CPU has its own entry.
function path_name(f) { return f == "user" ? "user code, client and server" : f == "hal_data_end" ? "system call entry (a page of each CPU)" : f }
function section_path(   a, i, k, n, fields) {
    section("path", "The path of a Call, and what each operation touches")
    if (!archs_with("footprint/local_round_trip")) { absent("footprint"); return }
    note_of("footprint")
    print "<div class=\"panels\">"
    for (a = 1; a <= arch_count; a++) path_panel(arch_list[a])
    print "</div><div class=\"card\">"
    n = split("instructions kernel_instructions code_lines data_lines user_data_lines pages atomics barriers space_switches tlb_invalidations", fields, " ")
    table_begin("one round|instructions|in the kernel|code lines|data lines|user data lines|pages|atomics|barriers|space switches|TLB invalidations")
    for (i = 1; i <= names; i++) {
        if (order[i] !~ /^footprint\//) continue
        cells = substr(order[i], 11)
        for (k = 1; k <= n; k++) cells = cells "|" number(figure_of(order[i], fields[k]))
        table_row(cells)
    }
    table_end(); command_line("footprint"); print "</div>"
}

# ---- decisions
function section_decisions(   a, i, arch, n) {
    if (!section_with("decisions", "What a decision costs", "ksm", "^ksm/")) return
    note("Instructions of the security module for one event. Constant: decided when the policy was compiled; cached: the answer is in this CPU&#39;s cache; the others run their models&#39; rules.")
    print "<div class=\"panels\">"
    for (a = 1; a <= 2; a++) {
        arch = architecture[a]; bars = 0
        for (i = 1; i <= names; i++) if (order[i] ~ /^ksm\// && order[i] !~ /^ksm\/native/ && arch_of(order[i]) == arch) bar_add(substr(row_of(order[i]), 5), figure_of(order[i], "p50"), "kos")
        if (bars == 0) continue
        figure_begin(bars_height(bars), "A decision, " arch ", instructions (bars logarithmic)")
        bars_draw(1)
        figure_table("decision|p50|max")
        for (i = 1; i <= bars; i++) table_row(bar_label[i] "|" number(bar_value[i]) "|" number(figure_of("ksm/" bar_label[i] "/" arch, "max")))
        figure_end("ksm")
    }
    print "</div>"
}

# ---- structures on this machine: what/contender/real_time/threads:N
function native_key(name,   f, n) { n = split(name, f, "/"); return f[1] "/" f[2] ", " substr(f[n], 9) (f[n] ~ /:1$/ ? " thread" : " threads") }
function section_native(   i, k, n, keys, key, f, ours) {
    section("native", "Structures of the kernel, on this machine")
    for (i = 1; i <= names; i++) if (order[i] ~ /threads:[0-9]+$/) { key = native_key(order[i]); if (!(key in ours)) { ours[key] = ""; keys[++n] = key } split(order[i], f, "/"); if (f[3] == "kos") ours[key] = figure_of(order[i], "real_time") }
    if (n == 0) { absent("native"); return }
    note_of("native")
    note("Nanoseconds of wall time of the host, best of the repetitions; beside other libraries that do the same work.")
    print "<div class=\"panels\">"
    for (k = 1; k <= n; k++) {
        bars = 0
        for (i = 1; i <= names; i++) if (order[i] ~ /threads:[0-9]+$/ && native_key(order[i]) == keys[k]) { split(order[i], f, "/"); bar_add(f[3], figure_of(order[i], "real_time") + 0, f[3] == "kos" || f[1] == "ksm" ? "kos" : "reference") }
        figure_begin(bars_height(bars), keys[k] ", ns")
        bars_draw(0)
        figure_table("contender|ns|times kos")
        for (i = 1; i <= bars; i++) table_row(bar_label[i] "|" sprintf("%.1f", bar_value[i]) "|" ratio_text(bar_value[i], ours[keys[k]]))
        figure_end("native")
    }
    print "</div>"
}

# ---- docs/caveats.md: headings, lists, paragraphs, `code`, links as their text
function inline_text(text,   out, part, n, i) {
    while (match(text, /\[[^]]*\]\([^)]*\)/)) {
        part = substr(text, RSTART + 1, RLENGTH - 1); sub(/\]\(.*/, "", part)
        text = substr(text, 1, RSTART - 1) part substr(text, RSTART + RLENGTH)
    }
    n = split(escaped(text), part_, "`")
    for (i = 1; i <= n; i++) out = out (i % 2 == 0 ? "<code>" part_[i] "</code>" : part_[i])
    gsub(/\*\*/, "", out)
    return out
}
function section_caveats(file,   line, item, list) {
    section("caveats", "Caveats")
    while ((getline line < file) > 0) {
        if (line ~ /^# /) continue
        if (line ~ /^(- |## |$)/ && item != "") { print (list ? "<li>" : "<p>") inline_text(item) (list ? "</li>" : "</p>"); item = "" }
        if (line ~ /^## / || line == "") { if (list) print "</ul>"; list = 0 }
        if (line ~ /^## /) print "<h3>" inline_text(substr(line, 4)) "</h3>"
        else if (line ~ /^- /) { if (!list) print "<ul>"; list = 1; item = substr(line, 3) }
        else if (line != "") { sub(/^ +/, "", line); item = item (item == "" ? "" : " ") line }
    }
    if (item != "") print (list ? "<li>" : "<p>") inline_text(item) (list ? "</li>" : "</p>")
    if (list) print "</ul>"
    close(file)
}
