/* SPDX-License-Identifier: Apache-2.0 */
#ifndef METRO_H
#define METRO_H
#define METRO_CHANNEL "metro_points"
#define SAY(...) fprintf(stderr, __VA_ARGS__)
#endif
