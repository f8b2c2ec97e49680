/* SPDX-License-Identifier: Apache-2.0 */
/* Verification of messages: whatever the bytes, it ends and reads nothing beyond them, in one piece or in many. */
#include <abi/ipc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tests/languages/verify.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    unsigned riid = data[0] % 5, mid = data[1] % 8, handles = data[3] % 4;
    enum verify_direction direction = data[2] % 3;
    data += 4, size -= 4;
    size_t constant = verify_size(riid, mid, direction);
    if (constant == 0 || size < constant - KOS_MESSAGE_HEADER_SIZE)
        return 0;
    uint8_t *message = malloc(constant);
    uint64_t info = KOS_INFO(riid, mid, constant, handles) | (direction == VERIFY_ERROR ? KOS_INFO_ERROR : 0);
    memset(message, 0, KOS_MESSAGE_HEADER_SIZE);
    memcpy(message, &info, sizeof(info));
    memcpy(message + KOS_MESSAGE_HEADER_SIZE, data, constant - KOS_MESSAGE_HEADER_SIZE);
    data += constant - KOS_MESSAGE_HEADER_SIZE, size -= constant - KOS_MESSAGE_HEADER_SIZE;
    uint8_t *arena = malloc(size + 1);
    memcpy(arena, data, size);
    if (verify(riid, mid, direction, message, arena, size) !=
        verify_in_pieces(riid, mid, direction, message, arena, size, 13))
        abort();
    free(arena);
    free(message);
    return 0;
}
