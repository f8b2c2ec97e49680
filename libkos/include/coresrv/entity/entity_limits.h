/* SPDX-License-Identifier: Apache-2.0 */
/* What one initializing program may start; the tool einit checks init.yaml against it. */
#pragma once
#define ENTITY_ARGS_MAX    64 /* the process's name included */
#define ENTITY_ENV_MAX     64
#define ENTITY_STRINGS_MAX 4096 /* bytes of all arguments and variables, terminators included */
