# SPDX-License-Identifier: Apache-2.0
# ./kos trace: sourced by kos, after scripts/solution.sh.

trace_usage() {
    cat <<'TEXT'
usage: ./kos trace SOLUTION -o DIR [--events E,...] [--for SECONDS] [--arch A] [--cpus N] [--format ctf|perfetto|text]
                   [--mode stop|overwrite] [--buffer ORDER] [--debug] [--exact] [--keep-memory] [--append TEXT] [--json FILE]
       ./kos trace --analyze DIR
       ./kos trace --memory FILE -o DIR [--arch A] [--format F]

Boots a solution that records what the kernel does, and writes a trace: CTF 1.8 into DIR/ctf (babeltrace2 DIR); with
--format also DIR/trace.json for ui.perfetto.dev, or DIR/trace.txt. A trace that is there already is replaced.
  --for            end after so many seconds. Else it goes on until the solution ends by itself or Ctrl-C ends it: what was
                   recorded until then is written and converted all the same, and the exit status is 0
  --events         names of events and groups from docs/tracepoints.md; default: all. none: a program of the solution
                   starts the trace (coresrv/stat/trace_api.h); life: likewise, with names of what begins before
  --mode           when events come faster than they are written: stop drops new ones (default), overwrite old ones;
                   both are counted
  --buffer         2^ORDER pages of records per CPU, 0 to 10; default 10: 131072 records
  --exact          an instruction is a nanosecond and CPUs take turns, as of ./kos run
  --keep-memory    the guest's RAM stays as DIR/memory; --memory reads the rings from such a file after a crash
  --append         more for the kernel's command line
  --json FILE      and what --analyze tells of threads and channels, as results of a benchmark: what ./kos report draws
  --analyze        states of threads, latency by channel, inversions, kernel paths, decisions: tables, and SVG in DIR
TEXT
}

# The memory of the guest: a file that QEMU and build/host/trace share. Where it costs no disk, if there is room.
trace_memory_file() {
    if [ -n "$trace_keep" ]; then echo "$trace_folder/memory"
    elif [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 1200000 ]; then echo "/dev/shm/kos-trace.$$"
    else echo "$trace_folder/memory"; fi
}

# In a subshell. trace_record ARCH IMAGE-WITHOUT-SUFFIX CPUS QEMU-OPTION...; trace_folder, trace_events, trace_mode, trace_buffer,
# trace_for, trace_keep, trace_append are set.
trace_record() {
    trace_arch=$1 trace_image=$2 trace_cpus=$3
    shift 3
    if [ "$trace_events" = none ]; then mask=0; else mask=$(build/host/trace events "$trace_events") || return 2; fi
    mkdir -p "$trace_folder/ctf" && rm -f "$trace_folder"/ctf/cpu* "$trace_folder/ctf/metadata" "$trace_folder"/trace.*
    trace_ram=$(trace_memory_file)
    KOS_APPEND="trace=$mask trace_mode=$trace_mode trace_pages=$trace_buffer${trace_append:+ $trace_append}"
    boot_exec="exec build/host/trace record --memory $trace_ram --size 0x40000000 --arch $trace_arch $trace_keep ${trace_for:+--for $trace_for} -o $trace_folder/ctf --"
    boot "$trace_arch" "$trace_image" -smp "$trace_cpus" "$@" \
        -object "memory-backend-file,id=ram,size=1G,mem-path=$trace_ram,share=on" -machine memory-backend=ram </dev/null
}

# The same; a signal to this shell ends the recording, and what it has is written all the same.
trace_run() {
    (trace_record "$@") &
    recorder=$! trace_status=0
    trap 'kill $recorder 2>/dev/null' INT TERM HUP
    wait $recorder || trace_status=$?
    if kill -0 $recorder 2>/dev/null; then # a signal ended the waiting
        trace_status=0
        wait $recorder || trace_status=$?
    fi
    trap - INT TERM HUP
    return $trace_status
}

trace_convert() { # FORMAT
    case $1 in
    perfetto) build/host/trace perfetto "$trace_folder/ctf" >"$trace_folder/trace.json" && echo "trace: $trace_folder/trace.json, for ui.perfetto.dev" >&2 ;;
    text) build/host/trace text "$trace_folder/ctf" >"$trace_folder/trace.txt" && echo "trace: $trace_folder/trace.txt" >&2 ;;
    ctf) echo "trace: babeltrace2 $trace_folder" >&2 ;;
    esac
}

command_trace() {
    solution="" arch=x86_64 cpus=1 variant=release format=ctf analyze="" from=""
    trace_folder="" trace_events=all trace_mode=stop trace_buffer=a trace_for="" trace_keep="" trace_append="" trace_exact="" trace_json=""
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) trace_usage; exit 0 ;;
        --arch) [ $# -gt 1 ] || fail "--arch takes a name"; arch_given "$2"; arch=$2; shift ;;
        --cpus) [ $# -gt 1 ] || fail "--cpus takes a number"; cpus_given --cpus "$2"; cpus=$2; shift ;;
        --events) [ $# -gt 1 ] || fail "--events takes names"; trace_events=$2; shift ;;
        --for) [ $# -gt 1 ] || fail "--for takes seconds"; number_given --for "$2"; trace_for=$2; shift
            [ "$trace_for" -gt 0 ] || fail "--for takes at least 1 second" ;;
        --format) [ $# -gt 1 ] || fail "--format takes a name"
            case $2 in ctf | perfetto | text) format=$2 ;; *) fail "unknown format '$2' (ctf, perfetto, text)" ;; esac; shift ;;
        --mode) [ $# -gt 1 ] || fail "--mode takes a name"
            case $2 in stop | overwrite) trace_mode=$2 ;; *) fail "unknown mode '$2' (stop, overwrite)" ;; esac; shift ;;
        --buffer) [ $# -gt 1 ] || fail "--buffer takes a number"; number_given --buffer "$2"
            [ "$2" -le 10 ] || fail "--buffer takes a number from 0 to 10, not '$2'"
            trace_buffer=$(printf %x "$2"); shift ;;
        --append) [ $# -gt 1 ] || fail "--append takes a text"; trace_append=$2; shift ;;
        --json) [ $# -gt 1 ] || fail "--json takes a file"; trace_json=$(path_given "$2"); file_given --json "$trace_json"; shift ;;
        --debug) variant=debug ;;
        --exact) trace_exact=1 ;;
        --keep-memory) trace_keep=--keep ;;
        --analyze) [ $# -gt 1 ] || fail "--analyze takes a folder"; analyze=$(path_given "$2"); shift ;;
        --memory) [ $# -gt 1 ] || fail "--memory takes a file"; from=$(path_given "$2"); shift ;;
        -o) [ $# -gt 1 ] || fail "-o takes a folder"; trace_folder=$(path_given "$2"); shift ;;
        -*) fail "trace: unknown option '$1'" ;;
        *) [ -z "$solution" ] || fail "trace: one solution at a time"; solution=$1 ;;
        esac
        shift
    done
    if [ -n "$analyze" ]; then
        need_tools
        build build/host/trace
        build/host/trace analyze "$analyze"
        return
    fi
    [ -n "$solution$from" ] || fail "trace: which solution? ./kos trace SOLUTION -o DIR"
    [ -n "$trace_folder" ] || fail "trace: where to? -o DIR"
    case $trace_folder in *[!A-Za-z0-9_./+-]*) fail "'$trace_folder': expected a path of letters, digits, '_', '-', '+', '.' and '/'" ;; esac
    mkdir -p "$trace_folder/ctf" 2>/dev/null && (: >"$trace_folder/ctf/new") 2>/dev/null && rm "$trace_folder/ctf/new" || fail "-o: cannot write to '$trace_folder'"
    need_tools
    build build/host/trace
    if [ -n "$from" ]; then
        [ -r "$from" ] || fail "--memory: cannot read '$from'"
        rm -f "$trace_folder"/ctf/cpu* "$trace_folder"/trace.*
        build/host/trace memory "$from" --arch "$arch" -o "$trace_folder/ctf" && trace_convert "$format"
        return
    fi
    [ "$trace_events" = none ] || build/host/trace events "$trace_events" >/dev/null || exit 2
    image=build/$arch/$variant/$solution
    if solution_of_ninja "$image"; then :; else
        folder=$(path_given "$solution")
        [ -d "$folder" ] || [ ! -d "examples/$solution" ] || folder=$PWD/examples/$solution
        [ -d "$folder" ] || fail "trace: unknown solution '$solution' (as for ./kos run, one of ninja/solutions.ninja, or a folder)"
        . scripts/solution.sh
        solution_build "$folder" "$arch" "$variant"
    fi
    status=0
    if [ -z "$trace_exact" ]; then set -- -accel tcg,thread=multi
    elif [ "$arch" = aarch64 ]; then KOS_CPU=${KOS_CPU:-cortex-a57},cntfrq=1000000000; set -- -accel tcg -icount shift=0,sleep=off
    else set -- -accel tcg -icount shift=0,sleep=off -cpu max,-rdrand; fi
    trace_run "$arch" "$image" "$cpus" "$@" || status=$?
    set -- "$trace_folder"/ctf/cpu*
    [ -f "$1" ] || return $status
    trace_convert "$format"
    [ -z "$trace_json" ] || { build/host/trace analyze "$trace_folder" >"$trace_folder/analysis" && trace_results "$trace_folder/analysis" "$arch" "$solution" >"$trace_json"; } || return 1
    return $status
}

# The tables of threads and of channels, as entries. A name that is there twice gets a number.
trace_results() { # ANALYSIS ARCH SOLUTION
    awk -v arch="$2" -v solution="$3" '
    function entry(kind, value,   name, i) {
        name = $1
        for (i = 2; i <= NF - fields; i++) name = name " " $i
        gsub(/[\\"\/]/, "", name)
        if (++seen[kind, name] > 1) name = name "#" seen[kind, name]
        printf "%s\n    {\"name\": \"trace/%s/%s/%s/%s\", \"run_type\": \"iteration\", \"iterations\": 1, \"real_time\": %s, \"cpu_time\": %s, \"time_unit\": \"ns\"", entries++ ? "," : "", solution, kind, name, arch, value, value
        for (i = 1; i <= fields; i++) printf ", \"%s\": %s", field[i], $(NF - fields + i)
        printf "}"
    }
    BEGIN { printf "{\n  \"context\": {\"executable\": \"kos trace %s\"},\n  \"benchmarks\": [", solution }
    /^threads, % of their time/ { kind = "thread"; fields = split("switches runs ready in_call serves_nobody lock sleeps", field, " "); next }
    /^latency of calls by channel/ { kind = "channel"; fields = split("count min p50 p99 max", field, " "); next }
    NF == 0 { kind = "" }
    kind == "thread" && NF > fields { entry(kind, $(NF - 5)) }
    kind == "channel" && NF > fields && $2 !~ /^ns$/ { entry(kind, $(NF - 2)) }
    END { printf "\n  ]\n}\n" }' "$1"
}

# Builds the image if build.ninja has it.
solution_of_ninja() { # IMAGE-WITHOUT-SUFFIX
    case $1 in *x86_64*) target=$1.elf ;; *) target=$1.bin ;; esac
    ninja -t query "$target" >/dev/null 2>&1 && build "$target"
}
