# SPDX-License-Identifier: Apache-2.0
set (HELPED "from ${ONE}")
if (DEFINED HELPED)
    return ()
endif ()
set (HELPED "too far")
