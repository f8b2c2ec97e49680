/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    fprintf(stderr, "Hello world!\n");
    return EXIT_SUCCESS;
}
