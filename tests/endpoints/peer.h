/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the other process. */
#pragma once

/* Serves endpoint "main" on that CPU; returns if something is wrong. */
int peer_serve(unsigned cpu);
/* Does what argv[2] and argv[3] say; returns 1 if it was not stopped. */
int peer_break(int argc, const char *argv[]);
