/* SPDX-License-Identifier: Apache-2.0 */
static int down(volatile char *above, int depth)
{
    volatile char here[512];
    here[depth & 511] = above[0];
    return depth < 0 ? 0 : down(here, depth + 1) + here[0];
}

int main(void)
{
    volatile char first[1] = {1};
    return down(first, 1);
}
