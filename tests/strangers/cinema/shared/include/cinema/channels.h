/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CINEMA_CHANNELS_H
#define CINEMA_CHANNELS_H
/** Name of the channel to the projector room */
#define CINEMA_CHANNEL "cinema.projector"
#endif
