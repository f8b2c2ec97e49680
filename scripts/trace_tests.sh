# SPDX-License-Identifier: Apache-2.0
# Tests of tracing: sourced by scripts/test.sh.

trace_tests() {
    printf 'trace/document\ttrace_document\n'
    printf 'trace/deaf\ttrace_deaf\n'
    printf 'trace/full\ttrace_full\ntrace/words\ttrace_words\n'
    for arch in x86_64 aarch64; do
        printf 'trace/cost/%s\ttrace_cost %s\n' $arch $arch
        printf 'trace/load/%s\tguest_trace_load %s 20 100\n' $arch $arch
        printf 'trace/drops/%s\tguest_trace_drops %s stop\n' $arch $arch
        printf 'trace/overwritten/%s\tguest_trace_drops %s overwrite\n' $arch $arch
        printf 'trace/formats/%s\tguest_trace_formats %s\n' $arch $arch
        printf 'trace/jitter/%s\ttrace_jitter %s\n' $arch $arch
        printf 'trace/windows/%s\tguest_trace_windows %s\n' $arch $arch
        printf 'trace/denied/%s\ttrace_denied %s\n' $arch $arch
        printf 'trace/memory/%s\tguest_trace_memory %s\n' $arch $arch
        printf 'trace/ends/%s\ttrace_ends %s\n' $arch $arch
        printf 'trace/long/%s\tguest_trace_load %s 60 4000 20\n' $arch $arch
    done
}

trace_document() {
    ninja build/host/trace >/dev/null && mkdir -p build/test && build/host/trace document >build/test/tracepoints.md &&
        cmp -s build/test/tracepoints.md docs/tracepoints.md ||
        { echo "expected docs/tracepoints.md to be what 'build/host/trace document' prints:"; diff build/test/tracepoints.md docs/tracepoints.md | head -5; return 1; }
}

# Instructions of a round trip of 64 bytes with those events on; the machine is stopped once it is measured.
trace_round_trip() { # ARCH MASK
    if [ "$1" = aarch64 ]; then KOS_CPU=cortex-a57,cntfrq=1000000000; model=$KOS_CPU; else model=max,-rdrand; fi
    console=build/test/trace.cost.$1
    mkdir -p build/test
    : >"$console"
    (boot_exec=exec; boot "$1" "build/$1/release/bench_ipc" -cpu "$model" -smp 1 -accel tcg -icount shift=0,sleep=off \
        -append "trace=$2 trace_mode=overwrite" </dev/null >"$console" 2>/dev/null) &
    qemu=$!
    waited=0
    until grep -qa 'BENCH ipc/round_trip/cross_space/64B ' "$console" || [ $waited -ge 1200 ]; do sleep 0.1; waited=$((waited + 1)); done
    kill $qemu
    wait $qemu 2>/dev/null
    tr -d '\r' <"$console" | sed -n 's#^BENCH ipc/round_trip/cross_space/64B .* p50=\([0-9]*\) .*#\1#p' | head -1
}
# On, at most 120 instructions more per round trip; 25 per event, as three events cost less one: one more call and
# reply besides switches, two of each.
trace_cost() { # ARCH
    off=$(trace_round_trip "$1" 0) one=$(trace_round_trip "$1" "$(build/host/trace events switch)")
    all=$(trace_round_trip "$1" "$(build/host/trace events all)")
    [ "${off:-0}" -gt 0 ] && [ "${one:-0}" -gt "$off" ] && [ "${all:-0}" -gt "$one" ] ||
        { echo "expected more with more events, got off '$off', switch '$one', all '$all'"; return 1; }
    bar=$(awk -F '\t' -v c=$([ "$1" = x86_64 ] && echo 2 || echo 3) '$1 == "ipc/round_trip/cross_space/64B" { print $c }' benchmarks/bars.tsv)
    [ "$off" -le "$bar" ] || { echo "expected at most $bar instructions with tracing off, got $off"; return 1; }
    [ $((all - off)) -le 120 ] || { echo "expected at most 120 instructions more with all events, got $((all - off))"; return 1; }
    [ $(((all - one) / 2)) -le 25 ] || { echo "expected at most 25 instructions per event, got $(((all - one) / 2))"; return 1; }
}

# babeltrace2 reads build/test/$1: its text to .bt, what it has to say to .err.
trace_babeltrace() { # NAME
    babeltrace2 "build/test/$1" >"build/test/$1.bt" 2>"build/test/$1.err" || { echo "babeltrace2 failed:"; head -5 "build/test/$1.err"; return 1; }
}
# Of each stream the times never go back. bt2 prints [h:m:s.ns] (+delta) name: { cpu_id = N }.
trace_in_order() { # NAME
    awk '{ split(substr($1, 2, length($1) - 2), t, ":"); now = t[1] * 3600 + t[2] * 60 + t[3]
        match($0, /cpu_id = [0-9]+/); cpu = substr($0, RSTART + 9, RLENGTH - 9)
        if (cpu == "" || now < last[cpu]) { print "expected times in order, got " $0; exit 1 } last[cpu] = now; n++ }
        END { if (n < 1000) { print "expected 1000 events at least, got " n + 0; exit 1 } }' "build/test/$1.bt"
}

# Four CPUs, first with timers only, then with a load of all kinds, from which nothing is lost but what is counted. It ends by itself, or
# after so many seconds; the load lasts so long at least.
guest_trace_load() { # ARCH SECONDS LOOPS [SECONDS-OF-LOAD]
    trace_name=trace.load.$1
    build "build/$1/release/bench_rt.$([ "$1" = x86_64 ] && echo elf || echo bin)"
    . scripts/trace.sh
    trace_folder=build/test/$trace_name trace_events=all trace_mode=stop trace_buffer=a trace_for=$2 trace_keep=""
    trace_append="rt.threads=4 rt.interval=1000 rt.distance=500 rt.loops=$3 rt.buckets=400"
    (trace_record "$1" "build/$1/release/bench_rt" 4 -accel tcg,thread=multi >"build/test/$trace_name.console" 2>"build/test/$trace_name.log") ||
        { echo "expected a trace:"; tail -5 "build/test/$trace_name.log"; return 1; }
    trace_babeltrace "$trace_name" && trace_in_order "$trace_name" || return 1
    said=$(sed -n 's/^trace: .* \([0-9]*\) events, \([0-9]*\) dropped$/\1 \2/p' "build/test/$trace_name.log")
    read_events=$(wc -l <"build/test/$trace_name.bt") read_dropped=$(trace_discarded "$trace_name")
    [ "$said" = "$read_events $read_dropped" ] || { echo "expected babeltrace2 to find $said events and drops, got $read_events $read_dropped"; return 1; }
    grep -v 'Tracer discarded' "build/test/$trace_name.err" | grep . && { echo "expected no warning"; return 1; }
    [ "$(grep -o 'cpu_id = [0-9]*' "build/test/$trace_name.bt" | sort -u | wc -l)" = 4 ] || { echo "expected events of four CPUs"; return 1; }
    build/host/trace analyze "build/test/$trace_name" >"build/test/$trace_name.analysis" && grep -q '^server' "build/test/$trace_name.analysis" &&
        grep -q 'load>server' "build/test/$trace_name.analysis" && grep -q '</svg>' "build/test/$trace_name/latency.svg" ||
        { echo "expected an analysis with the server's calls"; head -20 "build/test/$trace_name.analysis"; return 1; }
    lasted=$(build/host/trace text "build/test/$trace_name/ctf" | awk '!begun && / call .*channel=load>server/ { begun = $1 } { last = $1 } END { printf "%d", last - begun }')
    [ "$lasted" -ge "${4:-0}" ] || { echo "expected $4 s under load, got $lasted"; return 1; }
}

# Events that babeltrace2 says were discarded.
trace_discarded() { # NAME
    sed -n 's/.*Tracer discarded \([0-9]*\) event.*/\1/p' "build/test/$1.err" | awk '{ n += $1 } END { print n + 0 }'
}

# Every CPU writes 20000 numbered events into a ring of 128 records: those that come through are in order, and with
# those that were discarded they are all.
guest_trace_drops() { # ARCH MODE
    trace_name=trace.$2.$1
    . scripts/solution.sh
    . scripts/trace.sh
    image=$(solution_build "$PWD/tests/trace" "$1" release >/dev/null && echo "$image") || { echo "expected tests/trace to build"; return 1; }
    trace_folder=build/test/$trace_name trace_events=user trace_mode=$2 trace_buffer=0 trace_for=60 trace_keep="" trace_append="events=20000"
    (trace_record "$1" "$image" 4 -accel tcg,thread=multi >"build/test/$trace_name.console" 2>"build/test/$trace_name.log") ||
        { echo "expected a trace:"; tail -5 "build/test/$trace_name.log"; return 1; }
    grep -q 'TRACE done cpus=4 events=20000' "build/test/$trace_name.console" || { echo "expected the load to end"; tail -5 "build/test/$trace_name.console"; return 1; }
    trace_babeltrace "$trace_name" || return 1
    life=$(grep -cv ' user: ' "build/test/$trace_name.bt") || true
    discarded=$(trace_discarded "$trace_name")
    [ "$discarded" -gt 0 ] || { echo "expected some to be dropped"; return 1; }
    # threads and tasks leave their events, too: $life of them were read, the others are among the discarded
    awk -v discarded="$discarded" -v life="$life" '/ user: / {
        match($0, / id = [0-9]+/); id = substr($0, RSTART + 6, RLENGTH - 6)
        match($0, /first = [0-9]+/); first = substr($0, RSTART + 8, RLENGTH - 8) + 0
        if (id in last && first <= last[id]) { print "expected numbers to grow, got " $0; bad = 1; exit } last[id] = first; n++ }
        END { if (bad) exit 1
            if (n + life + discarded < 80008 || n + life + discarded > 80016) { print "expected 80000 and 8 to 16 others, got " n " and " life " read, " discarded " discarded"; exit 1 } }' "build/test/$trace_name.bt"
}

# A program starts and stops the trace: what it says in between is there, in order, and nothing else; the kernel has no rings before.
guest_trace_windows() { # ARCH
    trace_name=trace.windows.$1
    . scripts/solution.sh
    . scripts/trace.sh
    image=$(solution_build "$PWD/tests/trace" "$1" release >/dev/null && echo "$image") || { echo "expected tests/trace to build"; return 1; }
    trace_folder=build/test/$trace_name trace_events=none trace_mode=stop trace_buffer=8 trace_for=60 trace_keep="" trace_append="events=5000 windows=1"
    (trace_record "$1" "$image" 2 -accel tcg,thread=multi >"build/test/$trace_name.console" 2>"build/test/$trace_name.log") ||
        { echo "expected a trace:"; tail -5 "build/test/$trace_name.log"; return 1; }
    grep -q 'TRACE done' "build/test/$trace_name.console" || { echo "expected the load to end"; tail -5 "build/test/$trace_name.console"; return 1; }
    trace_babeltrace "$trace_name" && [ ! -s "build/test/$trace_name.err" ] || { echo "expected nothing to be dropped"; head -5 "build/test/$trace_name.err"; return 1; }
    awk '/ user: / {
        match($0, / id = [0-9]+/); id = substr($0, RSTART + 6, RLENGTH - 6) + 0
        match($0, /first = [0-9]+/); first = substr($0, RSTART + 8, RLENGTH - 8) + 0
        if ((id != 100 && id != 101) || first != n[id]++ + 0) { print "expected the next number of a window, got " $0; exit bad = 1 } }
        END { if (!bad && (n[100] != 5000 || n[101] != 5000)) { print "expected 5000 events of each window, got " n[100] + 0 ", " n[101] + 0; bad = 1 } exit bad }' "build/test/$trace_name.bt"
}

# A policy that keeps programs from starting a trace: they are told so, and nothing is recorded.
trace_denied() { # ARCH
    to=build/test/trace_denied.$1/trace
    rm -rf "$(dirname "$to")"; mkdir -p "$(dirname "$to")"
    cp -r tests/trace "$to"
    echo 'request dst=kl.core.Core endpoint=profiler.Profiler method=SetTrace { deny () }' >>"$to/security.psl"
    . scripts/solution.sh
    . scripts/trace.sh
    image=$(solution_build "$PWD/$to" "$1" release >/dev/null && echo "$image") || { echo "expected the solution to build"; return 1; }
    trace_folder=$to/out trace_events=none trace_mode=stop trace_buffer=8 trace_for=60 trace_keep="" trace_append="events=100 windows=1"
    (trace_record "$1" "$image" 1 -accel tcg >"$to/console" 2>"$to/log") && { echo "expected no trace"; return 1; }
    grep -q 'TRACE error' "$to/console" && grep -q 'the guest has made no rings' "$to/log" ||
        { echo "expected SetTrace to be denied, and so no rings to be made:"; tail -5 "$to/console" "$to/log"; return 1; }
}

guest_trace_formats() { # ARCH
    trace_name=trace.formats.$1
    called_from=$PWD
    ./kos trace ping --arch "$1" -o "build/test/$trace_name" --format perfetto --for 60 >"build/test/$trace_name.console" 2>&1 || { tail -5 "build/test/$trace_name.console"; return 1; }
    perl -MJSON::PP -e 'local $/; my $t = decode_json(<STDIN>); my %n; $n{$_->{name} eq "thread_name" ? $_->{args}{name} : $_->{name}}++ for @{$t->{traceEvents}};
        exit 2 if grep { !ref && /^\d/ && $_ > 2**53 } map { %{$_->{args} // {}} } @{$t->{traceEvents}};
        exit !(grep({ ($_->{args}{base} // "") =~ /^0x[0-9a-f]+$/ } @{$t->{traceEvents}}) && $n{"CPU 0"} && $n{"ping.Left>ping.Right 0.0"} && $n{"decision"} && $n{"ping.Left"} && $n{"task_create"})' <"build/test/$trace_name/trace.json" ||
        { echo "expected JSON with calls, decisions, tasks"; return 1; }
    build/host/trace text "build/test/$trace_name/ctf" >"build/test/$trace_name.txt" &&
        grep -q 'call  *path=.* channel=ping.Left>ping.Right info=' "build/test/$trace_name.txt" && grep -q 'decision  *verdict=denied event=request' "build/test/$trace_name.txt" ||
        { echo "expected calls and a denied one, got:"; head -5 "build/test/$trace_name.txt"; return 1; }
}

# How late each period of examples/rt began, from the trace: every period, and what the program itself saw a little later.
trace_jitter() { # ARCH
    trace_name=trace.jitter.$1
    called_from=$PWD
    ./kos trace rt --exact --arch "$1" --events sched,time,life --format text -o "build/test/$trace_name" >"build/test/$trace_name.console" 2>&1 ||
        { tail -5 "build/test/$trace_name.console"; return 1; }
    awk -f examples/rt/jitter.awk "build/test/$trace_name/trace.txt" >"build/test/$trace_name.svg" &&
        [ "$(grep -c '<circle' "build/test/$trace_name.svg")" = 250 ] && grep -q '</svg>' "build/test/$trace_name.svg" ||
        { echo "expected a picture of 250 periods, got $(grep -c '<circle' "build/test/$trace_name.svg")"; return 1; }
    awk -v table=1 -f examples/rt/jitter.awk "build/test/$trace_name/trace.txt" >"build/test/$trace_name.table"
    # the program prints nothing of its first periods
    tr -d '\r' <"build/test/$trace_name.console" | awk -v skip=5 'FNR == NR { traced[FNR] = $1; next } $1 == "late" { n++; apart = $2 - traced[n + skip]
        if (apart < 0 || apart > 1000 || traced[n + skip] > 5000) { print "expected the trace up to 1000 ns before the program, and up to 5000 ns, got " traced[n + skip] " and " $2; exit bad = 1 } }
        END { if (!bad && n != 245) { print "expected 245 periods, got " n + 0; bad = 1 } exit bad }' "build/test/$trace_name.table" -
}

# An emulator that does not end when it is told to is killed; what it has recorded is read from its memory all the same.
trace_deaf() {
    trace_name=trace.deaf
    mkdir -p build/test
    rm -rf build/test/$trace_name build/test/$trace_name.pid
    (
        ticks=0
        until pid=$(pgrep -f -- "^qemu-system-x86_64.*/random_calls.elf.* trace_pages=7 trace.deaf") || [ $ticks -ge 600 ]; do sleep 0.1; ticks=$((ticks + 1)); done
        echo "$pid" >build/test/$trace_name.pid
        sleep 2
        kill -STOP $pid
    ) &
    ./kos trace random_calls --buffer 7 --append trace.deaf -o build/test/$trace_name --for 3 >build/test/$trace_name.log 2>&1 || { echo "expected it to end well:"; tail -5 build/test/$trace_name.log; return 1; }
    wait
    [ -s build/test/$trace_name.pid ] && ! kill -0 "$(cat build/test/$trace_name.pid)" 2>/dev/null || { echo "expected the emulator to be gone"; return 1; }
    trace_babeltrace "$trace_name" && [ "$(wc -l <build/test/$trace_name.bt)" -gt 100 ] || { echo "expected events"; return 1; }
}

# The rings of a machine that was ended, from the file with its memory.
guest_trace_memory() { # ARCH
    trace_name=trace.memory.$1
    called_from=$PWD
    ./kos trace ping --arch "$1" -o "build/test/$trace_name" --keep-memory --mode overwrite --for 60 >"build/test/$trace_name.console" 2>&1 || { tail -5 "build/test/$trace_name.console"; return 1; }
    ./kos trace --memory "build/test/$trace_name/memory" --arch "$1" -o "build/test/$trace_name.again" >"build/test/$trace_name.console" 2>&1
    rm -f "build/test/$trace_name/memory"
    babeltrace2 "build/test/$trace_name" >"build/test/$trace_name.bt" && babeltrace2 "build/test/$trace_name.again" >"build/test/$trace_name.again.bt" || return 1
    [ -s "build/test/$trace_name.bt" ] && cmp -s "build/test/$trace_name.bt" "build/test/$trace_name.again.bt" || { echo "expected the same events from the memory as were drained"; return 1; }
}

# Without --for, of a solution that is far from its end: Ctrl-C, which all of the terminal's programs get, ends it, and the trace is there.
trace_ends() { # ARCH
    dir=build/test/trace.ends.$1
    rm -rf $dir
    env --default-signal=INT setsid ./kos trace random_calls --arch "$1" --cpus 2 --events ipc,sched --format text -o "$PWD/$dir" >$dir.console 2>$dir.log &
    session=$!
    ticks=0
    until [ -s $dir/ctf/cpu1 ] || [ $ticks -ge 600 ]; do sleep 0.1; ticks=$((ticks + 1)); done
    kill -INT -- -$session
    if wait $session; then status=0; else status=$?; fi
    [ $status = 0 ] || { echo "expected exit status 0, got $status"; cat $dir.log; return 1; }
    said=$(sed -n 's/^trace: .* \([0-9]*\) events, .*/\1/p' $dir.log)
    [ "${said:-0}" -ge 100 ] && [ "$(grep -c ' cpu[01] ' $dir/trace.txt)" = "$said" ] && [ "$(babeltrace2 $dir | wc -l)" = "$said" ] ||
        { echo "expected $said events, more than 100, as text and by babeltrace2; got $(grep -c ' cpu[01] ' $dir/trace.txt)"; return 1; }
    ! pgrep -s $session >/dev/null || { echo "expected no process to be left:"; pgrep -as $session; return 1; }
    [ ! -e /dev/shm/kos-trace.$session ] || { echo "expected the guest's memory not to be left"; return 1; }
}

# A disk that becomes full: it is said, the emulator ends, its memory goes, and what was written before can be read.
trace_full() {
    command -v unshare >/dev/null && unshare -m true 2>/dev/null || { echo "SKIP no file system of its own"; return 0; }
    dir=build/test/trace.full
    rm -rf $dir; mkdir -p $dir
    setsid unshare -m sh -c "mount -t tmpfs -o size=900k kos $dir && { KOS_BUILT=1 ./kos trace bench_ipc -o '$PWD/$dir/t' >$dir.console 2>$dir.log; echo \$? >$dir.status; babeltrace2 $dir/t 2>&1 >$dir.bt | grep -v discarded >$dir.err; }" &
    session=$!
    wait $session || true
    [ "$(cat $dir.status)" = 2 ] && grep -q '^kos: trace: cannot write .*: No space left on device' $dir.log || { echo "expected exit status 2 and 'no space', got $(cat $dir.status):"; tail -5 $dir.log; return 1; }
    [ ! -s $dir.err ] && [ "$(wc -l <$dir.bt)" -ge 1000 ] || { echo "expected babeltrace2 to read 1000 events and more without a word, got $(wc -l <$dir.bt)"; head -5 $dir.err; return 1; }
    ! pgrep -s $session >/dev/null || { echo "expected no process to be left:"; pgrep -as $session; return 1; }
}

trace_words() {
    mkdir -p build/test
    printf x >build/test/trace.short
    for words in 'trace' 'trace hello' 'trace hello -o' 'trace hello -o /proc/1/x' 'trace hello -o build/test/trace.short' 'trace hello ping -o build/test/x' 'trace nonsense -o build/test/x' \
        'trace hello -o build/test/x --for 0' 'trace hello -o build/test/x --events vax' 'trace hello -o build/test/x --format vax' 'trace hello -o build/test/x --mode vax' \
        'trace hello -o build/test/x --buffer 11' 'trace hello --nonsense' 'trace --memory /nowhere -o build/test/x' 'trace --memory build/test/trace.short -o build/test/x'; do
        if ./kos $words >/dev/null 2>build/test/trace.said; then status=0; else status=$?; fi
        [ $status = 2 ] && [ "$(wc -l <build/test/trace.said)" = 1 ] && ! grep -q 'Success$' build/test/trace.said ||
            { echo "./kos $words: expected exit status 2 and a line, got $status and:"; cat build/test/trace.said; return 1; }
    done
    if ./kos trace --analyze /nowhere >/dev/null 2>&1; then echo "expected --analyze to need a trace"; return 1; fi
    # a stream that ends amid its packet: a header that says a megabyte
    rm -rf build/test/trace.cut; mkdir -p build/test/trace.cut
    { printf '\301\037\374\301'; head -c 60 /dev/zero; printf '\000\000\200\000\000\000\000\000'; head -c 200 /dev/zero; } >build/test/trace.cut/cpu0
    for at in 24 32 40 48; do # wherever the size stands
        { printf '\301\037\374\301'; head -c $((at - 4)) /dev/zero; printf '\000\000\200\000\000\000\000\000'; head -c 200 /dev/zero; } >build/test/trace.cut/cpu0
        if build/host/trace text build/test/trace.cut >build/test/trace.said 2>&1; then status=0; else status=$?; fi
        [ $status -lt 2 ] || { echo "expected a trace that is cut off to be read as far as it goes, got status $status"; return 1; }
    done
    # nobody starts a trace: no empty one is offered
    if ./kos trace hello --events none -o build/test/trace.none >/dev/null 2>build/test/trace.said; then status=0; else status=$?; fi
    [ $status = 1 ] && grep -q 'made no rings' build/test/trace.said && ! grep -q babeltrace2 build/test/trace.said || { echo "expected status 1 and why, got $status:"; cat build/test/trace.said; return 1; }
    # text to a full disk
    ./kos trace hello -o build/test/trace.words >/dev/null 2>&1 || { echo "expected a trace of hello"; return 1; }
    if build/host/trace text build/test/trace.words/ctf >/dev/full 2>build/test/trace.said; then status=0; else status=$?; fi
    [ $status = 2 ] && grep -q 'No space left' build/test/trace.said || { echo "expected to be told of a full disk, got $status"; return 1; }
}
