/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>
namespace optics { uint32_t scale(uint32_t value); }
