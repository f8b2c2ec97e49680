# SPDX-License-Identifier: Apache-2.0
# Tests of the language tools: sourced by scripts/test.sh.

language_headers() { sed -n 's|^build \(build/host/languages/[^ ]*\.h\): nk_gen.*|\1|p' ninja/tools.ninja; }

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
