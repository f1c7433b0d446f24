// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * signals PROGRAM [ARG...]: runs it with all signals as they are by default.  A
 * shell without job control starts what is in the background with SIGINT
 * ignored, and nothing that a shell script can do takes that back.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	sigset_t none;

	if (argc < 2) {
		fprintf(stderr, "usage: signals PROGRAM [ARG...]\n");
		return 125;
	}
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[1], argv + 1);
	fprintf(stderr, "signals: %s: %s\n", argv[1], strerror(errno));
	return errno == ENOENT ? 127 : 126;
}
