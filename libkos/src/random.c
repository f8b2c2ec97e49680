/* SPDX-License-Identifier: Apache-2.0 */
/*
 * D. J. Bernstein, "Fast-key-erasure random-number generators" (2017): each block of ChaCha20 output begins with the
 * next key, and what was handed out cannot be computed back. ChaCha20 as in RFC 8439.
 */
#include <kos/core.h>
#include <kos/mutex.h>
#include <kos/random/random_api.h>
#include <string.h>

#define KEY_WORDS   8U
#define BLOCK_WORDS 16U

static KosMutex lock = KosInitializedMutex;
static rtl_uint32_t key[KEY_WORDS]; /* all guarded by lock */
static rtl_size_t left;             /* bytes until it is seeded again; 0 at first */
static KosRandomQuality quality_now;
static struct {
    KosRandomSeedMethod method;
    void *context;
} sources[KOS_RANDOM_SOURCES_MAX];

static void quarter_round(rtl_uint32_t *a, rtl_uint32_t *b, rtl_uint32_t *c, rtl_uint32_t *d)
{
#define STEP(x, y, z, bits)                                                                                            \
    *(x) += *(y);                                                                                                      \
    *(z) ^= *(x);                                                                                                      \
    *(z) = *(z) << (bits) | *(z) >> (32 - (bits))
    STEP(a, b, d, 16);
    STEP(c, d, b, 12);
    STEP(a, b, d, 8);
    STEP(c, d, b, 7);
#undef STEP
}

static void chacha20(const rtl_uint32_t *with, rtl_uint32_t counter, rtl_uint32_t out[BLOCK_WORDS])
{
    static const rtl_uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    rtl_uint32_t start[BLOCK_WORDS] = {0};
    memcpy(start, constants, sizeof(constants));
    memcpy(start + 4, with, KEY_WORDS * sizeof(*with));
    start[12] = counter;
    memcpy(out, start, sizeof(start));
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned j = 0; j < 4; j++)
            quarter_round(&out[j], &out[j + 4], &out[j + 8], &out[j + 12]);
        for (unsigned j = 0; j < 4; j++)
            quarter_round(&out[j], &out[4 + (j + 1) % 4], &out[8 + (j + 2) % 4], &out[12 + (j + 3) % 4]);
    }
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        out[i] += start[i];
}

/* The key takes up more entropy: the old one encrypts, so nothing that it had is lost. */
static void absorb(const rtl_uint32_t entropy[KEY_WORDS])
{
    rtl_uint32_t block[BLOCK_WORDS];
    for (unsigned i = 0; i < KEY_WORDS; i++)
        key[i] ^= entropy[i];
    chacha20(key, 0, block);
    memcpy(key, block, sizeof(key));
}

static Retcode seed(void)
{
    rtl_uint32_t entropy[KEY_WORDS];
    KOS_CORE_PARTS(HAL, GetEntropy) parts = {.in = {.size = sizeof(entropy)}};
    unsigned asked = 0, given = 0;
    Retcode rc = KOS_CORE_ARENA(HAL, GetEntropy, parts.words, NK_NULL, 0, entropy, sizeof(entropy));
    if (rc != rcOk)
        return rc;
    absorb(entropy);
    for (unsigned i = 0; i < KOS_RANDOM_SOURCES_MAX; i++) {
        if (sources[i].method == RTL_NULL)
            continue;
        memset(entropy, 0, sizeof(entropy));
        asked++;
        given += sources[i].method(sources[i].context, sizeof(entropy), entropy) == rcOk ? 1U : 0U;
        absorb(entropy); /* whatever it wrote: it cannot make the key worse */
    }
    quality_now = asked != 0 && given == asked ? KosRandomQualityHigh : KosRandomQualityLow;
    left = KOS_RANDOM_RESEED;
    return rcOk;
}

static void produce(unsigned char *out, rtl_size_t size)
{
    rtl_uint32_t block[BLOCK_WORDS], old[KEY_WORDS];
    chacha20(key, 0, block);
    memcpy(old, key, sizeof(old));
    memcpy(key, block, sizeof(key));
    for (rtl_uint32_t counter = 1; size != 0; counter++) {
        chacha20(old, counter, block);
        rtl_size_t part = size < sizeof(block) ? size : sizeof(block);
        memcpy(out, block, part);
        out += part;
        size -= part;
    }
    memset(block, 0, sizeof(block));
    memset(old, 0, sizeof(old));
    __asm__ volatile("" ::"r"(block), "r"(old) : "memory"); /* they are really cleared */
}

Retcode KosRandomGenerateEx(rtl_size_t size, void *output, KosRandomQuality *quality)
{
    unsigned char *out = output;
    Retcode rc = rcOk;
    if (output == RTL_NULL && size != 0)
        return rcInvalidArgument;
    KosMutexLock(&lock);
    do {
        if (left == 0)
            rc = seed();
        if (rc == rcOk) {
            rtl_size_t part = size < left ? size : left;
            produce(out, part);
            out += part;
            size -= part;
            left -= part;
        }
    } while (rc == rcOk && size != 0);
    if (quality != RTL_NULL)
        *quality = quality_now;
    KosMutexUnlock(&lock);
    return rc;
}

Retcode KosRandomGenerate(rtl_size_t size, void *output)
{
    return KosRandomGenerateEx(size, output, RTL_NULL);
}

static int find(KosRandomSeedMethod method, const void *context)
{
    for (unsigned i = 0; i < KOS_RANDOM_SOURCES_MAX; i++)
        if (sources[i].method == method && sources[i].context == context)
            return (int)i;
    return -1;
}

Retcode KosRandomRegisterSrc(KosRandomSeedMethod method, void *context)
{
    if (method == RTL_NULL)
        return rcInvalidArgument;
    KosMutexLock(&lock);
    Retcode rc = find(method, context) < 0 ? rcOk : rcAlreadyExists;
    int place = find(RTL_NULL, RTL_NULL);
    if (rc == rcOk && place < 0)
        rc = rcOutOfMemory;
    if (rc == rcOk) {
        sources[place].method = method;
        sources[place].context = context;
        left = 0;
    }
    KosMutexUnlock(&lock);
    return rc;
}

Retcode KosRandomUnregisterSrc(KosRandomSeedMethod method, void *context)
{
    KosMutexLock(&lock);
    int place = method != RTL_NULL ? find(method, context) : -1;
    if (place >= 0) {
        sources[place].method = RTL_NULL;
        sources[place].context = RTL_NULL;
        left = 0;
    }
    KosMutexUnlock(&lock);
    return place >= 0 ? rcOk : rcResourceNotFound;
}
