/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#define DENIED_LINE    33U
#define DENIED_ADDRESS 0xfedff000U
