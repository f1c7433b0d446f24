// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Four threads poll one listener that does not block: a connection wakes all of
 * them, and one gets it.  And two that share a socket and sleep in recv(2): a
 * datagram wakes one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define THREADS 4
#define DATAGRAMS 6

static atomic_uint polled, refused;

static void poll_accept_run(void *arg)
{
	int listener = *(int *)arg, fd;

	TRY(poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, -1));
	/* One that finds nothing any more would go back to sleep in poll(2). */
	polled++;
	live_until(&polled, THREADS);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0) {
		/* Not before the others were refused, or they would go on. */
		live_until(&refused, THREADS - 1);
		TRY(close(fd));
		return;
	}
	MUST(errno == EAGAIN);
	refused++;
}

static void herd(void)
{
	static struct live_thread threads[THREADS];
	int client = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct live_tcp t;

	live_tcp_listen(&t, "herd-", AF_INET);
	TRY(fcntl(t.listener, F_SETFL, O_NONBLOCK));
	for (int i = 0; i < THREADS; i++)
		live_thread_start(&threads[i], poll_accept_run, &t.listener);
	for (int i = 0; i < THREADS; i++)
		live_thread_asleep(&threads[i], LIVE_POLL);
	live_connect_to(client, t.listener);
	for (int i = 0; i < THREADS; i++)
		live_thread_join(&threads[i]);
	TRY(close(client));
	live_expect("herd-listener", "sock_def_readable", 1, "\"waiters\":%d", THREADS);
	for (int i = 0; i < THREADS; i++)
		live_expect_woken("herd-listener", "sock_def_readable", threads[i].tid, "poll", 1);
	live_expect_run("herd-listener", 0, 0, THREADS);
	live_expect_accept("herd-listener", 0, false, 1);
	live_expect_accept("herd-listener", -EAGAIN, false, THREADS - 1);
	live_expect_finding("herd-listener", "herd", THREADS);
	live_tcp_close_listener(&t);
}

static void shared_run(void *arg)
{
	struct live_reader *r = arg;
	char byte = 0;

	while (byte != LIVE_LAST) {
		TRY(recv(r->fd, &byte, 1, 0));
		r->received++;
	}
}

static void shared(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct live_reader r[2] = {{.fd = receiver}, {.fd = receiver}};

	live_connect_to(sender, receiver);
	live_declare("shared", receiver);
	for (int i = 0; i < 2; i++)
		live_thread_start(&r[i].thread, shared_run, &r[i]);
	for (unsigned int i = 1; i <= DATAGRAMS; i++) {
		live_reader_asleep(&r[0]);
		live_reader_asleep(&r[1]);
		TRY(send(sender, "x", 1, 0));
		while (r[0].received + r[1].received < i)
			poll(NULL, 0, 1);
	}
	/* One that is still on its way to sleep would take the last without having been woken. */
	live_reader_asleep(&r[0]);
	live_reader_asleep(&r[1]);
	for (unsigned int i = 0; i < 2; i++) {
		TRY(send(sender, &(char){LIVE_LAST}, 1, 0));
		while (r[0].received + r[1].received < DATAGRAMS + 1 + i)
			poll(NULL, 0, 1);
	}
	for (int i = 0; i < 2; i++)
		live_thread_join(&r[i].thread);
	live_expect("shared", "sock_def_readable", DATAGRAMS + 2, NULL);
	live_expect_woken("shared", "sock_def_readable", 0, "blocking", DATAGRAMS + 2);
	live_expect_io("shared", "recv", 0, 1, DATAGRAMS + 2);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("shared");
}

int main(void)
{
	live_start();
	herd();
	shared();
	return live_end();
}
