// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "cmd/watchdog.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

#define LOOK_MS 100
#define PATIENCE 15 /* looks in a row at which it hung */
#define SAY_S 1	    /* standard error may hang as well */

/* Which calls a file system can keep.  Not close(2): to detach a program takes its time. */
static const long on_files[] = {
	SYS_read, SYS_pread64, SYS_readv, SYS_write, SYS_pwrite64, SYS_writev,
	SYS_openat, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_fallocate, SYS_lseek,
	SYS_flock, SYS_fcntl, SYS_faccessat, SYS_faccessat2, SYS_renameat2, SYS_unlinkat,
	SYS_linkat, SYS_fstatfs, SYS_fchmod, SYS_fchown,
#ifdef SYS_open /* architectures that have had it from the start */
	SYS_open, SYS_access, SYS_stat, SYS_lstat, SYS_rename, SYS_unlink, SYS_readlink,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat, SYS_fstat,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
};

static struct {
	int stat, call; /* of the thread that is watched, in /proc; as long as the process lives */
	int signals;	/* readable while one of them is pending, whoever may take it */
	volatile pid_t program;
	volatile bool ending; /* one was taken, and is obeyed */
} dog;

/* False: it could not be read. */
static bool look(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* In a call on a file, and not to be interrupted. */
static bool hangs(void)
{
	char text[512], *state;
	long nr;

	if (!look(dog.stat, text, sizeof(text)))
		return false;
	/* The name before it may have any bytes. */
	state = strrchr(text, ')');
	if (!state || strncmp(state, ") D", 3) || !look(dog.call, text, sizeof(text)))
		return false;
	nr = strtol(text, &state, 10);
	for (size_t i = 0; state != text && i < sizeof(on_files) / sizeof(*on_files); i++)
		if (nr == on_files[i])
			return true;
	return false;
}

static int pending(void)
{
	static const int which[] = {SIGTERM, SIGINT, SIGHUP};
	sigset_t set;

	sigpending(&set);
	for (size_t i = 0; i < sizeof(which) / sizeof(*which); i++)
		if (sigismember(&set, which[i]))
			return which[i];
	return 0;
}

static _Noreturn void give_up(int sig)
{
	sigset_t set;

	if (dog.program)
		kill(dog.program, SIGTERM);
	signal(SIGALRM, SIG_DFL);
	alarm(SAY_S);
	sw_error("a file system does not answer: ended without the rest of what is to be written");
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	_exit(128 + sig);
}

static void *watch(void *arg)
{
	struct pollfd came = {.fd = dog.signals, .events = POLLIN};
	cap_t none = cap_init();
	unsigned int hung = 0;
	int sig = 0;

	(void)arg;
	/* What the others give up later, it never needs. */
	if (none)
		cap_set_proc(none);
	cap_free(none);
	for (;;) {
		if (!dog.ending)
			poll(&came, 1, -1);
		sig = pending() ?: dog.ending ? SIGTERM : 0;
		hung = sig && hangs() ? hung + 1 : 0;
		if (hung == PATIENCE)
			give_up(sig);
		if (sig)
			poll(NULL, 0, LOOK_MS);
	}
	return NULL;
}

static int open_own(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/thread-self/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

void sw_watchdog__start(void)
{
	sigset_t all, had, ending;
	pthread_attr_t attr;
	pthread_t thread;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	dog.stat = open_own("stat");
	dog.call = open_own("syscall");
	dog.signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
	if (dog.stat < 0 || dog.call < 0 || dog.signals < 0 || pthread_attr_init(&attr))
		return;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	/* Signals are for the thread that is watched. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &had);
	pthread_create(&thread, &attr, watch, NULL);
	pthread_sigmask(SIG_SETMASK, &had, NULL);
	pthread_attr_destroy(&attr);
}

void sw_watchdog__ending(void)
{
	dog.ending = true;
}

void sw_watchdog__program(pid_t program)
{
	dog.program = program;
}
