// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * SIGIO through O_ASYNC: all the ways by which sock_wake_async() is called but
 * URG, and when it sends no signal.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "live.h"

static void make_async(int fd)
{
	TRY(fcntl(fd, F_SETOWN, getpid()));
	TRY(fcntl(fd, F_SETFL, O_ASYNC | TRY(fcntl(fd, F_GETFL))));
}

static void datagrams(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM);
	int sender = live_bound(AF_INET, SOCK_DGRAM);
	char byte;

	live_connect_to(sender, receiver);
	live_declare("receiver", receiver);
	make_async(receiver);
	for (int i = 0; i < 3; i++) {
		TRY(send(sender, "x", 1, 0));
		live_take_signal(SIGIO);
		TRY(recv(receiver, &byte, 1, 0));
	}
	live_expect("receiver", "sock_def_readable", 3, NULL);
	live_expect("receiver", "sock_wake_async", 3,
		    "\"how\":\"waitd\",\"band\":\"POLL_IN\",\"signal\":\"SIGIO\",\"signalled\":true");

	/* Nobody was refused room, so nobody is told that there is some. */
	live_small_sndbuf(receiver, 65536);
	MUST(!live_signal_pending(SIGIO));
	live_expect("receiver", "sock_def_write_space", 1, NULL);
	live_expect("receiver", "sock_wake_async", 1,
		    "\"how\":\"space\",\"band\":\"POLL_OUT\",\"signalled\":false");

	TRY(close(sender));
	TRY(close(receiver));
	live_expect_destroy("receiver");
}

/* A connection that is made, and then reset. */
static void connection(void)
{
	struct linger now = {.l_onoff = 1};
	struct live_tcp t;
	int server;

	live_tcp_listen(&t, "", AF_INET);
	t.client = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	make_async(t.client);
	live_connect_to(t.client, t.listener);
	live_take_signal(SIGIO);
	live_declare("client", t.client);
	live_expect("client", "sock_def_wakeup", 1, "\"state\":\"ESTABLISHED\"");
	live_expect("client", "sock_wake_async", 1,
		    "\"how\":\"io\",\"band\":\"POLL_OUT\",\"signal\":\"SIGIO\",\"signalled\":true");

	server = live_accept_ready(t.listener);
	live_expect("listener", "sock_def_readable", 1, NULL);
	live_expect_accept("listener", 0, false, 1);
	TRY(setsockopt(server, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	TRY(close(server));
	live_take_signal(SIGIO);
	live_expect("client", "sock_def_wakeup", 1, "\"state\":\"CLOSE\"");
	live_expect("client", "sock_def_error_report", 1, "\"state\":\"CLOSE\"");
	live_expect("client", "sock_wake_async", 1,
		    "\"how\":\"io\",\"band\":\"POLL_ERR\",\"signal\":\"SIGIO\",\"signalled\":true");
	TRY(close(t.client));
	live_expect_destroy("client");
	live_tcp_close_listener(&t);
}

/* A reader who sleeps needs no signal: SOCKWQ_ASYNC_WAITDATA. */
static void sleeping_reader(void)
{
	struct live_reader r;
	struct live_tcp t;

	live_tcp_open(&t, "sleeping-", AF_INET);
	make_async(t.server);
	live_reader_start(&r, t.server);
	live_reader_feed(&r, t.client, 100, 3);
	MUST(!live_signal_pending(SIGIO));
	live_expect("sleeping-server", "sock_def_readable", 3, "\"state\":\"ESTABLISHED\"");
	live_expect("sleeping-server", "sock_wake_async", 3,
		    "\"how\":\"waitd\",\"band\":\"POLL_IN\",\"signalled\":false");
	TRY(fcntl(t.server, F_SETFL, 0));
	live_tcp_close(&t);
	live_reader_join(&r);
}

int main(void)
{
	sigset_t set;

	live_start();
	/* Taken with sigtimedwait(2), one by one. */
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	TRY(sigprocmask(SIG_BLOCK, &set, NULL));
	datagrams();
	connection();
	sleeping_reader();
	return live_end();
}
