# SPDX-License-Identifier: Apache-2.0
# Sections made of a run that was observed: a trace's threads, a profile's stacks.

# ---- traces: of each thread, how its time was spent. name: trace/SOLUTION/thread/NAME/ARCH
function thread_name(name) { sub(/^trace\/[^\/]*\/(thread|channel)\//, "", name); return row_of(name) }
function threads_panel(arch,   i, j, k, n, t, x, w, list, doing, texts, classes, shown) {
    split("runs ready in_call serves_nobody lock sleeps", doing, " ")
    split("runs|could run|in a call|serves nobody|waits for a lock|sleeps", texts, "|")
    split("kos bad linux other fifth none", classes, " ")
    for (i = 1; i <= names; i++) {
        if (order[i] !~ /^trace\/[^\/]*\/thread\// || arch_of(order[i]) != arch) continue
        for (j = ++n; j > 1 && figure_of(order[i], "switches") + 0 > figure_of(list[j - 1], "switches") + 0; j--) list[j] = list[j - 1]
        list[j] = order[i]
    }
    if (n == 0) return
    shown = n > 24 ? 24 : n
    figure_begin(shown * 15 + 62, "How threads spent their time, " arch ": the " shown " that ran most often")
    for (i = 1; i <= shown; i++) {
        t = thread_name(list[i])
        text_at(98, i * 15 - 3, "end", "tick", length(t) > 15 ? substr(t, 1, 14) "." : t)
        x = 102
        for (k = 1; k <= 6; k++) {
            w = figure_of(list[i], doing[k]) * 2.58
            if (w > 0) box(x, i * 15 - 12, w, 11, classes[k], t ", " texts[k] ": " figure_of(list[i], doing[k]) " %")
            x += w
        }
    }
    for (k = 1; k <= 6; k++) legend(k, shown * 15 + 8, texts[k], classes[k])
    figure_table("thread|switches|runs %|could run %|in a call %|serves nobody %|waits for a lock %|sleeps %")
    for (i = 1; i <= n; i++) {
        cells = thread_name(list[i]) "|" figure_of(list[i], "switches")
        for (k = 1; k <= 6; k++) cells = cells "|" figure_of(list[i], doing[k])
        table_row(cells)
    }
    figure_end("trace_" arch)
}
function section_trace(   a, i, part) {
    if (!section_with("trace", "Threads, from a trace", "trace_x86_64", "^trace/")) return
    note("What the kernel recorded of a few seconds of the real-time benchmark and its load on four emulated CPUs: times are the host&#39;s, and differ from run to run. The whole trace lies in CTF in the folder behind -o.")
    missing("trace_aarch64") # section_with has looked at the other
    print "<div class=\"panels\">"
    for (a = 1; a <= 2; a++) threads_panel(architecture[a])
    print "</div>"
    for (a = 1; a <= 2; a++) {
        part = ""
        for (i = 1; i <= names; i++) {
            if (order[i] !~ /^trace\/[^\/]*\/channel\// || arch_of(order[i]) != architecture[a]) continue
            if (part == "") { part = "trace_" architecture[a]; printf "<h3>%s: calls by channel, nanoseconds</h3>\n<div class=\"card\">\n", architecture[a]; table_begin("channel|calls|min|p50|p99|max") }
            table_row(thread_name(order[i]) "|" number(figure_of(order[i], "count")) "|" number(figure_of(order[i], "min")) "|" number(figure_of(order[i], "p50")) "|" number(figure_of(order[i], "p99")) "|" number(figure_of(order[i], "max")))
        }
        if (part != "") { table_end(); command_line(part); print "</div>" }
    }
}

# ---- profiles: a flame graph. name: profile/SOLUTION/ARCH, stacks "task;function;...;function_[k]"
function flame_draw(name, total,   i, j, n, d, depth, frames, path, weight, kids, x, parent) {
    split("", flame_weight); split("", flame_kids); split("", flame_x)
    flame_depth = 0
    for (i = 1; i <= stacks[name]; i++) {
        n = split(stack_of[name, i], frames, ";")
        weight = figure_of(name, "stacks/" stack_of[name, i]) + 0
        if (n > 16) n = 16 # what lies deeper belongs to its caller
        path = ""
        for (d = 1; d <= n; d++) {
            parent = path
            path = path ";" frames[d]
            if (!(path in flame_weight)) { flame_kids[parent] = flame_kids[parent] "\n" frames[d]; flame_weight[path] = 0 }
            flame_weight[path] += weight
        }
        if (n > flame_depth) flame_depth = n
    }
}
function flame_boxes(path, x, depth, total,   n, k, kids, child, w, name, bottom) {
    n = split(substr(flame_kids[path], 2), kids, "\n")
    for (k = 1; k <= n; k++) {
        child = path ";" kids[k]
        w = flame_weight[child] * 360 / total
        if (w >= 0.5) {
            name = kids[k]; bottom = sub(/_\[k\]$/, "", name)
            box(x, (flame_depth - depth) * 14 + 2, w - 0.3, 13, depth == 1 ? "other" : bottom ? "kos" : "linux", name (bottom ? " (kernel)" : "") sprintf(": %.1f %%", flame_weight[child] * 100 / total))
            if (w > 30) text_at(x + 2, (flame_depth - depth) * 14 + 12, "", "frame", substr(name, 1, int(w / 5.2)))
            flame_boxes(child, x, depth + 1, total)
        }
        x += w
    }
}
function profile_panel(name, arch,   i, j, n, total, frames, own, list, count, f, weight) {
    for (i = 1; i <= stacks[name]; i++) {
        weight = figure_of(name, "stacks/" stack_of[name, i]) + 0
        total += weight
        n = split(stack_of[name, i], frames, ";")
        f = frames[n]
        if (!(f in own)) { list[++count] = f; own[f] = 0 }
        own[f] += weight
    }
    if (total == 0) return
    flame_draw(name, total)
    figure_begin(flame_depth * 14 + 20, "Where the instructions went, " arch ": processes at the bottom, callers below what they call")
    flame_boxes("", 0, 1, total)
    box(0, flame_depth * 14 + 8, 12, 8, "other", ""); text_at(16, flame_depth * 14 + 16, "", "tick", "process")
    box(90, flame_depth * 14 + 8, 12, 8, "linux", ""); text_at(106, flame_depth * 14 + 16, "", "tick", "user code")
    box(180, flame_depth * 14 + 8, 12, 8, "kos", ""); text_at(196, flame_depth * 14 + 16, "", "tick", "kernel")
    figure_table("function|share of the instructions")
    for (i = 2; i <= count; i++) { f = list[i]; for (j = i; j > 1 && own[list[j - 1]] < own[f]; j--) list[j] = list[j - 1]; list[j] = f }
    for (i = 1; i <= count && i <= 40; i++) { f = list[i]; weight = own[f]; if (sub(/_\[k\]$/, "", f)) f = f " (kernel)"; table_row(f "|" sprintf("%.2f %%", weight * 100 / total)) }
    figure_end("profile_" arch)
}
function section_profile(   i) {
    if (!section_with("profile", "Functions, from a profile", "profile_x86_64", "^profile/")) return
    note("Samples by count of executed instructions, kernel and user, of the same run: what the emulator executed, not what a processor would have waited for. perf report reads the file behind -o.")
    missing("profile_aarch64")
    print "<div class=\"panels\">"
    for (i = 1; i <= names; i++) if (order[i] ~ /^profile\//) profile_panel(order[i], arch_of(order[i]))
    print "</div>"
}
