# SPDX-License-Identifier: Apache-2.0
# Tests of the policy compiler: sourced by scripts/test.sh.

psl_tests() {
    for file in syntax names types objects audit tests warnings; do printf 'languages/psl/%s\tpsl_cases %s\n' $file $file; done
    for file in base pred bool math struct regex hashset staticmap flow mic events; do
        printf 'languages/psl/reference/%s\tpsl_reference pal/%s.psl\n' $file $file
    done
    printf 'languages/psl/reference/all\tpsl_reference sources/all.psl\n'
    for file in base pred bool math struct regex hashset staticmap flow mic events; do
        printf 'languages/psl/compiled/%s\tpsl_compiled pal/%s.psl\n' $file $file
    done
    printf 'languages/psl/compare\tpsl_compare 1 12 4000 psl_compare\n'
    printf 'languages/psl/compare_kernel\tpsl_compare 13 24 2000 psl_compare_kernel\n'
    printf 'languages/psl/scale\tpsl_scale\n'
    printf 'languages/psl/preprocess\tpsl_preprocess\nfuzz/psl\tfuzz_short psl\n'
}

# psl_cases FILE: sections "=== name", a policy, "---", what the tool says. Each policy also uses
# prelude.psl, but those that begin with "// alone". With
# PSL_ACCEPT set, writes what the tool says now instead of comparing.
psl_cases() {
    build build/host/checked/nk-psl-gen-c
    file=tests/languages/psl/cases/$1.txt work=build/psl/$1
    rm -rf "$work"; mkdir -p "$work"
    awk -v work="$work" '/^=== / { name = $2; print name; part = "psl"; next } /^---$/ { part = "expected"; next }
        { print > (work "/" name "." part) }' "$file" >"$work/names"
    : >"$work/new"
    while read -r name; do
        touch "$work/$name.psl" "$work/$name.expected"
        { cat "$work/$name.psl"; grep -q '^// alone' "$work/$name.psl" || echo "use prelude._"; } >"$work/$name.full.psl"
        # shellcheck disable=SC2086
        build/host/checked/nk-psl-gen-c ${2:-} -I tests/languages/psl/sources -I sdk "$work/$name.full.psl" 2>&1 |
            sed "s|$work/$name.full.psl|policy.psl|g" >"$work/$name.actual"
        grep -q 'runtime error\|AddressSanitizer' "$work/$name.actual" && { cat "$work/$name.actual"; touch "$work/failed"; }
        { echo "=== $name"; cat "$work/$name.psl"; echo "---"; cat "$work/$name.actual"; } >>"$work/new"
        cmp -s "$work/$name.expected" "$work/$name.actual" || [ -n "${PSL_ACCEPT:-}" ] ||
            { echo "case $name of $file:"; diff "$work/$name.expected" "$work/$name.actual"; touch "$work/failed"; }
    done <"$work/names"
    [ -z "${PSL_ACCEPT:-}" ] || cp "$work/new" "$file"
    [ ! -e "$work/failed" ]
}

psl_preprocess() {
    psl_cases preprocess "--enable-preprocessor --preprocessor-definition=BOARD=RPI --preprocessor-definition=LEVEL=3
        --preprocessor-definition=ZERO=0 --preprocessor-definition=FALSE=False --preprocessor-definition=EMPTY=
        --preprocessor-definition=CLASS=app.Client --preprocessor-definition=true"
}

# psl_reference FILE: the policy's own tests on the interpreter that says what PSL means.
psl_reference() {
    build build/host/psl_reference
    build/host/psl_reference -I tests/languages/psl/sources -I tests/languages/psl/pal -I sdk "tests/languages/psl/$1" 2>&1
}

# psl_compare FIRST LAST EVENTS PROGRAM: random policies by their seeds, each compiled and compared with the interpreter
# on so many random events; psl_compare_kernel runs three more events for each, on several threads at once. An hour by
# hand: psl_compare 1000 5000 20000 psl_compare_kernel.
psl_compare() {
    build build/host/psl_generate "build/host/$4" build/host/nk-psl-gen-c
    work=build/psl/$4 seed=$1 roots="-I tests/languages/psl/sources -I sdk"
    mkdir -p "$work"
    while [ "$seed" -le "$2" ]; do
        build/host/psl_generate "$seed" >"$work/$seed.psl"
        build/host/nk-psl-gen-c $roots -o "$work/$seed.c" "$work/$seed.psl" >"$work/$seed.out" 2>&1 ||
            { echo "seed $seed: expected a policy that compiles"; cat "$work/$seed.out"; return 1; }
        clang-19 -std=gnu23 -O1 -w -DKSM_HOST -fPIC -shared -I. -Itests/unit/host/include "$work/$seed.c" -o "$work/$seed.so" &&
            "build/host/$4" $roots "$3" "$seed" "$work/$seed.psl" "$work/$seed.so" >"$work/$seed.out" 2>&1 ||
            { tail -40 "$work/$seed.out"; return 1; }
        seed=$((seed + 1))
    done
}

# psl_compiled FILE: the policy and its tests as C, on the models of the host.
psl_compiled() {
    build build/host/nk-psl-gen-c
    name=$(basename "$1" .psl) work=build/psl/compiled here=tests/languages/psl/compare
    mkdir -p "$work"
    build/host/nk-psl-gen-c -I tests/languages/psl/sources -I tests/languages/psl/pal -I sdk --tests generate \
        -o "$work/$name.c" --out-tests "$work/$name.tests.c" "tests/languages/psl/$1" >"$work/$name.out" 2>&1 ||
        { cat "$work/$name.out"; return 1; }
    clang-19 -std=gnu23 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-sanitize=function -Wall -Wextra \
        -Werror -DKSM_HOST -I. -Itests/unit/host/include "$work/$name.c" "$work/$name.tests.c" $here/tests_main.c $here/host.c \
        $here/host_mic.c $here/host_tables.c ksm/policy_test.c ksm/message.c ksm/models/chunk.c -o "$work/$name" &&
        "$work/$name"
}

# A policy of 100 classes, 2,000 methods and 5,000 rules: compiled in 3 s of processor time or less, its module under 1 MiB.
psl_scale() {
    build build/host/nk-psl-gen-c
    work=build/psl/scale
    rm -rf "$work"; mkdir -p "$work/big"
    awk -v work="$work" 'BEGIN {
        srand(7); policy = work "/security.psl"
        print "execute: kl.core.Execute use nk.base._ use nk.basic._ use nk.flow._ use nk.hashmap._ use EDL Einit use EDL kl.core.Core" >policy
        for (i = 0; i < 100; i++) {
            print "entity big.C" i "\nendpoints { e : big.I" i " }" >(work "/big/C" i ".edl"); close(work "/big/C" i ".edl")
            file = work "/big/I" i ".idl"
            print "package big.I" i "\ninterface {" >file
            for (m = 0; m < 20; m++) print "M" m "(in UInt32 a, in UInt16 b, out SInt32 rc);" >file
            print "}" >file; close(file)
            print "use EDL big.C" i >policy
        }
        print "policy object session : Flow { type State = \"a\" | \"b\" config = { states : [\"a\", \"b\"], initial : \"a\", transitions : { \"a\" : [\"b\"] } } }" >policy
        print "policy object ports : HashSet { type Entry = UInt16 config = { set_size : 64, pool_size : 100 } }" >policy
        print "execute { grant () session.init {sid : dst_sid} ports.init {sid : dst_sid} } response { grant () } error { grant () }" >policy
        for (r = 0; r < 4995; r++) {
            rule[0] = "grant ()"; rule[1] = "assert (message.a > " int(rand() * 100) " && message.b != " r ")"
            rule[2] = "session.allow {sid : src_sid, states : [\"a\"]}"
            rule[3] = "assert (ports.contains {sid : dst_sid, entry : message.b})"
            rule[4] = "session.enter {sid : src_sid, state : \"b\"}"
            print "request src=big.C" int(rand() * 100) " dst=big.C" int(rand() * 100) " endpoint=e method=M" int(rand() * 20) " { " rule[int(rand() * 5)] " }" >policy
        }
    }'
    LC_ALL=C bash -c "TIMEFORMAT=%U; time build/host/nk-psl-gen-c -I $work -I sdk -o $work/module.c $work/security.psl 2>$work/warnings" 2>"$work/time" ||
        { tail -3 "$work/warnings"; return 1; }
    awk '$1 > 3 { print "expected 3 s of processor time or less, took " $1; exit 1 }' "$work/time" || return 1
    clang-19 --target=x86_64-unknown-none-elf -std=c23 -O2 -w -mgeneral-regs-only -I. -Ihal/x86_64/include -ffreestanding -c "$work/module.c" -o "$work/module.o" || return 1
    llvm-size-19 "$work/module.o" | awk 'NR == 2 && $4 > 1048576 { print "expected a module under 1 MiB, it has " $4; exit 1 }'
}
