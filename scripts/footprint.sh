# SPDX-License-Identifier: Apache-2.0
# ./kos bench footprint: sourced by kos, after scripts/bench.sh.

# footprint_measure ARCH FILE: FILE gets "case<TAB>counter<TAB>value" lines, FILE.functions "case<TAB>function<TAB>n".
footprint_measure() {
    footprint_arch=$1 footprint_file=$2
    exact_boot "$1" bench_ipc 1 -append rounds=few -plugin "build/host/footprint.so,kernel=build/$1/release/bench_ipc.elf,out=$2.raw" >"$2.console" 2>&1 ||
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
    awk -v files="$1" -v date="$(json_date)" -v cpus="$(nproc)" "$json_awk"'
    # "functions": instructions of the kernel by function
    function finish(   separator, line, w) {
        if (current == "") return
        printf ", \"functions\": {"
        while ((getline line < functions_of) > 0) {
            split(line, w, "\t")
            if (w[1] == current) { printf "%s\"%s\": %d", separator, w[2], w[3]; separator = ", " }
        }
        close(functions_of)
        printf "}}"
    }
    BEGIN {
        json_head("footprint", date, cpus)
        n = split(files, list, " ")
        for (f = 1; f <= n; f++) {
            split(list[f], part, ":")
            current = ""; functions_of = part[2] ".functions"
            while ((getline line < part[2]) > 0) {
                split(line, w, "\t")
                if (w[1] == "overhead") continue
                if (w[1] != current) {
                    finish()
                    current = w[1] # its first counter: instructions
                    json_entry((current == "ipc/round_trip/cross_space/64B" ? "footprint/local_round_trip" : "footprint/" current) "/" part[1], 1, 1, w[3])
                }
                printf ", \"%s\": %d", w[2], w[3]
            }
            finish()
        }
        json_tail()
    }'
}

command_footprint() {
    benchmark="bench footprint" archs="x86_64 aarch64" json="" functions=""
    while [ $# -gt 0 ]; do
        bench_option "$@"
        [ $taken = 0 ] || { shift $taken; continue; }
        case $1 in
        --functions) [ $# -gt 1 ] || fail "--functions takes the name of a case"; functions=$2; shift ;;
        *) fail "bench footprint: unknown word '$1'" ;;
        esac
        shift
    done
    bench_begin
    files=""
    for arch in $archs; do
        echo "measuring on $arch ..." >&2
        footprint_measure "$arch" "build/bench/footprint.$arch" || exit 1
        files="$files $arch:build/bench/footprint.$arch"
    done
    if [ -n "$functions" ]; then
        cut -f1 $(for file in $files; do echo "${file#*:}.functions"; done) | grep -qxF "$functions" ||
            fail "bench footprint: no case '$functions' (the table without --functions has them: ipc/null_call, ...)"
        for arch in $archs; do
            echo "$functions/$arch, instructions by function:"
            awk -F '\t' -v name="$functions" '$1 == name { printf "%8d  %s\n", $3, $2 }' "build/bench/footprint.$arch.functions" | sort -rn
        done
    else
        footprint_table "$files"
    fi
    [ -z "$json" ] || footprint_json "$files" >"$json"
}
