# SPDX-License-Identifier: Apache-2.0
# The page's sections: what each question's figures look like. All numbers come from value[] (report/data.awk).
function section(id, title) { printf "<h2 id=\"%s\">%s</h2>\n", id, escaped(title) }
function note(text) { print "<p class=\"note\">" text "</p>" }
# Says why a section has nothing, or not all.
function absent(part,   state) {
    state = context["parts/" part "/state"]
    printf "<p class=\"absent\">%s</p>\n", state == "" ? "Not measured in this run." : "Not measured in this run: " escaped(part) " " escaped(state) "." (context["parts/" part "/note"] == "" ? "" : " " escaped(context["parts/" part "/note"]))
}
function note_of(part) { if (context["parts/" part "/note"] != "") printf "<p class=\"absent\">%s</p>\n", escaped(context["parts/" part "/note"]) }
# Where there are figures, of this part or another: whether the part was meant to run and has no results, or has something to say.
function missing(part) {
    if (!(("parts/" part "/state") in context)) return
    if (context["parts/" part "/state"] !~ /^done/) absent(part); else note_of(part)
}
# Above the sections: which parts are missing.
function summary_missing(   i, part, list) {
    for (i = 1; i <= contexts; i++) if (context_order[i] ~ /^parts\/[^\/]*\/state$/ && context[context_order[i]] != "done") {
        part = context_order[i]; sub(/^parts\//, "", part); sub(/\/state$/, "", part)
        list = list (list == "" ? "" : "; ") part " (" context[context_order[i]] ")"
    }
    if (list != "") printf "<p class=\"absent\">Not complete: %s.</p>\n", escaped(list)
}
function remark_of(part,   text) { text = context["parts/" part "/note"]; gsub(/\|/, "/", text); return text }
# The head of a section that shows what names of that pattern have. 0: nothing, and it says why.
function section_with(id, title, part, pattern,   i, n) {
    section(id, title)
    for (i = 1; i <= names; i++) if (order[i] ~ pattern) n++
    if (n == 0) absent(part); else missing(part)
    return n + 0
}
function archs_with(row,   a) { split("", arch_list); arch_count = 0; for (a = 1; a <= 2; a++) if (has(row "/" architecture[a])) arch_list[++arch_count] = architecture[a]; return arch_count }

function section_run(   i, path, part) {
    section("run", "What was measured, on what")
    print "<div class=\"card\">"
    table_begin("|:")
    for (i = 1; i <= contexts; i++) if (context_order[i] !~ /^parts\//) table_row(context_order[i] "|" context[context_order[i]])
    table_end()
    print "</div><div class=\"card\">"
    table_begin("part|took|state:|command:|remark:")
    for (i = 1; i <= contexts; i++) if (context_order[i] ~ /^parts\/[^\/]*\/command$/) {
        part = context_order[i]; sub(/^parts\//, "", part); sub(/\/command$/, "", part)
        table_row(part "|" (context["parts/" part "/seconds"] == "" ? "-" : context["parts/" part "/seconds"] " s") "|" context["parts/" part "/state"] "|" context[context_order[i]] "|" remark_of(part))
    }
    table_end()
    print "</div>"
    note("Instructions are counted by the emulator (<code>-icount shift=0</code>): the same build gives the same figures each time, on any machine. They are not time.")
}

# ---- round trips and the other operations, beside peers and references
function bar_add(label, v, class) { if (v == "" || v <= 0) return; bar_label[++bars] = label; bar_value[bars] = v; bar_class[bars] = class }
function peer_bar(peer, arch) { bar_add(peer_name(peer) ", cheapest way: " peer_by[peer, "ipc/round_trip/best", arch], peer_value[peer, "ipc/round_trip/best", arch], peer) }
function peer_name(peer) { return peer == "linux-rt" ? "Linux PREEMPT_RT" : "Linux" }
function round_trip_bars(arch,   i, r) {
    bars = 0
    r = "ipc/round_trip/cross_space/"
    bar_add("kos, 64 bytes both ways, two decisions", figure_of(r "64B/" arch, "p50"), "kos")
    bar_add("kos, 0 bytes, two decisions", figure_of(r "0B/" arch, "p50"), "kos")
    bar_add("reference: " reference_what[r "0B"], reference[r "0B", arch], "reference")
    bar_add("reference: " reference_what[r "64B"], reference[r "64B", arch], "reference")
    peer_bar("linux", arch); peer_bar("linux-rt", arch)
    figure_begin(bars_height(bars), "Round trip between two address spaces, " arch ", instructions (bars logarithmic)")
    bars_draw(1)
    figure_table("what|instructions|times kos")
    for (i = 1; i <= bars; i++) table_row(bar_label[i] "|" number(bar_value[i]) "|" ratio_text(bar_value[i], bar_value[1]))
    figure_end("ipc")
}
function section_ipc(   i, a, name, arch, ours, ref, l, rt) {
    section("ipc", "Calls and the other operations")
    if (!archs_with("ipc/round_trip/cross_space/64B")) { absent("ipc"); return }
    note_of("ipc")
    print "<div class=\"panels\">"
    for (a = 1; a <= arch_count; a++) round_trip_bars(arch_list[a])
    print "</div>"
    for (a = 1; a <= arch_count; a++) {
        arch = arch_list[a]
        printf "<h3>%s: instructions, median of rounds</h3>\n<div class=\"card\">\n", arch
        table_begin("operation|kos|reference|ratio|Linux|ratio|mechanism:|PREEMPT_RT|ratio|mechanism:|reference is:")
        for (i = 1; i <= names; i++) {
            name = row_of(order[i])
            if (arch_of(order[i]) != arch || order[i] !~ /^(ipc|sync|thread|task|memory|boot)\// || name ~ /^ipc\/arena\//) continue
            ours = figure_of(order[i], "p50"); ref = reference[name, arch]; l = peer_value["linux", name, arch]; rt = peer_value["linux-rt", name, arch]
            table_row(name "|" number(ours) "|" number(ref) "|" ratio_text(ref, ours) "|" number(l) "|" ratio_text(l, ours) "|" peer_by["linux", name, arch] "|" number(rt) "|" ratio_text(rt, ours) "|" peer_by["linux-rt", name, arch] "|" reference_what[name])
        }
        table_end(); command_line("ipc"); print "</div>"
    }
    note("References, with where they come from:" escaped(reference_source) " Linux and PREEMPT_RT: Debian's kernels in the same run, the cheapest mechanism; see docs/benchmarks.md, Peers.")
}

# ---- latency against size
function size_curves(arch,   d, k, i, n, name, b, disciplines) {
    curves_clear()
    curve_new("kos, in the message", "kos")
    n = split("0B 8B 64B 256B 1024B", d, " ")
    for (i = 1; i <= n; i++) point(bytes_of(d[i]), figure_of("ipc/round_trip/cross_space/" d[i] "/" arch, "p50"))
    curve_new("kos, arena copied", "other"); arena_points("copied", arch)
    curve_new("kos, arena sealed", "fifth"); arena_points("sealed", arch)
    curve_new("kos, arena shared", "sixth"); arena_points("shared", arch)
    for (k = 1; k <= 2; k++) {
        if (!((k == 1 ? "linux" : "linux-rt") in peer_seen)) continue
        curve_new(peer_name(k == 1 ? "linux" : "linux-rt") ", best", k == 1 ? "linux" : "linux-rt")
        for (i = 1; i <= n; i++) point(bytes_of(d[i]), peer_value[k == 1 ? "linux" : "linux-rt", "ipc/round_trip/cross_space/" d[i], arch])
        point(4096, peer_value[k == 1 ? "linux" : "linux-rt", "ipc/arena_in/4KiB", arch])
    }
    figure_begin(curves_height(), "Round trip against bytes, " arch ", instructions")
    curves_draw(4, 1048576, "8 64 1024 16384 1048576")
    figure_table("way|bytes|instructions|a byte")
    for (k = 1; k <= curves; k++) for (i = 1; i <= points[k]; i++)
        table_row(curve_name[k] "|" number(point_x[k, i]) "|" number(point_y[k, i]) "|" (point_x[k, i] > 0 ? sprintf("%.3g", point_y[k, i] / point_x[k, i]) : "-"))
    figure_end("ipc")
}
function arena_points(discipline, arch,   i, n, d) {
    n = split("0B 256B 1KiB 2KiB 4KiB 8KiB 16KiB 64KiB 1MiB", d, " ")
    for (i = 1; i <= n; i++) point(bytes_of(d[i]), figure_of("ipc/arena/" discipline "/" d[i] "/" arch, "p50"))
}
function section_size(   a) {
    section("size", "Latency against size")
    if (!archs_with("ipc/round_trip/cross_space/64B")) { absent("ipc"); return }
    note("In the message: as many bytes there and back (0 bytes are drawn at the left edge). Arena: so many bytes there. Linux: there and back, at 4 KiB there and 8 bytes back.")
    print "<div class=\"panels\">"
    for (a = 1; a <= arch_count; a++) size_curves(arch_list[a])
    print "</div>"
}
