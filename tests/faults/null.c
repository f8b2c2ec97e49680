/* SPDX-License-Identifier: Apache-2.0 */
struct settings {
    int first, second;
};

static struct settings *volatile none;

int main(void)
{
    return none->second;
}
