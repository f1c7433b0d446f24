// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * first_sleep TIMES: threads that sleep once in their lives, each woken at about the time that
 * it falls asleep, a little later each time: all that is known of one is known since then.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STEPS 400
#define STEP_NS 40

static int ends[2];
static atomic_bool near_sleep;

static void *sleeper(void *arg)
{
	char byte;

	prctl(PR_SET_NAME, "sleeper");
	atomic_store(&near_sleep, true);
	if (recv(ends[0], &byte, 1, 0) != 1)
		err(1, "recv");
	return arg;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 1000;

	prctl(PR_SET_NAME, "waker");
	for (int i = 0; i < times; i++) {
		pthread_t thread;
		long long until;

		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends))
			err(1, "socketpair");
		atomic_store(&near_sleep, false);
		if (pthread_create(&thread, NULL, sleeper, NULL))
			errx(1, "no thread");
		while (!atomic_load(&near_sleep))
			;
		until = now() + i % STEPS * STEP_NS;
		while (now() < until)
			;
		if (send(ends[1], "x", 1, 0) != 1)
			err(1, "send");
		pthread_join(thread, NULL);
		close(ends[0]);
		close(ends[1]);
	}
	return 0;
}
