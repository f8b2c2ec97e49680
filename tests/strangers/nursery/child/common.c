/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include "common.h"
#ifndef CHILD
#error "for children"
#endif
void say(const char *who, const char *what) { fprintf(stderr, "%s %s\n", who, what); }
