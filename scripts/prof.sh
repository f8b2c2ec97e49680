# SPDX-License-Identifier: Apache-2.0
# ./kos prof and ./kos stat: sourced by kos.

prof_usage() {
    cat <<'TEXT'
usage: ./kos prof SOLUTION [OPTION...]
       ./kos stat SOLUTION [OPTION...]

Runs a solution in QEMU and looks at it from outside: user code and kernel, interrupts masked or not. prof takes a sample,
with its call chain, of every CPU whenever that has come to another PERIOD events, and writes what Linux's perf report and perf
script read. stat counts, and prints the sums.

  --arch x86_64|aarch64  architecture (x86_64)
  --cpus N               CPUs (1)
  --for SECONDS          end the machine after so long; else it runs until it ends by itself, or Ctrl-C. One that does
                         not end in KOS_SECONDS (environment; 900) is stopped: result as with --for, exit status 124
  --debug                the variant with checks
  --append TEXT          more for the kernel's command line
prof only:
  -o FILE                where to (perf.data)
  --event E              instructions, loads, stores, blocks (of code, between jumps), or time of this machine (instructions);
                         cycles: samples that the kernel takes, interrupted by the processor's counter (aarch64 only)
  --period N             events between two samples (100000); of time: nanoseconds, cycles (1000000)
  --flame FILE           a flame graph, too, as SVG
  --json FILE            and its stacks, as results of a benchmark: what ./kos report draws
TEXT
}

# The solution's image without its suffix in $image, built: one of ninja/solutions.ninja, an example, or a folder.
prof_build() { # SOLUTION ARCH VARIANT
    image=build/$2/$3/$1
    if grep -q "^build \$dir/$1.elf:" ninja/solutions.ninja 2>/dev/null; then
        build "$image.elf" $([ "$2" = x86_64 ] || echo "$image.bin") build/host/perfcnt build/host/perfcnt.so
        return
    fi
    prof_folder=$called_from/$1
    case $1 in /*) prof_folder=$1 ;; esac
    [ -d "$prof_folder" ] || [ ! -d "examples/$1" ] || prof_folder=$PWD/examples/$1
    [ -d "$prof_folder" ] || fail "unknown solution '$1' (one of ninja/solutions.ninja, or a folder)"
    build build/host/perfcnt build/host/perfcnt.so
    . scripts/solution.sh
    solution_build "$prof_folder" "$2" "$3"
}

# One run with the plugin; its file is $raw.
prof_run() { # PLUGIN-OPTIONS
    raw=$(mktemp "${TMPDIR:-/tmp}/kos.perfcnt.XXXXXX")
    trap 'rm -f "$raw"' EXIT
    # QEMU writes what it has when it is told to end; one that does not even do that is killed
    boot_exec="exec timeout --foreground -k 5 ${seconds:-$limit}"
    boot "$arch" "$image" -smp "$cpus" -accel tcg,thread=multi \
        -plugin "build/host/perfcnt.so,kernel=$image.elf,out=$raw,$1" </dev/null &
    qemu=$!
    trap 'kill $qemu 2>/dev/null' INT TERM HUP # the file is made all the same
    status=0
    wait $qemu || status=$?
    if kill -0 $qemu 2>/dev/null; then # a signal ended the waiting
        status=0
        wait $qemu || status=$?
    fi
    trap - INT TERM HUP
    # 124: in time, by the first signal; 137: by the second
    [ $status != 137 ] || { echo "kos: $mode: QEMU did not end when it was told to, and was killed: nothing was written" >&2; exit 124; }
    late=""
    [ -n "$seconds" ] || [ $status != 124 ] || late=1
    [ -s "$raw" ] || fail "QEMU wrote nothing (exit status $status)"
}

# One run whose kernel samples itself, by the processor's counter; its samples leave the machine with its trace. $raw: as of prof_run.
prof_run_counter() {
    [ "$arch" = aarch64 ] || fail "--event cycles: QEMU has counters of the processor with --arch aarch64 only"
    [ "$period" -ge 10000 ] && [ "$period" -le 4294967295 ] || fail "--period takes 10000 to 4294967295 cycles"
    build build/host/trace
    . scripts/trace.sh
    raw=$(mktemp "${TMPDIR:-/tmp}/kos.perfcnt.XXXXXX")
    trap 'rm -rf "$raw" "$raw.trace"' EXIT
    trace_folder=$raw.trace trace_events=sample trace_mode=stop trace_buffer=8 trace_for=${seconds:-$limit} trace_keep=""
    trace_append="${KOS_APPEND:+$KOS_APPEND }trace_sample=$(printf %x "$period")"
    begun=$(date +%s)
    trace_run "$arch" "$image" "$cpus" -accel tcg,thread=multi || true
    late=""
    [ -n "$seconds" ] || [ $(($(date +%s) - begun)) -lt "$limit" ] || late=1
    [ -f "$trace_folder/ctf/metadata" ] && build/host/trace raw "$trace_folder/ctf" 183 "$cpus" "$period" >"$raw" || fail "no samples came out of the machine"
}

# The result is there, as far as it goes; but nobody is to take it for that of a whole run.
prof_late() {
    [ -z "$late" ] || {
        echo "kos: $mode: $solution had not ended after $limit s and was stopped: this is what it did until then (--for SECONDS if that is meant; KOS_SECONDS: the limit)" >&2
        exit 124
    }
}

# Stacks as one entry, weights in samples' events.
prof_json() { # FOLDED ARCH SOLUTION
    awk -v arch="$2" -v solution="$3" '
    { weight = $1; stack = substr($0, length($1) + 2); gsub(/[\\"]/, "", stack); sum += weight; list = list (list == "" ? "" : ", ") "\"" stack "\": " weight }
    END {
        printf "{\n  \"context\": {\"executable\": \"kos prof %s\"},\n  \"benchmarks\": [\n", solution
        printf "    {\"name\": \"profile/%s/%s\", \"run_type\": \"iteration\", \"iterations\": 1, \"real_time\": %d, \"cpu_time\": %d, \"time_unit\": \"ns\", \"stacks\": {%s}}\n  ]\n}\n", solution, arch, sum, sum, list
    }' "$1"
}

command_prof() { # prof|stat ...
    mode=$1 solution="" arch=x86_64 cpus=1 variant=release seconds="" out=$called_from/perf.data event=instructions period="" flame="" json=""
    shift
    while [ $# -gt 0 ]; do
        case $mode$1 in
        *--help | *-h) prof_usage; exit 0 ;;
        *--arch) [ $# -gt 1 ] || fail "--arch takes a name"; arch_given "$2"; arch=$2; shift ;;
        *--cpus) [ $# -gt 1 ] || fail "--cpus takes a number"; cpus_given --cpus "$2"; cpus=$2; shift ;;
        *--for) [ $# -gt 1 ] || fail "--for takes seconds"; number_given --for "$2"; seconds=$2; shift
            [ "$seconds" -gt 0 ] || fail "--for takes at least 1 second" ;;
        *--debug) variant=debug ;;
        *--append) [ $# -gt 1 ] || fail "--append takes a text"; KOS_APPEND=$2; shift ;;
        prof-o) [ $# -gt 1 ] || fail "-o takes a file"; out=$2; shift ;;
        prof--flame) [ $# -gt 1 ] || fail "--flame takes a file"; flame=$2; shift ;;
        prof--json) [ $# -gt 1 ] || fail "--json takes a file"; json=$2; shift ;;
        prof--period) [ $# -gt 1 ] || fail "--period takes a number"; number_given --period "$2"; period=$2; shift
            [ "$period" -gt 0 ] || fail "--period takes at least 1" ;;
        prof--event) [ $# -gt 1 ] || fail "--event takes a name"; event=$2; shift
            case $event in instructions | loads | stores | blocks | time | cycles) ;;
            *) fail "unknown event '$event' (instructions, loads, stores, blocks, time, cycles)" ;; esac ;;
        *) case $1 in -*) fail "$mode: unknown option '$1'" ;; esac
            [ -z "$solution" ] || fail "$mode: one solution at a time"; solution=$1 ;;
        esac
        shift
    done
    [ -n "$solution" ] || fail "$mode: which solution?"
    limit=${KOS_SECONDS:-900}
    number_given KOS_SECONDS "$limit"
    [ "$limit" -gt 0 ] || fail "KOS_SECONDS takes at least 1 second"
    [ -n "$period" ] || { case $event in time | cycles) period=1000000 ;; *) period=100000 ;; esac; }
    out=$(path_given "$out")
    [ -z "$flame" ] || flame=$(path_given "$flame")
    [ -z "$json" ] || json=$(path_given "$json")
    if [ "$mode" = prof ]; then file_given -o "$out"; [ -z "$flame" ] || file_given --flame "$flame"; [ -z "$json" ] || file_given --json "$json"; fi
    need_tools
    prof_build "$solution" "$arch" "$variant"
    if [ "$mode" = stat ]; then
        prof_run "period=0,memory=on"
        build/host/perfcnt "$raw" "$image.elf" --stat --title "$solution"
    else
        if [ "$event" = cycles ]; then prof_run_counter; else prof_run "period=$period,event=$event"; fi
        build/host/perfcnt "$raw" "$image.elf" -o "$out" ${flame:+--flame "$flame"} ${json:+--folded "$json.folded"} --title "$solution, $arch, $cpus CPUs, $event:" \
            "build/$arch" build/solutions
        [ -z "$json" ] || { prof_json "$json.folded" "$arch" "$solution" >"$json"; rm "$json.folded"; }
        echo "profile: perf report -i $out" >&2
    fi
    prof_late
}
