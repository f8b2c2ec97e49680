/* SPDX-License-Identifier: Apache-2.0 */
/* Between object.c and object_config.c. Errors mark the object as broken. */
#pragma once
#include <tools/nk-psl-gen-c/model.h>

[[gnu::format(printf, 4, 5)]] void object_error(struct psl_policy *policy, struct psl_object *object,
                                                struct location at, const char *format, ...);
/* The value of a setting; an error and null if it is absent. */
struct psl_expression *object_config_field(struct psl_policy *policy, struct psl_object *object,
                                           const struct psl_expression *config, const char *name);
/* Every setting has one of these names, once. */
void object_config_known(struct psl_policy *policy, struct psl_object *object, const struct psl_expression *config,
                         const char *const *names, unsigned count);
void object_config_keys(struct psl_policy *policy, struct psl_object *object, const struct psl_expression *config);
void object_config_flow(struct psl_policy *policy, struct psl_object *object, const struct psl_parameter *state,
                        const struct psl_expression *config);
void object_config_mic(struct psl_policy *policy, struct psl_object *object, const struct psl_expression *config);
