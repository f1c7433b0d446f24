// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * manysockets COUNT: so many UNIX sockets at once, each woken once.  Prints
 * nothing: COUNT expectations would be slow to compare.  It pauses now and then: that
 * there are many is the matter, and not how fast (that is the case overload).
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

#define BATCH 500

static void pause_after(long i)
{
	if (i % BATCH == BATCH - 1)
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 10000;
	struct rlimit files = {.rlim_cur = (rlim_t)count + 64, .rlim_max = (rlim_t)count + 64};
	int *fd;

	live_start();
	if (setrlimit(RLIMIT_NOFILE, &files))
		live_skip("so many files cannot be open");
	fd = malloc((size_t)count * sizeof(*fd));
	MUST(fd);
	/* In pairs: each sends its peer a byte. */
	for (long i = 0; i < count; i += 2)
		TRY(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd + i));
	for (long i = 0; i < count; i++) {
		TRY(send(fd[i], "x", 1, 0));
		pause_after(i);
	}
	for (long i = 0; i < count; i++) {
		TRY(close(fd[i]));
		pause_after(i);
	}
	free(fd);
	return live_end();
}
