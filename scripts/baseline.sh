# SPDX-License-Identifier: Apache-2.0
# ./kos bench --check and --update: sourced by kos, after the other benchmarks' files. benchmarks/baseline.json has every figure that
# is the same each time: what ipc, footprint, ksm, rt and conflicts count exactly.

baseline_usage() {
    cat <<'TEXT'
usage: ./kos bench --check [--arch A]     measure every exact figure, compare with benchmarks/baseline.json
       ./kos bench --update [--arch A]    the same, and record what was measured

Compared exactly, as the same build gives the same counts. A figure that grew is told with the functions of the kernel
that grew, and the exit status is 1, as when a figure is gone. One that shrank, or is new, asks to be recorded.
TEXT
}

# baseline_measure ARCH DIR: DIR/*.json, without what varies from run to run: boot (the firmware reads the host's clock)
# and the control of conflicts
baseline_measure() {
    threads=1 priority=25 interval=200 distance=0 loops=2000 buckets=0
    measure "$1" exact 1 "" "$2/ipc" && json "$1:$2/ipc" ipc >"$2/ipc.json" &&
        footprint_measure "$1" "$2/footprint" && footprint_json "$1:$2/footprint" >"$2/footprint.json" &&
        ksm_measure "$1" "$2/ksm" && json "$1:$2/ksm" ksm >"$2/ksm.json" &&
        rt_measure "$1" exact 1 "$2/rt" && json "$1:$2/rt" rt >"$2/rt.json" &&
        conflicts_measure "$1" "$2/conflicts" && conflicts_json "$1:$2/conflicts" >"$2/conflicts.json"
}

# Of results the lines of benchmarks that are compared, with the fields that count only.
baseline_lines() { # FILE...
    awk '/^    \{"name"/ && !/"name": "(boot|conflicts\/control)\// {
        gsub(/"(family_index|per_family_instance_index|repetitions|repetition_index|threads|iterations|real_time|cpu_time)": [-0-9.e+]+, /, "")
        gsub(/"(run_name|run_type|time_unit)": "[^"]*", /, "")
        sub(/,$/, ""); print
    }' "$@"
}

baseline_write() { # LINES: the file, of both architectures
    echo '{'
    printf '  "context": {"executable": "kos bench --update", "compiler": %s, "emulator": %s},\n  "benchmarks": [\n' \
        "$(json_text "$(clang-19 --version | head -1)")" "$(json_text "$(qemu-system-x86_64 --version | head -1)")"
    sed '$!s/$/,/' "$1"
    printf '  ]\n}\n'
}

# baseline_compare OLD-ROWS NEW-ROWS ARCHS: status 1 if something grew or is gone, 0 otherwise
baseline_compare() {
    awk -F '\t' -v archs=" $3 " '
    function arch_of(name,   n, p) { n = split(name, p, "/"); return p[n] }
    function percent(a, b) { return a > 0 ? sprintf("%+.1f %%", 100 * (b - a) / a) : "from nothing" }
    # the footprint of a case: its own name, or that of the case whose footprint it is
    function footprint_of(name) {
        if (name ~ /^footprint\//) return name
        if (name ~ /^ipc\/round_trip\/cross_space\/64B\//) return "footprint/local_round_trip/" arch_of(name)
        return "footprint/" name
    }
    function functions_that_grew(name,   i, f, list, n, p) {
        if (name in told) return
        told[name] = 1
        n = split(functions[name], list, " ")
        for (i = 1; i <= n; i++) {
            f = name SUBSEP "functions/" list[i]
            if (now[f] + 0 > old[f] + 0) printf "          %+6d  %s (%d -> %d)\n", now[f] - old[f], list[i], old[f], now[f]
        }
    }
    $1 == "context" || !index(archs, " " arch_of($1) " ") { next }
    {
        key = $1 SUBSEP $2
        if ($2 ~ /^functions\//) {
            if (!(key in function_seen)) { function_seen[key] = 1; functions[$1] = functions[$1] " " substr($2, 11) }
        } else if (!(key in seen)) { seen[key] = 1; order[++count] = key }
        if (which == "old") old[key] = $3; else now[key] = $3
    }
    END {
        for (i = 1; i <= count; i++) {
            key = order[i]; split(key, k, SUBSEP)
            if (!(key in now)) { printf "GONE    %s %s (was %s)\n", k[1], k[2], old[key]; gone++ }
            else if (!(key in old)) { if (!(k[1] in fresh_name)) printf "NEW     %s %s %s\n", k[1], k[2], now[key]; fresh_name[k[1]] = 1; fresh++ }
            else if (now[key] + 0 > old[key] + 0) {
                printf "WORSE   %s %s: %s -> %s (%+d, %s)\n", k[1], k[2], old[key], now[key], now[key] - old[key], percent(old[key], now[key])
                functions_that_grew(footprint_of(k[1]))
                worse++
            } else if (now[key] + 0 < old[key] + 0) {
                printf "BETTER  %s %s: %s -> %s (%+d, %s)\n", k[1], k[2], old[key], now[key], now[key] - old[key], percent(old[key], now[key])
                better++
            } else same++
        }
        printf "%d figures the same, %d worse, %d better, %d new, %d gone\n", same, worse, better, fresh, gone
        if (worse + gone > 0) print "If that is meant: ./kos bench --update, and the reason in the commit."
        else if (better + fresh > 0) print "Record it, so that it stays: ./kos bench --update"
        exit worse + gone > 0
    }' which=old "$1" which=now "$2"
}

# baseline_run ARCHS: measures; build/bench/baseline.lines, .rows
baseline_run() {
    mkdir -p build/bench
    : >build/bench/baseline.lines
    for arch in $1; do
        echo "measuring on $arch ..." >&2
        mkdir -p "build/bench/baseline.$arch"
        baseline_measure "$arch" "build/bench/baseline.$arch" || return 1
        for benchmark in ipc footprint ksm rt conflicts; do
            baseline_lines "build/bench/baseline.$arch/$benchmark.json" >>build/bench/baseline.lines
        done
    done
    baseline_write build/bench/baseline.lines >build/bench/baseline.json
    awk -f report/rows.awk build/bench/baseline.json >build/bench/baseline.now
}

command_baseline() { # --check|--update
    action=$1 benchmark="bench $1" archs="x86_64 aarch64" json="" baseline=benchmarks/baseline.json
    shift
    while [ $# -gt 0 ]; do
        case $1 in --help | -h) baseline_usage; exit 0 ;; --arch) ;; *) fail "$benchmark: unknown word '$1'" ;; esac
        bench_option "$@"
        shift $taken
    done
    bench_begin
    baseline_run "$archs" || exit 1
    : >build/bench/baseline.old
    [ ! -e $baseline ] || awk -f report/rows.awk $baseline >build/bench/baseline.old || exit 1
    if baseline_compare build/bench/baseline.old build/bench/baseline.now "$archs"; then status=0; else status=1; fi
    [ "$action" = --update ] || return $status
    # the other architecture's stay as they were
    { [ "$archs" = "x86_64 aarch64" ] || baseline_lines $baseline 2>/dev/null | grep -v "^    {\"name\": \"[^\"]*/$archs\""; cat build/bench/baseline.lines; } |
        LC_ALL=C sort >build/bench/baseline.sorted
    baseline_write build/bench/baseline.sorted >$baseline
    echo "recorded: $baseline"
}
