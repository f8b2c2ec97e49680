/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "song.h"
void say(const char *who, const char *what);
