# SPDX-License-Identifier: Apache-2.0
# ./kos bench scale: sourced by kos, after scripts/bench.sh.

# scale_measure ARCH IMAGE FILE [only=WORK]: FILE gets "work<TAB>cpus<TAB>instructions of a round<TAB>breaks" for every
# phase.
scale_measure() {
    image=build/$1/release/$2
    [ "$1" = aarch64 ] && KOS_CPU=cortex-a57,cntfrq=1000000000
    boot "$1" "$image" -smp 9 -accel tcg,thread=multi -plugin "build/host/lockstep.so,out=$3.raw" -append "${4:-}" </dev/null \
        >"$3.console" 2>&1 || { tail -3 "$3.console" >&2; return 1; }
    scale_rounds "$1" "$3"
}

# Makes FILE of the console and the plugin's output beside it.
scale_rounds() { # ARCH FILE
    tr -d '\r' <"$2.console" | sed -n 's/^SCALE \([^ ]*\) cpus=\([0-9]*\) rounds=\([0-9]*\) .*/\1\t\2\t\3/p' >"$2.names"
    tr -d '\r' <"$2.console" | grep -q '^SCALE done' &&
        awk -F '\t' -v names="$2.names" '
        BEGIN { while ((getline line < names) > 0) name[n++] = line }
        {
            split(name[$2], phase, "\t")
            if (phase[2] != $3) { print "kos: phase " $2 " has " $3 " CPUs" > "/dev/stderr"; exit 1 }
            printf "%s\t%d\t%.1f\t%d\n", phase[1], phase[2], $4 / phase[3], $6
            phases++
        }
        END { if (phases != n) { print "kos: " phases " phases for " n " names" > "/dev/stderr"; exit 1 } }' "$2.raw" >"$2" || {
        echo "kos: the benchmark did not finish on $1; the end of its console:" >&2
        tail -20 "$2.console" >&2
        return 1
    }
}

# Reads the FILES "arch:kernel:file ..." into value[arch, kernel, work, cpus]; works and cpus in order.
scale_read='
    BEGIN {
        FS = "\t"
        parts = split(files, list, " ")
        for (f = 1; f <= parts; f++) {
            split(list[f], part, ":")
            if (!(part[1] in arch_seen)) { arch_seen[part[1]] = 1; arch[++archs] = part[1] }
            while ((getline line < part[3]) > 0) {
                split(line, w, "\t")
                if (!(w[1] in work_seen)) { work_seen[w[1]] = 1; work[++works] = w[1] }
                if (!(w[2] in cpus_seen)) { cpus_seen[w[2]] = 1; cpus[++counts] = w[2] }
                value[part[1], part[2], w[1], w[2]] = w[3]
            }
        }
        kernel[1] = "kos"; kernel[2] = "biglock"
    }
    # throughput of kernel k on n CPUs, as a multiple of that of kos on one
    function speedup(a, k, w, n) { return value[a, k, w, n] > 0 ? n * value[a, "kos", w, 1] / value[a, k, w, n] : 0 }'

scale_table() { # FILES
    awk -v files="$1" "$scale_read"'
    BEGIN {
        printf "%-70s", "instructions of a round (throughput; kos on 1 CPU = 1)"
        for (c = 1; c <= counts; c++) printf "%16s", cpus[c] (cpus[c] == 1 ? " CPU" : " CPUs")
        printf "\n"
        for (a = 1; a <= archs; a++) for (i = 1; i <= works; i++) for (k = 1; k <= 2; k++) {
            printf "%-70s", work[i] "/" arch[a] (k == 2 ? ", one big lock" : "")
            for (c = 1; c <= counts; c++)
                printf "%9.0f (%4.2f)", value[arch[a], kernel[k], work[i], cpus[c]], speedup(arch[a], kernel[k], work[i], cpus[c])
            printf "\n"
        }
    }'
}

# The works that Linux has, too: its instructions of a round as multiples of ours on as many CPUs.
scale_compare() { # FILES PEER-FILES
    awk -v files="$1 $2" "$scale_read"'
    BEGIN {
        printf "%-70s", "instructions of a round (ratio to those of kos)"
        for (c = 1; c <= counts; c++) printf "%16s", cpus[c] (cpus[c] == 1 ? " CPU" : " CPUs")
        printf "\n"
        for (f = 1; f <= parts; f++) {
            split(list[f], part, ":")
            if (part[2] !~ /^linux/) continue
            for (i = 1; i <= works; i++) {
                if (!((part[1], part[2], work[i], cpus[1]) in value)) continue
                printf "%-70s", part[2] "/" work[i] "/" part[1]
                for (c = 1; c <= counts; c++) {
                    ours = value[part[1], "kos", work[i], cpus[c]]
                    theirs = value[part[1], part[2], work[i], cpus[c]]
                    printf "%8.0f (%5.1f)", theirs, (ours > 0 ? theirs / ours : 0)
                }
                printf "\n"
            }
        }
    }'
}

# One panel for each work and architecture: throughput over CPUs, both kernels, and the ideal.
scale_svg() { # FILES
    awk -v files="$1" "$scale_read"'
    function x(n) { return left + 30 + (n - 1) / (most - 1) * 150 }
    function y(s) { return top + 175 - s / most * 140 }
    function curve(a, k, w, colour,   c, points) {
        for (c = 1; c <= counts; c++) {
            points = points sprintf("%.1f,%.1f ", x(cpus[c]), y(speedup(a, k, w, cpus[c])))
            printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>\n", x(cpus[c]), y(speedup(a, k, w, cpus[c])), colour
        }
        printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>\n", points, colour
    }
    function label(text,   at) {
        at = index(substr(text, 12), "_") + 11
        if (length(text) > 26 && at > 11) return substr(text, 1, at - 1) "</tspan><tspan x=\"" left + 30 "\" dy=\"11\">" substr(text, at + 1)
        return text
    }
    BEGIN {
        most = cpus[counts]
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"10\">\n", works * 205 + 10, archs * 205 + 40
        printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
        printf "<text x=\"10\" y=\"18\" font-size=\"13\">Throughput of n CPUs as a multiple of that of one: <tspan fill=\"#1f5fbf\">kos</tspan>, <tspan fill=\"#c0392b\">the same kernel under one big lock</tspan>, <tspan fill=\"#888\">ideal</tspan></text>\n"
        for (a = 1; a <= archs; a++) for (i = 1; i <= works; i++) {
            left = (i - 1) * 205 + 5; top = (a - 1) * 205 + 30
            printf "<text x=\"%d\" y=\"%d\"><tspan>%s</tspan></text>\n", left + 30, top + 12, label(work[i] ", " arch[a])
            printf "<path d=\"M%.1f %.1fV%.1fH%.1f\" fill=\"none\" stroke=\"#444\"/>\n", x(1), y(most), y(0), x(most)
            for (c = 1; c <= counts; c++) {
                printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text>\n", x(cpus[c]), y(0) + 13, cpus[c]
                printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", x(1) - 4, y(cpus[c]) + 3, cpus[c]
            }
            printf "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#888\" stroke-dasharray=\"3 3\"/>\n", x(1), y(1), x(most), y(most)
            curve(arch[a], "biglock", work[i], "#c0392b")
            curve(arch[a], "kos", work[i], "#1f5fbf")
        }
        print "</svg>"
    }'
}

scale_json() { # FILES
    awk -v files="$1" -v date="$(json_date)" -v host="$(nproc)" "$json_awk$scale_read"'
    function entry(name, k,   v) {
        if (!((arch[a], k, work[i], cpus[c]) in value)) return
        v = value[arch[a], k, work[i], cpus[c]]
        json_entry(name "/" cpus[c] "/" arch[a], cpus[c], 1, sprintf("%.1f", v))
        printf ", \"instructions\": %.1f, \"items_per_second\": %.0f, \"speedup\": %.3f}", v, cpus[c] * 1e9 / v, speedup(arch[a], k, work[i], cpus[c])
    }
    BEGIN {
        for (f = 1; f <= parts; f++) { split(list[f], part, ":"); if (part[2] ~ /^linux/ && !(part[2] in peer_seen)) { peer_seen[part[2]] = 1; peer[++peers] = part[2] } }
        json_head("scale", date, host)
        for (a = 1; a <= archs; a++) for (i = 1; i <= works; i++) for (c = 1; c <= counts; c++) {
            row = "scale/" work[i]
            entry(row, "kos")
            entry(row "_biglock", "biglock")
            for (p = 1; p <= peers; p++) {
                if (!((arch[a], peer[p], work[i], cpus[c]) in value)) continue
                entry(peer[p] "/" row, peer[p])
                json_entry("ratio/" peer[p] "/" row "/" cpus[c] "/" arch[a], cpus[c], 1, sprintf("%.2f", value[arch[a], peer[p], work[i], cpus[c]] / value[arch[a], "kos", work[i], cpus[c]]))
                printf "}"
            }
        }
        json_tail()
    }'
}

scale_wall() { # ARCH
    boot "$1" "build/$1/release/bench_scale" -smp 9 -accel tcg,thread=multi -append wall=1 </dev/null 2>/dev/null | tr -d '\r' |
        awk -v arch="$1" '/^SCALE .*rounds=/ {
            for (i = 3; i <= 5; i++) { split($i, pair, "="); v[pair[1]] = pair[2] }
            if ($2 != last) printf "%s%-50s", last == "" ? "" : "\n", $2 "/" arch
            last = $2
            printf "%16.0f", v["rounds"] * 1e9 / v["ns"]
        }
        END { printf "\n" }'
}

command_scale() {
    benchmark="bench scale" archs="x86_64 aarch64" json="" svg=build/bench/scale.svg wall="" peers=""
    while [ $# -gt 0 ]; do
        bench_option "$@"
        [ $taken = 0 ] || { shift $taken; continue; }
        case $1 in
        --svg) [ $# -gt 1 ] || fail "--svg takes a file"; svg=$(path_given "$2"); file_given --svg "$svg"; shift ;;
        --wall) wall=1 ;;
        *) fail "bench scale: unknown word '$1'" ;;
        esac
        shift
    done
    bench_begin
    files=""
    for arch in $archs; do
        for kernel in kos biglock; do
            echo "measuring on $arch, $kernel ..." >&2
            file=build/bench/scale.$arch.$kernel
            scale_measure "$arch" "bench_scale$([ $kernel = kos ] || echo _biglock)" "$file" || exit 1
            files="$files $arch:$kernel:$file"
        done
    done
    peers_scale "$archs" || exit 1
    scale_table "$files"
    [ -z "$peer_files" ] || { echo; scale_compare "$files" "$peer_files"; }
    scale_svg "$files" >"$svg"
    echo "both curves: $svg"
    [ -z "$json" ] || scale_json "$files $peer_files" >"$json"
    if [ -n "$wall" ]; then
        echo
        echo "kos, rounds per second of wall time on $(nproc) host cores, on 1, 2, 4, 8 emulated CPUs, informative only:"
        for arch in $archs; do scale_wall "$arch"; done
    fi
    peers_end
}
