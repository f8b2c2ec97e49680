# SPDX-License-Identifier: Apache-2.0
# The Linux peers of ./kos bench ipc|rt|scale --vs: sourced by kos. Kernels are Debian's packages, which apt fetches from
# where it is configured to and checks; the program that runs on them is benchmarks/peers. All is kept in build/peers.

# Beside the usual packages: the C library of the other architecture, to link statically against. No further compiler.
peer_packages() {
    case $(dpkg --print-architecture) in
    arm64) other=amd64 ;;
    *) other=arm64 ;;
    esac
    echo "libc6-dev libc6-dev-$other-cross libgcc-12-dev-$other-cross xz-utils"
}

peers_given() { # "linux,linux-rt"
    peers=$(echo "$1" | tr , ' ')
    [ -n "$peers" ] || fail "--vs takes linux, linux-rt, or both with a comma between"
    for peer in $peers; do
        case $peer in
        linux | linux-rt) ;;
        *) fail "--vs: unknown peer '$peer' (linux, linux-rt)" ;;
        esac
    done
}

# In a subshell: apt with lists of its own, for both architectures; sources, keys and proxies are the machine's.
peer_apt_prepare() {
    state=$PWD/build/peers/apt
    export APT_CONFIG="$state/apt.conf"
    mkdir -p "$state/state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    cat >"$state/apt.conf" <<CONF
Dir::State "$state/state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
APT::Architectures { "amd64"; "arm64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
CONF
}

# In a subshell: the package that NAME depends on, in build/peers/deb, and its name in build/peers/package.
peer_fetch() { # NAME ARCHITECTURE
    peer_apt_prepare
    rm -rf build/peers/deb
    mkdir -p build/peers/deb
    for attempt in known updated; do
        [ $attempt = known ] || apt-get -q update >>build/peers/apt.log 2>&1 || true # another source's failure is none here
        package=$(apt-cache depends "$1:$2" 2>>build/peers/apt.log | sed -n "s/^ *Depends: \(linux-image-[^:]*\).*/\1/p" | head -1)
        [ -n "$package" ] || continue
        echo "fetching $package ..." >&2
        echo "$package" >build/peers/package
        (cd build/peers/deb && apt-get -q download "$package:$2" >>../apt.log 2>&1) && return
    done
}

# peer_kernel linux|linux-rt ARCH: leaves build/peers/<peer>.<arch>.elf or .bin, ready to be booted, and its version in
# .version
peer_kernel() {
    case $2 in x86_64) deb=amd64 suffix=elf ;; aarch64) deb=arm64 suffix=bin ;; esac
    kernel=build/peers/$1.$2
    [ ! -s "$kernel.$suffix" ] || return 0
    mkdir -p build/peers
    : >build/peers/apt.log
    command -v apt-cache >/dev/null && command -v dpkg-deb >/dev/null || { peer_absent "apt is needed to fetch Debian's kernels"; return 1; }
    name=linux-image-$([ "$1" = linux ] || echo rt-)$deb
    (peer_fetch "$name" $deb)
    set -- "$1" "$2" build/peers/deb/*.deb
    [ -f "$3" ] || { peer_absent "$name could not be fetched (build/peers/apt.log)"; return 1; }
    dpkg-deb --fsys-tarfile "$3" | tar -xO --wildcards './boot/vmlinuz-*' >"$kernel.packed" || return 1
    dpkg-deb -f "$3" Version | sed "s/^/$(cat build/peers/package) /" >"$kernel.version"
    rm -rf build/peers/deb
    if [ "$2" = x86_64 ]; then
        # The ELF file in the packed image, so that no time goes to its unpacking: a stream of xz behind the set-up code,
        # where the header of the boot protocol says.
        at=$((($(peer_number "$kernel.packed" 497 1) + 1) * 512 + $(peer_number "$kernel.packed" 584 4)))
        tail -c +$((at + 1)) "$kernel.packed" | head -c "$(peer_number "$kernel.packed" 588 4)" | xz -dc --single-stream >"$kernel.$suffix.new" 2>/dev/null
    else
        cp "$kernel.packed" "$kernel.$suffix.new"
    fi
    rm "$kernel.packed"
    case $2-$(od -An -tx1 -N4 "$kernel.$suffix.new" | tr -d ' ')-$(od -An -tx1 -j56 -N4 "$kernel.$suffix.new" | tr -d ' ') in
    x86_64-7f454c46-* | aarch64-*-41524d64) mv "$kernel.$suffix.new" "$kernel.$suffix" ;;
    *) echo "kos: the kernel in $3 is packed in a way that is not known here" >&2; return 1 ;;
    esac
}

peer_absent() {
    peer_missing=$1
    echo "kos: $1" >&2
}

peer_number() { # FILE OFFSET SIZE: little-endian
    od -An -tu"$3" -j"$2" -N"$3" "$1" | tr -d ' '
}

# peer_initramfs FILE PROGRAM=PATH...: an archive (cpio, "newc") of programs
peer_initramfs() {
    archive=$1
    shift
    inode=0
    for entry in "$@"; do
        inode=$((inode + 1)) size=$(wc -c <"${entry#*=}")
        peer_entry "${entry%%=*}" 0100755 "$size"
        cat "${entry#*=}"
        head -c $((-size & 3)) /dev/zero
    done >"$archive"
    peer_entry 'TRAILER!!!' 0 0 >>"$archive"
}

peer_entry() { # NAME MODE SIZE
    printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' "$inode" "$2" 0 0 1 0 "$3" 0 0 0 0 $((${#1} + 1)) 0 "$1"
    head -c $((-(110 + ${#1} + 1) & 3)) /dev/zero
}

peers_build() { # ARCH...
    ninja -f ninja/peers.ninja $(for peer_arch in "$@"; do echo "build/peers/$peer_arch/init build/peers/$peer_arch/child"; done) >build/peers/ninja.log 2>&1 ||
        { cat build/peers/ninja.log >&2; return 1; }
    for peer_arch in "$@"; do
        peer_initramfs build/peers/$peer_arch.cpio.new init=build/peers/$peer_arch/init child=build/peers/$peer_arch/child
        mv build/peers/$peer_arch.cpio.new build/peers/$peer_arch.cpio # at once: an emulator may be reading the old one
    done
}

# peer_boot PEER ARCH CPUS OPTIONS FILE QEMU-OPTION...: leaves the console in FILE. The machine is kos', but for what a
# host's clock and random numbers would change from run to run. No work around faults of processors: the shortest paths
# that Linux has. And no copies by byte, which -icount would count as one instruction each.
peer_boot() {
    peer_image=build/peers/$1.$2 peer_arch=$2 peer_cpus=$3 peer_options=$4 peer_file=$5
    shift 5
    (
        boot_exec="timeout --foreground -k 5 ${peer_limit:-600}"
        if [ "$peer_arch" = aarch64 ]; then
            KOS_CPU=cortex-a57,cntfrq=1000000000 model=$KOS_CPU console=ttyAMA0
            KOS_MACHINE=virt,gic-version=3,dtb-randomness=off
        else
            model=max,-rdrand console=ttyS0
        fi
        boot "$peer_arch" "$peer_image" -cpu "$model" -smp "$peer_cpus" -rtc base=2026-01-01,clock=vm "$@" \
            -initrd "build/peers/$peer_arch.cpio" -append "console=$console quiet panic=-1 mitigations=off kpti=off nokaslr \
norandmaps tsc=reliable clearcpuid=erms,fsrm $peer_options" </dev/null >"$peer_file.raw" 2>"$peer_file.err"
    ) || cat "$peer_file.err" >&2
    tr -d '\r' <"$peer_file.raw" >"$peer_file"
    grep -q '^BENCH done' "$peer_file" && ! grep -q '^BENCH error' "$peer_file" || {
        echo "kos: the benchmark did not finish on $peer_image; the end of its console:" >&2
        tail -20 "$peer_file" >&2
        return 1
    }
}

# For each peer and architecture: COMMAND PEER ARCH. A peer that cannot be fetched is left out, and said to be; so is one that does not
# finish: peers_end then ends the benchmark, when it has written its results, with exit status 124.
peers_each() { # ARCHS COMMAND
    peer_files="" peer_missing="" peer_failed=""
    [ -n "$peers" ] || return 0
    need_packages $(peer_packages)
    mkdir -p build/bench build/peers
    exec 9>build/peers/lock # two benchmarks may be at it, of one report
    flock 9
    peers_build $1 || return 1
    flock -u 9
    for peer in $peers; do
        for arch in $1; do
            flock 9
            peer_kernel "$peer" "$arch" || { flock -u 9; [ -n "$peer_missing" ] && continue; return 1; }
            flock -u 9
            echo "measuring $(cat "build/peers/$peer.$arch.version") ..." >&2
            $2 "$peer" "$arch" || peer_failed="$peer_failed $peer/$arch"
        done
    done
}

peers_end() {
    [ -n "$peers" ] && [ -n "$peer_failed" ] || return 0
    echo "kos: did not finish, and is left out:$peer_failed" >&2
    exit 124
}

# Both set peer_files: "arch:file:peer/ ..." for json and peers_show; "arch:peer:file ..." as scripts/scale.sh has it.
peers_measure() { # ipc|rt ARCHS
    peer_case=$1
    peers_each "$2" peer_measure
}
peers_scale() { # ARCHS
    peers_each "$1" peer_scale
}

peer_measure() { # PEER ARCH
    peer_boot "$1" "$2" 1 "peer=$peer_case peer.rounds=${peer_rounds:-5000} rt.loops=${loops:-2000} rt.interval=${interval:-200}" \
        "build/bench/$1.$peer_case.$2" -accel tcg -icount shift=0,sleep=off || return 1
    peer_files="$peer_files $2:build/bench/$1.$peer_case.$2:$1/"
}

# Nine emulated CPUs on few of the host: now and then Linux does not get through its start. Then once more.
peer_scale() { # PEER ARCH
    peer_limit=300
    peer_scale_once "$1" "$2" || { echo "once more ..." >&2; peer_scale_once "$1" "$2"; } || return 1
    peer_files="$peer_files $2:$1:$peer_result"
}

# CPU 0 keeps house; the others run what is measured, without ticks as long as that is of class FIFO.
peer_scale_once() { # PEER ARCH
    peer_result=build/bench/scale.$2.$1
    peer_boot "$1" "$2" 9 "peer=scale nohz_full=1-8 isolcpus=nohz,domain,managed_irq,1-8 rcu_nocbs=1-8 rcu_nocb_poll irqaffinity=0 nowatchdog" \
        "$peer_result.console" -accel tcg,thread=multi -plugin "build/host/lockstep.so,out=$peer_result.raw" &&
        scale_rounds "$2" "$peer_result"
}

# peers_compare p50|max KOS-FILE PEER-FILE: for every row of kos that the peer has, too, by whatever mechanism:
# "row<TAB>kos<TAB>peer<TAB>ratio<TAB>mechanism" of the best mechanism. ipc/round_trip/best: our round trip with 64 bytes
# beside the cheapest of theirs, whatever it carries.
peers_compare() {
    awk -v metric="$1" '
    function value(   i) { for (i = 3; i <= NF; i++) if (index($i, metric "=") == 1) return substr($i, length(metric) + 2) + 0; return -1 }
    function offer(row, mechanism, instructions) {
        if (row in best && best[row] <= instructions) return
        best[row] = instructions; by[row] = mechanism
    }
    $1 != "BENCH" || $3 !~ /^rounds=/ || $2 == "overhead" || value() < 0 { next }
    NR == FNR {
        if (!($2 in kos)) order[++rows] = $2
        kos[$2] = value()
        if ($2 == "ipc/round_trip/cross_space/64B") { order[++rows] = "ipc/round_trip/best"; kos["ipc/round_trip/best"] = value() }
        next
    }
    {
        parts = split($2, part, "/")
        parent = substr($2, 1, length($2) - length(part[parts]) - 1)
        if ($2 in kos) offer($2, "-", value())
        else if (parent in kos) offer(parent, part[parts], value())
        if ($2 ~ /^ipc\/round_trip\/cross_space\//) offer("ipc/round_trip/best", part[parts], value())
    }
    END {
        for (i = 1; i <= rows; i++) {
            row = order[i]
            if (row in best && kos[row] > 0) printf "%s\t%d\t%d\t%.2f\t%s\n", row, kos[row], best[row], best[row] / kos[row], by[row]
        }
    }' "$2" "$3"
}

# peers_show p50|max FILES: the table; FILES "arch:file ..." are those of kos. Adds the ratios to peer_files, for json.
peers_show() {
    [ -n "$peer_files" ] || return 0
    echo
    printf '%-52s %10s %10s %8s  %s\n' "instructions, $1: kos and Linux, same machine" kos peer ratio "best mechanism"
    peer_ratios=""
    for entry in $peer_files; do
        arch=${entry%%:*} file=${entry#*:} peer=${entry##*:}
        file=${file%%:*} peer=${peer%/}
        ours=$(for own in $2; do case $own in $arch:*) echo "${own#*:}" ;; esac; done)
        peers_compare "$1" "$ours" "$file" >"$file.compared"
        awk -F '\t' -v peer="$peer" -v arch="$arch" '{ printf "%-52s %10d %10d %8.1f  %s\n", peer "/" $1 "/" arch, $2, $3, $4, $5 }' "$file.compared"
        awk -F '\t' '{ print "BENCH " $1 " rounds=1 min=" $4 " p50=" $4 " p99=" $4 " max=" $4 }' "$file.compared" >"$file.ratio"
        peer_ratios="$peer_ratios $arch:$file.ratio:ratio/$peer/"
    done
    peer_files="$peer_files $peer_ratios"
}
