#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# musl_subset.sh ARCH MEMBERS LIBPOSIX LIBKOS OUT: musl's libc.a without the members that make system calls, those that we stand in for, and those
# that need something that is not there then: a program that asks for one of them is told so by its own name, when it is linked.
set -eu
dropped=$5.dropped
{
    llvm-nm-19 -g --defined-only --format=posix "$3" | awk 'NF > 2 { print "O", $1 }'
    # Of libkos what always comes from there: memory and texts.
    llvm-nm-19 -A -g --defined-only --format=posix "$4" | awk '/\[(string|stdlib)\.o\]/ { print "O", $2 }'
    cat "$2"
} | awk '
    BEGIN { split("_DYNAMIC _GLOBAL_OFFSET_TABLE_ __init_array_start __init_array_end __fini_array_start __fini_array_end __ehdr_start", linker); for (i in linker) there[linker[i]] = 1 }
    $1 == "O" { there[$2] = ours[$2] = 1 }
    $1 == "G" { there[$2] = 1 }
    $1 == "S" { gone[$2] = 1 }
    $1 == "D" { members[$2] = 1; if ($3 in ours) gone[$2] = 1; defines[$2] = defines[$2] " " $3 }
    $1 == "U" { needs[$2] = needs[$2] " " $3 }
    END {
        for (m in members) if (!(m in gone)) { n = split(defines[m], names, " "); for (i = 1; i <= n; i++) by[names[i]]++ }
        do {
            changed = 0
            for (m in members) {
                if (m in gone) continue
                n = split(needs[m], names, " ")
                for (i = 1; i <= n; i++) if (!(names[i] in there) && by[names[i]] <= 0) { gone[m] = 1; break }
                if (m in gone) { changed = 1; k = split(defines[m], names, " "); for (i = 1; i <= k; i++) by[names[i]]-- }
            }
        } while (changed)
        for (m in gone) print m
    }' | sort >"$dropped"
cp "$(dirname "$2")/libc.a" "$5.new"
sed p "$dropped" | xargs llvm-ar-19 dD "$5.new" # twice: some names are there twice
mv "$5.new" "$5"
