/* SPDX-License-Identifier: Apache-2.0 */
#include <gtest/gtest.h>
TEST(Weights, Sum) { EXPECT_EQ(2, 1 + 1); }
