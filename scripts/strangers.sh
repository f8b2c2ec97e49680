# SPDX-License-Identifier: Apache-2.0
# Tests of solutions as strangers write them, in tests/strangers: sourced by scripts/test.sh.

# name<TAB>command, as in test.sh
stranger_tests() {
    for solution in tests/strangers/*/expected; do
        solution=$(basename "$(dirname "$solution")")
        printf 'strangers/%s/x86_64\tstranger_runs %s x86_64 1\n' "$solution" "$solution"
        printf 'strangers/%s/aarch64\tstranger_runs %s aarch64 1\n' "$solution" "$solution"
        printf 'strangers/%s/x86_64/4\tstranger_runs %s x86_64 4\n' "$solution" "$solution"
        printf 'strangers/%s/policy\tstranger_policy %s\n' "$solution" "$solution"
    done
    printf 'placement/x86_64\tplacement x86_64\nplacement/aarch64\tplacement aarch64\n'
    printf 'strangers/headers\tstranger_headers\nstrangers/pieces\tstranger_pieces\nstrangers/cmake\tstranger_cmake\n'
    printf 'libc/x86_64\tlibc_runs x86_64 1\nlibc/aarch64\tlibc_runs aarch64 1\nlibc/x86_64/4\tlibc_runs x86_64 4\nlibc/aarch64/4\tlibc_runs aarch64 4\n'
    printf 'libc/system_calls\tlibc_system_calls\nlibc/lacking\tlibc_lacking\nlibc/without_musl\tlibc_without_musl\n'
}

# The C library is Debian's musl and libc++: where they could not be fetched, what needs more than libkos has is told, and left out.
needs_c_library=" bank observatory planetarium vault "
c_library_missing() {
    . scripts/musl.sh
    ! cxx_here x86_64 || ! cxx_here aarch64 || return 1
    echo "SKIP musl or libc++ could not be fetched (build/musl)"
}

stranger_runs() { # SOLUTION ARCH CPUS
    case $needs_c_library in
    *" $1 "*) ! c_library_missing || return 0 ;;
    esac
    solution_runs "tests/strangers/$1" "$2" "$3"
}

# It prints the lines of its file `expected`, in any order: several processes print. A solution does not end by itself.
solution_runs() { # FOLDER ARCH CPUS
    mkdir -p build/test
    file=build/test/solution.$(basename "$1").$2.$3
    : >"$file"
    ./kos run "$1" --arch "$2" --cpus "$3" >"$file" 2>"$file.errors" &
    run=$!
    wanted=$(wc -l <"$1/expected")
    for second in $(seq 1 "${KOS_SECONDS:-240}"); do
        [ "$(wc -l <"$file")" -lt "$wanted" ] && kill -0 $run 2>/dev/null || break
        sleep 1
    done
    sleep 1
    kill $run 2>/dev/null || true
    wait $run 2>/dev/null || true
    tr -d '\r' <"$file" | sort >"$file.sorted"
    sort "$1/expected" >"$file.expected"
    [ -s "$file.expected" ] && cmp -s "$file.expected" "$file.sorted" || {
        echo "expected (<), got (>):"; diff "$file.expected" "$file.sorted"; grep -A3 'error' "$file.errors"; return 1; }
}

# What init.yaml says of CPUs, schedulers and arenas is what the kernel does; on a machine without the CPU, Einit says so.
placement() { # ARCH
    solution_runs tests/placement "$1" 4 || return 1
    KOS_SECONDS=${KOS_SECONDS:-60} solution_says tests/placement "$1" 1 'Einit: last: it cannot be created on its CPUs'
}

# The C library of solutions, musl over libkos/posix, in the guest.
libc_runs() { c_library_missing || solution_runs tests/libc "$1" "$2"; } # ARCH CPUS

# No instruction in a program makes a Linux system call: all there are come from libkos's own two files, with no number of Linux's.
libc_system_calls() {
    ! c_library_missing || return 0
    . scripts/solution.sh
    for arch in x86_64 aarch64; do
        called_from=$PWD
        solution_build tests/libc $arch release || return 1
        llvm-objdump-19 -d --no-show-raw-insn build/$arch/libmusl.a build/musl/$arch/libc++.a build/musl/$arch/libunwind.a | grep -E '\s(syscall|svc)\b' && { echo "expected: no member of libmusl.a makes system calls"; return 1; }
        llvm-nm-19 --defined-only build/$arch/libmusl.a 2>/dev/null | grep -qw vfprintf || { echo "expected musl's vfprintf in libmusl.a"; return 1; }
        for program in Text Maths Threads Limits Streams Process Plus; do
            lacking=$(llvm-nm-19 -u build/solutions/libc/$arch/$program.elf.sym | awk '$1 == "U"')
            [ -z "$lacking" ] || { echo "$program, $arch: expected nothing undefined, got $lacking"; return 1; }
        done
    done
}

# What the C library has and kos has not: the linker's error, and a word of why.
libc_lacking() {
    ! c_library_missing || return 0
    folder=build/test/lacking file=build/test/lacking.said
    rm -rf $folder
    mkdir -p build/test
    ./kos new $folder >/dev/null || return 1
    printf '#include <unistd.h>\n#include <mqueue.h>\nint main(void)\n{\n    return mq_open("/x", 0) + fork();\n}\n' >$folder/client.c
    ./kos run $folder >$file 2>&1 && { cat $file; echo "expected an error"; return 1; }
    for name in mq_open fork; do
        grep -q "^kos: $name() is of the C library, but needs what kos does not have" $file || { cat $file; echo "expected a word about $name()"; return 1; }
    done
}

# Without musl (no network, say) solutions get the small library, and run.
libc_without_musl() {
    export KOS_NO_MUSL=1
    solution_runs tests/strangers/traffic_light x86_64 1
}

# Runs it until a line is there.
solution_says() { # FOLDER ARCH CPUS LINE
    file=build/test/solution.$(basename "$1").$2.$3
    : >"$file"
    ./kos run "$1" --arch "$2" --cpus "$3" >"$file" 2>"$file.errors" &
    run=$!
    for second in $(seq 1 "${KOS_SECONDS:-240}"); do
        tr -d '\r' <"$file" | grep -qxF -- "$4" && break
        kill -0 $run 2>/dev/null || break
        sleep 1
    done
    kill $run 2>/dev/null || true
    wait $run 2>/dev/null || true
    tr -d '\r' <"$file" | grep -qxF -- "$4" || { echo "expected '$4', got:"; cat "$file" "$file.errors"; return 1; }
}

# Its policy compiles, and its tests pass, on the host by the interpreter and compiled in a kernel.
stranger_policy() { # SOLUTION
    mkdir -p build/test
    file=build/test/stranger.$1.policy
    ./kos policy check "tests/strangers/$1" >"$file" 2>&1 || { cat "$file"; echo "expected no error"; return 1; }
    grep -q '^ *assert *"\?[^(]*{ *$' $(find "tests/strangers/$1" -name '*.psl' -o -name '*.psl.in') || return 0
    ./kos policy test "tests/strangers/$1" >"$file" 2>&1 && grep -q '^[1-9][0-9]* tests, 0 failed' "$file" ||
        { cat "$file"; echo "expected the policy's tests to pass"; return 1; }
    timeout -k 5 120 ./kos policy test "tests/strangers/$1" --guest >"$file" 2>&1 ||
        { cat "$file"; echo "expected the policy's tests to pass in a kernel"; return 1; }
}

# The headers of a solution's definitions, in $built/include; $built/names lists them.
headers_generate() { # FOLDER INTO
    . scripts/solution.sh
    called_from=$PWD
    solution_folder "$1"
    built=$2
    rm -rf "$built"; mkdir -p "$built/include"
    stage_definitions
    while IFS='	' read -r name definition; do
        mkdir -p "$built/include/$(dirname "$name")"
        build/host/nk-gen-c --extended-errors -I "$stage" -I sdk -o "$built/include/$(dirname "$name")" "$stage/$name" 2>"$built/errors" ||
            { cat "$built/errors"; return 1; }
    done <"$built/names"
}

# Every header that is made of their definitions, in every dialect that is promised.
stranger_headers() {
    build build/host/nk-gen-c
    bad=0
    for folder in tests/strangers/*/; do
        headers_generate "${folder%/}" "build/test/strangers/$(basename "$folder")" || bad=1
        for dialect in c11 c17 c23 c++17; do
            language=c
            case $dialect in c++*) language=c++ ;; esac
            cut -f1 "$built/names" | while read -r name; do
                printf '#include "%s.h"\n' "$name" |
                    clang-19 -x $language -std=$dialect -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -I"$built/include" \
                        -isystem . -isystem libkos/include -isystem libkos/arch/x86_64/include - 2>&1 || exit 1
            done || bad=1
        done
    done
    [ $bad = 0 ] || { echo "expected no warning in C11, C17, C23 and C++17"; return 1; }
}

# What is read in CMakeLists.txt.
stranger_cmake() {
    made=build/test/cmake
    rm -rf $made; mkdir -p $made
    perl -w scripts/cmake.pl tests/cmake $made GIVEN=other BOARD=PI tests/cmake/CMakeLists.txt tests/cmake/part/CMakeLists.txt >$made.output 2>&1 ||
        { cat $made.output; return 1; }
    for part in variables cmake macros includes properties parts image absent binary/made/config.h binary/plain.h binary/gen/made/Plain.edl; do
        echo "== $part"
        sed "s|$PWD/||g" "$made/$part" | tr '\001' '~' | grep -v -e '_VERSION' -e '_DIR='
    done >>$made.output
    echo "== init.yaml.in" >>$made.output
    awk -v variables=$made/variables -v properties=$made/properties -f scripts/template.awk tests/cmake/init.yaml.in >>$made.output || return 1
    diff tests/cmake/expected $made.output || { echo "expected what is in tests/cmake/expected (<)"; return 1; }
}

# A piece that is missing is named, with the place that asks for it.
stranger_pieces() {
    to=$(mktemp -d)
    said=build/test/stranger.pieces
    pieces_said() { # WHAT STATUS TEXT
        ./kos run "$to/solution" >"$said" 2>&1 && status=0 || status=$?
        [ $status = "$2" ] || { echo "$1: expected exit status $2, got $status:"; cat "$said"; return 1; }
        grep -qE -- "$3" "$said" || { echo "$1: expected '$3', got:"; cat "$said"; return 1; }
        rm -r "$to/solution"; cp -r tests/strangers/traffic_light "$to/solution"
    }
    cp -r tests/strangers/traffic_light "$to/solution"
    cd_to=$to/solution
    rm "$cd_to/einit/src/security.psl.in"
    pieces_said "no policy" 2 'solution: expected security.psl or security.psl.in in it or below, the policy' || return 1
    rm "$cd_to/einit/src/init.yaml.in"
    pieces_said "no init.yaml" 2 'solution: expected init.yaml or init.yaml.in in it or below, the processes' || return 1
    rm -r "$cd_to/lights"
    pieces_said "no program" 1 "init.yaml.in:10: error: class 'traffic_light.LightsGPIO' has no program; expected one of:" || return 1
    rm "$cd_to/resources/idl/IMode.idl"
    pieces_said "no interface" 1 "CLightsGPIO.cdl:4:11: error: there is no package 'traffic_light.IMode'" || return 1
    cp "$cd_to/resources/edl/ControlSystem.edl" "$cd_to/resources/Again.edl"
    pieces_said "a class twice" 2 'traffic_light/ControlSystem.edl is declared twice, in:' || return 1
    sed -i 's/@INIT_EXTERNAL_ENTITIES@/@NOBODY_KNOWS@/' "$cd_to/einit/src/security.psl.in"
    pieces_said "an unknown variable" 1 "security.psl.in:12:1: error: no value for '@NOBODY_KNOWS@'" || return 1
    sed -i 's/light.init/ligt.init/' "$cd_to/einit/src/security.psl.in"
    pieces_said "a mistake in a template" 1 "einit/src/security.psl.in:40:5: error: .*'ligt'" || return 1
    sed -i 's/FMode_impl(struct/FMode_impl(strukt/' "$cd_to/lights/src/lights_gpio.c"
    pieces_said "a mistake in C" 1 "lights_gpio.c:14:28: error: " || return 1
    # folders of other alphabets, files that are not
    mv "$to/solution" "$to/свет и цвет"
    ln -s "$to/свет и цвет" "$to/solution"
    ./kos policy check "$to/свет и цвет" >"$said" 2>&1 || { echo "a folder with spaces: expected no error, got:"; cat "$said"; return 1; }
    rm "$to/solution"; mv "$to/свет и цвет" "$to/solution"
    cp "$cd_to/lights/src/lights_gpio.c" "$cd_to/lights/src/old copy.c"
    pieces_said "a source with a space" 2 '^  .*/lights/src/old copy.c' || return 1
    # what is not said by one tool alone
    rm -r "$to/solution"; cp -r tests/strangers/sensor_hub "$to/solution"
    sed -i 's/id: hub_connection}/id: hub_connection, arena: shared}/' "$cd_to/init.yaml"
    pieces_said "a shared arena that a rule reads" 1 "init.yaml:11:50: error: a rule reads what lies in the arena of 'backend.first.registry.Add'" || return 1
    grep -q 'security.psl:47:5: note: the rule is here' "$said" || { echo "expected the rule's place, got:"; cat "$said"; return 1; }
    rm -r "$to"
}
