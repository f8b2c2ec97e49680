/* SPDX-License-Identifier: Apache-2.0 */
/* Started and ended by the load's task churn. */
int main(void)
{
    return 0;
}
