# SPDX-License-Identifier: Apache-2.0
# ./kos bench ksm: sourced by kos behind scripts/bench.sh.

# The decisions of one architecture, in exact instructions: BENCH lines in a file.
ksm_measure() { # ARCH FILE
    exact_boot "$1" bench_ksm 1 >"$2.raw" 2>"$2.err" || { cat "$2.err" >&2; return 1; }
    tr -d '\r' <"$2.raw" | grep '^BENCH ' >"$2" || true
    grep -q '^BENCH done' "$2" && ! grep -q '^BENCH error' "$2" || { echo "kos: the benchmark did not finish on $1; the end of its console:" >&2; tail -20 "$2.raw" >&2; return 1; }
}

command_ksm() {
    benchmark="bench ksm" archs="x86_64 aarch64" json=""
    while [ $# -gt 0 ]; do
        bench_option "$@"
        [ $taken != 0 ] || fail "bench ksm: unknown word '$1'"
        shift $taken
    done
    need_tools
    build
    mkdir -p build/bench
    files=""
    for arch in $archs; do
        ksm_measure "$arch" "build/bench/ksm.$arch" || exit 1
        files="$files $arch:build/bench/ksm.$arch"
    done
    table "$files" "instructions per event, p50 (max)"
    [ -z "$json" ] || json "$files" ksm >"$json"
}
