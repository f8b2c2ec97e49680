# SPDX-License-Identifier: Apache-2.0
# ./kos policy: sourced by kos.
. scripts/solution.sh

policy_usage() {
    cat <<'TEXT'
usage: ./kos policy check SOLUTION [-I DIR]... [-D NAME=VALUE]... [OPTION-OF-nk-psl-gen-c...]
                   errors, warnings, and what deciding on each event takes
       ./kos policy test SOLUTION [-I DIR]... [-D NAME=VALUE]... [--guest [--arch A]]
                   the policy's tests: on the host, by an interpreter, with the rules of each case that fails; or the
                   compiled policy, in a kernel that runs nothing else
       ./kos policy explain SOLUTION [-I DIR]... [-D NAME=VALUE]... EVENT src=CLASS dst=CLASS endpoint=NAME method=NAME [PARAMETER=VALUE]...
                   the rules that apply to one event, with what each says; contexts are as the starts of both sides
                   leave them. EVENT: execute (src, dst), request, response, error, security (src, method).
                   Parameters that are not given are 0 or empty

SOLUTION is a folder with security.psl in it or below, the name of one in examples/, or a .psl file.
Exit status: 0; 1 for errors in the policy and failed tests; 2 for words that are not understood.
TEXT
}

# The policy of a solution, and the folders in which it looks for files: for a solution's folder as ./kos run has them;
# for a file the folder that it is in.
policy_find() {
    for place in "$1" "examples/$1"; do
        case $place in /* | examples/"$1") ;; *) place=$called_from/$place ;; esac
        place=${place%/} place=${place#"$PWD"/}
        if [ -f "$place" ]; then
            case $place in *[!A-Za-z0-9_./,+@-]*) fail "'$place': expected a path of letters, digits, '_', '-', '.', '+', ',', '@' and '/'" ;; esac
            policy_file=$place policy_roots="-I $(dirname "$place")$(printf '%s\n' "$defined" | grep . | sed 's/^/ -D /' | tr -d '\n')"
            return
        elif [ -d "$place" ]; then
            solution_folder "$place"
            solution_policy
            return
        fi
    done
    fail "policy: no security.psl in '$1' or examples/$1"
}

# The words of an event, but for what only the policy knows.
event_given() {
    case ${1:-} in
    execute | request | response | error | security) event=$1 ;;
    '') fail "policy explain: which event? (execute, request, response, error, security)" ;;
    *) fail "policy explain: unknown event '$1' (execute, request, response, error, security)" ;;
    esac
    shift
    keys=" "
    for word; do
        case $word in
        [a-zA-Z_]*=*) ;;
        *) fail "policy explain: expected KEY=VALUE, not '$word'" ;;
        esac
        case $keys in *" ${word%%=*} "*) fail "policy explain: '${word%%=*}' is given twice" ;; esac
        keys="$keys${word%%=*} "
    done
    case $event in execute) need="src dst" ;; security) need="src method" ;; *) need="src dst endpoint method" ;; esac
    for key in $need; do
        case $keys in *" $key "*) ;; *) fail "policy explain: $event needs $key=" ;; esac
    done
}

# The compiled policy and its tests as an image; what it prints is what psl_reference prints, without rules.
policy_guest() {
    out=build/policy/guest image=build/policy/guest/$arch/policy_test
    mkdir -p "$out/$arch"
    cat >"$out/$arch.ninja" <<NINJA
include build.ninja
arch = $arch
$(grep '^arch_flags' "ninja/$arch.ninja")
variant_flags = \$debug_flags
build $image.elf: image build/$arch/debug/libgeneric.a build/$arch/debug/libport.a $image.policy.o $image.tests.o $image.run.o $image.main.o | build/$arch/debug/hello.romfs hal/$arch/linker.ld
  romfs = build/$arch/debug/hello.romfs
  image_flags = --wrap=core_call_init
build $image.bin: flat $image.elf
build $image.policy.o: kernel_c $out/policy.c || core-methods
build $image.tests.o: kernel_c $out/tests.c || core-methods
build $image.run.o: kernel_c ksm/policy_test.c || core-methods
build $image.main.o: kernel_c ksm/policy_test_kernel.c || core-methods
NINJA
    # shellcheck disable=SC2086
    build/host/nk-psl-gen-c $policy_roots -I sdk --enable-preprocessor --tests generate -o "$out/policy.c" --out-tests "$out/tests.c" "$policy_file" || exit 1
    case $arch in x86_64) target=$image.elf ;; *) target=$image.bin ;; esac
    ninja -f "$out/$arch.ninja" "$target" >"$out/log" 2>&1 || { grep -v '^\[' "$out/log" >&2; exit 1; }
    boot_exec=""
    (boot_exec=exec; boot "$arch" "$image" -accel tcg </dev/null) | tr -d '\r' | tee "$out/console"
    tail -1 "$out/console" | grep -q '^[0-9]* tests, 0 failed$'
}

command_policy() {
    action=$1
    shift
    case ${1:-} in
    '') policy_usage >&2; exit 2 ;;
    --help | -h) policy_usage; exit 0 ;;
    esac
    solution=$1 more_roots="" defined=""
    shift
    while [ $# -gt 1 ]; do
        case $1 in
        -I) more_roots="$more_roots -I $2" ;;
        -D) define_given "$2" ;;
        *) break ;;
        esac
        shift 2
    done
    policy_find "$solution"
    policy_roots="$policy_roots$more_roots"
    need_tools
    build build/host/nk-psl-gen-c build/host/psl_reference
    mkdir -p build/policy
    # Words with spaces have no place in these paths.
    # shellcheck disable=SC2086
    case $action in
    check)
        rm -f build/policy/report.txt
        build/host/nk-psl-gen-c $policy_roots -I sdk --enable-preprocessor "$@" --report build/policy/report.txt "$policy_file" || exit 1
        cat build/policy/report.txt ;;
    test)
        guest="" arch=x86_64
        while [ $# -gt 0 ]; do
            case $1 in
            --guest) guest=1 ;;
            --arch) [ $# -gt 1 ] || fail "--arch takes a name"; arch_given "$2"; arch=$2; shift ;;
            *) fail "policy test: unknown option '$1'" ;;
            esac
            shift
        done
        if [ -n "$guest" ]; then policy_guest; else build/host/psl_reference $policy_roots -I sdk "$policy_file"; fi ;;
    explain)
        event_given "$@"
        build/host/psl_reference $policy_roots -I sdk "$policy_file" "$@" ;;
    esac
}
