# SPDX-License-Identifier: Apache-2.0
# ./kos bench native: sourced by kos.

native_usage() {
    cat <<'TEXT'
usage: ./kos bench native [--repetitions N] [--only TEXT] [--json FILE]

Structures of the kernel, compiled for this machine, beside those of other libraries, in nanoseconds of wall time:

  inbox       64 pushes and their handling: in one thread; and from one thread to another, as they come
  epoch       64 entries handed over and freed, alone and with another thread that has to pass first
  decision    64 decisions about messages, by 1 and 2 threads: as they are, under a mutex, under a read-write lock
  ksm/native  32 decisions of the security module that are in a CPU's cache, by 1 and 2 threads
  arena_copy  as the kernel copies arenas, beside memcpy

Each is measured N times (20), in random order; the table has the best and the median, as whatever else runs here only
adds. --only: those whose name contains TEXT. --json FILE: all times, as Google Benchmark writes them.
TEXT
}

native_packages="libbenchmark-dev liburcu-dev libck-dev libstdc++-12-dev"

# native_measure REPETITIONS ONLY FILE: FILE gets the JSON
native_measure() {
    mkdir -p build/native
    ninja -f ninja/native.ninja >build/native/ninja.log 2>&1 || { cat build/native/ninja.log >&2; return 1; }
    # Two threads that wait for each other need two CPUs at the same time; on a busy machine only class FIFO has them.
    # With one CPU they would turn round until a quantum is over; of class FIFO, for ever.
    fifo="" filter=$2
    if [ "$(nproc)" = 1 ]; then filter="($2).*threads:1\$"
    elif chrt -f 1 true 2>/dev/null; then fifo="chrt -f 1"; fi
    $fifo build/native/native --benchmark_filter="$filter" --benchmark_repetitions="$1" --benchmark_min_time=0.02 \
        --benchmark_enable_random_interleaving=true --benchmark_out="$3" --benchmark_out_format=json >"$3.text" 2>&1 ||
        { tail -5 "$3.text" >&2; return 1; }
}

# native_rows FILE: "what<TAB>contender<TAB>threads<TAB>best<TAB>median", as they are registered
native_rows() {
    awk -F '"' '
    $2 == "run_name" { name = $4 }
    $2 == "run_type" { iteration = $4 == "iteration" }
    $2 == "real_time" && iteration { value = $3; gsub(/[^0-9.e+-]/, "", value); times[name, ++count[name]] = value + 0; if (count[name] == 1) order[++names] = name }
    END {
        for (n = 1; n <= names; n++) {
            name = order[n]; m = count[name]
            for (i = 2; i <= m; i++)
                for (j = i; j > 1 && times[name, j - 1] > times[name, j]; j--) { t = times[name, j]; times[name, j] = times[name, j - 1]; times[name, j - 1] = t }
            parts = split(name, part, "/")
            what = part[1] "/" part[2]
            sub(/threads:/, "", part[parts])
            printf "%s\t%s\t%s\t%.1f\t%.1f\n", what, part[3], part[parts], times[name, 1], times[name, int((m + 1) / 2)]
        }
    }' "$1" | sort -t "$(printf '\t')" -k1,1 -k3,3n -s
}

native_table() { # ROWS
    awk -F '\t' '
    function ratio(theirs, kos) { return kos > 0 ? sprintf("%.2f", theirs / kos) : "-" }
    { key = $1 "\t" $3; if (!(key in seen)) { seen[key] = 1; order[++keys] = key } line[key, ++lines[key]] = $0; if ($2 == "kos") { ours[key] = $4; median[key] = $5 } }
    END {
        printf "%-36s %8s %12s %12s %12s %12s\n", "nanoseconds of wall time", "threads", "best", "median", "best / kos", "median / kos"
        for (k = 1; k <= keys; k++) for (i = 1; i <= lines[order[k]]; i++) {
            split(line[order[k], i], f, "\t")
            printf "%-36s %8d %12.1f %12.1f %12s %12s\n", f[1] "/" f[2], f[3], f[4], f[5], ratio(f[4], ours[order[k]]), ratio(f[5], median[order[k]])
        }
    }' "$1"
}

command_native() {
    repetitions=20 only=. json=""
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) native_usage; exit 0 ;;
        --repetitions) [ $# -gt 1 ] || fail "--repetitions takes a number"; number_given --repetitions "$2"; repetitions=$2; shift
            [ "$repetitions" -ge 1 ] || fail "--repetitions takes at least 1" ;;
        --only) [ $# -gt 1 ] || fail "--only takes a text"; only=$2; shift ;;
        --json) [ $# -gt 1 ] || fail "--json takes a file"; json=$(path_given "$2"); file_given --json "$json"; shift ;;
        *) fail "bench native: unknown word '$1'" ;;
        esac
        shift
    done
    need_tools
    need_packages $native_packages
    [ "$(nproc)" -ge 2 ] || echo "kos: one CPU only: what two threads take is left out" >&2
    mkdir -p build/bench
    echo "measuring on this machine ..." >&2
    native_measure "$repetitions" "$only" build/bench/native.json || exit 1
    native_rows build/bench/native.json >build/bench/native
    [ -s build/bench/native ] || fail "bench native: nothing has '$only' in its name"
    native_table build/bench/native
    [ -z "$json" ] || cp build/bench/native.json "$json"
}
