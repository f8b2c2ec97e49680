/* SPDX-License-Identifier: Apache-2.0 */
/* The program of which a process is made and ends at once. */
int main(void)
{
    return 0;
}
