# SPDX-License-Identifier: Apache-2.0
# musl, the C library of solutions: sourced by kos. Debian's packages of it for both architectures, fetched through apt (its mirror, its proxy), each
# known by its checksum; of the compiler's own functions (128-bit numbers) libgcc. All is kept in build/musl/<architecture>, and the packages in
# ${XDG_CACHE_HOME:-~/.cache}/kos for other checkouts.
musl_version=1.2.3-1
musl_sha256_x86_64=7c34f29a0c1aa12f6da1d25ed6de6fe6bbd9e048ee76b3dcb88c5e51fb65507f
musl_sha256_aarch64=55c2ca4bc3041c8ed8ac7dc3ef6080d9551a21650568b2fd7610b59eaf98a4f4
libgcc_version=12

# KOS_NO_MUSL: as if it could not be fetched, for the tests.
musl_here() { [ -z "${KOS_NO_MUSL:-}" ] && [ -s build/musl/x86_64/members ] && [ -s build/musl/aarch64/members ]; }

# Whatever is missing. Without it all but solutions' full C library works: it is said once, and nothing fails here.
musl_fetch() {
    ! musl_here && [ -z "${KOS_NO_MUSL:-}" ] || return 0
    [ ! -e build/musl/absent ] || [ -n "$(find build/musl/absent -mmin +60)" ] || return 0
    mkdir -p build/musl
    for musl_arch in x86_64 aarch64; do
        (musl_prepare "$musl_arch") >build/musl/$musl_arch.log 2>&1 || {
            echo "kos: musl for $musl_arch could not be fetched (build/musl/$musl_arch.log): solutions get the small C library of libkos" >&2
            touch build/musl/absent
            return 0
        }
    done
    rm -f build/musl/absent
}

musl_prepare() { # ARCH
    set -x
    into=build/musl/$1 cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kos
    case $1 in x86_64) deb=amd64 sha256=$musl_sha256_x86_64 ;; aarch64) deb=arm64 sha256=$musl_sha256_aarch64 ;; esac
    rm -rf "$into" "$into.new"
    mkdir -p "$into.new/package" "$cache"
    package=musl-dev_${musl_version}_$deb.deb
    musl_checked "$cache/$package" || musl_download "$cache/$package" || return 1
    libgcc=$(musl_libgcc $deb) || return 1
    dpkg-deb -x "$cache/$package" "$into.new/package"
    mv "$into.new/package/usr/include/$1-linux-musl" "$into.new/include"
    mv "$into.new/package/usr/lib/$1-linux-musl/libc.a" "$into.new/libc.a"
    mv "$into.new/package/usr/share/doc/musl-dev/copyright" "$into.new/musl.copyright"
    rm -rf "$into.new/package"
    mkdir "$into.new/package"
    dpkg-deb -x "$libgcc" "$into.new/package"
    mv "$(find "$into.new/package" -name libgcc.a | grep -v /x32/ | grep -v /32/ | head -1)" "$into.new/libgcc.a"
    cp "$into.new/package/usr/share/doc/"*/copyright "$into.new/libgcc.copyright" 2>/dev/null || true
    rm -rf "$into.new/package"
    musl_members "$into.new" >"$into.new/members"
    mv "$into.new" "$into"
}

musl_checked() { # FILE
    [ -s "$1" ] && echo "$sha256  $1" | sha256sum -c --quiet
}

# From the mirror that the machine's own packages come from; else from Debian's.
musl_download() { # FILE
    mirror=$(cd / && apt-get download --print-uris musl-dev | sed -n "s#^'\\(.*/pool/main/m/musl\\)/.*#\\1#p")
    for from in $mirror http://deb.debian.org/debian/pool/main/m/musl https://snapshot.debian.org/archive/debian/20230601T000000Z/pool/main/m/musl; do
        rm -f "$1.new"
        /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$from/$(basename "$1")" "$1.new" "SHA256:$sha256" || continue
        mv "$1.new" "$1"
        musl_checked "$1" && return 0
    done
    return 1
}

# The package with libgcc.a for the architecture: the machine's own, or the one for crossing. apt checks it.
musl_libgcc() { # amd64|arm64
    name=libgcc-$libgcc_version-dev
    [ "$(dpkg --print-architecture)" = "$1" ] || name=$name-$1-cross
    for attempt in known updated; do
        ls "$cache/$name"_*.deb >/dev/null 2>&1 && break
        [ $attempt = known ] || apt-get -q update >&2 || true
        (cd "$cache" && apt-get -q -o APT::Sandbox::User=root download "$name" >&2) || true
    done
    ls "$cache/$name"_*.deb | tail -1
}

# What each member of libc.a is: "S member" makes system calls itself; "D member name" defines, "U member name" needs; "G name": libgcc has it.
musl_members() { # DIR
    llvm-objdump-19 -d --no-show-raw-insn "$1/libc.a" | awk '
        /^[^ ].*\(.*\):[ \t]*file format/ { member = $1; sub(/.*\(/, "", member); sub(/\).*/, "", member) }
        /\t(syscall|svc)/ && !seen[member]++ { print "S", member }'
    llvm-nm-19 -A -g --format=posix "$1/libc.a" 2>/dev/null | awk '{
        member = $1; sub(/.*\[/, "", member); sub(/\].*/, "", member)
        if ($3 == "U") print "U", member, $2; else if ($3 != "w" && $3 != "v") print "D", member, $2 }'
    llvm-nm-19 -g --defined-only --format=posix "$1/libgcc.a" 2>/dev/null | awk 'NF > 2 { print "G", $1 }'
}
