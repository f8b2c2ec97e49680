# SPDX-License-Identifier: Apache-2.0
# Tests of the language tools: sourced by scripts/test.sh.

# name<TAB>command, as in test.sh
language_tests() {
    cat <<'LIST'
unit/languages_echo	unit languages_echo
unit/languages_legacy	unit languages_legacy
unit/languages_message	unit languages_message
unit/languages_core	unit languages_core
languages/sdk	languages_sdk
languages/core	languages_core
fuzz/nk	fuzz_short nk
fuzz/einit	fuzz_short einit
fuzz/message_content	fuzz_short message_content
languages/compile	languages_compile
languages/productions	languages_productions
languages/messages	languages_messages
languages/command	languages_command
languages/einit	languages_einit
languages/einit_command	languages_einit_command
generated/x86_64/1/debug	guest_suite generated x86_64 1 debug
generated/x86_64/2/release	guest_suite generated x86_64 2 release
generated/aarch64/1/debug	guest_suite generated aarch64 1 debug
generated/aarch64/2/release	guest_suite generated aarch64 2 release
LIST
}

language_headers() { sed -n 's/^build \(build\/host\/languages\/[^ ]*\.h\)[: ].*nk_gen.*/\1/p' ninja/tools.ninja; }

# Every generated header, alone, in every dialect that is promised, with and without unqualified names.
languages_compile() {
    build $(language_headers)
    includes="-Ibuild/host/languages -isystem . -isystem libkos/include -isystem libkos/arch/x86_64/include"
    strict="-Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only"
    bad=0
    for header in $(language_headers); do
        for names in '' '#define NK_USE_UNQUALIFIED_NAMES'; do
            for dialect in c11 c17 c23 c++17; do
                language=c
                case $dialect in c++*) language=c++ ;; esac
                printf '%s\n#include "%s"\n' "$names" "${header#build/host/languages/}" |
                    clang-19 -x $language -std=$dialect $strict $includes - 2>&1 || bad=1
            done
        done
    done
    [ $bad = 0 ] || { echo "expected no warning in C11, C17, C23 and C++17"; return 1; }
}

# What stands between the guard and its #endif.
language_section() { # FILE GUARD
    awk -v guard="#define $2" '
        inside && /^#if/ { depth++ }
        inside && /^#endif/ && depth-- == 0 { exit }
        inside { if ($0 == "") blank = blank "\n"; else { printf "%s%s\n", blank, $0; blank = "" } }
        $0 == guard { inside = 1 }' "$1"
}

# The sections of a case's output that it names.
language_sections() { # DIRECTORY
    for section in "$1"/section.*; do
        [ -e "$section" ] || continue
        read -r file guard <"$section"
        tail -n +2 "$section" >"$1/wanted"
        language_section "$1/out/$file" "$guard" >"$1/found"
        cmp -s "$1/wanted" "$1/found" || { echo "$1: section $guard: expected (<), got (>):"; diff "$1/wanted" "$1/found"; return 1; }
    done
    [ ! -e "$1/absences" ] || while read -r file word; do
        grep -q "^#ifndef .*__${word}__" "$1/out/$file" && { echo "$1: expected no $word in $file"; return 1; }
    done <"$1/absences"
    return 0
}

# The cases of one file below build/test/cases: what the tool says and its exit status, no output after an error.
language_cases() { # FILE TOOL [OUTPUT-FILE]
    build "build/host/$2"
    to=build/test/cases/$(basename "$1" .txt)
    rm -rf "$to"; mkdir -p "$to"
    awk -v to="$to" -f scripts/cases.awk "$1" || return 1
    bad=0
    tool=$PWD/build/host/$2
    while read -r name; do
        (cd "$to/$name" && $tool -I . -o "out${3:+/$3}" $(cat command) 2>actual; echo $? >status)
        touch "$to/$name/expect"
        cmp -s "$to/$name/expect" "$to/$name/actual" ||
            { echo "$name: expected (<), got (>):"; diff "$to/$name/expect" "$to/$name/actual"; bad=1; }
        if grep -q 'error: ' "$to/$name/expect"; then
            [ "$(cat "$to/$name/status")" = 1 ] || { echo "$name: expected exit status 1"; bad=1; }
            [ -z "$(ls "$to/$name/out")" ] || { echo "$name: expected no output after an error"; bad=1; }
        else
            [ "$(cat "$to/$name/status")" = 0 ] || { echo "$name: expected exit status 0"; bad=1; }
            language_sections "$to/$name" || bad=1
            [ ! -e "$to/$name/expected" ] || diff -r "$to/$name/expected" "$to/$name/out" ||
                { echo "$name: expected (<), got (>) this output"; bad=1; }
        fi
    done <"$to/names"
    [ $bad = 0 ]
}

# Every message in the sources is in the expectation of a case.
language_messages() { # FILE SOURCE...
    cases=$1
    shift
    perl scripts/diagnostics.pl "$@" | sort -u | while IFS= read -r pattern; do
        grep -qE -- "$pattern" "$cases" || echo "$pattern"
    done >build/test/messages
    [ ! -s build/test/messages ] || { echo "expected a case for each of these messages:"; cat build/test/messages; return 1; }
}

# Command line, files that are not text, limits that need long files.
languages_command() {
    build build/host/nk-gen-c
    to=build/test/command
    rm -rf $to; mkdir -p $to/out
    tool=build/host/nk-gen-c
    says() { # STATUS TEXT ARGUMENTS...
        status=$1 text=$2
        shift 2
        $tool "$@" >$to/said 2>&1 && got=0 || got=$?
        [ $got = "$status" ] || { echo "nk-gen-c $*: expected exit status $status, got $got"; return 1; }
        [ -z "$text" ] || grep -qF -- "$text" $to/said || { echo "nk-gen-c $*: expected '$text', got:"; cat $to/said; return 1; }
    }
    printf 'package I\ninterface { M(); }\n' >$to/I.idl
    printf 'package Z\0\n' >$to/Z.idl
    printf '\357\273\277package B\r\n// a byte order mark, and lines as Windows ends them\r\ninterface { M(); }\r\n' >$to/B.idl
    printf 'package \357\273\277N\n' >$to/N.idl
    { printf 'package E\nconst UInt32 X = 1'; awk 'BEGIN { for (i = 0; i < 1001; i++) printf " + 1" }'; echo ';'; } >$to/E.idl
    { printf 'package M\ninterface {\n'; awk 'BEGIN { for (i = 0; i < 65536; i++) print "m" i "();" }'; echo '}'; } >$to/M.idl
    says 0 'usage: nk-gen-c' --help &&
        says 0 'version' --version &&
        says 1 'expected a file' -I . &&
        says 1 'expected one file' $to/I.idl $to/Z.idl &&
        says 1 'there is no such directory' -o $to/absent $to/I.idl &&
        says 1 'expected a directory' -o $to/I.idl $to/I.idl &&
        says 1 'no way to trace' --trace-client-ipc all $to/I.idl &&
        says 1 'unrecognized option' --nonsense $to/I.idl &&
        says 0 '' -o $to $to/B.idl && says 1 'letters outside ASCII' -o $to/out $to/N.idl &&
        says 1 "a byte of zero: this is not a text file" -o $to/out $to/Z.idl &&
        says 1 'an expression of more than 1000 operations, one in the other' -o $to/out $to/E.idl &&
        says 1 'more than 65535 methods' -o $to/out $to/M.idl &&
        mkdir $to/D.idl && says 1 'Is a directory' -o $to/out $to/D.idl || return 1
    mkdir $to/out/I.idl.nk.d # the second file cannot be written: neither stays
    says 1 "I.idl.nk.d: Is a directory" -o $to/out $to/I.idl || return 1
    [ "$(ls $to/out)" = I.idl.nk.d ] || { echo "expected no output after an error, got: $(ls $to/out)"; return 1; }
    rmdir $to/out/I.idl.nk.d
    says 0 '' -o $to/out $to/I.idl || return 1
    grep -q "^$to/out/I.idl.h:" $to/out/I.idl.nk.d || { echo "expected a rule for make in I.idl.nk.d"; return 1; }
    cp $to/out/I.idl.h $to/first
    says 0 '' -I $to -o $to/out $to/I.idl && cmp $to/first $to/out/I.idl.h || { echo "expected the same bytes twice"; return 1; }
}
languages_messages() {
    language_cases tests/languages/messages.txt nk-gen-c &&
        cat tests/languages/messages.txt scripts/languages.sh >build/test/languages.expected &&
        language_messages build/test/languages.expected tools/nk/*.c tools/nk/*.y tools/nk/*.l tools/nk-gen-c/*.c tools/language/output.c
}
languages_productions() { language_cases tests/languages/productions.txt nk-gen-c; }

# Every formal definition of the SDK is accepted without a word, and compiles.
languages_sdk() {
    build build/host/nk-gen-c build/host/nk-psl-gen-c
    build/host/nk-psl-gen-c -I sdk -o build/test/core.c tests/languages/core.psl >build/test/core.said 2>&1 ||
        { cat build/test/core.said; echo "expected each endpoint, method and parameter of the kernel that the specification names"; return 1; }
    to=build/test/sdk
    rm -rf $to
    find sdk -name '*.[ice]dl' | while read -r file; do
        directory=$to/$(dirname "${file#sdk/}")
        mkdir -p "$directory"
        said=$(build/host/nk-gen-c -I sdk -o "$directory" "$file" 2>&1) && [ -z "$said" ] || { echo "$file: $said"; return 1; }
        echo "#include \"${file#sdk/}.h\""
    done >build/test/sdk.c || return 1
    clang-19 -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -I$to -isystem . -isystem libkos/include \
        -isystem libkos/arch/x86_64/include build/test/sdk.c
}

# nk-gen-core FILE: what it writes of the definitions in build/test/core.sdk, with what the file lacks left out.
core_table() {
    build/host/nk-gen-core -I build/test/core.sdk -I sdk --lacks build/test/core.sdk/lacks --shapes build/test/core.shapes.h --depfile build/test/core.d \
        -o build/test/core.h build/test/core.sdk/small/Core.edl 2>&1
}
core_says() { # TEXT WHERE
    said=$(core_table) && { echo "$2: expected an error"; return 1; }
    case $said in *"$1"*) ;; *) echo "$2: expected '$1', got: $said"; return 1 ;; esac
    [ ! -e build/test/core.h ] || { echo "$2: an output is left behind"; return 1; }
}

# The kernel's tables from a small class: numbers, words, arenas, constants; what the kernel lacks; and what it cannot have.
languages_core() {
    build build/host/nk-gen-core
    to=build/test/core.sdk/small
    rm -rf build/test/core.sdk build/test/core.h
    mkdir -p $to
    printf 'task class small.Core\ncomponents {\n a : small.A\n b : small.B\n}\n' >$to/Core.edl
    printf 'component small.A\nendpoints {\n A : small.A\n}\n' >$to/A.cdl
    printf 'component small.B\nendpoints {\n B : small.B\n}\n' >$to/B.cdl
    printf 'package small.A\nconst UInt32 Max = 3 * 4;\nstruct S { UInt32 x; UInt64 y; }\nstruct P { UInt64 u; SInt64 v; }\ninterface {\n One(in UInt64 a, in sequence<S, Max> s, out SInt64 rc, out S y, out P p);\n Two(out SInt64 rc);\n Three();\n}\n' >$to/A.idl
    printf 'package small.B\ninterface {\n Four(in string<7> a, out SInt64 rc);\n}\n' >$to/B.idl
    printf '# Of A only.\na.A.Three # and what follows\nb.B\n' >build/test/core.sdk/lacks
    core_table || return 1
    printf '%s\n' '/* Written by nk-gen-core from small/Core.edl: changes here are lost. */' '#pragma once' '' '#define KOS_CORE_CLASS "small.Core"' '' \
        '#define KOS_CORE_ENDPOINTS(E) \' '    E(A, "a.A", "small.A")' '' '#define KOS_CORE_METHODS(X) \' \
        '    /* a, s -> rc, y, p */ \' '    X(A, One, 2, 192, 5, 0) \' '    /* -> rc */ \' '    X(A, Two, 0, 0, 1, 0)' '' '#define KOS_CORE_FIRST_A 0U' '' \
        '#define KOS_IDL_A_Max 12' '#define KOS_IDL_A_S_size 16' '#define KOS_IDL_A_S_x_offset 0' '#define KOS_IDL_A_S_y_offset 8' \
        'struct kos_idl_A_S {' '    unsigned int x;' '    unsigned long long y;' '};' '#define KOS_IDL_A_P_size 16' '#define KOS_IDL_A_P_u_offset 0' '#define KOS_IDL_A_P_v_offset 8' \
        'struct kos_idl_A_P {' '    unsigned long long u;' '    signed long long v;' '};' '' '/* small/A.idl:6 */' '#define KOS_WORDS_A_One_in 2U' \
        'struct kos_core_A_One_in {' '    unsigned long long a;' '#define KOS_CORE_A_One_in_a 0' '    struct kos_chunk s;' '#define KOS_CORE_A_One_in_s 1' '};' \
        '#define KOS_WORDS_A_One_out 5U' 'struct kos_core_A_One_out {' '    unsigned long long rc;' '#define KOS_CORE_A_One_out_rc 0' '    unsigned long long y[2];' \
        '#define KOS_CORE_A_One_out_y 1' '    unsigned long long p_u;' '#define KOS_CORE_A_One_out_p_u 3' '    unsigned long long p_v;' '#define KOS_CORE_A_One_out_p_v 4' \
        '};' '' '/* small/A.idl:7 */' '#define KOS_WORDS_A_Two_in 0U' '#define KOS_WORDS_A_Two_out 1U' 'struct kos_core_A_Two_out {' \
        '    unsigned long long rc;' '#define KOS_CORE_A_Two_out_rc 0' '};' |
        diff -u - build/test/core.h || return 1
    printf '%s\n' "#include \"$PWD/build/test/core.shapes.h\"" 'static_assert(sizeof(ksm_core_endpoints) == sizeof(struct ksm_endpoint) && small_A_ksm.method_count == 2 &&' \
        '    small_A_ksm_methods[0].request.size == 40 && small_A_One_req_chunks[0].offset == 32 && small_A_One_req_chunks[0].size_max == 192 &&' \
        '    small_A_One_req_chunks[0].element_size == 16 && small_A_One_req_contents[0].align_mask == 7);' |
        clang-19 -std=c23 -w -I. -fsyntax-only -x c - || return 1
    rm build/test/core.h
    echo 'b.B.Fuor' >build/test/core.sdk/lacks
    core_says "lacks:1:1: error: there is no endpoint or method 'b.B.Fuor'" 'a name that is nothing' || return 1
    : >build/test/core.sdk/lacks
    sed -i 's/out SInt64 rc, out S y/out SInt32 rc, out S y/' $to/A.idl
    core_says "A.idl:6:53: error: 'rc' does not take whole words, as all parameters of the kernel's methods do" 'half a word' || return 1
    sed -i 's/out SInt32 rc, out S y/out SInt64 rc, out Handle y/' $to/A.idl
    core_says "A.idl:6:2: error: 'One' has error parameters or handles; methods of the kernel have none" 'a handle' || return 1
    language_messages scripts/languages.sh tools/nk-gen-core/*.c
}

# What einit writes and says, and that each program it writes compiles as strictly as all others.
languages_einit() {
    language_cases tests/languages/einit.txt einit einit.c &&
        cat tests/languages/einit.txt scripts/languages.sh >build/test/einit.expected &&
        language_messages build/test/einit.expected tools/einit/*.c || return 1
    perl -0777 -ne 'print "$1\n" while /\{"(\w+)", (?:read_|[A-Z0-9_]+)/g' tools/einit/read.c tools/einit/scheduler.c | sort -u >build/test/einit.words
    [ "$(wc -l <build/test/einit.words)" -ge 15 ] || { echo "expected the keys of init.yaml in tools/einit"; return 1; }
    while read -r word; do
        grep -qw -- "$word" tests/languages/einit.txt || { echo "expected a case for '$word' of init.yaml"; return 1; }
    done <build/test/einit.words
    for program in build/test/cases/einit/*/out/einit.c; do
        directory=$(dirname "$program")
        mkdir -p "$directory/a"
        printf '#define SECOND_ID "second"\n#define THIRD_ID "third"\n' >"$directory/a/ids.h"
        clang-19 -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -I"$directory" -isystem . -isystem libkos/include \
            -isystem libkos/include/libc -isystem libkos/arch/x86_64/include "$program" || return 1
    done
}
languages_einit_command() {
    build build/host/einit
    to=build/test/einit_command
    rm -rf $to; mkdir -p $to/a
    printf 'task class a.C\n' >$to/a/C.edl
    printf 'entities:\n- name: a.C\n' >$to/init.yaml
    printf 'entities: \377\n' >$to/bytes.yaml
    printf '\357\273\277entities:\r\n- name: a.C\r\n  pth: x\r\n' >$to/lines.yaml
    says() { # STATUS TEXT ARGUMENTS...
        status=$1 text=$2
        shift 2
        build/host/einit "$@" >$to/said 2>&1 && got=0 || got=$?
        [ $got = "$status" ] || { echo "einit $*: expected exit status $status, got $got"; return 1; }
        [ -z "$text" ] || grep -qF -- "$text" $to/said || { echo "einit $*: expected '$text', got:"; cat $to/said; return 1; }
    }
    says 0 'usage: einit' --help && says 0 'usage: einit' -h && says 0 'version' --version &&
        says 1 'expected one file' -o $to/e.c && says 1 'expected one file' -o $to/e.c a b &&
        says 1 'expected -o' $to/init.yaml && says 1 'unrecognized option' --nonsense -o $to/e.c $to/init.yaml &&
        says 1 'Is a directory' -I $to -o $to/e.c $to && says 1 'this is not UTF-8 text: ' -I $to -o $to/e.c $to/bytes.yaml &&
        says 1 'lines.yaml:3:3: error: a process has no key' -I $to -o $to/e.c $to/lines.yaml &&
        says 1 'absent/e.c: No such file' -I $to -o $to/absent/e.c $to/init.yaml || return 1
    [ ! -e $to/e.c ] || { echo "expected no output after an error"; return 1; }
    says 0 '' -I $to --out-file $to/e.c $to/init.yaml && says 0 '' -I $to -o $to/again.c $to/init.yaml && cmp $to/e.c $to/again.c
}
