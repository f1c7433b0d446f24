// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * poll_two DATAGRAMS: threads that poll the same two sockets, each of which has a sender
 * of its own.  One that is woken by the first socket and finds that taken polls on, and is
 * often woken by the second before it sleeps.  A wait that ended must name a wake-up of
 * its own socket, which `verify` looks at in all lines.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "live.h"

#define POLLERS 3

struct side {
	struct live_thread thread;
	int sender, receiver;
	atomic_uint received;
};

static struct side sides[2];
static atomic_bool over;
static unsigned int each = 1000; /* datagrams to each side */
static const char *const labels[] = {"left", "right"};

/* Never more than one ahead, so that the poller is nearly always about to sleep. */
static void sender_run(void *arg)
{
	struct side *s = arg;

	for (unsigned int i = 0; i < each; i++) {
		TRY(send(s->sender, "x", 1, 0));
		while (s->received <= i)
			sched_yield();
	}
}

static void poller_run(void *arg)
{
	struct pollfd fds[2];
	char byte;

	(void)arg;
	for (int i = 0; i < 2; i++)
		fds[i] = (struct pollfd){.fd = sides[i].receiver, .events = POLLIN};
	while (!over) {
		TRY(poll(fds, 2, -1));
		for (int i = 0; i < 2; i++) {
			if (!fds[i].revents)
				continue;
			if (over)
				return;
			if (recv(fds[i].fd, &byte, 1, MSG_DONTWAIT) > 0)
				sides[i].received++;
			else
				MUST(errno == EAGAIN);
		}
	}
}

int main(int argc, char **argv)
{
	struct live_thread pollers[POLLERS];

	if (argc > 1)
		each = (unsigned int)atoi(argv[1]);

	live_start();
	for (int i = 0; i < 2; i++) {
		sides[i].receiver = live_bound(AF_INET, SOCK_DGRAM);
		sides[i].sender = live_bound(AF_INET, SOCK_DGRAM);
		live_connect_to(sides[i].sender, sides[i].receiver);
		live_declare(labels[i], sides[i].receiver);
	}
	for (int i = 0; i < POLLERS; i++)
		live_thread_start(&pollers[i], poller_run, NULL);
	for (int i = 0; i < 2; i++)
		live_thread_start(&sides[i].thread, sender_run, &sides[i]);
	for (int i = 0; i < 2; i++)
		live_thread_join(&sides[i].thread);
	over = true;
	/* It wakes all, and none takes it. */
	TRY(send(sides[0].sender, "", 0, 0));
	for (int i = 0; i < POLLERS; i++)
		live_thread_join(&pollers[i]);
	for (int i = 0; i < 2; i++) {
		live_expect(labels[i], "sock_def_readable", each + !i, NULL);
		TRY(close(sides[i].receiver));
		TRY(close(sides[i].sender));
		live_expect_destroy(labels[i]);
	}
	return live_end();
}
