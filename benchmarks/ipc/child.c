/* SPDX-License-Identifier: Apache-2.0 */
/* Started and ended by the case task/start_exit. */
int main(void)
{
    return 0;
}
