/* SPDX-License-Identifier: Apache-2.0 */
#include "optics.hpp"
namespace optics { uint32_t scale(uint32_t value) { return value * OPTICS_SCALE; } }
