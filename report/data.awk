# SPDX-License-Identifier: Apache-2.0
# What a page is made of: the rows of a run (report/rows.awk), and the figures of other systems (benchmarks/reference.tsv).
#   value[name, field]   order[1..names]   context[path]   histogram, functions, stacks: fields histogram/I/0..2, functions/NAME, paths/N: TEXT, stacks/A;B
#   peer_value[peer, row, arch], peer_by[...]: the best mechanism of a peer for a row of ours
function data_read(file,   line, f, previous) {
    while ((getline line < file) > 0) {
        split(line, f, "\t")
        if (f[1] == "context") { context[f[2]] = f[3]; context_order[++contexts] = f[2]; continue }
        if (f[1] ~ /_(mean|median|stddev|cv)$/) continue # what Google Benchmark makes of repetitions
        if (!(f[1] in known)) { known[f[1]] = 1; order[++names] = f[1] }
        if (f[2] ~ /^functions\//) function_of[f[1], ++functions[f[1]]] = substr(f[2], 11)
        if (f[2] ~ /^stacks\//) stack_of[f[1], ++stacks[f[1]]] = substr(f[2], 8)
        if (f[2] ~ /^paths\//) path_of[f[1], ++paths[f[1]]] = substr(f[2], 7)
        # of repetitions the best: whatever else runs on the machine only adds
        if (f[2] == "real_time" && (f[1], f[2]) in value && value[f[1], f[2]] + 0 <= f[3] + 0) continue
        value[f[1], f[2]] = f[3]
    }
    close(file)
}

function reference_read(file,   line, f) {
    while ((getline line < file) > 0) {
        if (line ~ /^# name/) continue
        if (line ~ /^#/) { reference_source = reference_source " " substr(line, 3); continue }
        split(line, f, "\t")
        reference[f[1], "x86_64"] = f[2]; reference[f[1], "aarch64"] = f[3]; reference_what[f[1]] = f[4]
    }
    close(file)
}

function has(name) { return name in known }
function figure_of(name, field) { return (name, field) in value ? value[name, field] : "" }
function arch_of(name,   n, p) { n = split(name, p, "/"); return p[n] }
function row_of(name) { sub(/\/[^\/]*$/, "", name); return name }

# Of names "linux/row/mechanism/arch" and "linux/row/arch" the least: what counts is the maximum for wake-ups, otherwise the median.
function peers_find(   i, peer, name, arch, row, mechanism, metric, v) {
    for (i = 1; i <= names; i++) {
        if (order[i] !~ /^linux(-rt)?\// || order[i] ~ /\/scale\//) continue
        peer = order[i]; sub(/\/.*/, "", peer)
        name = substr(order[i], length(peer) + 2); arch = arch_of(name); row = row_of(name); mechanism = ""
        if (!has(row "/" arch)) { mechanism = arch_of(row); row = row_of(row) }
        metric = row ~ /^rt\// ? "max" : "p50"
        v = figure_of(order[i], metric) + 0
        peer_offer(peer, row, arch, v, mechanism)
        if (row ~ /^ipc\/round_trip\/cross_space\//) peer_offer(peer, "ipc/round_trip/best", arch, v, mechanism)
    }
}
function peer_offer(peer, row, arch, v, mechanism) {
    if (v <= 0 || ((peer, row, arch) in peer_value && peer_value[peer, row, arch] <= v)) return
    peer_value[peer, row, arch] = v; peer_by[peer, row, arch] = mechanism
    peer_seen[peer] = 1
}
# "4KiB" -> 4096
function bytes_of(text) { return text * (text ~ /KiB/ ? 1024 : text ~ /MiB/ ? 1048576 : 1) }
