/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#define SPARE_CHANNEL "tower.spare"
