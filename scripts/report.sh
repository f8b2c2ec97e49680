# SPDX-License-Identifier: Apache-2.0
# ./kos report: sourced by kos. What is measured: report/parts.tsv; how the page is made: report/README.md.

report_usage() {
    cat <<'TEXT'
usage: ./kos report [--quick] [-o DIR] [--resume] [--only PART,PART...] [--from FILE]

Measures everything and writes one page, DIR/index.html (build/report), that needs no network, with the raw data
beside it: results.json, results.csv, and in raw/ each part's own files. Two parts at a time, where both only count.

  --quick        fewer rounds and repetitions, no search for the longest path without interrupts: minutes
  -o DIR         where to
  --resume       keep what DIR has of this commit and mode; measure what is missing
  --only PARTS   these only: ipc, rt, footprint, ksm, conflicts, trace_ARCH, profile_ARCH, interrupts_off, native, scale
  --from FILE    measure nothing: the page of a results.json

Ctrl-C ends it, and writes the page of what was measured. Exit status 1: a part failed, and the page says which.
TEXT
}

# The rows of parts.tsv that are wanted: "part<TAB>lane<TAB>seconds<TAB>command"
report_parts() {
    awk -F '\t' -v quick="$report_quick" -v only=",$report_only," '
        /^#/ || (only != ",," && !index(only, "," $1 ",")) { next }
        quick == "" { print $1 "\t" $2 "\t" $3 "\t" $4 }
        quick != "" && $6 != "-" { print $1 "\t" $2 "\t" $5 "\t" $6 }' report/parts.tsv
}

# A part may take so many times what the table says.
report_patience=10

# In a subshell: the parts of one lane, one behind the other. Each has a process group, by which it is ended.
report_lane() { # LANE
    while IFS='	' read -r part lane seconds words; do
        [ "$lane" = "$1" ] && ! grep -qs -e '^done' -e '^partly' "$raw/$part.state" || continue
        rm -f "$raw/$part.state" "$raw/$part.json" "$raw/$part.seconds"
        date +%s >"$raw/$part.start"
        KOS_BUILT=1 timeout -k 5 $((seconds * report_patience)) ./kos $words --json "$raw/$part.json" >"$raw/$part.txt" 2>"$raw/$part.log" </dev/null &
        group=$!
        echo $group >"$raw/$part.group"
        if wait $group; then state=done; else state="failed $?"; fi
        report_end_group "$raw/$part.group"
        # 124 and results: the part itself has stopped something; 124 or 137 and none: it was stopped itself
        case $state in
        done) ;;
        'failed 124') state=late; [ ! -s "$raw/$part.json" ] || state=partly ;;
        'failed 137') state=late ;;
        esac
        case $state in
        done | partly) report_readable "$raw/$part.json" || { state=unreadable; rm -f "$raw/$part.json"; } ;;
        *) rm -f "$raw/$part.json" ;;
        esac
        echo "$state" >"$raw/$part.new"
        echo $(($(date +%s) - $(cat "$raw/$part.start"))) >"$raw/$part.seconds"
        mv "$raw/$part.new" "$raw/$part.state"
    done <"$raw/parts"
}

# Whole results: a disk may have been full.
report_readable() { [ -s "$1" ] && awk -f report/rows.awk "$1" >/dev/null 2>&1; } # FILE

# timeout leads a group of its own; an emulator that does not end when it is told to would stay in it.
report_end_group() { # FILE
    kill -s TERM -- "-$(cat "$1")" 2>/dev/null && sleep 1 && kill -s KILL -- "-$(cat "$1")" 2>/dev/null
    rm -f "$1"
}

# "seconds left<TAB>parts done<TAB>parts<TAB>running, running": from what parts have taken so far, against the table
report_progress() {
    now=$(date +%s)
    while IFS='	' read -r part lane seconds words; do
        state=waits spent=0
        [ ! -e "$raw/$part.group" ] || { state=runs; spent=$((now - $(cat "$raw/$part.start"))); }
        [ ! -e "$raw/$part.state" ] || { state=$(cat "$raw/$part.state"); state=${state%% *} spent=$(cat "$raw/$part.seconds"); }
        echo "$part $lane $seconds $state $spent"
    done <"$raw/parts" | awk -v limit=$report_patience -v cpus="$(nproc)" '
        $4 == "done" { expected += $3; took += $5 }
        $4 !~ /^(waits|runs)$/ { done++; $4 = "ended" }
        { lane[NR] = $2; seconds[NR] = $3; state[NR] = $4; spent[NR] = $5; if ($4 == "runs") running = running " " $1 }
        END {
            slower = expected >= 20 ? took / expected : 1
            for (i = 1; i <= NR; i++) {
                left = state[i] == "ended" ? 0 : seconds[i] * slower - spent[i]
                if (state[i] == "runs" && left < spent[i] / 5) left = spent[i] / 5 # longer than expected: how much, nobody knows
                if (state[i] == "runs" && left > seconds[i] * limit - spent[i]) left = seconds[i] * limit - spent[i]
                if (state[i] == "runs" && left < 2) left = 2
                sum[lane[i]] += left
            }
            printf "%d\t%d\t%d\t%s\n", (cpus < 2 ? sum[1] + sum[2] : sum[1] > sum[2] ? sum[1] : sum[2]) + sum["alone"], done, NR, running
        }'
}

# "PART: what it says that it does; "
report_doing() { # PART
    said=$(tail -n 1 "$raw/$1.log" 2>/dev/null | tr '\r' '\n' | tail -n 1 | sed 's/^ *//; s/ *\.\.\.$//')
    printf '%s%s; ' "$1" "${said:+: $said}"
}

report_watch() { # PID...: says how far it is until these have ended
    shown="" width=$(stty size <&2 2>/dev/null | cut -d' ' -f2) || width=80
    [ "${width:-0}" -ge 40 ] || width=80
    while :; do
        alive=""
        for pid in "$@"; do ! kill -0 "$pid" 2>/dev/null || alive=1; done
        [ -n "$alive" ] || break
        IFS='	' read -r left ended count running <<TEXT
$(report_progress)
TEXT
        [ -z "$interrupted" ] || break
        running=$(for part in $running; do report_doing "$part"; done) running=${running%; }
        line=$(printf '[%d/%d] about %d:%02d left; %s' "$ended" "$count" $((left / 60)) $((left % 60)) "${running:-...}")
        if [ -t 2 ]; then printf '\r\033[K%s' "$line" | cut -c1-$((width + 3)) | tr -d '\n' >&2
        elif [ "$ended $running" != "$shown" ]; then echo "$line" >&2; fi
        shown="$ended $running"
        sleep 1
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

report_measure() {
    if [ "$(nproc)" -ge 2 ]; then
        report_lane 1 &
        lanes=$!
        report_lane 2 &
        lanes="$lanes $!"
    else
        { report_lane 1; report_lane 2; } &
        lanes=$!
    fi
    report_watch $lanes
    wait $lanes 2>/dev/null || true
    [ -z "$interrupted" ] || return 0
    report_lane alone &
    lanes=$!
    report_watch $lanes
    wait $lanes 2>/dev/null || true
}

report_interrupt() { # EXIT-STATUS
    trap '' INT TERM HUP
    interrupted=$1
    echo >&2
    echo "kos: interrupted; the page has what was measured so far" >&2
    kill $lanes 2>/dev/null || true
    for group in "$raw"/*.group; do [ ! -e "$group" ] || report_end_group "$group"; done
}

# How a part ended, in words.
report_state() { # PART
    state=$(cat "$raw/$1.state" 2>/dev/null) || state="was not finished"
    case $state in
    partly) echo "done, but for what it had to stop" ;;
    unreadable) echo "left no whole results" ;;
    late) echo "took $report_patience times as long as expected and was stopped" ;;
    failed*) echo "failed with exit status ${state#failed }" ;;
    *) echo "$state" ;;
    esac
}
# What is said of a part that has no results, or not all.
report_note() { sed -n 's/^kos: //p' "$raw/$1.log" 2>/dev/null | tail -1; }

report_json() {
    echo '{'
    printf '  "context": {"date": %s, "mode": %s' "$(json_text "$(json_date)")" "$(json_text "${report_quick:-full}")"
    [ -z "$interrupted" ] || printf ', "interrupted": "It was interrupted: parts are missing."'
    printf ', "commit": %s' "$(json_text "$report_commit")"
    printf ', "compiler": %s, "emulator": %s' "$(json_text "$(clang-19 --version | head -1)")" "$(json_text "$(qemu-system-x86_64 --version | head -1)")"
    printf ', "machine": %s' "$(json_text "$(sed -n 's/^\(model name\|CPU part\)[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) CPUs, $(uname -sr)")"
    if grep -q -e '--vs' "$raw/parts"; then
        for version in build/peers/*.version; do
            [ ! -s "$version" ] || printf ', "%s": %s' "$(basename "$version" .version)" "$(json_text "$(cat "$version")")"
        done
    fi
    printf ', "parts": {'
    separator=""
    while IFS='	' read -r part lane seconds words; do
        printf '%s\n    "%s": {"command": %s, "state": %s, "seconds": %d, "note": %s}' "$separator" "$part" "$(json_text "./kos $words")" \
            "$(json_text "$(report_state "$part")")" "$(cat "$raw/$part.seconds" 2>/dev/null || echo 0)" "$(json_text "$(report_note "$part")")"
        separator=,
    done <"$raw/parts"
    printf '}},\n  "benchmarks": [\n'
    # The entries of all parts' files: what is between the line with "benchmarks" and the list's end.
    for file in $(sed "s|\([^	]*\).*|$raw/\1.json|" "$raw/parts"); do
        [ -s "$file" ] || continue
        awk 'inside && /^  \]/ { inside = 0 } inside && NF { if (held != "") print held; held = $0 } /"benchmarks": \[/ { inside = 1 } END { if (held != "") print held "," }' "$file"
    done | sed '$s/,$//'
    printf '  ]\n}\n'
}

report_page() { # results.json DIR
    awk -f report/rows.awk "$1" >"$2/rows.new" || return 1
    awk -F '\t' 'BEGIN { print "name,field,value" } $1 != "context" { gsub(/"/, "\"\""); for (i = 1; i <= 3; i++) if ($i ~ /[", ]/) $i = "\"" $i "\""; print $1 "," $2 "," $3 }' "$2/rows.new" >"$2/results.csv"
    awk -f report/data.awk -f report/draw.awk -f report/sections.awk -f report/sections_kernel.awk -f report/sections_observed.awk -f report/page.awk \
        -v rows="$2/rows.new" -v reference_file=benchmarks/reference.tsv -v caveats=docs/caveats.md -v style=report/style.css /dev/null >"$2/index.html.new" &&
        mv "$2/index.html.new" "$2/index.html" && rm "$2/rows.new"
}

command_report() {
    report_quick="" report_only="" resume="" from="" out=$PWD/build/report interrupted=""
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) report_usage; exit 0 ;;
        --quick) report_quick=quick ;;
        --resume) resume=1 ;;
        -o) [ $# -gt 1 ] || fail "-o takes a directory"; out=$(path_given "$2"); shift ;;
        --only) [ $# -gt 1 ] || fail "--only takes parts"; report_only=$2; shift ;;
        --from) [ $# -gt 1 ] || fail "--from takes a file"; from=$(path_given "$2"); [ -r "$from" ] || fail "--from: cannot read '$2'"; shift ;;
        *) fail "report: unknown word '$1'" ;;
        esac
        shift
    done
    for part in $(echo "$report_only" | tr , ' '); do
        cut -f1 report/parts.tsv | grep -qx "$part" || fail "report: unknown part '$part' ($(grep -v '^#' report/parts.tsv | cut -f1 | tr '\n' ' '))"
    done
    raw=$out/raw
    mkdir -p "$raw" 2>/dev/null && (: >"$raw/parts.new") 2>/dev/null || fail "-o: cannot write to '$out'"
    if [ -n "$from" ]; then
        [ "$from" -ef "$out/results.json" ] || cp "$from" "$out/results.json" || exit 1
        report_page "$out/results.json" "$out" || { echo "kos: no page could be written into '$out' of '$from'" >&2; exit 1; }
        echo "report: $out/index.html"
        return
    fi
    bench_begin
    report_commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
    report_parts >"$raw/parts.new"
    [ -s "$raw/parts.new" ] || fail "report: none of these parts is measured in this mode"
    # what was measured of another commit or in another mode is not kept
    report_of=$(cat "$raw/of" 2>/dev/null) || report_of=""
    [ -z "$resume" ] || [ -z "$report_of" ] || [ "$report_commit $report_quick" = "$report_of" ] ||
        echo "kos: nothing is kept: what '$out' has is of commit ${report_of% *}$([ -n "${report_of##* }" ] && echo ', quick'), not of $report_commit${report_quick:+, quick}" >&2
    [ -n "$resume" ] && [ "$report_commit $report_quick" = "$report_of" ] || rm -f "$raw"/*.state "$raw"/*.json "$raw"/*.log
    rm -f "$raw"/*.group
    mv "$raw/parts.new" "$raw/parts"
    echo "$report_commit $report_quick" >"$raw/of"
    trap 'report_interrupt 130' INT
    trap 'report_interrupt 143' TERM
    trap 'report_interrupt 129' HUP
    begun=$(date +%s)
    report_measure
    trap - INT TERM HUP
    report_json >"$out/results.json" && report_page "$out/results.json" "$out" || { echo "kos: no page could be written into '$out'" >&2; exit 1; }
    took=$(($(date +%s) - begun))
    bad=0
    while IFS='	' read -r part lane seconds words; do
        case $(cat "$raw/$part.state" 2>/dev/null) in
        done) ;;
        partly) echo "kos: $part: $(report_note "$part")" >&2 ;;
        *) [ -n "$interrupted" ] || echo "kos: ./kos $words: $(report_state "$part"): $(tail -1 "$raw/$part.log" 2>/dev/null)" >&2; bad=1 ;;
        esac
    done <"$raw/parts"
    echo "report: $out/index.html ($((took / 60)):$(printf %02d $((took % 60))))"
    [ -z "$interrupted" ] || exit "$interrupted"
    return $bad
}
