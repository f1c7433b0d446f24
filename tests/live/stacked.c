// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A program whose messages are sent by a function of a known name (NAME, when this is
 * compiled), innermost on its stack.  Built twice, it is the same code at the same
 * addresses under two names.
 *
 *   stacked send N                   sends N messages
 *   stacked stay N                   ... and ends a while later
 *   stacked then PROGRAM ARG...      sends 3, and becomes another program
 *   stacked as UID PROGRAM ARG...    becomes another user, and another program
 *   stacked replaced PATH            sends 3 once PATH is another file than it was
 *   stacked library FILE             sends 3, and 3 more by a library that it loads only then
 *   stacked again PROGRAM OTHER      has one and then the other send 3, by one process number
 */
#ifdef LIBRARY
#include <dlfcn.h>
#endif
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "stacked.h"

static int pair[2];

__attribute__((noinline)) void NAME(void)
{
	stacked_write(pair[0]);
}

static void send_some(int n)
{
	char byte;

	while (n--) {
		NAME();
		MUST(read(pair[1], &byte, 1) == 1);
	}
}

static void send_replaced(const char *path)
{
	struct stat before, now;

	TRY(stat(path, &before));
	do
		TRY(stat(path, &now));
	while (before.st_ino == now.st_ino && !usleep(1000));
	send_some(3);
	/* Once it has ended, nothing leads to its file any more. */
	usleep(300000);
}

static void send_by_library(const char *file)
{
#ifdef LIBRARY
	void *library;
	void (*send_one)(int fd);
	char byte;

	send_some(3);
	/* So that what is known of this program was looked up before. */
	usleep(200000);
	library = dlopen(file, RTLD_NOW);
	MUST(library);
	*(void **)&send_one = dlsym(library, "library_sends");
	MUST(send_one);
	for (int i = 0; i < 3; i++) {
		send_one(pair[0]);
		MUST(read(pair[1], &byte, 1) == 1);
	}
#else
	(void)file;
	live_skip("without libraries");
#endif
}

/* The number of a process that has just ended is free. */
static void run_as(pid_t number, const char *program)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&number,
		.set_tid_size = number ? 1 : 0,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		live_skip("no process number can be asked for");
	if (!pid) {
		execl(program, program, "send", "3", NULL);
		_exit(1);
	}
	MUST(!number || pid == number);
	MUST(waitpid(pid, NULL, 0) == pid);
}

static void send_again(const char *program, const char *other)
{
	pid_t number = fork();

	if (!number)
		_exit(0);
	MUST(waitpid(number, NULL, 0) == number);
	run_as(number, program);
	run_as(number, other);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	live_start();
	TRY(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair));
	if (!strcmp(what, "send")) {
		send_some(atoi(argv[2]));
	} else if (!strcmp(what, "stay")) {
		send_some(atoi(argv[2]));
		usleep(300000);
	} else if (!strcmp(what, "then")) {
		send_some(3);
		execv(argv[2], argv + 2);
		live_die(__FILE__, __LINE__, argv[2]);
	} else if (!strcmp(what, "as") && argc > 3) {
		TRY(setgid((gid_t)atoi(argv[2])));
		TRY(setuid((uid_t)atoi(argv[2])));
		execv(argv[3], argv + 3);
		live_die(__FILE__, __LINE__, argv[3]);
	} else if (!strcmp(what, "replaced")) {
		send_replaced(argv[2]);
	} else if (!strcmp(what, "library")) {
		send_by_library(argv[2]);
	} else if (!strcmp(what, "again") && argc > 3) {
		send_again(argv[2], argv[3]);
	} else {
		live_die(__FILE__, __LINE__, "usage");
	}
	return 0;
}
