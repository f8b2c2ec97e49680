#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
SCRIPT_DIR="$(dirname "$(realpath "${0}")")"
BUILD="${SCRIPT_DIR}/build"
SDK_PREFIX=${SDK_PREFIX:-/opt/KasperskyOS-Community-Edition-1.2.0.45}
TARGET="aarch64-kos"
"$SDK_PREFIX/toolchain/bin/cmake" -G "Unix Makefiles" -B "$BUILD" -D CMAKE_BUILD_TYPE:STRING=Debug \
      -D CMAKE_TOOLCHAIN_FILE="$SDK_PREFIX/toolchain/share/toolchain-$TARGET.cmake" "$SCRIPT_DIR/" && "$SDK_PREFIX/toolchain/bin/cmake" --build "$BUILD" --target sim
