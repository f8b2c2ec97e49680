/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What needs files, a network, processes or signals between them: there so that programs link, and fails. Files and
 * sockets with EIO, as in the original if no VFS answers; processes with ENOSYS. Declared by no header here: each name
 * gets the same tiny function, which fits all of them that return an integer, or a pointer.
 */
#include "posix.h"
#include <netdb.h>

#define REFUSE(name, error)                                                                                            \
    long refused_##name(void) MUSL(name);                                                                              \
    long refused_##name(void)                                                                                          \
    {                                                                                                                  \
        return posix_failed(error);                                                                                    \
    }
#define REFUSE_POINTER(name, error)                                                                                    \
    void *refused_##name(void) MUSL(name);                                                                             \
    void *refused_##name(void)                                                                                         \
    {                                                                                                                  \
        errno = error;                                                                                                 \
        return NULL;                                                                                                   \
    }

/* files */
REFUSE(access, EIO)
REFUSE(chdir, EIO)
REFUSE(chmod, EIO)
REFUSE(chown, EIO)
REFUSE(creat, EIO)
REFUSE(dup, EIO)
REFUSE(dup2, EIO)
REFUSE(faccessat, EIO)
REFUSE(fchdir, EIO)
REFUSE(fchmod, EIO)
REFUSE(fchmodat, EIO)
REFUSE(fchown, EIO)
REFUSE(fcntl, EIO)
REFUSE(fdatasync, EIO)
REFUSE(fstat, EIO)
REFUSE(fstatat, EIO)
REFUSE(fsync, EIO)
REFUSE(ftruncate, EIO)
REFUSE(ioctl, EIO)
REFUSE(link, ENOSYS)
REFUSE(lstat, EIO)
REFUSE(mkdir, EIO)
REFUSE(mkfifo, ENOSYS)
REFUSE(open, EIO)
REFUSE(openat, EIO)
REFUSE(pipe, EIO)
REFUSE(poll, EIO)
REFUSE(pread, EIO)
REFUSE(pwrite, EIO)
REFUSE(readlink, EIO)
REFUSE(readv, EIO)
REFUSE(remove, EIO)
REFUSE(rename, EIO)
REFUSE(rmdir, EIO)
REFUSE(select, EIO)
REFUSE(sendfile, EIO)
REFUSE(stat, EIO)
REFUSE(symlink, EIO)
REFUSE(truncate, EIO)
REFUSE(unlink, EIO)
REFUSE(unlinkat, EIO)
REFUSE(utimensat, EIO)
REFUSE_POINTER(fdopen, EIO)
REFUSE_POINTER(fopen, EIO)
REFUSE_POINTER(freopen, EIO)
REFUSE_POINTER(getcwd, EIO)
REFUSE_POINTER(opendir, EIO)
REFUSE_POINTER(readdir, EIO)
REFUSE(closedir, EIO)
REFUSE(statvfs, EIO)
REFUSE(sync, EIO)
REFUSE_POINTER(tmpfile, EIO)

/* network */
REFUSE(accept, EIO)
REFUSE(bind, EIO)
REFUSE(connect, EIO)
REFUSE(getpeername, EIO)
REFUSE(getsockname, EIO)
REFUSE(getsockopt, EIO)
REFUSE(listen, EIO)
REFUSE(recv, EIO)
REFUSE(recvfrom, EIO)
REFUSE(recvmsg, EIO)
REFUSE(send, EIO)
REFUSE(sendmsg, EIO)
REFUSE(sendto, EIO)
REFUSE(setsockopt, EIO)
REFUSE(shutdown, EIO)
REFUSE(socket, EIO)
REFUSE(socketpair, EIO)

REFUSE_POINTER(gethostbyname, EIO)
REFUSE_POINTER(gethostbyaddr, EIO)
REFUSE(getifaddrs, EIO)

/* processes, signals that come later */
REFUSE(alarm, ENOSYS)
REFUSE(getpriority, ENOSYS)
REFUSE(getrusage, ENOSYS)
REFUSE(setpriority, ENOSYS)
REFUSE(sigpending, ENOSYS)
REFUSE(sigqueue, ENOSYS)
REFUSE(sigsuspend, ENOSYS)
REFUSE(sigtimedwait, ENOSYS)
REFUSE(sigwaitinfo, ENOSYS)
REFUSE(timer_create, ENOSYS)
REFUSE(timer_delete, EINVAL)
REFUSE(timer_getoverrun, EINVAL)
REFUSE(timer_gettime, EINVAL)
REFUSE(timer_settime, EINVAL)
REFUSE(times, ENOSYS)
REFUSE(execl, ENOSYS)
REFUSE(execle, ENOSYS)
REFUSE(execlp, ENOSYS)
REFUSE(execvp, ENOSYS)
REFUSE(getpgid, ENOSYS)
REFUSE(getrlimit, EINVAL)
REFUSE(getsid, ENOSYS)
REFUSE(setpgid, ENOSYS)
REFUSE(setrlimit, ENOSYS)
REFUSE(wait, ENOSYS)
REFUSE(waitpid, ENOSYS)
REFUSE(system, ENOSYS)

/* Errors that are returned. */
int refused_getaddrinfo(void) MUSL(getaddrinfo);
int refused_getaddrinfo(void)
{
    errno = EIO;
    return EAI_SYSTEM;
}
int refused_getnameinfo(void) MUSL(getnameinfo);
int refused_getnameinfo(void)
{
    errno = EIO;
    return EAI_SYSTEM;
}

/* files of time zones and messages, for musl: there are none */
REFUSE_POINTER(__map_file, ENOENT)
