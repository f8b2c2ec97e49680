/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/footprint/set.h>
#include <stdio.h>
#include <stdlib.h>

void set_clear(struct set *set)
{
    if (set->places == NULL && (set->places = calloc(SET_PLACES, sizeof(*set->places))) == NULL)
        abort();
    set->round++;
    set->count = 0;
}

void set_add(struct set *set, uint64_t value)
{
    uint64_t place = (value * 0x9e3779b97f4a7c15ULL) >> 47;
    while (set->places[place].round == set->round) {
        if (set->places[place].value == value)
            return;
        place = (place + 1) % SET_PLACES;
    }
    if (set->count == SET_PLACES - 1) {
        fprintf(stderr, "footprint: a stretch touches more than %u lines\n", SET_PLACES);
        abort();
    }
    set->places[place].value = value;
    set->places[place].round = set->round;
    set->count++;
}
