/* SPDX-License-Identifier: Apache-2.0 */
/* Are a policy's tables fit to be indexed by? Boot; says on the console what is wrong. */
#pragma once
#include <ksm/policy.h>

bool ksm_policy_well_formed(const struct ksm_policy *policy);

/* A direction that does not exist (size 0) has nothing; another has a size of whole words with its header, no larger
 * with its arena than a message may be, and its descriptors lie in the constant part, aligned and apart. */
bool ksm_shape_well_formed(const struct ksm_shape *shape);
