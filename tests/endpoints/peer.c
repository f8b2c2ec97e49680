/* SPDX-License-Identifier: Apache-2.0 */
/* The other process: does what its second argument says. */
#include <kos/core.h>
#include <string.h>

int main(int argc, const char *argv[])
{
    const char *order = argc > 1 ? argv[1] : "";
    return strcmp(order, "42") == 0 ? 42 : 1;
}
