/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling: SCHED_OTHER is the standard class (priorities 0 to 15), SCHED_FIFO and SCHED_RR the real-time ones (0 to
 * 31): musl's numbers of policies are those of the kernel's classes. */
#include "thread.h"
#include <abi/limits.h>
#include <coresrv/hal/hal_api.h>
#include <sched.h>
#include <string.h>

_Static_assert(SCHED_OTHER == KOS_CLASS_STANDARD && SCHED_FIFO == KOS_CLASS_FIFO && SCHED_RR == KOS_CLASS_ROUND_ROBIN,
               "classes are policies");

static int policy_known(int policy)
{
    return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR;
}

int sched_get_priority_min(int policy)
{
    return policy_known(policy) ? 0 : posix_failed(EINVAL);
}

int sched_get_priority_max(int policy)
{
    if (!policy_known(policy))
        return posix_failed(EINVAL);
    return (int)(policy == SCHED_OTHER ? KOS_PRIORITY_STANDARD_MAX : KOS_PRIORITY_REAL_TIME_MAX);
}

int sched_yield(void)
{
    KosThreadYield();
    return 0;
}

void posix_scheduling(Tid tid, int *policy, int *priority)
{
    struct kos_core_result info = KOS_CORE(THREAD, GetInfo, KosThreadGetHandle(tid));
    nk_uint64_t word = KOS_CORE_OUT(info, THREAD, GetInfo, priority); /* the class above it */
    *policy = (int)(word >> 8 & 0xff);
    *priority = (int)(word & 0xff);
    if (info.rc != rcOk || !policy_known(*policy)) {
        *policy = SCHED_OTHER;
        *priority = (int)KOS_PRIORITY_STANDARD_DEFAULT;
    }
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *parameters)
{
    int most = policy_known(policy) ? sched_get_priority_max(policy) : -1, priority = parameters->sched_priority;
    if (priority < 0 || priority > most)
        return EINVAL;
    Retcode rc =
        KnThreadSetPriorityByHandle(KosThreadGetHandle(thread->tid), (rtl_uint32_t)policy, (rtl_uint32_t)priority);
    return rc == rcOk ? 0 : EPERM;
}

int pthread_getschedparam(pthread_t thread, int *policy, struct sched_param *parameters)
{
    *parameters = (struct sched_param){.sched_priority = 0};
    posix_scheduling(thread->tid, policy, &parameters->sched_priority);
    return 0;
}

int pthread_setschedprio(pthread_t thread, int priority)
{
    struct sched_param parameters = {.sched_priority = priority};
    int policy, before;
    posix_scheduling(thread->tid, &policy, &before);
    return pthread_setschedparam(thread, policy, &parameters);
}

int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *cpus)
{
    rtl_uint64_t mask = 0;
    memcpy(&mask, cpus, size < sizeof(mask) ? size : sizeof(mask));
    return KnThreadSetAffinityByHandle(KosThreadGetHandle(thread->tid), mask) == rcOk ? 0 : EINVAL;
}

int pthread_setname_np(pthread_t thread, const char *name)
{
    size_t length = strlen(name);
    if (length >= sizeof(thread->name))
        return ERANGE;
    memcpy(thread->name, name, length + 1);
    return 0;
}

int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    size_t length = strlen(thread->name);
    if (length >= size)
        return ERANGE;
    memcpy(name, thread->name, length + 1);
    return 0;
}

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)
{
    rtl_uint32_t size;
    void *stack = KosThreadGetStack(thread->tid, &size);
    if (stack == NULL)
        return ESRCH;
    (void)pthread_attr_init(attributes);
    (void)pthread_attr_setdetachstate(attributes, thread->state == THREAD_DETACHED ? PTHREAD_CREATE_DETACHED
                                                                                   : PTHREAD_CREATE_JOINABLE);
    return pthread_attr_setstack(attributes, stack, size);
}
