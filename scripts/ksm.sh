# SPDX-License-Identifier: Apache-2.0
# ./kos bench ksm: sourced by kos behind scripts/bench.sh.

# The decisions of one architecture, in exact instructions: BENCH lines in a file.
ksm_measure() { # ARCH FILE
    model=max,-rdrand
    if [ "$1" = aarch64 ]; then KOS_CPU=cortex-a57,cntfrq=1000000000; model=$KOS_CPU; fi
    boot "$1" "build/$1/release/bench_ksm" -cpu "$model" -smp 1 -accel tcg -icount shift=0,sleep=off </dev/null >"$2.raw" 2>"$2.err" || { cat "$2.err" >&2; return 1; }
    tr -d '\r' <"$2.raw" | grep '^BENCH ' >"$2" || true
    grep -q '^BENCH done' "$2" && ! grep -q '^BENCH error' "$2" || { echo "kos: the benchmark did not finish on $1; the end of its console:" >&2; tail -20 "$2.raw" >&2; return 1; }
}

command_ksm() {
    archs="x86_64 aarch64" json=""
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) usage; exit 0 ;;
        --arch) [ $# -gt 1 ] || fail "--arch takes a name"; if [ "$2" != all ]; then arch_given "$2"; archs=$2; fi; shift ;;
        --json) [ $# -gt 1 ] || fail "--json takes a file"; file_given --json "$2"; json=$2; shift ;;
        *) fail "bench ksm: unknown word '$1'" ;;
        esac
        shift
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
