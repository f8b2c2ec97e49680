/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <nursery/Song.idl.h>
#include <stdio.h>
#include <string.h>
#include "common.h"

int main(int argc, char *argv[])
{
    Handle handle = ServiceLocatorConnect("ear");
    NkKosTransport transport;
    nursery_Song_proxy song;
    if (handle == INVALID_HANDLE) { say(argv[0], "nobody listens"); return 7; }
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "ear");
    if (riid == INVALID_RIID) { say(argv[0], "no ear"); return 8; }
    nursery_Song_proxy_init(&song, &transport.base, riid);

    nk_uint8_t memory[nursery_Song_req_arena_size] __attribute__((aligned(8)));
    struct nk_arena arena;
    nk_arena_init(&arena, memory, memory + sizeof memory);
    nursery_Song_Sing_req req;
    nursery_Song_Sing_res res;
#ifdef LOUD
    say(argv[0], "LOUD");
#endif
#if QUIET
#error "quiet"
#endif
    unsigned heard = 0;
    for (int i = 0; i < VERSES; i++) {
        nk_arena_reset(&arena);
        const char *verse = LULLABY;
        nk_arena_store(nk_char_t, &arena, &req.verse, verse, strlen(verse) + 1);
        req.times = i + argc;
        if (nursery_Song_Sing(&song.base, &req, &arena, &res, RTL_NULL) != NK_EOK) return 9;
        heard += res.heard;
    }
    nursery_Song_Bye_req breq;
    nursery_Song_Bye_res bres;
    nk_err_t rc = nursery_Song_Bye(&song.base, &breq, NULL, &bres, NULL);
    fprintf(stderr, "%s bye %d", argv[0], rc == NK_EOK);
    rc = nursery_Song_Bye(&song.base, &breq, NULL, &bres, NULL);
    fprintf(stderr, " %d\n", rc == NK_EOK);
    return (int)heard;
}
