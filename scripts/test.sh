# SPDX-License-Identifier: Apache-2.0
# ./kos test: sourced by kos. A test is a shell function test_<name>; it prints what it expected when it fails.

passed=0 failed=0 skipped=0
. scripts/languages.sh
. scripts/psl.sh
. scripts/psl_table.sh
. scripts/policy_tests.sh
. scripts/trace_tests.sh
. scripts/report_tests.sh
. scripts/prof_tests.sh
. scripts/strangers.sh

result() { # ok|no NAME [EXPECTED]
    if [ "$1" = ok ]; then
        passed=$((passed + 1)); echo "PASS $2"
    else
        failed=$((failed + 1)); echo "FAIL $2${3:+: $3}"
    fi
}

# name<TAB>command; the command's output is shown if it fails
tests() {
    cat <<'LIST'
lint/format	lint_format
lint/tidy	lint_tidy
lint/no_architecture_outside_hal	lint_architecture
lint/file_length	lint_length
lint/spdx	lint_spdx
lint/no_leftovers	lint_leftovers
headers/c11	headers c11
headers/c++17	headers c++17
build/all	build_all
build/noop	build_noop
build/reproducible	build_reproducible
command/unknown_words	command_words
command/run_ends/x86_64	command_run_ends x86_64
command/run_ends/aarch64	command_run_ends aarch64
command/gdb/x86_64	command_gdb x86_64 31234
command/gdb/aarch64	command_gdb aarch64 31235
unit/elf	unit elf
unit/romfs	unit romfs
unit/hal_identifiers	unit hal_identifiers
unit/smp_tree	unit smp_tree
simulation/edf	simulation edf
simulation/balance	simulation balance
unit/page	unit page
unit/memory_page	unit memory_page
unit/memory_object_cache	unit memory_object_cache
unit/memory_space	unit memory_space
unit/memory_change	unit memory_change
unit/memory_string	unit memory_string
unit/object_capability	unit object_capability
unit/object_capability_failure	unit object_capability_failure
unit/object_revoke	unit object_revoke
unit/ksm_message	unit ksm_message
unit/ksm_policy	unit ksm_policy
unit/ksm_content	unit ksm_content
unit/ksm_models	unit ksm_models
unit/ksm_hashset	unit ksm_hashset
unit/ksm_transaction	unit ksm_transaction
unit/audit	unit audit
unit/klog_storage	unit klog_storage
unit/trace_rings	unit trace_rings
unit/sched_run_queue	unit sched_run_queue
unit/sched_timer	unit sched_timer
fuzz/elf	fuzz_short elf
fuzz/romfs	fuzz_short romfs
fuzz/fdt	fuzz_short fdt
fuzz/acpi	fuzz_short acpi
fuzz/message	fuzz_short message
run/hello/x86_64	run_hello x86_64 release 1
run/hello/aarch64	run_hello aarch64 release 1
run/ping/x86_64	run_example ping x86_64 release 1
run/ping/aarch64	run_example ping aarch64 release 1
run/ping/x86_64/4/debug	run_example ping x86_64 debug 4
run/ping/aarch64/4/debug	run_example ping aarch64 debug 4
run/mic/x86_64	run_example mic x86_64 release 1
run/mic/aarch64	run_example mic aarch64 release 1
run/mic/x86_64/4/debug	run_example mic x86_64 debug 4
run/mic/aarch64/4/debug	run_example mic aarch64 debug 4
run/rt/x86_64	run_rt x86_64
run/rt/aarch64	run_rt aarch64
run/echo/x86_64	run_echo x86_64 release 1
run/echo/aarch64	run_echo aarch64 release 1
run/echo/x86_64/4/debug	run_echo x86_64 debug 4
run/echo/aarch64/4/debug	run_echo aarch64 debug 4
run/audit/x86_64	run_audit x86_64 release 1
run/audit/aarch64	run_audit aarch64 debug 4
command/new/x86_64	command_new_runs x86_64
command/new/aarch64	command_new_runs aarch64
command/new/words	command_new_words
run/hello/x86_64/4/debug	run_hello x86_64 debug 4
run/hello/aarch64/4/debug	run_hello aarch64 debug 4
LIST
    language_tests
    psl_tests
    policy_command_tests
    trace_tests
    prof_tests
    stranger_tests
    for arch in x86_64 aarch64; do
        for cpus in 1 2 4; do
            for variant in release debug; do
                printf 'system/%s/%s/%s\tguest_suite system %s %s %s\n' $arch $cpus $variant $arch $cpus $variant
            done
        done
        for cpus in 1 2 4; do
            printf 'calls/%s/%s/debug\tguest_suite calls %s %s debug\n' $arch $cpus $arch $cpus
            printf 'arenas/%s/%s/debug\tguest_suite arenas %s %s debug\n' $arch $cpus $arch $cpus
            printf 'notices/%s/%s/debug\tguest_suite notices %s %s debug\n' $arch $cpus $arch $cpus
            printf 'scheduling/%s/%s/debug\tguest_suite scheduling %s %s debug\n' $arch $cpus $arch $cpus
            printf 'devices/%s/%s/debug\tguest_suite devices %s %s debug\n' $arch $cpus $arch $cpus
        done
        printf 'isolation/%s/4/debug\tguest_suite isolation %s 4 debug\n' $arch $arch
        printf 'scheduling/%s/exact\tguest_exact scheduling %s\n' $arch $arch
        printf 'pauses/%s/exact\tguest_exact pauses %s\n' $arch $arch
        printf 'pauses/%s/2/debug\tguest_suite pauses %s 2 debug\n' $arch $arch
        printf 'edf/%s\tguest_edf %s\n' $arch $arch
        printf 'endpoints/%s/1/release\tguest_endpoints %s 1 release\n' $arch $arch
        for cpus in 1 2 4; do
            printf 'endpoints/%s/%s/debug\tguest_endpoints %s %s debug\n' $arch $cpus $arch $cpus
            printf 'random_calls/%s/%s/debug\tguest_random_calls %s %s\n' $arch $cpus $arch $cpus
        done
        printf 'random_calls/%s/16/debug\tguest_random_calls %s 16\n' $arch $arch
        printf 'notices/%s/16/debug\tguest_suite notices %s 16 debug\n' $arch $arch
        printf 'libkos/%s/16/debug\tguest_suite libkos %s 16 debug\n' $arch $arch
        for cpus in 1 4; do
            printf 'libkos/%s/%s/debug\tguest_suite libkos %s %s debug\n' $arch $cpus $arch $cpus
            printf 'audit/%s/%s/debug\tguest_suite test_audit %s %s debug\n' $arch $cpus $arch $cpus
            printf 'decisions/%s/%s/debug\tguest_suite test_decisions %s %s debug\n' $arch $cpus $arch $cpus
        done
        printf 'endpoints/%s/64/release\tguest_endpoints %s 64 release\n' $arch $arch
        for cpus in 16 64; do
            printf 'system/%s/%s/debug\tguest_suite system %s %s debug\n' $arch $cpus $arch $cpus
            for suite in calls arenas scheduling; do
                printf '%s/%s/%s/release\tguest_suite %s %s %s release\n' $suite $arch $cpus $suite $arch $cpus
            done
        done
    done
    printf 'endpoints/x86_64/no_xsave\tguest_endpoints_no_xsave\n'
    printf 'system/aarch64/gicv2/debug\tguest_suite_gicv2 system\n'
    printf 'devices/aarch64/gicv2/debug\tguest_suite_gicv2 devices\n'
    printf 'policy/absent/x86_64\tno_policy x86_64\npolicy/absent/aarch64\tno_policy aarch64\n'
    awk -F'\t' '$0 !~ /^#/ { name = "model/" $1 ($2 == "-" ? "" : "/" $2); print name "\tmodel " $1 " " $2
        count = split($3, mutations, " ")
        for (i = 1; i <= count; i++) print name "/" mutations[i] "\tmodel " $1 " " $2 " " mutations[i] }' tests/models/list.tsv
    printf 'model/list\tmodel_list\n'
    report_tests
    printf 'bench/bars\tbench_bars\n'
    printf 'bench/ksm/x86_64\tbench_ksm x86_64\nbench/ksm/aarch64\tbench_ksm aarch64\n'
    printf 'bench/conflicts/x86_64\tbench_conflicts x86_64\nbench/conflicts/aarch64\tbench_conflicts aarch64\n'
    printf 'bench/rt/x86_64\tbench_rt x86_64\nbench/rt/aarch64\tbench_rt aarch64\n'
    for arch in x86_64 aarch64; do printf 'bench/interrupts_off/quick/%s\tbench_interrupts_off %s off_quick_runs\n' $arch $arch; done
    printf 'bench/interrupts_off/x86_64\tbench_interrupts_off x86_64\nbench/interrupts_off/aarch64\tbench_interrupts_off aarch64\n'
    printf 'bench/peers/parsing\tbench_peers_parsing\nbench/peers/x86_64\tbench_peers x86_64\nbench/peers/aarch64\tbench_peers aarch64\n'
    printf 'bench/peers/rt/x86_64\tbench_peers_rt x86_64\nbench/peers/rt/aarch64\tbench_peers_rt aarch64\n'
    printf 'bench/native\tbench_native\n'
    printf 'bench/scale/x86_64\tbench_scale x86_64\nbench/scale/aarch64\tbench_scale aarch64\n'
}

sources() { git ls-files -- '*.c' '*.h'; }

simulation() { # NAME
    ninja "build/host/simulation/$1" >/dev/null && "build/host/simulation/$1"
}
lint_format() {
    sources | grep -v '^tests/strangers/' | xargs clang-format-19 --dry-run --Werror 2>&1 | head -5 | grep . && { echo "expected: clang-format changes nothing"; return 1; }
    return 0
}
# Folders that clang-tidy looks at.
linted='ipc|traces|kernel|sched|smp|memory|object|ksm|image|hal|libkos|libklog|examples/(hello|echo|audit)'
linted="$linted|benchmarks/(ipc|policies|arena|conflicts|scale|rt)|tools/(language|nk|nk-gen-c|einit|trace)"
linted="$linted|tests/(system|audit|calls|decisions|arenas|generated|notices|edf|scheduling|devices|isolation|endpoints|pauses|random_calls|libkos)"
lint_tidy() {
    command -v clang-tidy-19 >/dev/null || { echo "expected clang-tidy-19"; return 1; }
    mkdir -p build/tidy
    ninja -f ninja/all.ninja -t compdb kernel_c user_c tool_c posix_c >build/tidy/compile_commands.json
    sources | grep '\.c$' | grep -E "^($linted)/" |
        xargs -P"$(nproc)" -n8 clang-tidy-19 -p build/tidy --quiet 2>/dev/null | grep -E 'warning:|error:' | sort -u | head -20 | grep . &&
        { echo "expected: clang-tidy has nothing to say"; return 1; }
    lint_tidy_solutions
}
# Solutions in folders of their own are in no build file: headers as ./kos run makes them, options as a neighbour's.
lint_tidy_solutions() {
    build build/host/nk-gen-c
    clang-tidy-19 -p build/tidy --quiet --extra-arg=-isystem"$PWD/build/generated" programs/*.c 2>&1 | grep -E 'warning:|error:' | sort -u | grep . &&
        { echo "expected: clang-tidy has nothing to say"; return 1; }
    for folder in examples/ping examples/mic examples/perfcnt examples/rt tests/placement tests/trace; do
        headers_generate $folder build/tidy/$(basename $folder) || return 1
        clang-tidy-19 -p build/tidy --quiet --extra-arg=-isystem"$built/include" --extra-arg=-I"$(dirname $folder)" $folder/*.c 2>&1 | grep -E 'warning:|error:' | sort -u | head -20 | grep . &&
            { echo "expected: clang-tidy has nothing to say"; return 1; }
    done
    return 0
}
lint_architecture() {
    sources | grep -v -e '^hal/' -e '^libkos/arch/' | xargs grep -nE '^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef|elif).*(x86|X86|aarch64|AARCH64|__arm)' &&
        { echo "expected: no condition on the architecture outside hal/ and libkos/arch/"; return 1; }
    return 0
}
lint_length() {
    long=$(git ls-files -- '*.c' '*.h' '*.S' | xargs wc -l | awk '$2 != "total" && $1 > 600')
    [ -z "$long" ] || { echo "expected at most 600 lines: $long"; return 1; }
}
lint_spdx() {
    without=$(git ls-files -- '*.c' '*.h' '*.S' | xargs grep -L 'SPDX-License-Identifier: Apache-2.0')
    [ -z "$without" ] || { echo "expected an SPDX line in: $without"; return 1; }
}
lint_leftovers() {
    word='TO''DO|FIX''ME|X''XX'
    git ls-files -- '*.c' '*.h' '*.S' | xargs grep -nE "\b($word)\b" && { echo "expected none"; return 1; }
    return 0
}
# Every public header of libkos alone, and twice, for both architectures.
headers() { # LANGUAGE
    case $1 in c++*) dialect="-x c++ -std=$1" ;; *) dialect="-x c -std=$1" ;; esac
    git ls-files -- 'libkos/include/*.h' | sed 's|^libkos/include/||; s|^libc/||' >build/headers.list
    [ "$(wc -l <build/headers.list)" -gt 50 ] || { echo "expected more than 50 headers"; return 1; }
    for arch in x86_64 aarch64; do
        while read -r header; do
            printf '#include <%s>\n#include <%s>\nint headers_compile;\n' "$header" "$header" |
                clang-19 $dialect --target=$arch-unknown-none-elf -ffreestanding -fsyntax-only -Wall -Wextra -Wpedantic -Werror \
                    -Ilibkos/include -Ilibkos/include/libc -I. -Ilibkos/arch/$arch/include - 2>&1 | sed "s|^|$header, $arch: |"
        done <build/headers.list
    done | head -20 | grep . && { echo "expected no diagnostics"; return 1; }
    return 0
}
build_all() { build; }
build_noop() {
    build
    start=$(date +%s%N); ninja >/dev/null; end=$(date +%s%N)
    ms=$(((end - start) / 1000000))
    [ $ms -lt 200 ] || { echo "expected under 200 ms, took $ms"; return 1; }
}
build_reproducible() {
    rm -rf build/copy; mkdir -p build/copy
    git ls-files -z | xargs -0 cp --parents -t build/copy
    (cd build/copy && ninja >ninja.log 2>&1) || { tail -5 build/copy/ninja.log; return 1; }
    for image in x86_64/release/bench_ipc.elf x86_64/debug/hello.elf aarch64/release/bench_ipc.bin aarch64/debug/hello.bin; do
        cmp "build/$image" "build/copy/build/$image" || { echo "expected the same bytes from two directories"; return 1; }
    done
    rm -rf build/copy
}
command_words() {
    for words in nonsense 'bench nonsense' 'bench' 'run' 'run nonsense' 'run hello --nonsense' 'run hello --arch' 'run hello --cpus 0' \
        'run hello --cpus 65' 'run hello --cpus x' 'run hello --accel vax' 'bench ipc --arch vax' 'bench ipc --json' 'bench ipc --json /nowhere/file' 'bench footprint --nonsense' \
        'bench conflicts --nonsense' 'bench conflicts --lines nonsense' 'bench rt --nonsense' 'bench ipc --vs vax' 'bench rt --vs' 'bench native --nonsense' 'bench rt -p 99' 'fuzz nonsense' 'fuzz elf --for 0' 'test nonsense' 'test --nonsense' \
        'build nonsense' 'compdb nonsense'; do
        if ./kos $words >/dev/null 2>&1; then status=0; else status=$?; fi
        [ $status = 2 ] || { echo "./kos $words: expected exit status 2, got $status"; return 1; }
    done
    for words in '' bench 'bench ipc' 'bench footprint' 'bench conflicts' 'bench rt' 'bench native' run test fuzz build compdb; do
        ./kos $words --help | grep -q usage || { echo "./kos $words --help: expected the usage"; return 1; }
    done
    # of one command only that
    ./kos bench ksm --help | grep -q '^usage: ./kos bench ksm' && ! ./kos bench ksm --help | grep -q footprint || { echo "expected the usage of bench ksm:"; ./kos bench ksm --help; return 1; }
    # a file is meant from where one stands
    (cd build/test && rm -f words.json && ../../kos bench ksm --arch x86_64 --json words.json >/dev/null 2>&1 && [ -s words.json ]) || { echo "expected build/test/words.json"; return 1; }
}
# ./kos run that is told to end leaves no machine.
command_run_ends() {
    mkdir -p build/test
    : >build/test/run_ends # what an earlier run left
    ./kos run system --arch "$1" >build/test/run_ends 2>&1 &
    pid=$!
    ticks=0
    while ! grep -q PASS build/test/run_ends && [ $ticks -lt 600 ]; do sleep 0.1; ticks=$((ticks + 1)); done
    machine=$(pgrep -P $pid qemu-system) || { echo "expected a machine to run; got:"; tail -5 build/test/run_ends; return 1; }
    kill $pid
    if wait $pid; then status=0; else status=$?; fi
    [ $status = 143 ] || { echo "expected exit status 143, got $status"; return 1; }
    ! kill -0 "$machine" 2>/dev/null || { echo "expected the machine to be gone"; kill "$machine"; return 1; }
}
# A debugger that keeps the machine waiting, finds it stopped, and lets it go on.
command_gdb() { # ARCH PORT
    mkdir -p build/test
    name=build/test/gdb.$1
    ./kos run hello --arch "$1" --gdb="$2" >"$name" 2>"$name.err" &
    pid=$!
    perl -MIO::Socket::INET -e '
        my ($port, $console) = @ARGV;
        my $machine;
        for (1 .. 1200) { last if $machine = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port); select undef, undef, undef, 0.1 }
        $machine or die "expected somebody to listen at port $port\n";
        sub ask { my ($text) = @_; print $machine sprintf "+\$%s#%02x", $text, unpack("%8C*", $text); $machine->flush }
        ask("?");
        my $answer = "";
        $answer .= $_ while $answer !~ /#../ && sysread $machine, $_, 100;
        $answer =~ /\$[ST]05/ or die "expected the machine to be stopped, got $answer\n";
        -s $console and die "expected nothing on the console before the debugger says so\n";
        ask("c");
        for (1 .. 600) { exit 0 if -s $console; select undef, undef, undef, 0.1 }
        die "expected the machine to go on\n"' "$2" "$name" 2>&1 || { kill $pid; return 1; }
    status=0
    wait $pid || status=$?
    [ $status = 0 ] || { echo "expected the machine to end by itself, got exit status $status"; tail -3 "$name.err"; return 1; }
    grep -qF "target remote :$2" "$name.err" || { echo "expected the line to paste; got:"; cat "$name.err"; return 1; }
}
unit() { build "build/host/unit/$1" && "build/host/unit/$1" 2>&1; }
fuzz_short() {
    build "build/host/fuzz/$1" && mkdir -p "build/corpus/$1" &&
        "build/host/fuzz/$1" -max_total_time=5 -timeout=60 -verbosity=0 -artifact_prefix="build/corpus/$1/" "build/corpus/$1" $(fuzz_seeds "$1") 2>&1
}
# An exhaustive search by spin; with a mutation, one that must find an error.
model() { # MODEL CASE [MUTATION]
    directory=build/models/$1.$2.${3:-}
    rm -rf "$directory"; mkdir -p "$directory"
    cp tests/models/*.inc "tests/models/$1.pml" "$directory"
    options=""
    [ "$2" = - ] || options=-D$2
    (
        cd "$directory" || exit 1
        spin '-Pclang-19 -E -x c' $options ${3:+"-DMUTATION_$3"} -a "$1.pml" || exit 1
        # inlining makes the search no faster and the compilation three times as long
        clang-19 -w $([ -n "${3:-}" ] && echo -O0 || echo -O1 -fno-inline) -DSAFETY -DNOCLAIM -DMEMLIM=900 -o pan pan.c || exit 1
        ulimit -t 60
        ./pan -m50000 -w21 >result || { echo "expected the search to end within 60 s of CPU time"; exit 1; }
    ) 2>&1 || return 1
    if grep -qE 'max search depth|DMEMLIM|out of memory' "$directory/result" || ! grep -q '^State-vector' "$directory/result"; then
        echo "expected a search of all states:"; head -20 "$directory/result"; return 1
    fi
    if [ -n "${3:-}" ]; then
        grep -q 'errors: 1$' "$directory/result" || { echo "expected spin to find the error"; return 1; }
    else
        grep -q 'errors: 0$' "$directory/result" && ! grep -q 'not completed' "$directory/result" ||
            { echo "expected no error:"; head -20 "$directory/result"; return 1; }
    fi
}
model_list() {
    bad=0
    for file in tests/models/*.pml; do
        name=$(basename "$file" .pml)
        grep -o 'MUTATION_[a-z_0-9]*' "$file" | sort -u | sed 's/MUTATION_//' >build/mutations.text
        awk -F'\t' -v name="$name" '$1 == name { count = split($3, m, " "); for (i = 1; i <= count; i++) print m[i] }' tests/models/list.tsv |
            sort -u >build/mutations.list
        cmp -s build/mutations.text build/mutations.list ||
            { echo "expected the mutations of $file in tests/models/list.tsv:"; diff build/mutations.text build/mutations.list; bad=1; }
    done
    # what the code names is in the model
    git grep -hoE 'model: [a-z_]+\.pml [A-Z_]{2,}' -- '*.c' '*.h' '*.S' | sort -u | while read -r _ file step; do
        grep -qw "$step" "tests/models/$file" || echo "expected step $step in tests/models/$file"
    done | grep . && bad=1
    return $bad
}
# boots an image, at most 240 s or KOS_SECONDS: that catches hangs only, on slow hosts, too; the console goes to a file
console() { # ARCH VARIANT SOLUTION CPUS FILE
    (boot_exec=exec; boot "$1" "build/$1/$2/$3" -smp "$4" ${KOS_ACCEL:--accel tcg,thread=multi}) </dev/null >"$5.raw" 2>&1 &
    pid=$!
    ticks=0
    while kill -0 $pid 2>/dev/null && [ $ticks -lt $((10 * ${KOS_SECONDS:-240})) ]; do sleep 0.1; ticks=$((ticks + 1)); done
    if kill -0 $pid 2>/dev/null; then
        kill -KILL $pid
        echo "TIMEOUT after ${KOS_SECONDS:-240} s" >>"$5.raw"
    fi
    wait $pid 2>/dev/null || true
    tr -d '\r' <"$5.raw" >"$5"
}
run_hello() {
    mkdir -p build/test
    console "$1" "$2" hello "$3" "build/test/hello.$1.$2.$3"
    [ "$(cat "build/test/hello.$1.$2.$3")" = "Hello world!" ] ||
        { echo "expected 'Hello world!', got:"; tail -20 "build/test/hello.$1.$2.$3"; return 1; }
}
run_echo() {
    mkdir -p build/test
    console "$1" "$2" echo "$3" "build/test/echo.$1.$2.$3"
    printf '1: hello -> hello!\n2: world -> world!\n' >build/test/echo.expected
    cmp -s build/test/echo.expected "build/test/echo.$1.$2.$3" ||
        { echo "expected (<), got (>):"; diff build/test/echo.expected "build/test/echo.$1.$2.$3"; return 1; }
}
# The client's lines, and the log's between them, in the order of the decisions.
run_audit() {
    mkdir -p build/test
    file=build/test/audit.$1.$2.$3
    console "$1" "$2" audit "$3" "$file"
    printf 'put 7: stored\nget 7: 70\nput 100: denied\nget 100: denied\n' >build/test/audit.expected
    grep -E '^(put|get) ' "$file" | cmp -s build/test/audit.expected - || { echo "expected the client's four lines, got:"; cat "$file"; return 1; }
    place='examples/audit/security.psl:[0-9]*:5$'
    sides='request audit.Client ([0-9]*) -> audit.Server ([0-9]*), part.store'
    grep '^AUDIT' "$file" >"$file.log"
    for line in "^AUDIT [0-9.]* cpu [0-9]* #[0-9]* granted $sides.Put: base.assert granted at $place" \
        "^AUDIT(!) .* denied $sides.Put: base.assert denied at $place" "^AUDIT(!) .* denied $sides.Get: base.assert denied at $place"; do
        grep -q "$line" "$file.log" || { echo "expected a line $line in the log:"; cat "$file.log"; return 1; }
    done
    [ "$(grep -c part.store "$file.log")" = 3 ] || { echo "expected three records of the store:"; cat "$file.log"; return 1; }
}
# An example prints what its README says that it prints.
run_example() { # EXAMPLE ARCH VARIANT CPUS
    mkdir -p build/test
    file=build/test/$1.$2.$3.$4
    timeout -k 5 60 ./kos run "$1" --arch "$2" --cpus "$4" $([ "$3" = debug ] && echo --debug) 2>&1 | tr -d '\r' >"$file" || true
    awk '/^What it prints:/ { wanted = 1; next } wanted && /^```/ { if (inside) exit; inside = 1; next } inside' "examples/$1/README.md" >"$file.expected"
    [ -s "$file.expected" ] && cmp -s "$file.expected" "$file" || { echo "expected (<), got (>):"; diff "$file.expected" "$file"; return 1; }
}
# The loop reaches its level within its budget, and is never late by more than the kernel's longest path and a wake-up.
run_rt() { # ARCH
    mkdir -p build/test
    file=build/test/rt.$1
    timeout -k 5 60 ./kos run rt --exact --arch "$1" 2>&1 | tr -d '\r' >"$file.all" || true
    grep -v '^late ' "$file.all" >"$file" || true
    awk '/^What it prints first/ { wanted = 1; next } wanted && /^```/ { if (inside) exit; inside = 1; next } inside' examples/rt/README.md >"$file.expected"
    [ -s "$file.expected" ] && cmp -s "$file.expected" "$file" || { echo "expected (<), got (>):"; diff "$file.expected" "$file"; return 1; }
    awk '/^late [0-9]+$/ { n++; if ($2 > most) most = $2 } END { if (n != 245 || most > 5000) { print "expected 245 periods, none later than 5000 ns, got " n + 0 ", " most + 0; exit 1 } }' "$file.all" || return 1
    [ "$(awk -f examples/rt/jitter.awk "$file.all" | grep -c '<circle')" = 245 ] || { echo "expected a picture of all periods"; return 1; }
    ./kos policy test rt | grep -qx '2 tests, 0 failed' || { echo "expected the policy's tests to pass"; return 1; }
}
# A fresh solution runs, outside this folder too, and a mistake in it is told where it stands.
command_new_runs() { # ARCH
    to=$(mktemp -d)
    (cd "$to" && "$OLDPWD/kos" new fresh_one && timeout -k 5 120 "$OLDPWD/kos" run fresh_one --arch "$1") >build/test/new.$1 2>&1 || true
    tr -d '\r' <build/test/new.$1 | grep -c -e '^1: hello -> hello!$' -e '^2: world -> world!$' | grep -qx 2 ||
        { echo "expected both answers, got:"; cat build/test/new.$1; return 1; }
    grep -rw echo "$to/fresh_one" --include=*.idl --include=security.psl --include=init.yaml | grep -v -e Echo -e '[a-z]\.echo' && { echo "expected no name of the example"; return 1; }
    ./kos policy test "$to/fresh_one" >build/test/new.$1 2>&1 && grep -qx '2 tests, 0 failed' build/test/new.$1 ||
        { echo "expected the policy's tests to pass, got:"; cat build/test/new.$1; return 1; }
    sed -i 's/target:.*/target: fresh_one.Sevrer/' "$to/fresh_one/init.yaml"
    ./kos run "$to/fresh_one" --arch "$1" >build/test/new.$1 2>&1 && { echo "expected the build to fail"; return 1; }
    grep -q "init.yaml:[0-9]*:13: error: there is no process 'fresh_one.Sevrer'" build/test/new.$1 ||
        { echo "expected the error's place, got:"; cat build/test/new.$1; return 1; }
    rm -r "$to"
}
command_new_words() {
    for words in 'new' 'new --nonsense' 'new examples/echo' 'new a b' 'new /tmp/Capital' 'new /tmp/a+b' 'run examples'; do
        if ./kos $words >/dev/null 2>&1; then status=0; else status=$?; fi
        [ $status = 2 ] || { echo "./kos $words: expected exit status 2, got $status"; return 1; }
    done
    ./kos new --help | grep -q usage || { echo "./kos new --help: expected the usage"; return 1; }
}
no_policy() {
    mkdir -p build/test
    console "$1" release nopolicy 1 "build/test/nopolicy.$1"
    grep -q 'no security policy in this image; nothing will run' "build/test/nopolicy.$1" && ! grep -q Hello "build/test/nopolicy.$1" ||
        { echo "expected the kernel to say that there is no policy, and nothing to run; got:"; tail -20 "build/test/nopolicy.$1"; return 1; }
}
# A guest solution that prints PASS and FAIL lines and ends with "SUITE done".
guest_suite() { # SOLUTION ARCH CPUS VARIANT [NAME]
    mkdir -p build/test
    name=$1/$2/${5:-$3}/$4
    file=build/test/$(echo "$name" | tr / .)
    console "$2" "$4" "$1" "$3" "$file"
    grep -E '^(PASS|FAIL) ' "$file" | sed "s#^\(PASS\|FAIL\) #\1 $name/#"
    suite_passed=$(grep -c '^PASS ' "$file") || true
    suite_failed=$(grep -c '^FAIL ' "$file") || true
    passed=$((passed + suite_passed)) failed=$((failed + suite_failed))
    [ "$suite_failed" = 0 ] && grep -q '^SUITE done' "$file" || { echo "expected 'SUITE done'; the end of the console:"; tail -20 "$file"; return 1; }
}
# Time is the number of instructions that all CPUs together have executed.
guest_edf() { # ARCH
    KOS_ACCEL='-accel tcg -icount shift=0,sleep=off'
    [ "$1" = x86_64 ] || KOS_CPU=cortex-a57,cntfrq=1000000000
    guest_suite edf "$1" 4 release
    status=$?
    unset KOS_ACCEL KOS_CPU
    return $status
}
# The command line is what tests/endpoints/hal.c looks for.
guest_endpoints() { # ARCH CPUS VARIANT
    KOS_APPEND='endpoints.word endpoints.value=a=b  endpoints.empty= endpoints.last=9'
    guest_suite endpoints "$@"
    status=$?
    unset KOS_APPEND
    return $status
}
# One CPU whose every instruction takes 1 ns: times are instructions, and the same each time.
guest_exact() { # SOLUTION ARCH
    KOS_APPEND=$1.exact=1
    KOS_ACCEL='-accel tcg -icount shift=0,sleep=off'
    [ "$2" = x86_64 ] || KOS_CPU=cortex-a57,cntfrq=1000000000
    guest_suite "$1" "$2" 1 release exact
    status=$?
    unset KOS_APPEND KOS_ACCEL KOS_CPU
    return $status
}
# KOS_SEED=number repeats what the first line of the console tells.
guest_random_calls() { # ARCH CPUS
    [ -z "${KOS_SEED:-}" ] || KOS_APPEND="random_calls.seed=$KOS_SEED"
    guest_suite random_calls "$1" "$2" debug
    status=$?
    unset KOS_APPEND
    return $status
}
# FXSAVE and FXRSTOR.
guest_endpoints_no_xsave() {
    KOS_X86_CPU=max,-xsave
    KOS_APPEND='endpoints.word endpoints.value=a=b  endpoints.empty= endpoints.last=9'
    guest_suite endpoints x86_64 2 debug no_xsave
    status=$?
    unset KOS_APPEND KOS_X86_CPU
    return $status
}
guest_suite_gicv2() {
    KOS_MACHINE=virt,gic-version=2
    guest_suite "$1" aarch64 4 debug gicv2
    status=$?
    unset KOS_MACHINE
    return $status
}
# documented SECTION: the names in that section's tables in docs/benchmarks.md as patterns, without architecture. A name
# without a folder is in that of the row's first.
documented() {
    awk -v section="## $1" '
    /^## / { inside = $0 == section }
    inside && /^\| `/ {
        split($0, cell, "|")
        n = split(cell[2], part, "`")
        folder = ""
        for (i = 2; i <= n; i += 2) {
            name = part[i]
            sub(/\/<arch>$/, "", name)
            if (name == "" || name ~ /\/$/) continue
            if (name !~ /\//) name = folder name
            else if (folder == "") { folder = name; sub(/[^\/]*$/, "", folder) }
            gsub(/<[a-z ]*>/, "[^/]+", name)
            print name
        }
    }' docs/benchmarks.md
}
# json_has FILE PATTERN...: every pattern is an entry's name.
json_has() {
    json_file=$1
    shift
    for pattern; do
        grep -Eq "\"name\": \"$pattern\"" "$json_file" || { echo "expected $pattern, which docs/benchmarks.md names, in the JSON"; return 1; }
    done
}
bench_bars() {
    . scripts/bench.sh
    mkdir -p build/bench
    bad=0
    for arch in x86_64 aarch64; do
        measure $arch exact 1 "" build/bench/bars.$arch.1 && measure $arch exact 1 "" build/bench/bars.$arch.2 || return 1
        awk -v column=$([ $arch = x86_64 ] && echo 2 || echo 3) -v arch=$arch '
            FNR == NR { if ($0 !~ /^#/ && $1 !~ /^rt\//) bar[$1] = $column; next }
            $2 in bar { for (i = 3; i <= NF; i++) if ($i ~ /^p50=/) { v = substr($i, 5); seen[$2] = 1
                if (v + 0 > bar[$2] + 0) { print $2 "/" arch ": expected at most " bar[$2] ", got " v; bad = 1 } } }
            END { for (b in bar) if (!(b in seen)) { print b "/" arch ": not measured"; bad = 1 } exit bad }' \
            benchmarks/bars.tsv build/bench/bars.$arch.2 || bad=1
        json "$arch:build/bench/bars.$arch.1" ipc >build/bench/names.json
        json_has build/bench/names.json $(documented ipc | grep -v '^traced' | sed "s#\$#/$arch#") || bad=1
        cut -d' ' -f2,5 build/bench/bars.$arch.1 | grep -v boot >build/bench/a
        cut -d' ' -f2,5 build/bench/bars.$arch.2 | grep -v boot >build/bench/b
        cmp -s build/bench/a build/bench/b || { echo "expected the same counts twice on $arch:"; diff build/bench/a build/bench/b | head -6; bad=1; }
    done
    return $bad
}
# What decisions may cost, and the same twice.
bench_ksm() { # ARCH
    . scripts/bench.sh
    . scripts/ksm.sh
    mkdir -p build/bench
    ksm_measure "$1" "build/bench/ksm.$1.1" && ksm_measure "$1" "build/bench/ksm.$1.2" || return 1
    cmp "build/bench/ksm.$1.1" "build/bench/ksm.$1.2" || { echo "expected the same counts twice"; return 1; }
    awk -v column=$([ "$1" = x86_64 ] && echo 2 || echo 3) '
        FNR == NR { if ($1 ~ /^ksm\//) bar[$1] = $column; next }
        { for (i = 3; i <= NF; i++) { split($i, part, "="); name = part[1] == "p50" ? $2 : $2 "/" part[1]
            if (name in bar) { seen[name] = 1
                if (part[2] + 0 > bar[name] + 0) { print name ": expected at most " bar[name] ", got " part[2]; bad = 1 } } } }
        END { for (b in bar) if (!(b in seen)) { print b ": not measured"; bad = 1 } exit bad }' benchmarks/ksm/bars.tsv "build/bench/ksm.$1.1"
}
# bar NAME ARCH: the limit of benchmarks/bars.tsv
bar() {
    awk -F '\t' -v name="$1" -v column=$([ "$2" = x86_64 ] && echo 2 || echo 3) '$1 == name { print $column }' benchmarks/bars.tsv
}
# A thread of real-time priority runs soon after its time has come, whatever threads of lower priority do.
bench_rt() { # ARCH
    . scripts/bench.sh
    . scripts/rt.sh
    mkdir -p build/bench
    threads=1 priority=25 interval=200 distance=0 loops=2000 buckets=0
    rt_measure "$1" exact 1 "build/bench/rt.$1" || return 1
    json "$1:build/bench/rt.$1" rt >build/bench/names.$1.json
    json_has build/bench/names.$1.json $(documented rt | grep -v longest_interrupts_off | sed "s#.*#rt/&/idle/$1#") || return 1
    for name in rt/timer_to_thread/idle rt/timer_to_thread/load rt/interrupt_to_driver/idle rt/interrupt_to_driver/load; do
        limit=$(bar $name "$1")
        awk -v name=$name -v limit="$limit" '$1 == "BENCH" && $2 == name { seen = 1; for (i = 3; i <= NF; i++) if ($i ~ /^max=/) most = substr($i, 5) }
            END { if (!seen || limit == "" || most + 0 > limit + 0) { print name ": expected a maximum of " limit ", got " most; exit 1 } }' "build/bench/rt.$1" || return 1
    done
}
# No path of the kernel without interrupts is longer than the bar, over the guest suites and the load, but for those of
# benchmarks/long_paths.tsv, which have limits of their own.
bench_interrupts_off() { # ARCH [LIST]
    . scripts/bench.sh
    . scripts/rt.sh
    mkdir -p build/bench
    off_file=build/bench/${2:-off_runs}.$1
    off_measure "$1" "$off_file" "${2:-off_runs}" 2>/dev/null && [ -z "$(off_stopped "$1" "$off_file")" ] ||
        { echo "expected all runs to finish, not$(off_stopped "$1" "$off_file")"; return 1; }
    awk -F '\t' -v limit="$(bar rt/longest_interrupts_off "$1")" -v column=$([ "$1" = x86_64 ] && echo 2 || echo 3) '
        FNR == NR { if ($0 !~ /^#/) known[$1] = $column; next }
        $2 == "path" { paths++; most = $9 in known && known[$9] > limit ? known[$9] : limit
            if ($4 > most) { print $1 ": expected at most " most " instructions from " $7 " to " $8 ", most in " $9 ", got " $4; bad = 1 } }
        END { if (limit == "" || paths < 100) { print "expected a bar and many paths, got " limit " and " paths + 0; bad = 1 } exit bad }' \
        benchmarks/long_paths.tsv "$off_file"
}
# No two independent operations share a line of kernel data; the control, which does share, shows that sharing is seen.
bench_conflicts() { # ARCH
    . scripts/bench.sh
    . scripts/conflicts.sh
    mkdir -p build/bench
    conflicts_measure "$1" "build/bench/conflicts.$1" || return 1
    awk -F '\t' '
    $1 == "control" { control = $3; next }
    $3 != 0 { print $1 "/" $2 ": expected no shared line, got " $3; bad = 1 }
    { cells++ }
    END {
        if (cells < 64) { print "expected a matrix, got " cells " cells"; bad = 1 }
        if (control < 2) { print "expected the control to share lines, it shares " control + 0; bad = 1 }
        exit bad
    }' "build/bench/conflicts.$1" || { conflicts_lines "build/bench/conflicts.$1" "" | head -40; return 1; }
}
# What is made of two consoles, and of Google Benchmark's JSON.
bench_peers_parsing() {
    . scripts/peers.sh
    . scripts/native.sh
    mkdir -p build/test
    file=build/test/peers
    printf 'BENCH overhead rounds=9 min=1 p50=1 p99=1 max=1\nBENCH ipc/null_call rounds=9 min=80 p50=85 p99=85 max=85\nnoise\n' >$file.kos
    printf 'BENCH ipc/round_trip/cross_space/64B rounds=9 min=190 p50=200 p99=210 max=250\nBENCH ipc/denied rounds=9 min=1 p50=2 p99=3 max=4\n' >>$file.kos
    printf 'BENCH ipc/null_call rounds=9 min=330 p50=340 p99=350 max=850 avg=340\nBENCH overhead rounds=9 min=1 p50=1 p99=1 max=1\n' >$file.linux
    printf 'BENCH ipc/round_trip/cross_space/64B/pipe rounds=9 min=1 p50=9000 p99=2 max=10000\n' >>$file.linux
    printf 'BENCH ipc/round_trip/cross_space/64B/mq rounds=9 min=1 p50=8000 p99=2 max=20000\n' >>$file.linux
    printf 'BENCH ipc/round_trip/cross_space/8B/eventfd rounds=9 min=1 p50=7000 p99=2 max=30000\n' >>$file.linux
    printf 'ipc/null_call\t85\t340\t4.00\t-\nipc/round_trip/cross_space/64B\t200\t8000\t40.00\tmq\nipc/round_trip/best\t200\t7000\t35.00\teventfd\n' >$file.expected
    peers_compare p50 $file.kos $file.linux >$file.got
    cmp -s $file.expected $file.got || { echo "p50: expected (<), got (>):"; diff $file.expected $file.got; return 1; }
    printf 'ipc/null_call\t85\t850\t10.00\t-\nipc/round_trip/cross_space/64B\t250\t10000\t40.00\tpipe\nipc/round_trip/best\t250\t10000\t40.00\tpipe\n' >$file.expected
    peers_compare max $file.kos $file.linux >$file.got
    cmp -s $file.expected $file.got || { echo "max: expected (<), got (>):"; diff $file.expected $file.got; return 1; }
    for time in 3.5e+01 2.5e+01 3.0e+01; do
        printf '      "run_name": "inbox/batch/kos/real_time/threads:1",\n      "run_type": "iteration",\n      "real_time": %s,\n' $time
    done >$file.json
    printf '      "run_name": "inbox/batch/kos/real_time/threads:1",\n      "run_type": "aggregate",\n      "real_time": 1.0,\n' >>$file.json
    [ "$(native_rows $file.json | tr '\t' ' ')" = "inbox/batch kos 1 25.0 30.0" ] || { echo "expected best 25, median 30, got:"; native_rows $file.json; return 1; }
    . scripts/scale.sh
    printf 'SCALE futex cpus=2 rounds=64 ns=0\r\nSCALE done\r\n' >$file.console
    printf 'phase\t0\t2\t12800\t6500\t0\n' >$file.raw
    scale_rounds x86_64 $file || return 1
    printf 'futex\t2\t50.0\t0\n' >$file.own
    scale_compare "x86_64:kos:$file.own" "x86_64:linux:$file" | tail -1 | grep -q '^linux/futex/x86_64  *200 (  4.0)$' ||
        { echo "expected 200 instructions, 4 times as many:"; scale_compare "x86_64:kos:$file.own" "x86_64:linux:$file"; return 1; }
    # one that does not finish is left out, and the benchmark says so at its end
    (
        peer_kernel() { :; }
        peers_build() { :; }
        need_packages() { :; }
        only_aarch64() { [ "$2" = aarch64 ]; }
        peers="linux linux-rt"
        peers_each "x86_64 aarch64" only_aarch64 2>/dev/null
        peers_end
    ) 2>$file.got && { echo "expected exit status 124"; return 1; }
    [ $? = 124 ] && grep -qx 'kos: did not finish, and is left out: linux/x86_64 linux-rt/x86_64' $file.got || { echo "expected exit status 124 and the two that failed:"; cat $file.got; return 1; }
    # two members and the end of the archive, each in whole words
    printf 12345 >$file.member
    peer_initramfs $file.cpio init=$file.member child=$file.member
    [ "$(wc -c <$file.cpio)" = $((2 * (116 + 8) + 124 + 0)) ] && [ "$(grep -ao 070701 $file.cpio | wc -l)" = 3 ] ||
        { echo "expected an archive of $((2 * (116 + 8) + 124)) bytes, got $(wc -c <$file.cpio)"; return 1; }
}
# Our round trip with 64 bytes against the cheapest of Linux', in the same emulator: at least 35 times shorter.
bench_peers() { # ARCH
    . scripts/bench.sh
    . scripts/peers.sh
    peers=linux peer_rounds=300
    measure "$1" exact 1 "" "build/bench/peers.$1" && peers_measure ipc "$1" || return 1
    [ -z "$peer_failed" ] || { echo "expected Linux to finish, not so:$peer_failed"; return 1; }
    [ -z "$peer_missing" ] || { echo "SKIP $peer_missing"; return 0; }
    peers_compare p50 "build/bench/peers.$1" "build/bench/linux.ipc.$1" >"build/bench/peers.$1.compared"
    awk -F '\t' '
    { rows++ }
    $1 == "ipc/round_trip/best" { best = $4 }
    $1 ~ /^(ipc\/null_call|thread\/yield_pair|thread\/create_join|task\/start_exit|memory\/page_fault)$/ { if ($4 <= 1) { print $1 ": expected fewer instructions than Linux, got " $2 " and " $3; bad = 1 } else fewer++ }
    END {
        if (best < 35) { print "expected a round trip at least 35 times shorter than that of Linux, got " best + 0; bad = 1 }
        if (rows < 14 || fewer + bad < 5) { print "expected 14 rows and more, got " rows + 0; bad = 1 }
        exit bad
    }' "build/bench/peers.$1.compared" || { cat "build/bench/peers.$1.compared"; return 1; }
}
# From a timer to its thread under load, the longest of all rounds: at least 3 times shorter than that of PREEMPT_RT, whichever way of waiting is its best.
bench_peers_rt() { # ARCH
    for part in bench peers rt; do . scripts/$part.sh; done
    peers=linux-rt threads=1 priority=25 interval=200 distance=0 loops=2000 buckets=0
    mkdir -p build/bench
    rt_measure "$1" exact 1 "build/bench/peers.rt.$1" && peers_measure rt "$1" || return 1
    [ -z "$peer_failed" ] || { echo "expected Linux to finish, not so:$peer_failed"; return 1; }
    [ -z "$peer_missing" ] || { echo "SKIP $peer_missing"; return 0; }
    peers_compare max "build/bench/peers.rt.$1" "build/bench/linux-rt.rt.$1" >"build/bench/peers.rt.$1.compared"
    awk -F '\t' '$1 == "rt/timer_to_thread/load" { ratio = $4 } END { if (ratio < 3) { print "expected a timer to thread at least 3 times shorter under load, got " ratio + 0; exit 1 } }' \
        "build/bench/peers.rt.$1.compared" || { cat "build/bench/peers.rt.$1.compared"; return 1; }
}
# An inbox takes what another thread pushes faster than wfcqueue, at best and in the median; two threads decide 1.9 times as much as one.
bench_native() {
    [ "$(nproc)" -ge 2 ] || { echo "SKIP one CPU only"; return 0; }
    . scripts/native.sh
    mkdir -p build/bench
    need_packages $native_packages 2>/dev/null
    native_measure 10 'inbox/stream/ck|epoch|ksm/native' build/bench/native_test.json || return 1
    native_rows build/bench/native_test.json >build/bench/native_test
    # Two threads fall into step with each other in more than one way: often enough for the best of each to come.
    native_measure 60 'inbox/stream/(kos|liburcu)' build/bench/native_test.json || return 1
    native_rows build/bench/native_test.json >>build/bench/native_test
    awk -F '\t' '$1 == "inbox/stream" { best[$2] = $4; median[$2] = $5 } $1 == "ksm/native" { cached[$3] = $4 } { rows++ }
        END { exit !(rows == 10 && cached[2] > 0 && cached[1] / cached[2] >= 1.9 && best["kos"] > 0 && best["kos"] < best["liburcu_wfcqueue"] && median["kos"] < median["liburcu_wfcqueue"]) }' \
        build/bench/native_test || { echo "expected the inbox to be faster than wfcqueue, and cached decisions 1.9 times faster by 2 threads:"; native_table build/bench/native_test; return 1; }
}
# Eight CPUs do at least 7.5 times the work of one. Under one big lock they do not, which shows that waiting is counted.
bench_scale() { # ARCH
    . scripts/bench.sh
    . scripts/scale.sh
    mkdir -p build/bench
    scale_measure "$1" bench_scale "build/bench/scale.$1.kos" || return 1
    scale_measure "$1" bench_scale_biglock "build/bench/scale.$1.control" only=decision || return 1
    for work in $(documented scale | grep -v '^scale/'); do
        grep -q "^$work	8	" "build/bench/scale.$1.kos" || { echo "expected $work, which docs/benchmarks.md names"; return 1; }
    done
    awk -F '\t' '
    FNR == NR && $2 == 1 { one[$1] = $3 } # of both kernels: whoever waits for the lock waits for its holder to get a turn
    { breaks += $4; speedup = $2 * one[$1] / $3 }
    $2 != 8 { next }
    FNR == NR { phases++; if (speedup < 7.5) { print $1 ": expected 7.5 times the work of one CPU on eight, got " speedup; bad = 1 } }
    FNR != NR { control = speedup }
    END {
        if (phases < 5) { print "expected five works, got " phases + 0; bad = 1 }
        if (control == 0 || control > 4) { print "expected the big lock to show, got " control + 0; bad = 1 }
        if (breaks != 0) { print "expected turns in order, " breaks " were not"; bad = 1 }
        exit bad
    }' "build/bench/scale.$1.kos" "build/bench/scale.$1.control"
}

# A test that does not come to its end is told, with what it waits for, and ended: alone_limit seconds after its begin.
alone() { # NAME FILE
    setsid ./kos test --alone "$1" >"$2" 2>&1 </dev/null &
    session=$!
    echo $session >"$2.session"
    rm -f "$2.late"
    setsid sh -c 'sleep "$0"; ps -o pid,stat,etimes,args -s "$1" >"$2"; pkill -s "$1"; sleep 10; pkill -KILL -s "$1"' \
        "$(alone_limit "$1")" $session "$2.late" >/dev/null 2>&1 &
    watch=$!
    alone_status=0
    wait $session || alone_status=$?
    if [ -s "$2.late" ]; then
        wait $watch || true
        printf 'expected it to end within %d s; then these ran:\n' "$(alone_limit "$1")" >>"$2"
        cat "$2.late" >>"$2"
        return 1
    fi
    pkill -s $watch 2>/dev/null || true
    wait $watch 2>/dev/null || true
    return $alone_status
}
alone_limit() { # NAME
    [ -z "${KOS_TEST_SECONDS:-}" ] || { echo "$KOS_TEST_SECONDS"; return; }
    if [ "$(lane_of "$1")" = long ]; then echo 7200; else echo 900; fi
}
# The end of this command is that of the tests that run.
alone_end() {
    for file in build/test/alone.*.session; do
        [ ! -s "$file" ] || pkill -s "$(cat "$file")" 2>/dev/null || true
    done
}
# The test of $name and $command.
run_test() {
    case $command in
    guest_*) if $command; then result ok "$name"; else result no "$name"; fi ;;
    *)
        file=build/test/alone.$(echo "$name" | tr / .)
        if alone "$name" "$file"; then
            case $(cat "$file") in
            "SKIP "*) skipped=$((skipped + 1)); echo "SKIP $name: $(sed 's/^SKIP //' "$file")" ;;
            *) result ok "$name" ;;
            esac
        else
            result no "$name" "$(cat "$file")"
        fi
        rm -f "$file.session" ;;
    esac
}
# first: alone, as they measure or rebuild. host: beside the guests. long: when asked for by name.
lane_of() { # NAME
    case $1 in
    bench/interrupts_off/quick/*) echo host ;;
    bench/interrupts_off/* | bench/peers/[xar]* | bench/native | languages/psl/million | trace/long/* | report/quick) echo long ;;
    build/* | lint/* | bench/scale/*) echo first ;;
    strangers/* | libc/* | placement/* | unit/* | simulation/* | fuzz/* | languages/* | headers/* | model/* | bench/* | report/* | policy/*) echo host ;;
    *) echo guest ;;
    esac
}
lane() { # LANE
    while IFS='	' read -r name command; do
        [ "$(lane_of "$name")" != "$1" ] || run_test
    done <build/tests.list
}
# Two tests at a time: those on the host and those that count instructions beside those with several emulated CPUs.
lanes() {
    mkdir -p build/test
    lane first
    (passed=0 failed=0 skipped=0; lane host; echo "$passed $failed $skipped" >build/test/host.count) >build/test/host.log 2>&1 &
    host=$!
    trap 'kill $host 2>/dev/null; alone_end; exit 130' INT TERM
    lane guest
    wait $host || true
    trap - INT TERM
    cat build/test/host.log
    read -r host_passed host_failed host_skipped <build/test/host.count ||
        { echo "FAIL the tests on the host did not come to their end"; host_passed=0 host_failed=1 host_skipped=0; }
    passed=$((passed + host_passed)) failed=$((failed + host_failed)) skipped=$((skipped + host_skipped))
    while IFS='	' read -r name command; do
        [ "$(lane_of "$name")" != long ] || echo "not run, for it is long: ./kos test $name"
    done <build/tests.list
}

command_test() {
    wanted=""
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) usage_of test; exit 0 ;;
        --list) tests | cut -f1; exit 0 ;;
        --alone) # by run_test: one of build/tests.list, of a build that is done
            if $(awk -F '\t' -v name="${2:-}" '$1 == name { print $2 }' build/tests.list); then exit 0; else exit 1; fi ;;
        -*) fail "test: unknown option '$1'" ;;
        *) tests | cut -f1 | grep -q "^$1" || fail "test: no test begins with '$1' (./kos test --list)"; wanted="$wanted $1" ;;
        esac
        shift
    done
    need_tools
    build
    mkdir -p build/test
    tests >build/tests.list
    if [ -z "$wanted" ]; then
        lanes
    else
        trap 'alone_end; exit 130' INT TERM
        while IFS='	' read -r name command; do
            for prefix in $wanted; do case $name in "$prefix"*) run_test; break ;; esac; done
        done <build/tests.list
    fi
    [ $skipped = 0 ] || echo "$skipped skipped"
    echo "$passed passed, $failed failed"
    [ $failed = 0 ]
}
