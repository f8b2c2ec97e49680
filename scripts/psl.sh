# SPDX-License-Identifier: Apache-2.0
# Tests of the policy compiler: sourced by scripts/test.sh.

psl_tests() {
    for file in syntax names types objects audit tests warnings; do printf 'languages/psl/%s\tpsl_cases %s\n' $file $file; done
    for file in base pred bool math struct regex hashset staticmap flow mic events core whole; do
        printf 'languages/psl/reference/%s\tpsl_reference pal/%s.psl\n' $file $file
    done
    printf 'languages/psl/reference/all\tpsl_reference sources/all.psl\n'
    for file in base pred bool math struct regex hashset staticmap flow mic events core whole; do
        printf 'languages/psl/compiled/%s\tpsl_compiled pal/%s.psl\n' $file $file
    done
    printf 'languages/psl/compare\tpsl_compare 1 12 4000 psl_compare\n'
    printf 'languages/psl/compare_kernel\tpsl_compare 13 24 2000 psl_compare_kernel\n'
    printf 'languages/psl/million\tpsl_million\n'
    printf 'languages/psl/command\tpsl_command\nlanguages/psl/table\tpsl_table\nlanguages/table\tlanguages_table\n'
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
    build build/host/psl_reference core-methods
    build/host/psl_reference -I tests/languages/psl/sources -I tests/languages/psl/pal -I sdk "tests/languages/psl/$1" 2>&1
}

# psl_compare FIRST LAST EVENTS PROGRAM: random policies by their seeds, each compiled and compared with the interpreter
# on so many random events; psl_compare_kernel runs three more events for each, on several threads at once. An hour by
# hand: psl_compare 1000 5000 20000 psl_compare_kernel.
psl_compare() {
    build build/host/psl_generate "build/host/$4" build/host/nk-psl-gen-c core-methods
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

# A million events at 50 random policies, three quarters of them on four threads at once, caches on: verdicts and contexts against
# the interpreter.
psl_million() {
    psl_compare 101 150 5000 psl_compare_kernel || return 1
    cat build/psl/psl_compare_kernel/1[0-4][0-9].out build/psl/psl_compare_kernel/150.out |
        awk '$2 == "events," { events += $1 + $1 / 64 * 192 } END { if (events < 1000000) { print "expected a million events, got " events + 0; exit 1 } }'
}

# Files that are not text or cannot be written, and limits that need large files.
psl_command() {
    build build/host/checked/nk-psl-gen-c
    work=build/psl/command
    rm -rf "$work"; mkdir -p "$work/big"
    says() { # TEXT OPTION...: of $work/policy.psl
        text=$1
        shift
        build/host/checked/nk-psl-gen-c -I "$work" -I tests/languages/psl/sources -I sdk "$@" -o "$work/out.c" "$work/policy.psl" >"$work/said" 2>&1 &&
            { echo "expected '$text', got no error"; return 1; }
        grep -qF -- "$text" "$work/said" && ! grep -q 'runtime error\|AddressSanitizer' "$work/said" && [ ! -e "$work/out.c" ] ||
            { echo "expected '$text' and no output, got:"; tail -5 "$work/said"; return 1; }
    }
    # rules of the same code, on a call of the kernel and on a message, are two decisions: the kernel makes SIDs of words for one
    echo 'use prelude._ request src=app.Client dst=app.Server endpoint=store.main method=Read { assert (message.file.handle == dst_sid) }
        request src=app.Client dst=kl.core.Core endpoint=handle.Handle method=Copy { assert (message.inHandle.handle == dst_sid) }' >"$work/policy.psl"
    build/host/checked/nk-psl-gen-c -I tests/languages/psl/sources -I sdk -o "$work/out.c" "$work/policy.psl" 2>/dev/null &&
        [ "$(grep -c 'flags)0x25, .evaluate' "$work/out.c")" = 2 ] && [ "$(grep -c 'handle_words' "$work/out.c")" = 1 ] ||
        { echo "expected two decisions, one with words that are handles, got:"; grep 'flags)0x25' "$work/out.c"; return 1; }
    # a test set without sequences tests nothing, whatever stands in it
    echo 'use prelude._ assert "a" { setup { c <- execute dst=app.Client } finally { grant c ~> nobody : none.None {} } }' >"$work/policy.psl"
    build/host/checked/nk-psl-gen-c -I tests/languages/psl/sources -I sdk --tests generate -o "$work/out.c" --out-tests "$work/tests.c" "$work/policy.psl" >"$work/said" 2>&1 &&
        clang-19 -std=gnu23 -Wall -Wextra -Werror -I. -Itests/unit/host/include -fsyntax-only "$work/tests.c" || { echo "expected an empty list of tests, got:"; tail -5 "$work/said"; return 1; }
    rm -f "$work/out.c"
    printf 'use prelude._\0\n' >"$work/policy.psl"
    says 'a byte of zero: this is not a text file' || return 1
    for bytes in '\200' '[\301\277]' '\355\240\200' '\370\210\200\200'; do
        printf "use prelude._ request { assert (re.match {text : \"a\", pattern : \"a${bytes}b\"}) }" >"$work/policy.psl"
        says 'the pattern is not valid UTF-8' || return 1
    done
    echo 'use prelude._' >"$work/policy.psl"
    says "$work/absent/policy.psl cannot be written" --enable-preprocessor --preprocessor-dump-dir "$work/absent" || return 1
    awk 'BEGIN { for (i = 0; i < 65; i++) print "{% if true %}"; print "use prelude._"; for (i = 0; i < 65; i++) print "{% endif %}" }' >"$work/policy.psl"
    says 'more than 64 nested {% if %}' --enable-preprocessor --preprocessor-definition=true || return 1
    awk 'BEGIN { print "use prelude._ assert \"a\" { sequence {"; for (i = 0; i < 255; i++) print "v" i " <- execute dst=app.Client"; print "} }" }' >"$work/policy.psl"
    says 'more than 254 variables in one test set' --tests generate --out-tests "$work/tests.c" || return 1
    awk 'BEGIN { print "use prelude._ policy object map : StaticMap { type Value = UInt8 config = { pool_size : 1, keys : {"
        for (i = 0; i < 257; i++) print "\"k" i "\" : 1,"
        print "} } } request src=app.Client dst=app.Server endpoint=control method=Stop { map.commit {sid : src_sid} }" }' >"$work/policy.psl"
    says 'an event that gets here may change 257 cells of contexts; at most 256' || return 1
    for i in 1 2 3 4 5; do printf 'component big.C%s\nendpoints { main : app.Control }\n' $i >"$work/big/C$i.cdl"; done
    printf 'task class big.Server\ncomponents { c1 : big.C1 c2 : big.C2 c3 : big.C3 c4 : big.C4 c5 : big.C5 }\n' >"$work/big/Server.edl"
    echo 'use prelude._ use EDL big.Server request dst=big.Server component=big.C1 { match component=big.C2 { match component=big.C3 { match component=big.C4 { match component=big.C5 { grant () } } } } }' >"$work/policy.psl"
    says 'more than 4 components around one section' || return 1
    awk 'BEGIN { print "execute: kl.core.Execute use nk.base._ use nk.basic._ use EDL kl.core.Core use EDL Einit"
        for (i = 0; i < 260; i++) print "task class T" i " : app.Peer request src=T" i " { assert (src_sid != " i ") } request dst=T" i " { assert (dst_sid != " i ") }" }' >"$work/policy.psl"
    says ' different decisions; at most 65535'
}

# psl_compiled FILE: the policy and its tests as C, on the models of the host.
psl_compiled() {
    build build/host/nk-psl-gen-c core-methods
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
    build build/host/nk-psl-gen-c core-methods
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
