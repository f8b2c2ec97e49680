# SPDX-License-Identifier: Apache-2.0
# Tests of ./kos report and ./kos bench --check: sourced by test.sh. tests/report/results.json is of a real run, the longest paths
# without interrupts of another, which had to stop some.

report_tests() {
    printf 'report/page\treport_page_renders\n'
    printf 'report/run\treport_runs\n'
    printf 'report/interrupted\treport_interrupted\n'
    printf 'report/parts\treport_parts_end\n'
    printf 'report/quick\treport_quick_run\n'
    printf 'bench/one_cpu\tnative_one_cpu\n'
    printf 'bench/check/compare\tbaseline_compares\n'
    printf 'bench/check/x86_64\tbaseline_check x86_64\nbench/check/aarch64\tbaseline_check aarch64\n'
}

# chromium light|dark OPTION... : the page tests/report/look.html of a copy beside report.html
report_browser() { # DIR dark|light OPTION...
    browser_dir=$PWD/$1 browser_scheme=$([ "$2" = dark ] && echo 0 || echo 1)
    shift 2
    HOME=$browser_dir timeout -k 5 60 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files \
        --user-data-dir="$browser_dir/profile" --blink-settings=preferredColorScheme="$browser_scheme" --virtual-time-budget=5000 "$@" 2>"$browser_dir/chromium.log"
}

report_found() { sed -n "s/<\/pre>.*//; s/^\(<pre id=\"found\">\)*$2=//p" "$1" | head -1; }

report_expect() { # FILE KEY EXPECTED
    [ "$(report_found "$1" "$2")" = "$3" ] || { echo "expected $2=$3, got '$(report_found "$1" "$2")'"; return 1; }
}

report_page_renders() {
    need_packages chromium
    dir=build/test/report
    rm -rf $dir; mkdir -p $dir
    ./kos report --from tests/report/results.json -o $dir/page >/dev/null || { echo "expected a page"; return 1; }
    cp $dir/page/index.html $dir/report.html
    cp tests/report/look.html $dir
    for scheme in light dark; do
        report_browser $dir $scheme --window-size=600,900 --dump-dom "file://$PWD/$dir/look.html" >$dir/$scheme.dom || { tail -3 $dir/chromium.log; return 1; }
    done
    found=$dir/light.dom
    report_expect $found width 390 && report_expect $found sections run,ipc,size,rt,scale,conflicts,path,decisions,trace,profile,native,caveats &&
        report_expect $found empty_plots '' && report_expect $found outside_plots '' && report_expect $found without_table 0 &&
        report_expect $found without_command 0 && report_expect $found absent 2 && report_expect $found broken 0 || return 1
    [ "$(report_found $found figures)" -ge 40 ] || { echo "expected 40 figures and more, got $(report_found $found figures)"; return 1; }
    for key in background color bar; do
        [ "$(report_found $found $key)" != "$(report_found $dir/dark.dom $key)" ] || { echo "expected another $key in the dark"; return 1; }
    done
    ! grep -qE '<script|<link|<img|src=|url\(|https?://' $dir/report.html || { echo "expected nothing from elsewhere"; return 1; }
    # an empty page is a few kilobytes
    report_browser $dir light --window-size=1200,3000 --screenshot="$PWD/$dir/page.png" "file://$PWD/$dir/report.html" >/dev/null
    [ "$(wc -c <$dir/page.png)" -gt 100000 ] || { echo "expected a picture of more than 100 kB, got $(wc -c <$dir/page.png)"; return 1; }
    # what was stopped is named above the sections, and in its own
    grep -q 'Not complete: interrupts_off (done, but for what it had to stop)' $dir/report.html && grep -q '<p class="absent">these had not ended after 240 s' $dir/report.html ||
        { echo "expected the page to name what was stopped"; return 1; }
    [ "$(grep -c 'figcaption>The longest path without interrupts' $dir/report.html)" = 2 ] || { echo "expected the longest path of both architectures"; return 1; }
    # every number of the raw data is in the table beside it
    [ "$(awk -F, 'NR > 1 && $2 == "p50"' $dir/page/results.csv | wc -l)" -ge 150 ] || { echo "expected the figures in results.csv"; return 1; }
    value=$(awk -F, '$1 == "task/start_exit/x86_64" && $2 == "p50" { print $3 }' $dir/page/results.csv)
    grep -q "task/start_exit</th><td>$(echo "$value" | sed 's/\(.*\)\(...\)$/\1,\2/')</td>" $dir/report.html || { echo "expected $value, as in the raw data"; return 1; }
}

# A small real run; what is missing is said.
report_runs() {
    dir=build/test/report_run
    rm -rf $dir
    ./kos report --only ksm -o $dir >$dir.out 2>&1 || { echo "expected it to run:"; cat $dir.out; return 1; }
    grep -q '<th scope="row">constant</th>' $dir/index.html || { echo "expected a decision's cost in the page"; return 1; }
    [ "$(grep -c 'Not measured in this run\.' $dir/index.html)" = 9 ] || { echo "expected nine sections that say that they were not measured"; return 1; }
    before=$(stat -c %Y $dir/raw/ksm.json)
    sleep 1
    ./kos report --only ksm -o $dir --resume >/dev/null 2>&1 && [ "$before" = "$(stat -c %Y $dir/raw/ksm.json)" ] || { echo "expected what was measured to be kept"; return 1; }
    for words in 'report --nonsense' 'report --only nonsense' 'report -o' 'report --from /nowhere' 'report -o /proc/1' 'bench --check --nonsense' 'bench --check --arch vax'; do
        if ./kos $words >/dev/null 2>&1; then status=0; else status=$?; fi
        [ $status = 2 ] || { echo "./kos $words: expected exit status 2, got $status"; return 1; }
    done
}

# Ended in the middle: the page has what there is, and no machine is left.
report_interrupted() {
    dir=build/test/report_interrupted
    rm -rf $dir
    ./kos report --quick --only ksm,footprint -o $dir >$dir.out 2>&1 &
    pid=$!
    ticks=0
    while [ ! -s $dir/raw/footprint.group ] && [ $ticks -lt 600 ]; do sleep 0.1; ticks=$((ticks + 1)); done
    group=$(cat $dir/raw/footprint.group)
    sleep 3
    kill -TERM $pid
    if wait $pid; then status=0; else status=$?; fi
    [ $status = 143 ] || { echo "expected exit status 143, got $status"; cat $dir.out; return 1; }
    ! pgrep -r R,S,D -g "$group" >/dev/null || { echo "expected no process to be left"; return 1; }
    grep -q 'It was interrupted' $dir/index.html && grep -q 'footprint was not finished' $dir/index.html || { echo "expected the page to say so"; return 1; }
}

# Parts that fail, that come to no end, and that stop something themselves: the page says so, and has the others. What is done is
# kept when it goes on.
report_parts_end() (
    . scripts/bench.sh
    . scripts/report.sh
    out=build/test/report_parts raw=build/test/report_parts/raw report_quick="" report_commit=tested interrupted="" report_patience=4
    rm -rf $out; mkdir -p $raw
    bench_begin 2>/dev/null
    printf 'ksm\t1\t30\tbench ksm --arch x86_64\nrt\t2\t1\tbench rt --no-wall -q --arch x86_64\nnative\t2\t5\tbench ksm --arch vax\n' >$raw/parts
    printf 'profile_x86_64\t1\t15\tprof bench_rt --append rt.loops=100000 -o %s/data\n' $out >>$raw/parts
    export KOS_SECONDS=12
    report_measure 2>$out/log
    states=$(for part in ksm rt native profile_x86_64; do printf '%s: %s; ' $part "$(cat $raw/$part.state)"; done)
    [ "$states" = 'ksm: done; rt: late; native: failed 2; profile_x86_64: partly; ' ] || { echo "expected one done, late, failed, partly, got $states"; cat $raw/*.log; return 1; }
    grep -q '^\[[0-3]/4\] about 0:[0-9][0-9] left; .*rt: measuring on x86_64' $out/log || { echo "expected progress, and what it does:"; cat $out/log; return 1; }
    report_json >$out/results.json && report_page $out/results.json $out || { echo "expected a page"; return 1; }
    for text in 'Not complete: rt (took 4 times as long as expected and was stopped); native (failed with exit status 2); profile_x86_64 (done, but' \
        'Not measured in this run: rt took 4 times as long' "Not measured in this run: native failed with exit status 2. unknown architecture " \
        'prof: bench_rt had not ended after 12 s and was stopped' '<th scope="row">constant</th>' 'Where the instructions went, x86_64'; do
        grep -q "$text" $out/index.html || { echo "expected '$text' in the page"; return 1; }
    done
    before=$(stat -c %Y.%s $raw/ksm.json $raw/profile_x86_64.json)
    sleep 1
    : >$raw/native.log
    report_measure 2>>$out/log
    [ "$before" = "$(stat -c %Y.%s $raw/ksm.json $raw/profile_x86_64.json)" ] && grep -q vax $raw/native.log || { echo "expected what has results to be kept, and the others to run again"; return 1; }
    # half a file of results, as a full disk leaves it, is none
    head -c 2000 $raw/ksm.json >$raw/half.json
    ! report_readable $raw/half.json && report_readable $raw/ksm.json || { echo "expected half a file not to be taken for results"; return 1; }
)

# The bar: ten minutes on two cores. All parts have results.
report_quick_run() {
    [ "$(nproc)" -ge 2 ] || { echo "SKIP one CPU only"; return 0; }
    dir=build/test/report_quick
    rm -rf $dir
    ./kos report --quick -o $dir >$dir.out 2>$dir.log || { echo "expected all parts to have results:"; tail -5 $dir.log; return 1; }
    awk -F '[:)(]' '/^report:/ { took = $(NF - 2) * 60 + $(NF - 1) } END { if (took == 0 || took >= 600) { print "expected less than 600 s, took " took + 0; exit 1 } }' $dir.out || return 1
    ! grep -qE 'class="absent"' $dir/index.html || { echo "expected nothing to be missing:"; grep 'class="absent"' $dir/index.html; return 1; }
}

# Two threads that wait for each other do not get on with one CPU: they are left out, and said to be.
native_one_cpu() {
    mkdir -p build/test
    cpu=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
    timeout -k 5 300 taskset -c "$cpu" ./kos bench native --repetitions 1 --only 'inbox|epoch' >build/test/one_cpu 2>build/test/one_cpu.log ||
        { echo "expected it to end well, got status $?:"; tail -5 build/test/one_cpu.log; return 1; }
    grep -q '^kos: one CPU only' build/test/one_cpu.log || { echo "expected it to be said:"; cat build/test/one_cpu.log; return 1; }
    awk '$1 == "inbox/batch/kos" || $1 == "epoch/reclaim/kos" { n += $2 == 1 } NF == 5 && $2 == 2 { two++ } END { exit !(n == 2 && two == 0) }' build/test/one_cpu ||
        { echo "expected rows of one thread, and no others:"; cat build/test/one_cpu; return 1; }
}

baseline_compares() {
    . scripts/baseline.sh
    mkdir -p build/test
    file=build/test/baseline
    printf 'ipc/a/x86_64\tp50\t100\nfootprint/ipc/a/x86_64\tinstructions\t100\nfootprint/ipc/a/x86_64\tfunctions/f\t60\n' >$file.old
    printf 'footprint/ipc/a/x86_64\tfunctions/g\t40\nksm/c/x86_64\tp50\t5\nksm/c/aarch64\tp50\t5\n' >>$file.old
    sed 's/p50\t100/p50\t110/; s/instructions\t100/instructions\t101/; s|functions/f\t60|functions/f\t61|; s|c/x86_64\tp50\t5|c/x86_64\tp50\t4|' $file.old >$file.now
    printf 'ksm/d/x86_64\tp50\t4\n' >>$file.now
    if baseline_compare $file.old $file.now x86_64 >$file.got; then echo "expected status 1"; return 1; fi
    cat >$file.expected <<'TEXT'
WORSE   ipc/a/x86_64 p50: 100 -> 110 (+10, +10.0 %)
              +1  f (60 -> 61)
WORSE   footprint/ipc/a/x86_64 instructions: 100 -> 101 (+1, +1.0 %)
BETTER  ksm/c/x86_64 p50: 5 -> 4 (-1, -20.0 %)
NEW     ksm/d/x86_64 p50 4
0 figures the same, 2 worse, 1 better, 1 new, 0 gone
If that is meant: ./kos bench --update, and the reason in the commit.
TEXT
    cmp -s $file.expected $file.got || { echo "expected (<), got (>):"; diff $file.expected $file.got; return 1; }
    baseline_compare $file.old $file.old 'x86_64 aarch64' >$file.got && grep -qx '4 figures the same, 0 worse, 0 better, 0 new, 0 gone' $file.got || { echo "expected nothing to report"; return 1; }
    grep -v ksm $file.old >$file.now
    if baseline_compare $file.old $file.now aarch64 >$file.got; then echo "expected status 1 for a figure that is gone"; return 1; fi
    grep -qx 'GONE    ksm/c/aarch64 p50 (was 5)' $file.got || { echo "expected it to be told:"; cat $file.got; return 1; }
}

baseline_check() { # ARCH
    KOS_BUILT=1 ./kos bench --check --arch "$1" 2>&1
}
