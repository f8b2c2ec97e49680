# SPDX-License-Identifier: Apache-2.0
# ./kos bench ipc, and what the other benchmarks share: sourced by kos.

# Before any measures.
bench_begin() {
    need_tools
    echo "building ..." >&2
    build
    mkdir -p build/bench
}
# The options that they all have. bench_option WORD [VALUE] ...: sets archs, json; taken: so many words, 0: none of these.
bench_option() {
    taken=2
    case $1 in
    --arch) [ $# -gt 1 ] || fail "--arch takes a name"; [ "$2" = all ] || { arch_given "$2"; archs=$2; } ;;
    --json) [ $# -gt 1 ] || fail "--json takes a file"; json=$(path_given "$2"); file_given --json "$json" ;;
    --vs) [ "${peers+has}" ] || fail "$benchmark: unknown word '$1'"; [ $# -gt 1 ] || fail "--vs takes names"; peers_given "$2" ;;
    --peer-rounds) [ "${peers+has}" ] || fail "$benchmark: unknown word '$1'"; number_given "$1" "${2:-}"; peer_rounds=$2 ;;
    --help | -h) usage_of "$benchmark"; exit 0 ;;
    *) taken=0 ;;
    esac
}

# In a subshell. Exact counting: an instruction is a nanosecond, CPUs take turns, and nothing is random, so the addresses
# and the counts are the same every time. exact_boot ARCH SOLUTION CPUS QEMU-OPTION...
exact_boot() (
    exact_arch=$1 exact_image=build/$1/release/$2 exact_cpus=$3
    shift 3
    model=max,-rdrand
    [ "$exact_arch" != aarch64 ] || { KOS_CPU=cortex-a57,cntfrq=1000000000; model=$KOS_CPU; }
    boot_exec="timeout --foreground -k 5 ${KOS_SECONDS:-900}" # catches hangs only
    boot "$exact_arch" "$exact_image" -cpu "$model" -smp "$exact_cpus" -accel tcg -icount shift=0,sleep=off "$@" </dev/null
)

# What every file of results begins with; awk source. Fields as Google Benchmark's reporter has them.
json_awk='
    function json_head(benchmark, date, cpus) {
        printf "{\n  \"context\": {\"date\": \"%s\", \"host_name\": \"guest\", \"executable\": \"kos bench %s\", \"num_cpus\": %d, \"mhz_per_cpu\": 1000, \"cpu_scaling_enabled\": false, \"caches\": [], \"library_build_type\": \"release\"},\n  \"benchmarks\": [", date, benchmark, cpus
    }
    function json_entry(name, threads, iterations, value) {
        printf "%s\n    {\"name\": \"%s\", \"family_index\": %d, \"per_family_instance_index\": 0, \"run_name\": \"%s\", \"run_type\": \"iteration\", \"repetitions\": 1, \"repetition_index\": 0, \"threads\": %d, \"iterations\": %d, \"real_time\": %s, \"cpu_time\": %s, \"time_unit\": \"ns\"", json_entries++ ? "," : "", name, json_entries - 1, name, threads, iterations, value, value
    }
    function json_tail() { printf "\n  ]\n}\n" }'
json_text() { printf '"%s"' "$(printf '%s' "$1" | tr '\t\n\r' '   ' | sed 's/\\/\\\\/g; s/"/\\"/g')"; }
json_date() { date -u +%Y-%m-%dT%H:%M:%S+00:00; }

# few: 20 to 2,000 rounds, not 20,000, of the cases whose rounds are long. Medians are the same.
rounds=few
# Runs the benchmark on one architecture; leaves its BENCH lines in a file. measure ARCH exact|wall CPUS ACCEL FILE
measure() {
    image=build/$1/release/bench_ipc
    if [ "$2" = exact ]; then
        exact_boot "$1" bench_ipc 1 ${rounds:+-append "rounds=$rounds"} >"$5.raw" 2>"$5.err" || { cat "$5.err" >&2; return 1; }
        # two CPUs take turns: the counter runs for both, so a round trip between them counts both sides
        exact_boot "$1" bench_ipc 2 -append cases=cross >"$5.cross" 2>"$5.err" || { cat "$5.err" >&2; return 1; }
        grep -a cross_cpu "$5.cross" >>"$5.raw"
        for other in arena policies; do
            exact_boot "$1" "bench_$other" 1 >"$5.$other" 2>"$5.err" || { cat "$5.err" >&2; return 1; }
            grep -a -e 'BENCH ipc/' -e 'BENCH error' "$5.$other" >>"$5.raw"
        done
        [ -z "${traced:-}" ] || {
            exact_boot "$1" bench_ipc 1 -append "rounds=few trace=ffffffffffffffff trace_mode=overwrite" >"$5.traced" 2>"$5.err" || { cat "$5.err" >&2; return 1; }
            sed -n 's/^BENCH \(ipc\|thread\|sync\|memory\|task\)/BENCH traced\/\1/p' "$5.traced" >>"$5.raw"
        }
    else
        [ "$1" = aarch64 ] && KOS_CPU=cortex-a57,cntfrq=1000000000
        boot "$1" "$image" -smp "$3" -accel "$4" -append "wall=1 rounds=few" </dev/null >"$5.raw" 2>"$5.err" || { cat "$5.err" >&2; return 1; }
    fi
    tr -d '\r' <"$5.raw" | grep '^BENCH ' >"$5" || true
    grep -q '^BENCH done' "$5" && ! grep -q '^BENCH error' "$5" || {
        echo "kos: the benchmark did not finish on $1; the end of its console:" >&2
        tail -20 "$5.raw" >&2
        return 1
    }
}

table() { # FILES HEADING
    awk -F '\t' -v files="$1" -v heading="${2:-instructions, p50 (max)}" '
    function field(text, key,   parts, n, i, pair) {
        n = split(text, parts, " ")
        for (i = 3; i <= n; i++) { split(parts[i], pair, "="); if (pair[1] == key) return pair[2] }
        return ""
    }
    /^#/ { next }
    { x[$1] = $2; a[$1] = $3; what[$1] = $4 }
    END {
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            while ((getline line < part[2]) > 0) {
                split(line, w, " ")
                if (w[3] !~ /^rounds=/ || w[2] == "overhead") continue
                if (!(w[2] in seen)) { seen[w[2]] = 1; order[++count] = w[2] }
                value[part[1], w[2]] = field(line, "p50"); worst[part[1], w[2]] = field(line, "max")
            }
        }
        printf "%-36s %22s %22s   %s\n", heading, "x86_64", "aarch64", "reference x86_64/aarch64 (ratio), what"
        for (i = 1; i <= count; i++) {
            name = order[i]
            vx = value["x86_64", name]; va = value["aarch64", name]
            ref = ""
            if (name in x) {
                rx = (vx != "" && vx > 0) ? sprintf("%.1f", x[name] / vx) : "-"
                ra = (va != "" && va > 0) ? sprintf("%.1f", a[name] / va) : "-"
                ref = sprintf("%s/%s (%s/%s) %s", x[name], a[name], rx, ra, what[name])
            }
            printf "%-36s %22s %22s   %s\n", name, vx == "" ? "-" : vx " (" worst["x86_64", name] ")", va == "" ? "-" : va " (" worst["aarch64", name] ")", ref
        }
    }' benchmarks/reference.tsv
}

json() { # "arch:file[:prefix of names] ..." BENCHMARK
    awk -v files="$1" -v benchmark="$2" -v date="$(json_date)" -v cpus="$(nproc)" "$json_awk"'
    function finish() {
        if (histogram != "") printf ", \"histogram\": [%s]", histogram
        if (open) printf "}"
        histogram = ""; open = 0
    }
    BEGIN {
        json_head(benchmark, date, cpus)
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            while ((getline line < part[2]) > 0) {
                m = split(line, w, " ")
                if (w[1] == "HIST") histogram = histogram (histogram == "" ? "" : ", ") "[" w[3] ", " w[4] ", " w[5] "]"
                if (w[3] !~ /^rounds=/ || w[2] == "overhead") continue
                finish()
                for (i = 3; i <= m; i++) { split(w[i], pair, "="); v[pair[1]] = pair[2] }
                json_entry(part[3] w[2] "/" part[1], 1, v["rounds"], v["p50"])
                printf ", \"instructions\": %s, \"min\": %s, \"p50\": %s, \"p99\": %s, \"max\": %s", v["p50"], v["min"], v["p50"], v["p99"], v["max"]
                open = 1
            }
            finish()
        }
        json_tail()
    }'
}

command_bench() {
    traced=""
    benchmark="bench ipc" archs="x86_64 aarch64" cpus=1 json="" wall=1 accel="tcg,thread=multi" peers="" rounds=""
    while [ $# -gt 0 ]; do
        bench_option "$@"
        [ $taken = 0 ] || { shift $taken; continue; }
        case $1 in
        --cpus) [ $# -gt 1 ] || fail "--cpus takes a number"; cpus_given --cpus "$2"; cpus=$2; shift ;;
        --no-wall) wall="" ;;
        --traced) traced=1 ;;
        --few) rounds=few ;;
        --accel) [ $# -gt 1 ] || fail "--accel takes a name"; accel=$(accel_given "$2"); wall=1; shift ;;
        *) fail "bench ipc: unknown word '$1'" ;;
        esac
        shift
    done
    bench_begin
    files=""
    for arch in $archs; do
        echo "measuring on $arch (exact instruction counts, one CPU) ..." >&2
        measure "$arch" exact 1 "" "build/bench/$arch" || exit 1
        files="$files $arch:build/bench/$arch"
    done
    peers_measure ipc "$archs" || exit 1
    table "$files"
    peers_show p50 "$files"
    if [ -n "$wall" ]; then
        wall_files=""
        for arch in $archs; do
            echo "measuring on $arch (wall time) ..." >&2
            measure "$arch" wall "$cpus" "$accel" "build/bench/$arch.wall" || exit 1
            wall_files="$wall_files $arch:build/bench/$arch.wall"
        done
        echo
        echo "The same in nanoseconds of wall time, multi-threaded emulation ($cpus CPU), informative only:"
        table "$wall_files" "wall ns, p50 (max)" | cut -c1-83
    fi
    [ -z "$json" ] || json "$files $peer_files" ipc >"$json"
    peers_end
}
