# SPDX-License-Identifier: Apache-2.0
# Tests of the policy compiler: sourced by scripts/test.sh.

psl_tests() {
    for file in syntax names types objects audit tests warnings; do printf 'languages/psl/%s\tpsl_cases %s\n' $file $file; done
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
