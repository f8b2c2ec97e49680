# SPDX-License-Identifier: Apache-2.0
# ./kos policy: sourced by kos.

policy_usage() {
    cat <<'TEXT'
usage: ./kos policy check SOLUTION [-I DIR]... [OPTION-OF-nk-psl-gen-c...]
                   errors, warnings, and what deciding on each event takes
       ./kos policy test SOLUTION [-I DIR]...
                   the policy's tests, on the host
       ./kos policy explain SOLUTION EVENT src=CLASS dst=CLASS endpoint=NAME method=NAME [PARAMETER=VALUE]...
                   the rules that apply to one event, with what each says; contexts are as the starts of both sides
                   leave them

SOLUTION is a folder with security.psl in it or below, the name of one in examples/, or a .psl file.
TEXT
}

# The policy of a solution, and the folders in which it looks for files: the folder, the one that it is in, and the
# policy's own.
policy_find() {
    policy_file="" policy_roots=""
    for place in "$1" "examples/$1"; do
        [ -n "$policy_file" ] && break
        case $place in /* | examples/"$1") ;; *) place=$called_from/$place ;; esac
        place=${place%/} place=${place#"$PWD"/}
        if [ -f "$place" ]; then policy_file=$place
        elif [ -d "$place" ]; then
            policy_file=$(find "$place" -name security.psl | sort | head -1)
            policy_roots="-I $place -I $(dirname "$place")"
        fi
    done
    [ -n "$policy_file" ] || fail "policy: no security.psl in '$1' or examples/$1"
    case $policy_file in *[!A-Za-z0-9_./-]*) fail "'$policy_file': expected a path of letters, digits, '_', '-', '.' and '/'" ;; esac
    policy_roots="$policy_roots -I $(dirname "$policy_file")"
}

command_policy() {
    action=$1
    shift
    case ${1:-} in
    '') policy_usage >&2; exit 2 ;;
    --help | -h) policy_usage; exit 0 ;;
    esac
    policy_find "$1"
    shift
    while [ "${1:-}" = -I ] && [ $# -gt 1 ]; do policy_roots="$policy_roots -I $2"; shift 2; done
    need_tools
    build build/host/nk-psl-gen-c build/host/psl_reference
    mkdir -p build/policy
    # Words with spaces have no place in these paths.
    # shellcheck disable=SC2086
    case $action in
    check)
        rm -f build/policy/report.txt
        build/host/nk-psl-gen-c $policy_roots -I sdk "$@" --report build/policy/report.txt "$policy_file" || exit 1
        cat build/policy/report.txt ;;
    test) build/host/psl_reference $policy_roots -I sdk "$policy_file" ;;
    explain)
        [ $# -gt 0 ] || { policy_usage >&2; exit 2; }
        build/host/psl_reference $policy_roots -I sdk "$policy_file" "$@" ;;
    esac
}
