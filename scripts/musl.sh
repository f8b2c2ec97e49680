# SPDX-License-Identifier: Apache-2.0
# musl, the C library of solutions: sourced by kos. Debian's packages of it for both architectures, fetched through apt (its mirror, its proxy), each
# known by its checksum; of the compiler's own functions (128-bit numbers) libgcc. All is kept in build/musl/<architecture>, and the packages in
# ${XDG_CACHE_HOME:-~/.cache}/kos for other checkouts.
musl_version=1.2.3-1
musl_sha256_x86_64=7c34f29a0c1aa12f6da1d25ed6de6fe6bbd9e048ee76b3dcb88c5e51fb65507f
musl_sha256_aarch64=55c2ca4bc3041c8ed8ac7dc3ef6080d9551a21650568b2fd7610b59eaf98a4f4
libgcc_version=12
libcxx_version=19.1.7-3~deb12u1
libcxx_sha256="
libc++-19-dev amd64 21e79a3c1557f0dbc8dc2dd1f123523ab08784a8fa2204c0ef7937e3c9baad95
libc++-19-dev arm64 b2f9fe183046b785f8ff85f97418c672ba4fb8aaffb66a319cf4f7fa24ffb4c1
libc++abi-19-dev amd64 78d59818a21a756868670d7b27d2737fd33b23f7597585d56e0656dd059147d9
libc++abi-19-dev arm64 3c20dc1d9522d9042d2945517f8d544e1cc709c63a37f3d7f40c04f9cfbca151
libunwind-19-dev amd64 8537cf14e3191619117a2d0b47809a24660f6cb2cada050f54fd957f8559c1a6
libunwind-19-dev arm64 07d641eb541878bad49ee8567ae708a701e0dbf1e6b1be82438b932a256c3101"

musl_wanted="musl $musl_version, libc++ $libcxx_version, 1" # the number: what is made of the packages

# KOS_NO_MUSL: as if it could not be fetched, for the tests.
musl_here() {
    [ -z "${KOS_NO_MUSL:-}" ] || return 1
    for musl_arch in x86_64 aarch64; do
        musl_is=""
        [ ! -e build/musl/$musl_arch/version ] || read -r musl_is <build/musl/$musl_arch/version
        [ "$musl_is" = "$musl_wanted" ] || return 1
    done
}

# And the C++ library, which may be missing when musl is there.
cxx_here() { musl_here && [ -d "build/musl/$1/c++" ]; } # ARCH

# Whatever is missing. Without it all but solutions' full C library works: it is said once, and nothing fails here.
musl_fetch() {
    ! musl_here && [ -z "${KOS_NO_MUSL:-}" ] || return 0
    [ ! -e build/musl/absent ] || [ -n "$(find build/musl/absent -mmin +60)" ] || return 0
    mkdir -p build/musl
    rm -f build/musl/without_cxx
    for musl_arch in x86_64 aarch64; do
        (musl_prepare "$musl_arch") >build/musl/$musl_arch.log 2>&1 || {
            echo "kos: musl for $musl_arch could not be fetched (build/musl/$musl_arch.log): solutions get the small C library of libkos" >&2
            touch build/musl/absent
            return 0
        }
    done
    rm -f build/musl/absent
    [ ! -e build/musl/without_cxx ] || echo "kos: libc++ could not be fetched (build/musl/*.log): C++ without a library; remove build/musl to try again" >&2
}

musl_prepare() { # ARCH
    set -x
    into=build/musl/$1 cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kos
    case $1 in x86_64) deb=amd64 sha256=$musl_sha256_x86_64 ;; aarch64) deb=arm64 sha256=$musl_sha256_aarch64 ;; esac
    rm -rf "$into" "$into.new"
    mkdir -p "$into.new/package" "$cache"
    package=musl-dev_${musl_version}_$deb.deb
    musl_package "$package" m/musl musl-dev || return 1
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
    musl_cxx "$into.new" "$1" $deb && [ -s "$into.new/libc++.a" ] && [ -s "$into.new/libunwind.a" ] && [ -e "$into.new/c++/vector" ] ||
        { rm -rf "$into.new/c++" "$into.new/package"; touch build/musl/without_cxx; }
    echo "$musl_wanted" >"$into.new/version"
    musl_members "$into.new" >"$into.new/members"
    [ -s "$into.new/libc.a" ] && [ -s "$into.new/libgcc.a" ] && [ -e "$into.new/include/stdio.h" ] && grep -q '^S ' "$into.new/members" && mv "$into.new" "$into"
}

# A package in $cache, of checksum $sha256.
musl_package() { # FILE FOLDER-OF-POOL NAME
    musl_checked "$cache/$1" || musl_download "$@"
}

musl_checked() { # FILE
    [ -s "$1" ] && echo "$sha256  $1" | sha256sum -c --quiet
}

# From the mirror that the machine's own packages come from; else from Debian's.
musl_download() { # FILE FOLDER-OF-POOL NAME
    mirror=$(cd / && apt-get download --print-uris "$3" | sed -n "s#^'\\(.*/pool/main\\)/.*#\\1#p")
    for from in $mirror http://deb.debian.org/debian/pool/main https://snapshot.debian.org/archive/debian/20250901T000000Z/pool/main; do
        rm -f "$cache/$1.new"
        /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$from/$2/$1" "$cache/$1.new" "SHA256:$sha256" || continue
        mv "$cache/$1.new" "$cache/$1"
        musl_checked "$cache/$1" && return 0
    done
    return 1
}

# libc++ as Debian has built it for its own C library: libkos/posix (cxx.c, locale.c) gives it what musl does not have, and its headers are told.
musl_cxx() { # DIR ARCH DEB
    mkdir "$1/package"
    for name in libc++-19-dev libc++abi-19-dev libunwind-19-dev; do
        sha256=$(echo "$libcxx_sha256" | sed -n "s/^$name $3 //p")
        musl_package "${name}_${libcxx_version}_$3.deb" l/llvm-toolchain-19 "$name" || return 1
        dpkg-deb -x "$cache/${name}_${libcxx_version}_$3.deb" "$1/package"
    done
    mv "$1/package/usr/lib/llvm-19/include/c++/v1" "$1/c++"
    mv "$1/package/usr/lib/llvm-19/lib/libc++.a" "$1/package/usr/lib/llvm-19/lib/libunwind.a" "$1"
    cp "$1/package/usr/share/doc/libc++-19-dev/copyright" "$1/libc++.copyright"
    rm -rf "$1/package"
    # The library has classes of characters, and mutexes, as another C library has them.
    sed -i 's/defined(__GLIBC__)/(defined(__GLIBC__) || defined(_LIBCPP_HAS_MUSL_LIBC))/' "$1/c++/__config" "$1/c++/__locale"
    sed -i 's/^\( *\)defined(_LIBCPP_HAS_MUSL_LIBC) || defined(__OpenBSD__)/\1defined(__OpenBSD__)/' "$1/c++/__config"
    # PTHREAD_MUTEX: 48 bytes on aarch64 in that other one.
    [ "$2" = x86_64 ] || sed -i '/pthread_mutex_t;/s/sizeof(long)==8?10:6/12/g; /pthread_mutex_t;/s/sizeof(long)==8?5:6/6/g' "$1/include/bits/alltypes.h"
    cat >>"$1/c++/__config_site" <<'SITE'
#define _LIBCPP_HAS_MUSL_LIBC
#define _LIBCPP_HAS_THREAD_API_PTHREAD
#define _ISbit(bit) ((bit) < 8 ? (1 << (bit)) << 8 : (1 << (bit)) >> 8)
#define _ISupper _ISbit(0)
#define _ISlower _ISbit(1)
#define _ISalpha _ISbit(2)
#define _ISdigit _ISbit(3)
#define _ISxdigit _ISbit(4)
#define _ISspace _ISbit(5)
#define _ISprint _ISbit(6)
#define _ISblank _ISbit(8)
#define _IScntrl _ISbit(9)
#define _ISpunct _ISbit(10)
SITE
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
