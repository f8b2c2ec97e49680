#ifndef MOTION_H
#define MOTION_H

#define NK_USE_UNQUALIFIED_NAMES
#include "IMotion.idl.h"

struct Motion
{
    struct IMotion base;
    nk_sint16_t floor;
    struct elevator_IDoor_proxy *door;
};

struct IMotion *Motion_Create(struct Motion *motion, struct elevator_IDoor_proxy *door);
#endif
