# SPDX-License-Identifier: Apache-2.0
# Solutions in folders of their own: sourced by kos for `new` and `run DIR`. Conventions: the folder's name is the
# package, also for headers (<package/x.h>); every class X.edl has its program in x.c and its file X in the image; init.yaml; security.psl.

# The folder as a path that ninja takes, or the end.
solution_folder() { # DIR
    case $1 in /*) folder=$1 ;; *) folder=$called_from/$1 ;; esac
    folder=${folder%/}
    case $folder in
    "$PWD"/*) folder=${folder#"$PWD"/} ;;
    esac
    case $folder in *[!A-Za-z0-9_./-]*) fail "'$folder': expected a path of letters, digits, '_', '-', '.' and '/'" ;; esac
    package=$(basename "$folder")
    case $package in
    [!a-z]* | *[!a-z0-9_]*) fail "'$package': expected a folder named like a package: small letters, digits and '_'" ;;
    esac
    [ ${#package} -le 32 ] || fail "'$package': expected a name of at most 32 letters"
}

# Writes the build of $folder for one architecture and variant: $description; its image is $image.elf or .bin.
solution_describe() { # ARCH VARIANT
    [ -f "$folder/security.psl" ] || fail "$folder: expected security.psl, the policy"
    root=$(dirname "$folder")
    out=build/solutions/$package
    headers=$out/include/$package
    programs=$out/$1
    image=$out/$1/$2/$package
    mkdir -p "$headers"
    description=$out/$1.$2.ninja
    definitions=$(cd "$folder" && ls | grep -E '^[A-Za-z0-9]+\.[ice]dl$') || fail "$folder: expected classes (.edl)"
    files="Einit=$programs/einit.elf" binaries=$programs/einit.elf made="" sources=""
    {
        cat <<NINJA
include build.ninja
arch = $1
$(grep '^arch_flags' "ninja/$1.ninja")
variant_flags = \$${2}_flags
rule solution_nk
  command = build/host/nk-gen-c --extended-errors -I $root -I sdk -o $headers \$in
  depfile = \$depfile
  deps = gcc
  restat = 1
  description = NK \$out
rule solution_psl
  command = build/host/nk-psl-gen-c -I $root -I sdk --depfile \$out.d -o \$out \$in
  depfile = \$out.d
  deps = gcc
  restat = 1
  description = PSL \$out
rule solution_einit
  command = build/host/einit -I $root -I sdk -o \$out \$in
  restat = 1
  description = EINIT \$out
NINJA
        for file in $definitions; do
            sources="$sources $folder/$file" made="$made $headers/$file.h"
            printf 'build %s: solution_nk %s | build/host/nk-gen-c\n  depfile = %s\n' \
                "$headers/$file.h" "$folder/$file" "$headers/$file.nk.d"
        done
        printf 'build %s: solution_psl %s | build/host/nk-psl-gen-c\n' "$out/policy.c" "$folder/security.psl"
        printf 'build %s: solution_einit %s | build/host/einit%s\n' "$out/einit.c" "$folder/init.yaml" "$sources"
        solution_program einit "$out/einit.c"
        for class in $definitions; do
            class=${class%.edl}
            case $class in *.*) continue ;; esac
            program=$(echo "$class" | tr A-Z a-z)
            [ -f "$folder/$program.c" ] || fail "$folder: expected $program.c, the program of class $package.$class"
            solution_program "$program" "$folder/$program.c"
            files="$files $class=$programs/$program.elf" binaries="$binaries $programs/$program.elf"
        done
        cat <<NINJA
build $image.policy.o: kernel_c $out/policy.c
build $image.romfs: romfs | build/host/romfs $binaries
  files = $files
build $image.romfs.o: romfs_object $image.romfs | tools/romfs/romfs.S
build $image.elf: image build/$1/$2/libgeneric.a build/$1/$2/libport.a $image.policy.o $image.romfs.o | hal/$1/linker.ld
build $image.bin: flat $image.elf
NINJA
    } >"$description" || exit 2
}

solution_program() { # NAME SOURCE
    cat <<NINJA
build $programs/$1.o: user_c $2 |$made
  generated = -isystem $out/include -I$root
build $programs/$1.elf: program $programs/$1.o | build/$arch/libkos.a
  library = build/$arch/libkos.a
NINJA
}

solution_build() { # DIR ARCH VARIANT
    solution_folder "$1"
    arch=$2
    solution_describe "$2" "$3"
    if [ "$2" = x86_64 ]; then target=$image.elf; else target=$image.bin; fi
    ninja -f "$description" "$target" >build/solution.log 2>&1 ||
        { grep -v '^\[' build/solution.log >&2; exit 1; }
    grep -v -e '^\[' -e '^ninja: ' build/solution.log >&2 || true # warnings
}

# A copy of examples/echo under the new package's name.
command_new() {
    case ${1:-} in
    --help | -h) usage; exit 0 ;;
    '' | -*) fail "new: which folder? ./kos new DIR" ;;
    esac
    [ $# = 1 ] || fail "new: one folder at a time"
    solution_folder "$1"
    [ ! -e "$folder" ] || fail "new: $folder exists"
    mkdir -p "$folder"
    for file in examples/echo/*; do
        sed -e "s#examples/echo#$folder#g" -e "s/\\(^\\|[^.A-Za-z0-9_]\\)echo\\(\\.[A-Z]\\|_Echo\\|_Server\\|_Client\\|_channel\\)/\\1$package\\2/g" \
            -e "s#<echo/#<$package/#" -e "s/^# echo/# $package/" "$file" >"$folder/$(basename "$file")"
    done
    echo "$folder: a client, a server, their interface, init.yaml and a policy; to see it run: ./kos run $1"
}
