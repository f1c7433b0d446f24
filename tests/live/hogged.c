// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A recv(2) that times out while another thread keeps its CPU: it sleeps for LIMIT_MS, and then
 * waits for the CPU for as long as the other one likes. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "live.h"

#define LIMIT_MS 200
#define HOG_FROM_MS 100
#define HOG_MS 800

static void stay_here(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	TRY(sched_setaffinity(0, sizeof(one), &one));
}

static void hog(void *arg)
{
	struct sched_param most = {.sched_priority = 1};
	long until;

	(void)arg;
	stay_here();
	live_sleep_ms(HOG_FROM_MS);
	if (sched_setscheduler(0, SCHED_FIFO, &most))
		live_skip("no SCHED_FIFO here");
	until = live_now_ms() + HOG_MS;
	while (live_now_ms() < until)
		;
}

int main(void)
{
	struct timeval limit = {.tv_usec = LIMIT_MS * 1000};
	int fd = live_bound(AF_INET, SOCK_DGRAM);
	struct live_thread t;
	char byte;

	stay_here();
	TRY(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	live_thread_start(&t, hog, NULL);
	MUST(recv(fd, &byte, 1, 0) < 0 && errno == EAGAIN);
	live_thread_join(&t);
	return 0;
}
