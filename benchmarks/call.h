/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside a measuring program: calls of the interface that CALL_INTERFACE names (as generated code does:
 * benchmark_Echo), to the server behind `transport`, whose endpoint has the number `riid`. Both are the program's,
 * static.
 */
#pragma once
#include <benchmarks/measure.h>
#include <coresrv/nk/transport-kos.h>

static NkKosTransport transport;
static nk_iid_t riid;

#define CALL_JOIN_(a, b) a##b
#define CALL_JOIN(a, b)  CALL_JOIN_(a, b)
#define CALL_NAME(end)   CALL_JOIN(CALL_INTERFACE, end)

/* One call through a proxy that the compiler sees made: it costs what the call does. The messages are memory all the
 * same: what is sent is read there, and what comes is written. */
#define TOUCH(request, response) __asm__ volatile("" : "+m"(*(request)), "+m"(*(response)))
#define CALL(method, request, request_arena, response)                                                                 \
    __extension__({                                                                                                    \
        TOUCH(request, response);                                                                                      \
        NkKosTransport transport_;                                                                                     \
        struct CALL_NAME(_proxy) proxy_;                                                                               \
        NkKosTransport_Init(&transport_, transport.base.handle, NK_NULL, 0);                                           \
        CALL_NAME(_proxy_init)(&proxy_, &transport_.base, endpoint);                                                   \
        nk_err_t code_ = CALL_NAME(_##method)(&proxy_.base, (request), (request_arena), (response), NK_NULL);          \
        TOUCH(request, response);                                                                                      \
        code_;                                                                                                         \
    })
/* The endpoint's number: a variable of the caller's, as the compiler knows of a global one that others may change it.
 */
#define ENDPOINT const nk_iid_t endpoint = riid

#define ROUND_TRIP(name, method)                                                                                       \
    __attribute__((noinline)) static void method(void)                                                                 \
    {                                                                                                                  \
        static struct CALL_NAME(_##method##_req) req;                                                                  \
        static struct CALL_NAME(_##method##_res) res;                                                                  \
        Retcode rc = rcOk;                                                                                             \
        ENDPOINT;                                                                                                      \
        MEASURE(name, ROUNDS, rc |= CALL(method, &req, NK_NULL, &res));                                                \
        check(rc, name);                                                                                               \
    }
