// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A thread that sleeps in recv(2): woken, run and served once a message. */
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

#define MESSAGES 5
#define SIZE 100

static void expect_served(const char *label, pid_t tid)
{
	live_expect(label, "sock_def_readable", MESSAGES + 1, "\"waiters\":1");
	live_expect_woken(label, "sock_def_readable", tid, "blocking", MESSAGES + 1);
	live_expect_run(label, tid, 0, MESSAGES + 1);
	live_expect_wait(label, "recv", tid, "wakeup", 0, MESSAGES + 1);
	live_expect_io(label, "recv", tid, SIZE, MESSAGES);
	live_expect_io(label, "recv", tid, 1, 1);
}

/* Whatever else happens to the receiver is its end. */
static void serve(const char *label, int receiver, int sender)
{
	struct live_reader r;

	live_declare(label, receiver);
	live_reader_start(&r, receiver);
	live_reader_feed(&r, sender, SIZE, MESSAGES);
	live_reader_stop(&r, sender);
	expect_served(label, r.thread.tid);
	/* A stream's end is told to the other end, which is closed as well. */
	live_expect_any(label, "sock_def_wakeup");
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy(label);
}

static void serve_pair(const char *label, int type)
{
	int pair[2];

	TRY(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
	serve(label, pair[0], pair[1]);
}

int main(void)
{
	int receiver, sender;

	live_start();
	receiver = live_bound(AF_INET, SOCK_DGRAM);
	sender = live_bound(AF_INET, SOCK_DGRAM);
	live_connect_to(sender, receiver);
	serve("udp", receiver, sender);
	serve_pair("stream", SOCK_STREAM);
	serve_pair("dgram", SOCK_DGRAM);
	serve_pair("seqpacket", SOCK_SEQPACKET);
	return live_end();
}
