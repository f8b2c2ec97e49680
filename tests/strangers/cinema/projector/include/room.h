/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <cinema/Projector.edl.h>
#include <stddef.h>

struct cinema_seats_Booking *booking_create(void);
struct cinema_screens_Show *show_create(const char *where);
