/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers of this process's own generator (ChaCha20 with fast key erasure), which is seeded by the kernel and by
 * the sources that the program registers, and again after every KOS_RANDOM_RESEED bytes. Safe in all threads.
 */
#pragma once
#include <rtl/retcode.h>
#ifdef __cplusplus
extern "C" {
#endif
#define KOS_RANDOM_RESEED      65536U
#define KOS_RANDOM_SOURCES_MAX 8U

/* High: at least one source is registered, and each of them delivered when the generator was last seeded. */
typedef enum KosRandomQuality { KosRandomQualityLow, KosRandomQualityHigh } KosRandomQuality;

Retcode KosRandomGenerate(rtl_size_t size, void *output);
Retcode KosRandomGenerateEx(rtl_size_t size, void *output, KosRandomQuality *quality);

/* Fills output with entropy; any other result than rcOk: it has none now. */
typedef Retcode (*KosRandomSeedMethod)(void *context, rtl_size_t size, void *output);
/* The next generation seeds from it. rcOutOfMemory: there are KOS_RANDOM_SOURCES_MAX; rcAlreadyExists;
 * rcInvalidArgument. */
Retcode KosRandomRegisterSrc(KosRandomSeedMethod method, void *context);
Retcode KosRandomUnregisterSrc(KosRandomSeedMethod method, void *context); /* rcResourceNotFound */
#ifdef __cplusplus
}
#endif
