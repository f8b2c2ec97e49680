# SPDX-License-Identifier: Apache-2.0
# ./kos bench rt: sourced by kos, after scripts/bench.sh.

rt_usage() {
    cat <<'TEXT'
usage: ./kos bench rt [OPTION...]

Latencies of real-time threads on an idle and on a loaded machine: first exact, in instructions (two runs, with one CPU
and, for wakes between CPUs, with two), then in nanoseconds of wall time under multi-threaded emulation.

  -t, --threads N      threads of the timer case, spread over the CPUs (1)
  -S, --smp            one for each CPU
  -p, --priority N     their priority, 0 to 30 (25)
  -i, --interval US    period in microseconds (200)
  -d, --distance US    each further thread's period is longer by so much (0)
  -l, --loops N        rounds of each thread and case (2000)
  -D, --duration TIME  as many rounds of the first thread as last so long: seconds, or with s, m, h behind
  -h, --histogram N    lines of a histogram (20); 0: no histograms
  -q, --quiet          no line for each thread
  --arch x86_64|aarch64|all   --cpus N (2, for wall time)   --accel tcg|kvm
  --no-wall            exact counts only
  --interrupts-off     instead: the longest paths of the kernel on which no interrupt is taken, over the test suites and
                       the load; in instructions, by function
  --for SECONDS        of it: a run that has not ended after so long is stopped (300). What it did until then counts; which
                       runs that were is said, and the exit status is 124
  --vs PEER,PEER       the same on Debian's kernels (linux, linux-rt), beside ours
  --json FILE          results
  --svg FILE           histograms of the exact counts (build/bench/rt.svg)

A policy of cyclictest's that kos has no other choice for may be given and changes nothing: -m, -n.
TEXT
}

# rt_boot ARCH exact|wall CPUS OPTIONS FILE: leaves the console in FILE, without carriage returns
# Recording (into nothing) makes the emulator's main thread wait for the CPU's. Without it, now and then, a timer comes late:
# that thread moves the clock on to the next timer as soon as the CPU is marked asleep, and the last instructions of the CPU
# (119 since it had set the timer) are counted only afterwards. It cannot be had with two CPUs, whose maximum has no bar.
rt_boot() {
    if [ "$1" = aarch64 ]; then KOS_CPU=cortex-a57,cntfrq=1000000000; model=$KOS_CPU; else model=max,-rdrand; fi
    case $2$3 in
    exact1) set -- "$@" -accel tcg -icount shift=0,sleep=off,rr=record,rrfile=/dev/null ;;
    exact*) set -- "$@" -accel tcg -icount shift=0,sleep=off ;;
    *) set -- "$@" -accel "$rt_accel" ;;
    esac
    rt_arch=$1 rt_kind=$2$3 rt_cpus=$3 rt_options=$4 rt_file=$5
    shift 5
    rt_boot_exec=${boot_exec:-}
    [ $rt_kind != exact1 ] || [ "$loops" -gt 2000 ] || boot_exec="timeout --foreground -k 5 300"
    for rt_try in 1 2 3; do
        rt_status=0
        boot "$rt_arch" "build/$rt_arch/release/bench_rt" -cpu "$model" -smp "$rt_cpus" "$@" -append "$rt_options" \
            </dev/null >"$rt_file.raw" 2>"$rt_file.err" || rt_status=$?
        tr -d '\r' <"$rt_file.raw" >"$rt_file"
        # The emulator that records crashes or stands still now and then, most often when it is to end.
        [ $rt_kind = exact1 ] && [ $rt_status -ge 124 ] && [ $rt_status != 130 ] && ! grep -q '^BENCH done' "$rt_file" || break
        echo "kos: the emulator for $rt_arch ended with status $rt_status (124: it stood still); try $rt_try of 3" >&2
    done
    boot_exec=$rt_boot_exec
    [ $rt_status = 0 ] || grep -q '^BENCH done' "$rt_file" || { cat "$rt_file.err" >&2; return 1; }
    grep -q '^BENCH done' "$rt_file" && ! grep -q '^BENCH error' "$rt_file" || {
        echo "kos: the benchmark did not finish on $rt_arch; the end of its console:" >&2
        tail -20 "$rt_file" >&2
        return 1
    }
}

# rt_measure ARCH exact|wall CPUS FILE
rt_measure() {
    rt_given="rt.threads=$threads rt.priority=$priority rt.interval=$interval rt.distance=$distance rt.loops=$loops rt.buckets=$buckets"
    if [ "$2" = exact ]; then
        # One CPU; then two, idle, which take turns: the counter runs for both.
        rt_boot "$1" exact 1 "$rt_given" "$4.one" && rt_boot "$1" exact 2 "$rt_given rt.cross=1" "$4.two" || return 1
        grep -a -e '^T:' -e '^BENCH rt/' -e '^HIST ' "$4.one" "$4.two" -h >"$4"
    else
        rt_boot "$1" wall "$3" "$rt_given" "$4.all" || return 1
        grep -a -e '^T:' -e '^BENCH rt/' -e '^HIST ' "$4.all" >"$4"
    fi
}

rt_table() { # FILES UNIT
    awk -v files="$1" -v unit="$2" '
    BEGIN {
        printf "%-44s %9s %9s %9s %9s %9s\n", unit, "min", "p50", "p99", "max", "overruns"
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            while ((getline line < part[2]) > 0) {
                m = split(line, w, " ")
                if (w[1] != "BENCH") continue
                for (i = 3; i <= m; i++) { split(w[i], pair, "="); v[pair[1]] = pair[2] }
                printf "%-44s %9d %9d %9d %9d %9d\n", w[2] "/" part[1], v["min"], v["p50"], v["p99"], v["max"], v["overruns"]
            }
        }
    }'
}

# HIST name lower width count; width 0: everything from there on
rt_histograms() { # ARCH FILE UNIT
    awk -v arch="$1" -v unit="$3" '
    $1 == "HIST" {
        if (!($2 in lines)) order[++names] = $2
        i = ++lines[$2]; lower[$2, i] = $3; width[$2, i] = $4; count[$2, i] = $5
        if ($5 > most[$2]) most[$2] = $5
    }
    END {
        for (n = 1; n <= names; n++) {
            name = order[n]
            printf "\n%s/%s, %s\n", name, arch, unit
            for (i = 1; i <= lines[name]; i++) {
                bar = ""
                for (length_ = int((count[name, i] * 60 + most[name] - 1) / most[name]); length_ > 0; length_--) bar = bar "#"
                range = width[name, i] == 0 ? ">= " lower[name, i] : lower[name, i] " .. " lower[name, i] + width[name, i] - 1
                printf "%22s %8d %s\n", range, count[name, i], bar
            }
        }
    }' "$2"
}

# One panel for each case and condition, a column for each architecture. Counts on a logarithmic scale, as the rare long
# latencies are what matters.
rt_svg() { # FILES UNIT
    awk -v files="$1" -v unit="$2" '
    function y(count) { return log(count) / log(10) + 0.3 }
    BEGIN {
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            arch[f] = part[1]
            while ((getline line < part[2]) > 0) {
                split(line, w, " ")
                if (w[1] == "BENCH") { for (i = 3; i <= 8; i++) { split(w[i], pair, "="); stat[f, w[2], pair[1]] = pair[2] } }
                if (w[1] != "HIST") continue
                if (!(w[2] in seen)) { seen[w[2]] = 1; order[++names] = w[2] }
                i = ++lines[f, w[2]]
                lower[f, w[2], i] = w[3]; width[f, w[2], i] = w[4]; count[f, w[2], i] = w[5]
            }
        }
        W = 460; H = 170
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n", n * W + 20, names * H + 40
        printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n<text x=\"20\" y=\"22\" font-size=\"14\">Latency in %s; number of rounds, logarithmic; last bar: everything beyond</text>\n", unit
        for (k = 1; k <= names; k++) for (f = 1; f <= n; f++) {
            name = order[k]; m = lines[f, name]
            if (m == 0) continue
            left = 20 + (f - 1) * W; bottom = 40 + k * H - 40; plot = W - 40; high = H - 70; top = 0
            first = lower[f, name, 1]; step = width[f, name, 1]
            last = lower[f, name, m] + (step == 0 ? 1 : step)
            if (step == 0) step = 1
            for (i = 1; i <= m; i++) if (y(count[f, name, i]) > top) top = y(count[f, name, i])
            printf "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s/%s</text><text x=\"%d\" y=\"%d\" fill=\"#555\">min %d, p50 %d, p99 %d, max %d</text>\n", left, bottom - high - 16, name, arch[f], left, bottom - high - 3, stat[f, name, "min"], stat[f, name, "p50"], stat[f, name, "p99"], stat[f, name, "max"]
            bar = step * plot / (last - first)
            if (bar > 40) bar = 40
            for (i = 1; i <= m; i++) {
                x = left + (lower[f, name, i] - first) * (last - first > 0 ? plot / (last - first) : 0)
                if (x > left + plot - bar) x = left + plot - bar
                h = high * y(count[f, name, i]) / top
                printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%d: %d</title></rect>\n", x, bottom - h, (bar > 1.5 ? bar - 0.5 : bar), h, (width[f, name, i] == 0 ? "#c33" : name ~ /load/ ? "#36c" : "#693"), lower[f, name, i], count[f, name, i]
            }
            printf "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#333\"/><text x=\"%d\" y=\"%d\">%d</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>\n", left, bottom, left + plot, bottom, left, bottom + 13, first, left + plot, bottom + 13, last
        }
        printf "</svg>\n"
    }'
}

rt_show() { # FILES UNIT
    [ -n "$quiet" ] || for rt_entry in $1; do
        echo "${rt_entry%%:*}, $2:"
        grep '^T:' "${rt_entry#*:}"
    done
    rt_table "$1" "$2"
    [ "$buckets" = 0 ] || for rt_entry in $1; do rt_histograms "${rt_entry%%:*}" "${rt_entry#*:}" "$2"; done
}

# What runs for --interrupts-off: solution, CPUs, options of the kernel. Exact counting, as the emulated CPUs take turns.
# Those that take a few seconds also run with all other tests; on one CPU, where nothing depends on the host's load.
off_quick_runs() {
    cat <<'LIST'
system 1
calls 1
libkos 1
generated 1
notices 1
devices 1
scheduling 1
pauses 1 pauses.exact=1
test_audit 1
test_decisions 1
random_calls 1 random_calls.seed=1 random_calls.calls=4000
LIST
}
off_runs() {
    off_quick_runs
    cat <<'LIST'
system 2
calls 2
libkos 2
generated 2
notices 2
devices 2
pauses 2
test_audit 4
test_decisions 4
bench_rt 1 rt.loops=500 rt.buckets=0
bench_ipc 1 rounds=few
endpoints 1 endpoints.word endpoints.value=a=b endpoints.empty= endpoints.last=9
random_calls 1 random_calls.seed=2 random_calls.calls=4000
random_calls 1 random_calls.seed=3 random_calls.calls=4000
random_calls 1 random_calls.seed=4 random_calls.calls=4000
arenas 1
arenas 2
arenas 4
scheduling 2
scheduling 4
edf 4
system 4
calls 4
libkos 4
notices 4
endpoints 2 endpoints.word endpoints.value=a=b endpoints.empty= endpoints.last=9
endpoints 4 endpoints.word endpoints.value=a=b endpoints.empty= endpoints.last=9
isolation 4 isolation.ms=5
system 16
calls 16
libkos 16
notices 16
devices 16
scheduling 16
random_calls 2 random_calls.seed=1 random_calls.calls=3000
random_calls 2 random_calls.seed=2 random_calls.calls=3000
random_calls 4 random_calls.seed=1 random_calls.calls=3000
random_calls 4 random_calls.seed=2 random_calls.calls=3000
random_calls 8 random_calls.seed=1 random_calls.calls=3000
random_calls 8 random_calls.seed=2 random_calls.calls=3000
LIST
}

# off_measure ARCH FILE [LIST]: FILE gets the plugin's lines of all runs, with the run's name before each; and "RUN<TAB>stopped" for one
# that had not ended after $off_limit seconds
off_limit=300
off_measure() {
    printf '' >"$2"
    ${3:-off_runs} | while read -r solution run_cpus options; do
        echo "  $1: $solution, $run_cpus CPU" >&2
        rm -f "$2.raw"
        if [ "$1" = aarch64 ]; then KOS_CPU=cortex-a57,cntfrq=1000000000; model=$KOS_CPU; else model=max,-rdrand; fi
        off_run=$solution/$run_cpus
        case $options in *seed=*) off_seed=${options#*seed=} off_run=$off_run/${off_seed%% *} ;; esac
        off_status=0 off_begin=$(date +%s)
        boot_exec="timeout --foreground -k 5 $off_limit"
        boot "$1" "build/$1/release/$solution" -cpu "$model" -smp "$run_cpus" -accel tcg -icount shift=0,sleep=off \
            -append "$options" -plugin "build/host/interrupts_off.so,kernel=build/$1/release/$solution.elf,out=$2.raw" \
            </dev/null >"$2.console" 2>"$2.err" || off_status=$?
        case $off_status in
        0) grep -aq -e '^SUITE done' -e '^BENCH done' "$2.console" ||
            { echo "kos: $solution did not finish on $1:" >&2; tail -5 "$2.console" >&2; return 1; } ;;
        124 | 137) # in time, by the first signal; 137: by the second
            echo "  $1: $solution, $run_cpus CPU: had not ended after $off_limit s" >&2
            printf '%s\tstopped\n' "$off_run" >>"$2" ;;
        *) tail -3 "$2.err" >&2; return 1 ;;
        esac
        [ -s "$2.raw" ] || continue
        awk -F '\t' -v run="$off_run" '{ print run "\t" $0 }' "$2.raw" >>"$2"
        echo "    $(awk -F '\t' '$1 == "path" { print $3; exit }' "$2.raw") instructions, $(($(date +%s) - off_begin)) s" >&2
    done
}

# " ARCH: RUN RUN;" if runs were stopped
off_stopped() { # ARCH FILE
    awk -F '\t' -v arch="$1" '$2 == "stopped" { list = list " " $1 } END { if (list != "") printf " %s:%s;", arch, list }' "$2"
}

# The ten longest of all runs, each kind once. A kind: first and last function, and that with most instructions.
off_table() { # ARCH FILE
    awk -F '\t' '$2 == "path" { print $4 "\t" $1 "\t" $3 "\t" $7 "\t" $8 "\t" $9 }' "$2" | sort -t '	' -k1,1nr |
        awk -F '\t' '!(($4, $5, $6) in seen) { seen[$4, $5, $6] = 1; print; if (++n == 10) exit }' >"$2.top"
    printf '%-8s %9s  %-16s %-26s %-26s %s\n' "$1" instr. in from to 'most in'
    awk -F '\t' '{ printf "%8d %9d  %-16s %-26s %-26s %s\n", NR, $1, $2, $4, $5, $6 }' "$2.top"
    echo "the longest, by function:"
    IFS='	' read -r _ off_run off_rank _ <"$2.top"
    awk -F '\t' -v run="$off_run" -v rank="$off_rank" '$2 == "function" && $1 == run && $3 == rank { printf "%18d  %s\n", $5, $4 }' "$2" | sort -rn
}

off_command() {
    off_results="" off_late=""
    for arch in $archs; do
        echo "looking for the longest path without interrupts on $arch ..." >&2
        off_measure "$arch" "build/bench/off.$arch" || exit 1
        off_table "$arch" "build/bench/off.$arch"
        off_late="$off_late$(off_stopped "$arch" "build/bench/off.$arch")"
        off_results="$off_results $arch:build/bench/off.$arch"
    done
    [ -z "$json" ] || off_json "$off_results" >"$json"
    [ -z "$off_late" ] || { echo "kos: these had not ended after $off_limit s and were stopped, what they did until then counts:${off_late%;}" >&2; return 124; }
}

# The longest path of each architecture, with its functions, and how long the ten longest kinds are.
off_json() { # "arch:file ..."
    awk -F '\t' -v files="$1" -v date="$(json_date)" -v cpus="$(nproc)" "$json_awk"'
    BEGIN {
        json_head("rt", date, cpus)
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            kinds = functions = ""
            for (rank = 1; (getline < (part[2] ".top")) > 0; rank++) {
                if (rank == 1) { longest = $1; run = $2; first = $3 }
                kinds = kinds sprintf("%s\"%d: %s to %s, most in %s (%s)\": %d", rank == 1 ? "" : ", ", rank, $4, $5, $6, $2, $1)
            }
            if (kinds == "") continue
            while ((getline < part[2]) > 0)
                if ($2 == "function" && $1 == run && $3 == first) functions = functions sprintf("%s\"%s\": %d", functions == "" ? "" : ", ", $4, $5)
            json_entry("rt/longest_interrupts_off/" part[1], 1, 1, longest)
            printf ", \"instructions\": %d, \"min\": %d, \"p50\": %d, \"p99\": %d, \"max\": %d, \"functions\": {%s}, \"paths\": {%s}}", longest, longest, longest, longest, longest, functions, kinds
        }
        json_tail()
    }'
}

command_rt() {
    benchmark="bench rt" archs="x86_64 aarch64" cpus=2 json="" wall=1 rt_accel="tcg,thread=multi" quiet="" svg=build/bench/rt.svg peers=""
    threads=1 priority=25 interval=200 distance=0 duration="" loops=2000 buckets=20 smp="" interrupts_off=""
    while [ $# -gt 0 ]; do
        # --name=value and -n5 are --name value and -n 5
        case $1 in
        --*=*) rt_word=$1; shift; set -- "${rt_word%%=*}" "${rt_word#*=}" "$@" ;;
        -[tpildDh]?*) rt_word=$1; shift; set -- "$(echo "$rt_word" | cut -c1-2)" "${rt_word#??}" "$@" ;;
        esac
        case $1 in
        --help) rt_usage; exit 0 ;;
        -S | --smp) smp=1 ;;
        -q | --quiet) quiet=1 ;;
        -m | --mlockall | -n | --nanosleep) ;;
        --no-wall) wall="" ;;
        --interrupts-off) interrupts_off=1 ;;
        --for) [ $# -gt 1 ] || fail "--for takes seconds"; number_given --for "$2"; off_limit=$2; shift
            [ "$off_limit" -gt 0 ] || fail "--for takes at least 1 second" ;;
        --vs | --peer-rounds | --arch | --json) bench_option "$@"; shift ;;
        --svg) [ $# -gt 1 ] || fail "--svg takes a file"; svg=$(path_given "$2"); file_given --svg "$svg"; shift ;;
        --accel) [ $# -gt 1 ] || fail "--accel takes a name"; rt_accel=$(accel_given "$2"); shift ;;
        -D | --duration)
            [ $# -gt 1 ] || fail "--duration takes a time"
            duration=$(echo "$2" | awk '/^[0-9]+[smh]?$/ { print $0 * (/m$/ ? 60 : /h$/ ? 3600 : 1) }')
            [ -n "$duration" ] && [ "$duration" -ge 1 ] && [ "$duration" -le 86400 ] || fail "bench rt: '$2' is no duration"
            shift ;;
        -t | --threads | -p | --priority | -i | --interval | -d | --distance | -l | --loops | -h | --histogram | --cpus)
            number_given "$1" "${2:-}"
            case $1 in
            -t | --threads) threads=$2 ;;
            -p | --priority) priority=$2; [ "$2" -le 30 ] || fail "bench rt: priorities are 0 to 30" ;;
            -i | --interval) interval=$2 ;;
            -d | --distance) distance=$2 ;;
            -l | --loops) loops=$2 ;;
            -h | --histogram) buckets=$2 ;;
            --cpus) cpus=$2 ;;
            esac
            shift ;;
        *) fail "bench rt: unknown word '$1'" ;;
        esac
        shift
    done
    [ "$threads" -ge 1 ] && [ "$threads" -le 16 ] || fail "bench rt: 1 to 16 threads"
    [ -z "$duration" ] || loops=$((duration * 1000000 / interval))
    [ "$loops" -le 1000000 ] || fail "bench rt: at most a million rounds"
    [ "$interval" -ge 10 ] && [ "$loops" -ge 1 ] || fail "bench rt: an interval of 10 us at least, one loop at least"
    bench_begin
    [ -z "$interrupts_off" ] || { off_command; return; }
    files="" wall_files=""
    for arch in $archs; do
        echo "measuring on $arch (exact instruction counts) ..." >&2
        rt_measure "$arch" exact 1 "build/bench/rt.$arch" || exit 1
        files="$files $arch:build/bench/rt.$arch"
    done
    peers_measure rt "$archs" || exit 1
    rt_show "$files" "instructions"
    peers_show max "$files"
    rt_svg "$files" "instructions" >"$svg"
    if [ -n "$wall" ]; then
        [ -z "$smp" ] || threads=$cpus
        for arch in $archs; do
            echo "measuring on $arch (wall time, $cpus CPUs) ..." >&2
            rt_measure "$arch" wall "$cpus" "build/bench/rt.$arch.wall" || exit 1
            wall_files="$wall_files $arch:build/bench/rt.$arch.wall"
        done
        echo
        echo "In wall time under multi-threaded emulation, $cpus CPUs: the host's scheduler is part of it; informative only."
        rt_show "$wall_files" "nanoseconds"
    fi
    echo "histograms: $svg"
    [ -z "$json" ] || json "$files $peer_files" rt >"$json"
    peers_end
}
