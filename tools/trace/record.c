/* SPDX-License-Identifier: Apache-2.0 */
/* Runs an emulator and drains its guest's rings until it ends, the time is over, or somebody presses Ctrl-C. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <tools/trace/rings.h>
#include <tools/trace/trace.h>
#include <unistd.h>

#define PATIENCE 5.0 /* seconds that the emulator has to end when it is told to */

static volatile sig_atomic_t stopped;

/* What must not stay behind, even if writing the trace fails and ends this program. */
static pid_t emulator;
static const char *memory_file;

static void stop(int signal_number)
{
    stopped = signal_number;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void progress(const struct rings *rings, double since, bool last)
{
    static double shown;
    bool terminal = isatty(STDERR_FILENO) != 0;
    if (!last && (!terminal || now() - shown < 0.5))
        return;
    shown = now();
    fprintf(stderr, "%strace: %.1f s, %llu events, %llu dropped%s", terminal ? "\r" : "", now() - since,
            (unsigned long long)rings->read, (unsigned long long)rings->dropped, last || !terminal ? "\n" : " ");
}

static void clean(void)
{
    if (emulator > 0) {
        kill(emulator, SIGKILL);
        (void)waitpid(emulator, NULL, 0);
    }
    if (memory_file != NULL)
        unlink(memory_file);
}

/* In a session of its own, so that Ctrl-C reaches this program only. */
static pid_t start(char **command)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    setpgid(0, 0);
    execvp(command[0], command);
    fprintf(stderr, "kos: trace: cannot run %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

int trace_record(const struct record_options *options, char **command)
{
    static struct rings rings;
    static struct ctf ctf;
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    atexit(clean);
    memory_file = options->keep ? NULL : options->memory;
    int memory = open(options->memory, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (memory < 0 || ftruncate(memory, (off_t)options->size) != 0) {
        fprintf(stderr, "kos: trace: cannot make %s: %s\n", options->memory, strerror(errno));
        return 2;
    }
    if (!rings_open(&rings, options->memory))
        return 2;
    ctf_begin(&ctf, options->folder, options->architecture);
    pid_t child = emulator = start(command);
    if (child < 0) {
        fprintf(stderr, "kos: trace: cannot run %s: %s\n", command[0], strerror(errno));
        return 2;
    }
    double begun = now(), until = options->seconds > 0 ? begun + options->seconds : 0, patience = 0;
    int status = 0;
    bool running = true, told = false;
    while (running) {
        pid_t ended = waitpid(child, &status, WNOHANG);
        running = ended == 0; /* drain once more afterwards */
        if (!running)
            emulator = 0;
        if (running && !told && (stopped != 0 || (until > 0 && now() > until))) {
            kill(child, SIGTERM);
            told = true;
            patience = now() + PATIENCE;
        } else if (running && told && now() > patience) {
            kill(child, SIGKILL); /* what it has recorded is in its memory all the same */
        }
        bool some = (rings.area != NULL || rings_find(&rings, memory)) && rings_drain(&rings, &ctf);
        progress(&rings, begun, false);
        if (running && !some)
            usleep(rings.area != NULL ? 200 : 2000);
    }
    while (rings.area != NULL && rings_drain(&rings, &ctf))
        ;
    ctf_end(&ctf);
    progress(&rings, begun, true);
    if (rings.area == NULL) {
        fprintf(stderr, "kos: trace: the guest has made no rings: it did not start, or, with --events none, no program "
                        "started a trace\n");
        return 1;
    }
    return told ? 0 : WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int trace_memory(const char *file, const char *folder, const char *architecture)
{
    static struct rings rings;
    static struct ctf ctf;
    if (!rings_open(&rings, file))
        return 2;
    if (rings.area == NULL) {
        fprintf(stderr, "kos: trace: no rings in %s: was the guest traced?\n", file);
        return 1;
    }
    ctf_begin(&ctf, folder, architecture);
    while (rings_drain(&rings, &ctf))
        ;
    ctf_end(&ctf);
    progress(&rings, now(), true);
    return 0;
}
