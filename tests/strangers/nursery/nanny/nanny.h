/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
void sync_test(void);
