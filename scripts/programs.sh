# SPDX-License-Identifier: Apache-2.0
# Which sources make which program of a solution: sourced by kos, after scripts/stage.sh.

sources_pattern='\.\(c\|cc\|cpp\|cxx\)$'

# All C and C++ of the solution, and which of them have a main function.
programs_scan() {
    stage_find -name '*.c' -o -name '*.cc' -o -name '*.cpp' -o -name '*.cxx' >"$built/sources"
    stage_plain "sources" "$built/sources"
    xargs -r grep -lE '(^|[^A-Za-z0-9_])main[[:space:]]*\(' <"$built/sources" >"$built/mains" || true
    : >"$built/claimed"
}

# Client, client, and if it has several words file_storage, file-storage.
program_names() { # PATH
    {
        printf '%s\n%s\n' "$1" "$1" | sed '2s/.*/\L&/'
        printf '%s\n' "$1" | sed -E 's/([a-z0-9])([A-Z])/\1_\2/g; s/.*/\L&/'
        printf '%s\n' "$1" | sed -E 's/([a-z0-9])([A-Z])/\1-\2/g; s/.*/\L&/'
    } | awk '!seen[$0]++'
}

# The sources of the program that is PATH in the image: $sources. What CMakeLists.txt says, a folder of that name with a
# main function in it, a source of that name.
program_sources() { # PATH
    sources=$(awk -F'\t' -v name="$1" '$1 == name { print $2 }' "$built/cmake")
    for name in $(program_names "$1"); do
        [ -z "$sources" ] || return 0
        sources=$(sed "s#^$folder/##" "$built/sources" | grep -E "(^|/)$name/" | sed "s#^#$folder/#") || true
        [ -z "$sources" ] || echo "$sources" | grep -qxFf "$built/mains" || sources=""
        [ -n "$sources" ] || sources=$(grep -E "/($name|${name}_main|main_$name)\\.[a-z]+\$" "$built/mains" | head -1) || true
    done
    [ -n "$sources" ]
}

program_found() { # PATH
    echo "$sources" >>"$built/claimed"
    printf '%s\t%s\n' "$1" "$(echo "$sources" | tr '\n' ' ')" >>"$built/programs"
}

program_missing() { # PATH CLASS LINE
    small=$(program_names "$1" | sed -n 2p)
    echo "$shown_yaml:$3: error: class '$2' has no program; expected one of:" >&2
    echo "  sources with a main function in a folder ${small:-$1}/, a source ${small:-$1}.c, add_executable($1 ...) in a CMakeLists.txt" >&2
    [ -z "$left" ] || echo "$left" | sed 's/^/  no process has: /' >&2
    echo failed >>"$built/missing"
}

# "path<TAB>class<TAB>line" of each process: as init.yaml has them; or, if Einit is the solution's own, of each class.
programs_wanted() {
    if [ -n "$init_yaml" ]; then
        build/host/einit --programs "$init_yaml" >"$built/processes.all" || exit 1
        awk -F'\t' '!seen[$1]++' "$built/processes.all"
    else
        cut -f1 "$built/names" | sed -n 's#\.edl$##p' | awk -F/ '{ class = $0; gsub("/", ".", class); print $NF "\t" class "\t1" }'
    fi
}

# Programs that no process of init.yaml has, but that a program of the solution may start: those that a CMakeLists.txt
# puts into the image, those of classes that init.yaml does not name, if nobody else is made of their sources.
programs_started_later() {
    [ -n "$init_yaml" ] || return 0
    {
        cat "$built/image"
        cut -f2 "$built/processes.all" | tr . / | sed 's/$/.edl/' >"$built/started"
        cut -f1 "$built/names" | grep '\.edl$' | grep -vxFf "$built/started" | sed 's#.*/##; s#\.edl$##'
    } | awk '!seen[$0]++' | while read -r path; do
        ! cut -f1 "$built/programs" | grep -qxF "$path" && program_sources "$path" || continue
        if grep -qxF "$path" "$built/image" || ! echo "$sources" | grep -qxFf "$built/claimed"; then program_found "$path"; fi
    done
}

# Writes $built/programs, "path<TAB>sources..." of each program, and $built/common, sources that are no program's own.
programs_describe() {
    rm -f "$built/missing" "$built/unnamed"
    programs_wanted >"$built/processes"
    : >"$built/programs"
    while IFS='	' read -r path class line; do
        if program_sources "$path"; then program_found "$path"
        elif [ "$class" = kl.core.NameServer ] && [ -n "$init_yaml" ]; then sources=programs/name_server.c; program_found "$path"
        else printf '%s\t%s\t%s\n' "$path" "$class" "$line" >>"$built/unnamed"; fi
    done <"$built/processes"
    # First of all, such classes and processes have to be there.
    [ ! -e "$built/unnamed" ] || [ -z "$init_yaml" ] ||
        build/host/einit -I "$stage" -I "$built/aliases" -I sdk -o /dev/null "$init_yaml" 2>"$built/refused" || { cat "$built/refused" >&2; exit 1; }
    # One program without a name of its own and one main function that is nobody's belong together.
    left=$(grep -vxFf "$built/claimed" "$built/mains") || true
    [ ! -e "$built/unnamed" ] || while IFS='	' read -r path class line; do
        sources=$left
        if [ -n "$left" ] && [ "$(echo "$left" | wc -l)" = 1 ] && [ "$(wc -l <"$built/unnamed")" = 1 ]; then program_found "$path"
        elif [ -n "$init_yaml" ]; then program_missing "$path" "$class" "$line"; fi
    done <"$built/unnamed"
    [ ! -e "$built/missing" ] || exit 1
    programs_started_later
    # A main function that no process has is not of this solution: a test on the host, say; nor is what else that test is made of.
    { cat "$built/claimed" "$built/mains"; cut -f2 "$built/cmake"; } | sort -u >"$built/own"
    grep -vxFf "$built/own" "$built/sources" >"$built/common" || true
    [ -z "$init_yaml" ] || {
        build/host/einit --channels "$init_yaml" >"$built/channels" || exit 1
        build/host/einit -I "$stage" -I "$built/aliases" -I sdk -o "$built/endpoints" "$init_yaml" 2>/dev/null || rm -f "$built/endpoints"
        perl scripts/channels.pl "$built/channels" "$built/programs" "$built/endpoints" "$shown_yaml"
    }
}
