/* SPDX-License-Identifier: Apache-2.0 */
/* How long a test waits for what must happen, in ms: catches hangs only, so it is generous. Emulated CPUs share the few
 * of a host with others, and a second of theirs may be a tenth of one. */
#pragma once

#define PATIENCE_MS 60000
