# SPDX-License-Identifier: Apache-2.0
# ./kos bench footprint: sourced by kos, after scripts/bench.sh.

# footprint_measure ARCH FILE: FILE gets "case<TAB>counter<TAB>value" lines, FILE.functions "case<TAB>function<TAB>n".
footprint_measure() {
    footprint_arch=$1 footprint_file=$2
    if [ "$1" = aarch64 ]; then KOS_CPU=cortex-a57,cntfrq=1000000000; model=$KOS_CPU; else model=max,-rdrand; fi
    boot "$1" "build/$1/release/bench_ipc" -cpu "$model" -smp 1 -accel tcg -icount shift=0,sleep=off \
        -plugin "build/host/footprint.so,kernel=build/$1/release/bench_ipc.elf,out=$2.raw" </dev/null >"$2.console" 2>&1 ||
        { tail -3 "$2.console" >&2; return 1; }
    tr -d '\r' <"$2.console" | awk '$1 == "BENCH" && $3 ~ /^rounds=/ && $2 != "boot/einit" { print $2 }' >"$2.names"
    awk -F '\t' -v names="$2.names" -v functions="$2.functions" '
    BEGIN { while ((getline line < names) > 0) name[n++] = line; printf "" > functions }
    $1 == "stretch" { print name[$2] "\t" $4 "\t" $5; last = $2 }
    $1 == "function" { print name[$2] "\t" $4 "\t" $5 > functions }
    END { if (last + 1 != n) { print "kos: " last + 1 " stretches for " n " cases" > "/dev/stderr"; exit 1 } }' "$2.raw" >"$2"
}

footprint_table() { # FILES as in table()
    awk -F '\t' -v files="$1" '
    BEGIN {
        n = split(files, list, " ")
        columns = split("instructions kernel_instructions code_lines data_lines atomics barriers space_switches tlb_invalidations pages", column, " ")
        printf "%-40s", "one round, kernel on one CPU"
        split("instr kernel code data atomic barrier space tlb pages", head, " ")
        for (c = 1; c <= columns; c++) printf "%9s", head[c]
        printf "\n"
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            count = 0
            while ((getline line < part[2]) > 0) {
                split(line, w, "\t")
                if (w[1] == "overhead") continue
                if (!((part[1], w[1]) in seen)) { seen[part[1], w[1]] = 1; order[++count] = w[1] }
                value[part[1], w[1], w[2]] = w[3]
            }
            for (i = 1; i <= count; i++) {
                printf "%-40s", order[i] "/" part[1]
                for (c = 1; c <= columns; c++) printf "%9d", value[part[1], order[i], column[c]]
                printf "\n"
            }
        }
    }'
}

footprint_json() {
    awk -F '\t' -v files="$1" -v date="$(date -u +%Y-%m-%dT%H:%M:%S+00:00)" -v cpus="$(nproc)" '
    BEGIN {
        printf "{\n  \"context\": {\"date\": \"%s\", \"host_name\": \"guest\", \"executable\": \"kos bench footprint\", \"num_cpus\": %d, \"mhz_per_cpu\": 1000, \"cpu_scaling_enabled\": false, \"caches\": [], \"library_build_type\": \"release\"},\n  \"benchmarks\": [", date, cpus
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            current = ""
            while ((getline line < part[2]) > 0) {
                split(line, w, "\t")
                if (w[1] == "overhead") continue
                if (w[1] != current) {
                    if (current != "") { printf "}"; separator = "," }
                    current = w[1]
                    name = (current == "ipc/round_trip/cross_space/64B" ? "footprint/local_round_trip" : "footprint/" current) "/" part[1]
                    printf "%s\n    {\"name\": \"%s\", \"family_index\": %d, \"per_family_instance_index\": 0, \"run_name\": \"%s\", \"run_type\": \"iteration\", \"repetitions\": 1, \"repetition_index\": 0, \"threads\": 1, \"iterations\": 1", separator, name, family++, name
                    cost = 0
                }
                if (w[2] == "instructions") printf ", \"real_time\": %d, \"cpu_time\": %d, \"time_unit\": \"ns\"", w[3], w[3]
                printf ", \"%s\": %d", w[2], w[3]
            }
            if (current != "") { printf "}"; separator = "," }
        }
        printf "\n  ]\n}\n"
    }'
}

command_footprint() {
    archs="x86_64 aarch64" json="" functions=""
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) usage; exit 0 ;;
        --arch) [ $# -gt 1 ] || fail "--arch takes a name"; if [ "$2" != all ]; then arch_given "$2"; archs=$2; fi; shift ;;
        --json) [ $# -gt 1 ] || fail "--json takes a file"; file_given --json "$2"; json=$2; shift ;;
        --functions) [ $# -gt 1 ] || fail "--functions takes the name of a case"; functions=$2; shift ;;
        *) fail "bench footprint: unknown word '$1'" ;;
        esac
        shift
    done
    need_tools
    echo "building ..." >&2
    build
    mkdir -p build/bench
    files=""
    for arch in $archs; do
        echo "measuring on $arch ..." >&2
        footprint_measure "$arch" "build/bench/footprint.$arch" || exit 1
        files="$files $arch:build/bench/footprint.$arch"
    done
    if [ -n "$functions" ]; then
        for arch in $archs; do
            echo "$functions/$arch, instructions by function:"
            awk -F '\t' -v name="$functions" '$1 == name { printf "%8d  %s\n", $3, $2 }' "build/bench/footprint.$arch.functions" | sort -rn
        done
    else
        footprint_table "$files"
    fi
    [ -z "$json" ] || footprint_json "$files" >"$json"
}
