/* SPDX-License-Identifier: Apache-2.0 */
#define BACK_DOOR "back_door"
