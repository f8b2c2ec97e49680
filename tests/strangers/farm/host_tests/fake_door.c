/* SPDX-License-Identifier: Apache-2.0 */
#include "not_on_the_target.h"
