# SPDX-License-Identifier: Apache-2.0
# ./kos bench conflicts: sourced by kos, after scripts/bench.sh.

# conflicts_measure ARCH FILE: FILE gets "operation<TAB>operation<TAB>lines<TAB>false" for every pair, FILE.raw what the
# plugin wrote. Instructions are the clock and CPUs take turns: the same every time.
conflicts_measure() {
    image=build/$1/release/bench_conflicts
    exact_boot "$1" bench_conflicts 3 -plugin "build/host/conflicts.so,kernel=$image.elf,out=$2.raw" >"$2.console" 2>&1 ||
        { tail -3 "$2.console" >&2; return 1; }
    tr -d '\r' <"$2.console" | awk '$1 == "CONFLICTS" && $2 == "pair" { print $3 "\t" $4 }' >"$2.names"
    tr -d '\r' <"$2.console" | grep -q '^CONFLICTS done' && ! grep -q '^CONFLICTS error' "$2.console" &&
        awk -F '\t' -v names="$2.names" '
        BEGIN { while ((getline line < names) > 0) name[n++] = line }
        $1 == "pair" { print name[$2] "\t" $3 "\t" $4; pairs++ }
        END { if (pairs != n) { print "kos: " pairs " pairs of stretches for " n " names" > "/dev/stderr"; exit 1 } }' \
            "$2.raw" >"$2" || {
        echo "kos: the benchmark did not finish on $1; the end of its console:" >&2
        tail -20 "$2.console" >&2
        return 1
    }
}

conflicts_table() { # ARCH FILE
    awk -F '\t' -v arch="$1" '
    $1 == "control" { control = $3; next }
    {
        one = sub("one_task/", "", $1)
        value[one, $1, $2] = $3
        if (!((one, $1) in seen)) { seen[one, $1] = 1; order[one, ++count[one]] = $1 }
    }
    END {
        for (one = 0; one <= 1; one++) {
            printf "%s, %s: lines of kernel data shared by CPU 0 (rows) and CPU 1 (columns)\n%-22s", arch, one ? "two threads of one task" : "two tasks", ""
            for (j = 1; j <= count[one]; j++) printf "%4d", j
            printf "\n"
            for (i = 1; i <= count[one]; i++) {
                printf "%2d %-19s", i, order[one, i]
                for (j = 1; j <= count[one]; j++) printf "%4d", value[one, order[one, i], order[one, j]]
                printf "\n"
            }
        }
        printf "control, two CPUs that change one object: %d\n", control
    }' "$2"
}

# Every shared line of the matrix, or with a second name of that pair only: where it lies, who reads and writes it.
conflicts_lines() { # FILE [PAIR as operation/operation]
    awk -F '\t' -v names="$1.names" -v wanted="$2" '
    BEGIN { while ((getline line < names) > 0) { sub("\t", "/", line); name[n++] = line } }
    (wanted == "" && name[$2] == "control/control") || (wanted != "" && name[$2] != wanted) { next }
    $1 == "line" { printf "%s: %s, line at %s, %s sharing\n", name[$2], $5, $4, $6 }
    $1 == "access" { printf "    CPU %d  %-6s %5dx  %-34s at %s\n", $4, $5, $8, $7, $6 }' "$1.raw"
}

conflicts_json() { # FILES as in table()
    awk -v files="$1" -v date="$(json_date)" -v cpus="$(nproc)" "$json_awk"'
    BEGIN {
        json_head("conflicts", date, cpus)
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            while ((getline line < part[2]) > 0) {
                split(line, w, "\t")
                json_entry("conflicts/" w[1] "/" w[2] "/" part[1], 2, 1, w[3])
                printf ", \"shared_lines\": %d, \"falsely_shared_lines\": %d}", w[3], w[4]
            }
        }
        json_tail()
    }'
}

command_conflicts() {
    benchmark="bench conflicts" archs="x86_64 aarch64" json="" pair=""
    while [ $# -gt 0 ]; do
        bench_option "$@"
        [ $taken = 0 ] || { shift $taken; continue; }
        case $1 in
        --lines) [ $# -gt 1 ] || fail "--lines takes a pair as operation/operation"; pair=$2; shift ;;
        *) fail "bench conflicts: unknown word '$1'" ;;
        esac
        shift
    done
    case $pair in '' | */*) ;; *) fail "bench conflicts: --lines takes a pair as operation/operation, not '$pair'" ;; esac
    bench_begin
    files=""
    for arch in $archs; do
        echo "measuring on $arch ..." >&2
        conflicts_measure "$arch" "build/bench/conflicts.$arch" || exit 1
        files="$files $arch:build/bench/conflicts.$arch"
        [ -z "$pair" ] || tr '\t' / <"build/bench/conflicts.$arch.names" | grep -qxF "$pair" ||
            fail "bench conflicts: no pair '$pair' (the matrix has its operations: call_own/futex, ...)"
        conflicts_table "$arch" "build/bench/conflicts.$arch"
        conflicts_lines "build/bench/conflicts.$arch" "$pair"
        echo
    done
    [ -z "$json" ] || conflicts_json "$files" >"$json"
}
