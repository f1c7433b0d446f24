// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * peak FILE PROGRAM [ARG...]: runs PROGRAM, passes SIGTERM on to it, and writes
 * the most memory that it ever had resident (VmHWM), in KiB, to FILE.  A look
 * into /proc would miss what it takes in its last moment.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t child;

static void pass_on(int signo)
{
	if (child > 0)
		kill(child, signo);
}

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	FILE *f;

	if (argc < 3) {
		fputs("usage: peak FILE PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	/* vfork() would do without a copy of this process, whose size counts as
	 * the child's until it executes: small, so fork() serves. */
	child = fork();
	if (!child) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	signal(SIGTERM, pass_on);
	while (wait4(child, &status, 0, &used) < 0)
		if (errno != EINTR)
			return 1;
	f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%ld\n", used.ru_maxrss) < 0 || fclose(f))
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
