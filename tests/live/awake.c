// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A reader that is woken and does not get a CPU, so that the second wake-up finds it
 * awake, and still on the wait queue (TCP leaves it there).
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	TRY(sched_setaffinity(0, sizeof(set), &set));
}

static void reader_run(void *arg)
{
	char both[2];

	pin();
	MUST(TRY(recv(*(int *)arg, both, sizeof(both), MSG_WAITALL)) == 2);
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

int main(void)
{
	struct live_thread reader, sender;
	struct live_tcp t;

	live_start();
	live_tcp_open(&t, "", AF_INET);
	live_thread_start(&reader, reader_run, &t.server);
	live_thread_asleep(&reader, SYS_recvfrom);
	live_thread_start(&sender, sender_run, &t);
	live_thread_join(&sender);
	live_thread_join(&reader);
	live_expect(t.server_label, "sock_def_readable", 2, "\"waiters\":1");
	live_expect_woken(t.server_label, "sock_def_readable", reader.tid, "blocking", 1);
	live_expect_awake(t.server_label, "sock_def_readable", reader.tid, 1);
	live_tcp_close(&t);
	return live_end();
}
