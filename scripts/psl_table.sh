# SPDX-License-Identifier: Apache-2.0
# The table of what is tested of PSL: sourced by scripts/test.sh. tests/languages/psl/table.tsv has a row for each production of the
# grammar, each rule and expression of the models, and each message of the compiler: kind, what, test, case.
# With PSL_ACCEPT set, it is written anew.

# "production" lines of a bison grammar: number, tab, "left: right right".
psl_productions() { # GRAMMAR WORK
    bison --xml="$2/grammar.xml" -o "$2/grammar.c" "$1" 2>/dev/null
    perl -0777 -ne 'while (/<rule number="(\d+)"[^>]*>\s*<lhs>(.*?)<\/lhs>\s*<rhs>(.*?)<\/rhs>/gs) {
        my ($number, $left, $right) = ($1, $2, $3); my @right = $right =~ /<symbol>(.*?)<\/symbol>/g;
        next if $number == 0; my $text = "$left: " . (@right ? join(" ", @right) : "%empty");
        $text =~ s/&lt;/</g; $text =~ s/&gt;/>/g; $text =~ s/&quot;/"/g; $text =~ s/&apos;/\x27/g; $text =~ s/&amp;/&/g;
        print "$number\t$text\n" }' "$2/grammar.xml"
}

# The compiler, with a parser that tells which productions it uses.
psl_telling() { # WORK
    objects=$(ninja -t query build/host/nk-psl-gen-c | awk '/outputs:/ { exit } $NF ~ /\.(o|a)$/ { print $NF }')
    printf 'extern int psl_yydebug;\n__attribute__((constructor)) static void tell(void) { psl_yydebug = 1; }\n' >"$1/tell.c"
    # shellcheck disable=SC2086
    clang-19 -std=gnu23 -O1 -w -D_GNU_SOURCE -DPSL_YYDEBUG=1 -I. -Ibuild/host build/host/tools/nk-psl-gen-c/parse.tab.c "$1/tell.c" $objects -lyaml -o "$1/telling"
}

# Lines "number, test, case": what each case uses.
psl_used() { # WORK
    tell() { # TEST CASE ARGUMENTS...
        test=$1 case=$2
        shift 2
        "$work/telling" -I tests/languages/psl/sources -I tests/languages/psl/pal -I sdk -o "$work/out.c" "$@" 2>&1 |
            sed -n 's/^Reducing stack by rule \([0-9]*\) .*/\1/p' | sort -u | awk -v where="$test	$case" '{ print $0 "\t" where }'
    }
    work=$1
    for file in tests/languages/psl/pal/*.psl; do
        name=$(basename "$file" .psl)
        [ "$name" = common ] || tell languages/psl/compiled/"$name" - --tests generate --out-tests "$work/out.tests.c" "$file"
    done
    tell languages/psl/reference/all - --tests generate --out-tests "$work/out.tests.c" tests/languages/psl/sources/all.psl
    for file in syntax names types objects audit tests warnings; do
        awk -v work="$work" '/^=== / { name = $2; print name; part = "psl"; next } /^---$/ { part = ""; next } part != "" { print > (work "/" name "." part) }' \
            tests/languages/psl/cases/$file.txt >"$work/names"
        while read -r name; do
            # the case's own lines only: what it uses from other files, others test
            tell languages/psl/$file "$name" "$work/$name.psl"
        done <"$work/names"
    done
}

# "model.method", each once.
psl_methods() {
    perl -0777 -ne 'my %names = (PSL_BASE => "Base", PSL_PRED => "Pred", PSL_BOOL => "Bool", PSL_MATH => "Math", PSL_STRUCT => "Struct",
        PSL_REGEX_MODEL => "Regex", PSL_HASHSET => "HashSet", PSL_STATICMAP => "StaticMap", PSL_FLOW => "Flow", PSL_MIC => "Mic");
        while (/\{(PSL_\w+), "(\w+)", PSL_/g) { print "$names{$1}.$2\n" if $names{$1} }' tools/nk-psl-gen-c/model.c | sort -u
}

psl_table() {
    build build/host/nk-psl-gen-c
    work=build/psl/table table=tests/languages/psl/table.tsv
    rm -rf "$work"; mkdir -p "$work"
    psl_productions tools/nk-psl-gen-c/parse.y "$work" >"$work/productions" && psl_telling "$work" || return 1
    psl_used "$work" >"$work/used"
    psl_methods >"$work/methods"
    perl scripts/diagnostics.pl tools/nk-psl-gen-c/*.[cyl] | sort -u >"$work/messages"
    [ -z "${PSL_ACCEPT:-}" ] || psl_table_write >"$table"
    # complete: a row for each; no row for what there is not
    { cut -f2 "$work/productions" | sed 's/^/production	/'; sed 's/^/method	/' "$work/methods"; sed 's/^/message	/' "$work/messages"; } | sort -u >"$work/expected"
    grep -v '^#' "$table" | cut -f1,2 | sort >"$work/rows"
    cmp -s "$work/expected" "$work/rows" || { echo "expected rows (<), got (>):"; diff "$work/expected" "$work/rows"; return 1; }
    # true: each names a test that is run, and a case of it that does what the row says
    tests | cut -f1 | sort >"$work/tests"
    grep -v '^#' "$table" | cut -f3 | sort -u | comm -23 - "$work/tests" | grep . && { echo "expected tests of these names"; return 1; }
    awk -F '\t' 'FILENAME == ARGV[1] { number[$2] = $1; next } FILENAME == ARGV[2] { used[$1 "\t" $2 "\t" $3] = 1; next }
        $1 == "production" && !((number[$2] "\t" $3 "\t" $4) in used) { print $4 " of " $3 ": expected that it uses " $2; bad = 1 } END { exit bad }' \
        "$work/productions" "$work/used" "$table" || return 1
    grep -v -e '^#' -e '^production' "$table" | while IFS='	' read -r kind what test case; do
        case $kind in
        method) grep -qw -- "${what#*.}" tests/languages/psl/pal/"$(basename "$test")".psl || echo "$test: expected a call of $what" ;;
        message)
            case $test in
            languages/psl/command) file=scripts/psl.sh ;;
            *) file=$work/case
                awk -v name="$case" '/^=== / { in_case = $2 == name } in_case' tests/languages/psl/cases/"$(basename "$test")".txt >"$file" ;;
            esac
            grep -qE -- "$what" "$file" || echo "$case of $test: expected the message '$what'" ;;
        esac
    done >"$work/wrong"
    [ ! -s "$work/wrong" ] || { cat "$work/wrong"; return 1; }
}

# The first test and case for each.
psl_table_write() {
    echo "# Each production of PSL, each rule and expression of the models, each message of nk-psl-gen-c: kind, what, test, case. Written by PSL_ACCEPT=1 ./kos test languages/psl/table."
    awk -F '\t' 'FILENAME == ARGV[1] { if (!($1 in where)) where[$1] = $2 "\t" $3; next } { print "production\t" $2 "\t" where[$1] }' "$work/used" "$work/productions" | sort -u -t '	' -k2,2
    while read -r method; do
        model=$(echo "${method%.*}" | tr 'A-Z' 'a-z')
        printf 'method\t%s\tlanguages/psl/compiled/%s\t-\n' "$method" "$model"
    done <"$work/methods"
    while IFS= read -r message; do
        for file in syntax names types objects audit tests warnings preprocess; do
            found=$(MESSAGE=$message perl -ne '$name = $1 if /^=== (\S+)/; if (/$ENV{MESSAGE}/) { print $name; exit }' tests/languages/psl/cases/$file.txt)
            [ -z "$found" ] || break
        done
        [ -n "$found" ] || { file=command found=-; }
        printf 'message\t%s\tlanguages/psl/%s\t%s\n' "$message" "$file" "$found"
    done <"$work/messages"
}
