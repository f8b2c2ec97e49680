# SPDX-License-Identifier: Apache-2.0
# What a solution's folder has, however its author laid it out: sourced by kos for run, policy and new. Definitions are
# known by the names that they declare, policy and processes by their files' names, programs by the processes' paths.

# The files of $folder named so, without those of builds; nearest to the root first.
stage_find() { # FIND-EXPRESSION...
    find -L "$folder" -mindepth 1 \( -name '.*' -o -name build -o -name 'build-*' -o -name CMakeFiles \) -prune -o -type f \( "$@" \) -print |
        awk '{ print gsub("/", "/"), $0 }' | sort -k1,1n -k2 | cut -d' ' -f2-
}

# "name<TAB>file" of each definition: name as a path, echo/Ping.idl; without a name: the file's own.
stage_names() {
    while read -r file; do
        awk -v file="$file" '
            { text = text "\n" $0 }
            END {
                while (match(text, /\/\*([^*]|\*+[^*\/])*\*+\/|\/\/[^\n]*/)) text = substr(text, 1, RSTART - 1) " " substr(text, RSTART + RLENGTH)
                name = file; sub(/.*\//, "", name); extension = name; sub(/.*\./, "", extension)
                if (match(text, /(package|component|entity|task[ \t\r\n]+class)[ \t\r\n]+[A-Za-z0-9_.]+/)) {
                    name = substr(text, RSTART, RLENGTH); sub(/.*[ \t\r\n]/, "", name)
                    gsub(/\./, "/", name); name = name "." extension
                }
                print name "\t" file
            }' "$file"
    done
}

# Names that ninja and the shell take as they are, or the end.
stage_plain() { # WHAT LIST
    odd=$(LC_ALL=C grep '[^A-Za-z0-9_./,+@	-]' "$2" | sed 's/.*	//; s/^/  /') || true
    [ -z "$odd" ] || {
        printf "kos: expected names of %s of letters, digits and '_', '-', '.', '+', ',', '@', not:\n%s\n" "$1" "$odd" >&2
        case $2 in */names) rm "$2" ;; esac
        exit 2
    }
}

# Gathers all definitions as links under $stage, and their list in $built/names.
stage_definitions() {
    stage=$built/definitions
    {
        stage_find -name '*.idl' -o -name '*.cdl' -o -name '*.edl'
        [ ! -d "$built/binary" ] || find "$built/binary" -name '*.idl' -o -name '*.cdl' -o -name '*.edl' | sort
    } | stage_names >"$built/names.new"
    if cmp -s "$built/names.new" "$built/names" && [ -d "$stage" ]; then rm "$built/names.new"; return 0; fi
    rm -rf "$stage"
    mkdir -p "$stage"
    mv "$built/names.new" "$built/names"
    [ -s "$built/names" ] || { rm "$built/names"; fail "$folder: expected classes, .edl files"; }
    stage_plain "files" "$built/names"
    twice=$(cut -f1 "$built/names" | sort | uniq -d)
    for name in $twice; do
        echo "kos: $name is declared twice, in:" >&2
        awk -F'\t' -v name="$name" '$1 == name { print "  " $2 }' "$built/names" >&2
    done
    [ -z "$twice" ] || { rm "$built/names"; exit 2; }
    while IFS='	' read -r name file; do
        mkdir -p "$stage/$(dirname "$name")"
        ln -s "$(stage_absolute "$file")" "$stage/$name"
    done <"$built/names"
}

stage_absolute() { case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac; }

# Classes that the policy makes of other's definitions, or of none (task class C : D): definitions for einit.
stage_aliases() {
    mkdir -p "$built/aliases"
    stage_find -name '*.psl' -o -name '*.psl.in' | xargs cat |
        sed -nE 's/^[[:space:]]*task[[:space:]]+class[[:space:]]+([A-Za-z0-9_.]+)[[:space:]]*(:[[:space:]]*([A-Za-z0-9_.]+))?.*/\1 \3/p' |
        while read -r class base; do
            alias=$built/aliases/$(echo "$class" | tr . /).edl
            [ -e "$stage/${alias#"$built"/aliases/}" ] && continue
            mkdir -p "$(dirname "$alias")"
            definition=$stage/$(echo "$base" | tr . /).edl
            if [ -n "$base" ] && [ -e "$definition" ]; then
                sed -E "s/^([[:space:]]*(entity|task[[:space:]]+class)[[:space:]]+)$base([^A-Za-z0-9_.]|\$)/\\1$class\\3/" "$definition" >"$alias"
            else echo "task class $class" >"$alias"; fi
        done
}

# What the CMakeLists.txt say: "name=value" of each variable, and of each -D, which counts most: what templates and the
# policy's preprocessor may name; programs' sources, definitions, properties; what it makes of configure_file's templates.
stage_cmake() {
    {
        printf '%s\0' "$folder" "$built"
        printf '%s\n' "${defined:-}" | grep . | tr '\n' '\0'
        stage_find -name CMakeLists.txt | tr '\n' '\0'
    } | xargs -0 perl scripts/cmake.pl || exit 2
    cat "$built/absent" >&2
    printf '%s\n' "${defined:-}" | grep . >>"$built/variables" || true
}

# One -D NAME=VALUE of the command line.
define_given() {
    case $1 in
    [A-Za-z_]*=*) defined="${defined:-}${defined:+
}$1" ;;
    *) fail "-D takes NAME=VALUE, not '$1'" ;;
    esac
}

# A file, or its template NAME.in with each @VARIABLE@ replaced, in which case lines keep their numbers. What the
# build system of the original would put in for system programs is nothing here: there are none.
stage_expand() { # TEMPLATE TO
    awk -v variables="$built/variables" -v properties="$built/properties" -f scripts/template.awk "$1" >"$2.new" || exit 1
    cmp -s "$2.new" "$2" || cp "$2.new" "$2"
    rm "$2.new"
    echo "$1" >"$2.template" # messages name the template
}

# The file NAME of the solution, or its template: $found. What CMakeLists.txt says; so called; the only one with such a line.
stage_file() { # NAME WHAT KEY LINE
    found=$(awk -F'\t' -v key="$3" '$1 == key { print $2 }' "$built/parts")
    [ -n "$found" ] ||
        found=$(stage_find -name "$1" -o -name "$1.in" | awk '{ depth = gsub("/", "/") } NR == 1 { nearest = depth } depth == nearest')
    [ -n "$found" ] || found=$(stage_find -name "*.${1#*.}" -o -name "*.${1#*.}.in" | xargs -r grep -lE -- "$4") || true
    case $found in
    '') fail "$folder: expected $1 or $1.in in it or below, $2" ;;
    *"
"*) fail "$folder: expected one $1, found:" $found ;;
    esac
    case $found in
    *[!A-Za-z0-9_./,+@-]*) fail "'$found': expected a path of letters, digits, '_', '-', '.', '+', ',', '@' and '/'" ;;
    *.in) stage_expand "$found" "$built/$1"; template=$found found=$built/$1 ;;
    *) template="" ;;
    esac
}

# Where a policy finds what it uses.
stage_policy_roots() {
    policy_roots="-I $stage -I $folder -I $(dirname "$folder")"
    for root in $(stage_find -name '*.psl' -o -name '*.psl.in' | xargs -r -n1 dirname | sort -u); do
        policy_roots="$policy_roots -I $root -I $(dirname "$root")"
    done
    for used in $(stage_find -name '*.psl.in'); do
        # Not the policies of other images.
        [ "$used" = "$template" ] || grep -qE '^[[:space:]]*execute[[:space:]]*:' "$used" || stage_expand "$used" "$built/$(basename "$used" .in)"
    done
    policy_roots="$policy_roots -I $built$(grep -v '_DIR=' "$built/variables" | grep -E '^[^=]*=[A-Za-z0-9_./:,+-]*$' | sed 's/^/ -D /' | tr -d '\n')"
}
