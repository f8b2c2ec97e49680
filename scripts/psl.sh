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
    printf 'languages/psl/compare\tpsl_compare 1 12 4000\n'
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

# psl_compare FIRST LAST EVENTS: random policies by their seeds, each compiled and compared with the interpreter on so
# many random events. An hour by hand: psl_compare 1000 5000 20000.
psl_compare() {
    build build/host/psl_generate build/host/psl_compare build/host/nk-psl-gen-c
    work=build/psl/compare seed=$1 roots="-I tests/languages/psl/sources -I sdk"
    mkdir -p "$work"
    while [ "$seed" -le "$2" ]; do
        build/host/psl_generate "$seed" >"$work/$seed.psl"
        build/host/nk-psl-gen-c $roots -o "$work/$seed.c" "$work/$seed.psl" >"$work/$seed.out" 2>&1 ||
            { echo "seed $seed: expected a policy that compiles"; cat "$work/$seed.out"; return 1; }
        clang-19 -std=gnu23 -O1 -w -fPIC -shared -I. -Itests/unit/host/include "$work/$seed.c" -o "$work/$seed.so" &&
            build/host/psl_compare $roots "$3" "$seed" "$work/$seed.psl" "$work/$seed.so" >"$work/$seed.out" 2>&1 ||
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
        -Werror -I. -Itests/unit/host/include "$work/$name.c" "$work/$name.tests.c" $here/tests_main.c $here/host.c \
        $here/host_mic.c $here/host_tables.c ksm/policy_test.c ksm/message.c ksm/models/chunk.c -o "$work/$name" &&
        "$work/$name"
}
