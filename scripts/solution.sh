# SPDX-License-Identifier: Apache-2.0
# Solutions in folders of their own: sourced by kos for `new` and `run DIR`. What such a folder has: scripts/stage.sh,
# scripts/programs.sh, docs/solutions.md.
. scripts/stage.sh
. scripts/programs.sh
. scripts/musl.sh

# A path with spaces or other alphabets: a link to it, by which it is built and named in messages.
solution_link() {
    [ -d "$folder" ] || fail "'$folder': expected a path of letters, digits, '_', '-', '.', '+', ',', '@' and '/'"
    link=build/folders/$(basename "$folder" | LC_ALL=C tr -c 'A-Za-z0-9_.+,@\n-' _)
    mkdir -p build/folders
    [ "$(readlink "$link" 2>/dev/null)" = "$folder" ] || { rm -f "$link"; ln -s "$folder" "$link"; }
    folder=$link
}

# The folder as a path that ninja takes; $built: where it is built.
solution_folder() { # DIR
    case $1 in /*) folder=$1 ;; *) folder=$called_from/$1 ;; esac
    [ ! -d "$folder" ] || folder=$(cd "$folder" && pwd)
    folder=${folder%/}
    case $folder in
    "$PWD"/*) folder=${folder#"$PWD"/} ;;
    esac
    case $folder in *[!A-Za-z0-9_./+,@-]*) solution_link ;; esac
    package=$(basename "$folder")
    built=build/solutions/$package
}

# What the folder before had in $built is not this one's.
solution_output() {
    whose="$folder $(readlink "$folder" 2>/dev/null)" || true
    if [ "$(cat "$built/folder" 2>/dev/null)" != "$whose" ]; then
        rm -rf "$built"
        mkdir -p "$built"
        echo "$whose" >"$built/folder"
    fi
}

# Definitions and policy of $folder.
solution_policy() {
    solution_output
    stage_cmake
    stage_definitions
    stage_file security.psl "the policy" SECURITY_PSL '^[[:space:]]*execute[[:space:]]*:'
    policy_file=$found
    stage_policy_roots
}

# And processes and programs.
solution_stage() {
    solution_policy
    stage_aliases
    shown_yaml="" init_yaml=""
    programs_scan
    template="" own_einit=""
    if [ -z "$(stage_find -name init.yaml -o -name init.yaml.in)" ] && ! grep -q CONNECTIONS_CFG "$built/parts" && program_sources Einit; then
        own_einit=$sources
        echo "$sources" >>"$built/claimed"
    else
        stage_file init.yaml "the processes and their channels" CONNECTIONS_CFG '^entities:'
        init_yaml=$found shown_yaml=${template:-$found}
    fi
    programs_describe
}

# Words for the compiler that find headers however they are included: from a root, from a package, by
# their names alone.
solution_includes() {
    printf '%s' "-isystem $built/include -isystem libklog/include"
    cut -f1 "$built/names" | xargs -n1 dirname | sort -u | sed "s#^\\.\$##; s#^#$built/include/#" | while read -r directory; do printf ' -isystem %s' "${directory%/}"; done
    {
        stage_find -name '*.h' -o -name '*.hpp' -o -name '*.hh' -o -name '*.hxx' -o -name '*.inl'
        [ ! -d "$built/binary" ] || find "$built/binary" -name '*.h' -o -name '*.hpp' -o -name '*.hh'
    } >"$built/header_files"
    xargs -r -n1 dirname <"$built/header_files" | sort -u >"$built/header_folders"
    xargs -r -n1 basename <"$built/header_files" | sort | uniq -d >"$built/header_twice"
    # First the folders with headers, then those above them: shop/include/shop/names.h may be called names.h and shop/names.h.
    while read -r directory; do printf ' -I%s' "$directory"; done <"$built/header_folders"
    while read -r directory; do
        while [ "${directory#"$folder"/}" != "$directory" ] || [ "${directory#"$built/binary"/}" != "$directory" ]; do directory=$(dirname "$directory"); echo "$directory"; done
    done <"$built/header_folders" | sort -u | while read -r directory; do printf ' -I%s' "$directory"; done
    printf ' -I%s -I%s -isystem build/sdk\n' "$folder" "$(dirname "$folder")"
}

# Applications from before extended errors return NK_ELOGIC(status), and look at what a call returned.
solution_errors() {
    case $(stage_find -name CMakeLists.txt | xargs -r cat) in
    *--deprecated-no-extended-errors*) return 0 ;;
    *--extended-errors*) echo --extended-errors; return 0 ;;
    esac
    xargs -r grep -lE 'NK_ELOGIC' <"$built/sources" >/dev/null || echo --extended-errors
}

# The C library: musl over libkos/posix; where that could not be fetched, the small one of libkos. Sources find the folders of the solution before
# the library's by "names", and the library's before the solution's by <names>: a folder's signal.h does not hide <signal.h>.
solution_library() {
    echo "solution_flags = --target=$arch-unknown-none-elf -O2 -fPIE -fno-omit-frame-pointer -fno-stack-protector -Wall -Wextra -Wno-unused-parameter \$"
    if musl_here; then
        echo "  -nostdlibinc $(sed 's#^#-iquote #' "$built/header_folders" | tr '\n' ' ')-Ilibkos/include -Ilibkos/posix/include -Ibuild/musl/$arch/include -I. -Ilibkos/arch/$arch/include"
        echo "include ninja/libc.ninja"
    else
        echo "  -ffreestanding -nostdlibinc -Ilibkos/include -Ilibkos/include/libc -I. -Ilibkos/arch/$arch/include"
    fi
}

# C++ with libc++, exceptions and RTTI; where that could not be fetched, the language alone.
solution_cxx() {
    if cxx_here "$arch"; then
        echo "-D_GNU_SOURCE -nostdinc++ -Ibuild/musl/$arch/c++"
    else
        echo "-fno-exceptions -fno-rtti -fno-threadsafe-statics -fhosted -nostdlibinc"
    fi
}

# The rules, written once per solution and architecture.
solution_rules() {
    includes=$(solution_includes)
    cat <<NINJA
include build.ninja
arch = $arch
$(grep '^arch_flags' "ninja/$arch.ninja")
variant_flags = \$${variant}_flags
$(solution_library)
rule solution_link
  command = \$ld -pie --no-dynamic-linker -z now -z max-page-size=4096 -z separate-code --gc-sections --eh-frame-hdr --no-dependent-libraries --build-id -o \$out.sym \$in \$library && llvm-strip-19 -o \$out \$out.sym
  description = LD \$out
rule solution_c
  command = \$cc -std=gnu17 \$solution_flags \$arch_flags \$variant_flags $includes -MMD -MF \$out.d -c \$in -o \$out
  depfile = \$out.d
  deps = gcc
  description = CC \$out
rule solution_cpp
  command = \$cc -x c++ -std=gnu++17 $(solution_cxx) \$solution_flags \$arch_flags \$variant_flags $includes -MMD -MF \$out.d -c \$in -o \$out
  depfile = \$out.d
  deps = gcc
  description = CXX \$out
rule solution_nk
  command = build/host/nk-gen-c $(solution_errors) -I $stage -I sdk -o \$directory \$in
  depfile = \$out.d
  deps = gcc
  restat = 1
  description = NK \$out
rule sdk_nk
  command = build/host/nk-gen-c --extended-errors -I sdk -o \$directory \$in
  depfile = \$out.d
  deps = gcc
  restat = 1
  description = NK \$out
rule solution_psl
  command = build/host/nk-psl-gen-c $policy_roots -I sdk --enable-preprocessor --depfile \$out.d -o \$out --arena-readers $built/readers \$in
  depfile = \$out.d
  deps = gcc
  restat = 1
  description = PSL \$out
rule solution_einit
  command = build/host/einit -I $stage -I $built/aliases -I sdk --arena-readers $built/readers -o \$out \$in
  restat = 1
  description = EINIT \$out
NINJA
}

# Writes the build of $folder for one architecture and variant: $description; its image is $image.elf or .bin.
solution_describe() { # ARCH VARIANT
    solution_stage
    arch=$1 variant=$2
    programs=$built/$1
    image=$built/$1/$2/$package
    description=$built/$1.$2.ninja
    files="Einit=$programs/Einit.elf" binaries=$programs/Einit.elf made="" archive=""
    {
        solution_rules
        while IFS='	' read -r name file; do
            directory=$built/include/$(dirname "$name")
            mkdir -p "$directory"
            made="$made $built/include/$name.h"
            printf 'build %s: solution_nk %s | build/host/nk-gen-c\n  directory = %s\n  depfile = %s\n' \
                "$built/include/$name.h" "$stage/$name" "$directory" "$built/include/${name}.nk.d"
        done <"$built/names"
        for file in $(find sdk -name '*.?dl'); do
            name=${file#sdk/}
            made="$made build/sdk/$name.h"
            mkdir -p "build/sdk/$(dirname "$name")"
            printf 'build %s: sdk_nk %s | build/host/nk-gen-c\n  directory = %s\n  depfile = %s\n' \
                "build/sdk/$name.h" "$file" "build/sdk/$(dirname "$name")" "build/sdk/$name.nk.d"
        done
        echo "build $built/headers: phony$made"
        printf 'build %s | %s: solution_psl %s | build/host/nk-psl-gen-c\n' "$built/policy.c" "$built/readers" "$policy_file"
        if [ -n "$init_yaml" ]; then
            printf 'build %s: solution_einit %s | build/host/einit %s/readers %s\n' "$built/einit.c" "$init_yaml" "$built" "$(cut -f2 "$built/names" | tr '\n' ' ')"
            own_einit=$built/einit.c
        fi
        if [ -s "$built/common" ]; then
            objects=""
            for source in $(cat "$built/common"); do solution_object common "$source"; done
            archive=$programs/common.a
            echo "build $archive: archive $objects"
        fi
        solution_program Einit $own_einit
        while IFS='	' read -r path sources; do
            # shellcheck disable=SC2086
            solution_program "$path" $sources
            files="$files $path=$programs/$path.elf" binaries="$binaries $programs/$path.elf"
        done <"$built/programs"
        cat <<NINJA
build $image.policy.o: kernel_c $built/policy.c || core-methods
build $image.romfs: romfs | build/host/romfs $binaries
  files = $files
build $image.elf: image build/$1/$2/libgeneric.a build/$1/$2/libport.a $image.policy.o | $image.romfs hal/$1/linker.ld
  romfs = $image.romfs
build $image.bin: flat $image.elf
NINJA
    } >"$description" || exit 2
}

# One object; it is added to $objects.
solution_object() { # PROGRAM SOURCE
    rule=solution_c
    case $2 in *.cc | *.cpp | *.cxx) rule=solution_cpp ;; esac
    object=$programs/$1/$(echo "${2#"$folder"/}" | tr / .).o
    objects="$objects $object"
    echo "build $object: $rule $2 | $built/headers || core-methods"
    solution_definitions "$1" "$2"
}

# What CMakeLists.txt defines for the programs, for this one, for a library's source. If several headers have one name: first
# the folders that it names, then those near the source.
solution_definitions() { # PROGRAM SOURCE
    awk -F'\t' -v program="$1" -v source="$2" -v variant="$variant" '
        $1 == "*" || $1 == program || $1 == source { gsub(/\047/, "\047\\\047\047", $2); gsub(/\$/, "$$", $2); words = words " \047" $2 "\047" }
        END { if (words != "") print "  variant_flags = $" variant "_flags" words }' "$built/macros"
    [ -s "$built/header_twice" ] || return 0
    {
        awk -F'\t' -v program="$1" -v source="$2" '$1 == program || $1 == source { print $2 }' "$built/includes"
        near=$(dirname "$2")
        while [ "${near#"$folder"/}" != "$near" ]; do
            awk -v near="$near/" 'index($0 "/", near) == 1' "$built/header_folders"
            near=$(dirname "$near")
        done
    } | awk '!seen[$0]++ { words = words " -iquote " $0 " -I" $0 } END { if (words != "") print "  solution_flags =" words " $solution_flags" }'
}

solution_program() { # NAME SOURCE...
    name=$1 objects=""
    shift
    for source; do solution_object "$name" "$source"; done
    libraries="$archive build/$arch/libklog.a build/$arch/libkos.a"
    cxx=""
    ! cxx_here "$arch" || cxx="build/musl/$arch/libc++.a build/musl/$arch/libunwind.a"
    ! musl_here || libraries="$archive build/$arch/libklog.a build/$arch/libposix.a $cxx build/$arch/libmusl.a build/$arch/libkos.a build/musl/$arch/libgcc.a"
    cat <<NINJA
build $programs/$name.elf: solution_link$objects | $libraries
  library = $libraries
NINJA
}

solution_build() { # DIR ARCH VARIANT
    solution_folder "$1"
    build build/host/nk-gen-c build/host/nk-psl-gen-c build/host/einit
    solution_describe "$2" "$3"
    if [ "$2" = x86_64 ]; then target=$image.elf; else target=$image.bin; fi
    status=0
    ninja -f "$description" "$target" >"$built/log" 2>&1 || status=1
    grep -v -e '^\[' -e '^FAILED: ' -e '^ninja: ' -e '^clang-19 ' -e '^build/host/' "$built/log" | messages_once >&2 || true
    [ $status = 0 ] || { solution_absent "$built/log" >&2; exit 1; }
}

# Functions of the C library that are not here: a word of why beside the linker's.
solution_absent() { # LOG
    musl_here || return 0
    sed -n 's/^ld.lld.*: error: undefined symbol: \([A-Za-z0-9_]*\).*/\1/p' "$1" | sort -u | while read -r name; do
        ! grep -q "^D [^ ]* $name\$" "build/musl/$arch/members" ||
            echo "kos: $name() is of the C library, but needs what kos does not have: files, a network, processes or signals between them (docs/solutions.md, The C library)"
    done
}

# Every message of the tools once, with the lines that belong to it: a definition is read by several.
messages_once() {
    awk '
        function tell() { if (text != "" && !told[text]++) printf "%s", text; text = "" }
        /^[^ ]*:[0-9]+:[0-9]+: (warning|error): / { tell() }
        { text = text $0 "\n" }
        END { tell() }'
}

# A copy of examples/echo under the new package's name.
command_new() {
    case ${1:-} in
    --help | -h) usage_of new; exit 0 ;;
    '' | -*) fail "new: which folder? ./kos new DIR" ;;
    esac
    [ $# = 1 ] || fail "new: one folder at a time"
    solution_folder "$1"
    [ ! -e "$folder" ] || fail "new: $folder exists"
    case $package in
    [!a-z]* | *[!a-z0-9_]*) fail "'$package': expected a folder named like a package: small letters, digits and '_'" ;;
    esac
    [ ${#package} -le 32 ] || fail "'$package': expected a name of at most 32 letters"
    mkdir -p "$folder"
    for file in examples/echo/*; do
        sed -e "s#examples/echo#$folder#g" -e "s/\\(^\\|[^.A-Za-z0-9_]\\)echo\\(\\.[A-Z]\\|_Echo\\|_Server\\|_Client\\|_channel\\)/\\1$package\\2/g" \
            -e "s#<echo/#<$package/#" -e "s/^# echo/# $package/" "$file" >"$folder/$(basename "$file")"
    done
    echo "$folder: a client, a server, their interface, init.yaml and a policy; to see it run: ./kos run $1"
}
