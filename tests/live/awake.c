// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A reader that is woken and does not get a CPU, so that the second wake-up finds it
 * awake, and still on the wait queue (TCP leaves it there).
 *
 * What was sent may arrive later than the call returns: once a softirq took long, its
 * work is left to ksoftirqd, and the reader may run between the two, and sleep again.
 * So it yields to all others, and as it knows how often it slept, it is asked until it
 * was found awake.
 */
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define ATTEMPTS 50

struct reader {
	struct live_thread thread;
	int fd;
	long sleeps; /* in the call */
};

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	TRY(sched_setaffinity(0, sizeof(set), &set));
}

static long sleeps_so_far(void)
{
	struct rusage usage;

	TRY(getrusage(RUSAGE_THREAD, &usage));
	return usage.ru_nvcsw;
}

static void reader_run(void *arg)
{
	struct reader *r = arg;
	struct sched_param param = {0};
	char both[2];
	long before;

	pin();
	TRY(sched_setscheduler(0, SCHED_IDLE, &param));
	before = sleeps_so_far();
	MUST(TRY(recv(r->fd, both, sizeof(both), MSG_WAITALL)) == 2);
	r->sleeps = sleeps_so_far() - before;
}

/* Nothing but a task of its own kind takes the CPU away from it. */
static void sender_run(void *arg)
{
	struct sched_param param = {.sched_priority = 10};
	struct live_tcp *t = arg;

	pin();
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		live_skip("no real-time tasks here");
	TRY(send(t->client, "x", 1, 0));
	TRY(send(t->client, "y", 1, 0));
}

/* Whether the second wake-up found the reader awake; else it was woken twice. */
static bool attempt(struct live_tcp *t)
{
	struct reader reader = {.fd = t->server};
	struct live_thread sender;

	live_thread_start(&reader.thread, reader_run, &reader);
	live_thread_asleep(&reader.thread, SYS_recvfrom);
	live_thread_start(&sender, sender_run, t);
	live_thread_join(&sender);
	live_thread_join(&reader.thread);
	MUST(reader.sleeps == 1 || reader.sleeps == 2);
	live_expect(t->server_label, "sock_def_readable", 2, "\"waiters\":1");
	live_expect_woken(t->server_label, "sock_def_readable", reader.thread.tid, "blocking",
			  reader.sleeps);
	if (reader.sleeps == 1)
		live_expect_awake(t->server_label, "sock_def_readable", reader.thread.tid, 1);
	return reader.sleeps == 1;
}

int main(void)
{
	struct live_tcp t;
	bool awake = false;

	live_start();
	live_tcp_open(&t, "", AF_INET);
	for (int i = 0; i < ATTEMPTS && !awake; i++)
		awake = attempt(&t);
	MUST(awake);
	live_tcp_close(&t);
	return live_end();
}
