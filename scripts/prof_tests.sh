# SPDX-License-Identifier: Apache-2.0
# Tests of ./kos prof and ./kos stat: sourced by scripts/test.sh.

prof_tests() {
    for arch in x86_64 aarch64; do
        printf 'prof/stress/%s\tprof_stress %s\n' $arch $arch
        printf 'prof/load/%s\tprof_load %s\n' $arch $arch
        printf 'prof/time/%s\tprof_time %s\n' $arch $arch
        printf 'prof/stat/%s\tprof_stat %s\n' $arch $arch
        printf 'run/perfcnt/%s\trun_perfcnt %s release 1\n' $arch $arch
        printf 'run/perfcnt/%s/4/debug\trun_perfcnt %s debug 4\n' $arch $arch
    done
    printf 'endpoints/aarch64/exact\tpmu_exact\n'
    printf 'prof/limit\tprof_limit\n'
    printf 'prof/counter/load\tprof_counter_load\nprof/counter/shared\tprof_counter_shared\n'
    printf 'prof/words\tprof_words\n'
}

# Stock perf reads a profile of 4 busy CPUs: it knows the function of 99 % of the samples, and in whose name they were
# taken; user code and kernel are both there, chains lead from one to the other, build ids are the files'.
prof_stress() { # ARCH
    mkdir -p build/test
    data=build/test/prof.$1.data script=build/test/prof.$1.script
    rm -f "$data" "$data.svg"
    ./kos prof random_calls --arch "$1" --cpus 4 --for 10 --period 20000 -o "$data" --flame "$data.svg" >build/test/prof.$1.log 2>&1 ||
        { echo "expected ./kos prof to end well:"; tail -5 build/test/prof.$1.log; return 1; }
    perf script -i "$data" -G -F comm,cpu,ip,sym,dso >"$script" 2>"$script.errors" ||
        { echo "expected perf script to read it:"; head -5 "$script.errors"; return 1; }
    perf report -i "$data" --stdio --no-children -g none --sort comm,dso,sym >"$script.report" 2>"$script.errors" &&
        [ ! -s "$script.errors" ] || { echo "expected perf report to read it and to have nothing to say:"; head -5 "$script.errors"; return 1; }
    awk '
        { samples++; kernel += /\(random_calls\.elf\)|\/random_calls\.elf\)/; user += /\.elf\.sym\)/; unknown += /\[unknown\]/
          for (i = 1; i <= NF; i++) if ($i ~ /^\[[0-9]+\]$/) cpus[$i] = 1 }
        END { for (c in cpus) seen++
              printf "%d samples, %d in the kernel, %d in programs, %d unknown, %d CPUs\n", samples, kernel, user, unknown, seen
              exit !(samples > 1000 && unknown * 100 <= samples && kernel > samples / 20 && user > 50 && seen == 4) }' "$script" ||
        { echo "expected over 1000 samples of 4 CPUs, kernel and programs, at most 1 % without a function"; return 1; }
    # from a function of the kernel, through its callers, to the program's first function
    perf script -i "$data" -F ip,sym 2>/dev/null | awk 'BEGIN { RS = "" } /core_VMM_Allocate/ && /_start/ { found++ } END { exit found < 5 }' ||
        { echo "expected chains from core_VMM_Allocate down to _start"; return 1; }
    id=$(llvm-readelf-19 -n "build/$1/tests/random_calls/caller.elf.sym" | awk '/Build ID/ { print $3 }')
    perf buildid-list -i "$data" | grep -q "^$id .*/caller.elf.sym$" || { echo "expected the build id $id of caller.elf"; return 1; }
    id=$(llvm-readelf-19 -n "build/$1/release/random_calls.elf" | awk '/Build ID/ { print $3 }')
    perf script -i "$data" --show-mmap-events 2>/dev/null | grep -q "<$id>.*random_calls.elf" || { echo "expected the kernel's build id $id"; return 1; }
    python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$data.svg" && grep -q 'class="k".*<title>core_VMM_Allocate (kernel)' "$data.svg" ||
        { echo "expected an SVG with the kernel's functions"; return 1; }
}

# Samples by the clock: perf knows the event for a clock, and there are about as many as milliseconds in which something ran.
prof_time() { # ARCH
    mkdir -p build/test
    data=build/test/prof.time.$1.data
    rm -f "$data"
    ./kos prof bench_ipc --arch "$1" --for 4 --event time -o "$data" >build/test/prof.time.$1.log 2>&1 ||
        { echo "expected ./kos prof to end well:"; tail -5 build/test/prof.time.$1.log; return 1; }
    # what comes before the kernel's first function is firmware
    perf script -i "$data" -G -F event,period,ip,sym 2>"$data.errors" | awk '
        !/\[unknown\]/ { begun = 1 }
        !begun { next }
        { samples++; wrong += $0 !~ / 1000000 +cpu-clock/; unknown += /\[unknown\]/ }
        END { if (samples < 200 || samples > 4500 || wrong > 0 || unknown * 100 > samples) { printf "expected 200 to 4500 samples of a millisecond, by cpu-clock, at most 1 %% without a name; got %d, %d others, %d without\n", samples, wrong, unknown; exit 1 } }'
}

# The load of trace/load: all that bench rt does beside its wake-ups, on four CPUs. perf report, as anybody calls it, has a name for 99 % of the samples.
prof_load() { # ARCH
    mkdir -p build/test
    data=build/test/prof.load.$1.data
    rm -f "$data"
    KOS_APPEND="rt.threads=4 rt.interval=1000 rt.distance=500 rt.loops=100 rt.buckets=0" \
        ./kos prof bench_rt --arch "$1" --cpus 4 --for 10 --period 20000 -o "$data" >build/test/prof.load.$1.log 2>&1 ||
        { echo "expected ./kos prof to end well:"; tail -5 build/test/prof.load.$1.log; return 1; }
    perf report -i "$data" --stdio --no-children -g none --sort sym -F sample,sym >"$data.report" 2>"$data.errors" && [ ! -s "$data.errors" ] ||
        { echo "expected perf report to read it and to have nothing to say:"; head -5 "$data.errors"; return 1; }
    awk '/^#/ || NF == 0 { next } { samples += $1 } $0 ~ /(\[unknown\]|0x[0-9a-f]+)/ { unknown += $1 }
        END { if (samples < 1000 || unknown * 100 > samples) { printf "expected over 1000 samples, at most 1 %% without a name, got %d, %d\n", samples, unknown; exit 1 } }' "$data.report"
}

# perf's view of samples that the kernel took by its counter: DATA MILLISECONDS-AT-MOST CPUS
prof_counter_samples() {
    perf script -i "$1" -G -F comm,cpu,event,period,ip,sym 2>"$1.errors" | awk -v most="$2" -v cpus="$3" '
        { samples++; match($0, /\[[0-9]+\]/); by[substr($0, RSTART, RLENGTH)]++
          wrong += $0 !~ / 1000000 +cycles/; unknown += /\[unknown\]/; kernel += / ffffffff8/; idle += /^ *idle/ && /hal_cpu_idle/ }
        END {
            for (c in by) { seen++; if (by[c] > most + 1) { print "expected a sample each million cycles of 1 GHz, at most " most " of a CPU, got " by[c]; exit 1 } }
            printf "%d samples of %d CPUs, %d in the kernel, %d of these idle, %d unknown, %d of another event\n", samples, seen, kernel, idle, unknown, wrong
            exit !(seen == cpus && samples > 100 * cpus && wrong == 0 && unknown * 100 <= samples && idle > 0 && kernel > idle && kernel < samples - 20) }'
}

# The kernel samples itself, interrupted by the PMU: user code with its callers, the kernel idle and at its preemption points.
prof_counter_load() {
    mkdir -p build/test
    data=build/test/prof.counter.data
    rm -f "$data"
    begun=$(date +%s%N)
    KOS_APPEND="rt.threads=4 rt.interval=1000 rt.distance=500 rt.loops=100 rt.buckets=0" \
        ./kos prof bench_rt --arch aarch64 --cpus 4 --for 10 --event cycles -o "$data" --flame "$data.svg" >build/test/prof.counter.log 2>&1 ||
        { echo "expected ./kos prof to end well:"; tail -5 build/test/prof.counter.log; return 1; }
    prof_counter_samples "$data" $((($(date +%s%N) - begun) / 1000000)) 4 ||
        { echo "expected more than 400 samples of 4 CPUs, by cycles, at most 1 % without a function, idle and kernel and programs:"; head -5 "$data.errors"; return 1; }
    grep -q '^trace: .* 0 dropped$' build/test/prof.counter.log || { echo "expected no sample to be dropped:"; grep '^trace:' build/test/prof.counter.log; return 1; }
    perf script -i "$data" -F ip,sym 2>/dev/null | awk 'BEGIN { RS = "" } NF >= 6 && /_start[^_]*$/ { found++ } END { exit found < 5 }' ||
        { echo "expected chains of three functions and more, down to _start"; return 1; }
    grep -q '</svg>' "$data.svg" || { echo "expected a flame graph"; return 1; }
    if ./kos prof hello --event cycles -o "$data" >build/test/prof.counter.log 2>&1; then status=0; else status=$?; fi
    [ $status = 2 ] && grep -q 'with --arch aarch64 only' build/test/prof.counter.log || { echo "expected to be told that x86_64 has no counters, got $status:"; cat build/test/prof.counter.log; return 1; }
}

# A suite counts by the other counters meanwhile, and neither disturbs the other; with the older interrupt controller. A
# signal ends it, once those tests have passed.
prof_counter_shared() {
    mkdir -p build/test
    file=build/test/prof.shared
    rm -f $file.data
    KOS_MACHINE=virt,gic-version=2 ./kos prof endpoints --arch aarch64 --cpus 2 --event cycles -o $file.data >$file 2>$file.log &
    prof=$!
    ticks=0
    while kill -0 $prof 2>/dev/null && [ $ticks -lt 2400 ] && ! grep -q 'PASS profiler/thread_pmu/anywhere' $file; do sleep 0.1; ticks=$((ticks + 1)); done
    kill $prof
    wait $prof || { echo "expected ./kos prof to end well:"; tail -5 $file.log; return 1; }
    tr -d '\r' <$file >$file.text
    for name in pmu.cycles/region pmu.cycles/machine profiler/pmu/off profiler/thread_pmu/cycles_of_a_region profiler/thread_pmu/anywhere; do
        grep -qx "PASS $name" $file.text || { echo "expected $name to pass:"; grep -a '^FAIL' $file.text | head -5; return 1; }
    done
    ! grep '^FAIL .*pmu' $file.text || return 1
    [ "$(perf script -i $file.data -G -F ip,sym 2>/dev/null | grep -c '_[a-z]')" -ge 100 ] || { echo "expected a hundred samples and more"; return 1; }
}

# Counters of a run: what must be there is there, and fits together.
prof_stat() { # ARCH
    mkdir -p build/test
    ./kos stat scheduling --arch "$1" --cpus 2 >build/test/stat.$1 2>&1 || { echo "expected ./kos stat to end well:"; tail -5 build/test/stat.$1; return 1; }
    awk '
        $2 ~ /^[a-z]+(:[uk])?$/ && $1 ~ /^[0-9,]+$/ { gsub(",", ""); value[$2] = $1; rest = 0; for (i = 3; i <= 4; i++) rest += $i; parts[$2] = rest }
        END {
            split("instructions:u instructions:k loads:u loads:k stores:u stores:k blocks:u blocks:k calls replies slow idles timers ipis exceptions", wanted, " ")
            for (i in wanted) if (!(value[wanted[i]] > 0)) { print "expected " wanted[i]; bad = 1 }
            for (name in value) if (value[name] != parts[name]) { print "expected the CPUs to add up: " name; bad = 1 }
            if (value["interrupts"] + 0 < value["timers"] + value["ipis"]) { print "expected no more timers and IPIs than interrupts"; bad = 1 }
            if (value["calls"] + value["replies"] < value["slow"]) { print "expected no more slow calls than calls"; bad = 1 }
            if (value["instructions:u"] < value["blocks:u"]) { print "expected more instructions than blocks"; bad = 1 }
            exit bad
        }' build/test/stat.$1 || { cat build/test/stat.$1; return 1; }
}

# ./kos prof or stat, ended by the limit: it says so, and by which, with exit status 124.
prof_ends_late() { # EXPECTED-MESSAGE WORDS...
    expected=$1
    shift
    if KOS_SECONDS=$limit ./kos "$@" >build/test/prof.limit 2>&1; then status=0; else status=$?; fi
    [ $status = 124 ] && grep -q "^kos: $1: $expected" build/test/prof.limit ||
        { echo "./kos $*: expected exit status 124 and '$expected', got $status and:"; tail -5 build/test/prof.limit; return 1; }
}

# random_calls goes on for longer. What it did until the limit is told; of an emulator that does not end, nothing is.
prof_limit() {
    mkdir -p build/test/prof.tmp
    rm -f build/test/prof.limit.data build/test/prof.tmp/*
    limit=4 late='random_calls had not ended after 4 s and was stopped.*KOS_SECONDS'
    prof_ends_late "$late" stat random_calls && grep -q '[1-9][0-9,]*  instructions:k' build/test/prof.limit || { echo "expected the counts until then"; return 1; }
    prof_ends_late "$late" prof random_calls -o build/test/prof.limit.data &&
        perf script -i build/test/prof.limit.data -F ip 2>/dev/null | grep -q . || { echo "expected the profile until then"; return 1; }
    KOS_SECONDS=1 ./kos stat random_calls --for 2 >build/test/prof.limit 2>&1 || { echo "expected --for to stand above the limit:"; cat build/test/prof.limit; return 1; }
    (
        ticks=0
        until pid=$(pgrep -f -- "^qemu-system-x86_64.*,out=$PWD/build/test/prof.tmp/") || [ $ticks -ge 600 ]; do sleep 0.1; ticks=$((ticks + 1)); done
        kill -STOP $pid
    ) &
    TMPDIR=$PWD/build/test/prof.tmp prof_ends_late 'QEMU did not end when it was told to' stat random_calls || return 1
    wait
    [ -z "$(ls build/test/prof.tmp)" ] || { echo "expected no file to be left, got $(ls build/test/prof.tmp)"; return 1; }
    ! pgrep -f -- "^qemu-system-x86_64.*,out=$PWD/build/test/prof.tmp/" || { echo "expected no emulator to be left"; return 1; }
}

# Numbers apart, it prints what its README says.
run_perfcnt() { # ARCH VARIANT CPUS
    mkdir -p build/test
    file=build/test/perfcnt.$1.$2.$3
    timeout -k 5 60 ./kos run perfcnt --arch "$1" --cpus "$3" $([ "$2" = debug ] && echo --debug) 2>&1 | tr -d '\r' >"$file" || true
    awk '/^What it prints/ { wanted = 1; next } wanted && /^```/ { if (inside) exit; inside = 1; next } inside' examples/perfcnt/README.md |
        sed 's/[0-9][0-9]*/#/g' >"$file.expected"
    [ -s "$file.expected" ] && sed 's/[0-9][0-9]*/#/g' "$file" | diff "$file.expected" - ||
        { echo "expected (<), got (>), with # for a number; all of it:"; cat "$file"; return 1; }
}

# All endpoints where every instruction is a nanosecond, and counts: the only emulator that has the event.
pmu_exact() {
    KOS_APPEND='endpoints.word endpoints.value=a=b  endpoints.empty= endpoints.last=9'
    KOS_ACCEL='-accel tcg -icount shift=0,sleep=off'
    KOS_CPU=cortex-a57,cntfrq=1000000000 KOS_SECONDS=150
    guest_suite endpoints aarch64 1 release exact
    status=$?
    unset KOS_APPEND KOS_ACCEL KOS_CPU KOS_SECONDS
    [ $status = 0 ] || return $status
    grep -q '^performance monitoring: PMUv3$' build/test/endpoints.aarch64.exact.release ||
        { echo "expected a PMU that counts instructions:"; grep '^performance' build/test/endpoints.aarch64.exact.release; return 1; }
}

prof_words() {
    for words in 'prof' 'stat' 'prof nonsense' 'prof hello --nonsense' 'prof hello --event vax' 'prof hello --period 0' 'prof hello -o /nowhere/file' \
        'stat hello -o x' 'stat hello --cpus 65' 'stat hello --for 0' 'prof hello --arch aarch64 --event cycles --period 99'; do
        if ./kos $words >/dev/null 2>&1; then status=0; else status=$?; fi
        [ $status = 2 ] || { echo "./kos $words: expected exit status 2, got $status"; return 1; }
    done
    for limit in 0 soon; do
        if KOS_SECONDS=$limit ./kos stat hello >/dev/null 2>&1; then status=0; else status=$?; fi
        [ $status = 2 ] || { echo "KOS_SECONDS=$limit: expected exit status 2, got $status"; return 1; }
    done
    if ./kos prof hello -o /dev/full >build/test/prof.full 2>&1; then status=0; else status=$?; fi
    [ $status = 1 ] && grep -q '^kos: cannot write all of /dev/full: No space left' build/test/prof.full || { echo "expected to be told of a full disk, got $status:"; tail -3 build/test/prof.full; return 1; }
    ./kos prof --help | grep -q usage || { echo "./kos prof --help: expected the usage"; return 1; }
}
