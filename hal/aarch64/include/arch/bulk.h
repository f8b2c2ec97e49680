/* SPDX-License-Identifier: Apache-2.0 */
/* No faster way to copy than pairs of words, which the compiler makes of the loop in hal/string.c. */
#pragma once
