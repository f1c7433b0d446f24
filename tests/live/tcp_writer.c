// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A TCP writer that blocks on its full send buffer until the reader's
 * acknowledgment empties it.
 *
 * While a writer wants room, every acknowledgment calls sk_stream_write_space(),
 * and how many there are depends on timing.  So the writer is made deaf by a
 * socket filter until the other end has all that was sent; then one
 * acknowledgment, of everything, is let through.
 */
#include <linux/filter.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

/*
 * A few segments of this size fill the send buffer, so that the first congestion
 * window (ten) lets all of them out.  Else what is left would be sent by a timer,
 * and sending, too, calls the callback (tcp_event_new_data_sent()).
 */
#define CHUNK 8192

static atomic_uint written, stop;

static void writer_run(void *arg)
{
	static const char data[CHUNK];
	int fd = *(int *)arg;

	while (!stop)
		written += (unsigned int)TRY(write(fd, data, sizeof(data)));
}

static int queued(int fd, unsigned long request)
{
	int bytes;

	TRY(ioctl(fd, request, &bytes));
	return bytes;
}

static void make_deaf(int fd)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = {.len = 1, .filter = &drop};

	TRY(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
}

int main(void)
{
	static char data[65536];
	struct live_thread writer;
	struct live_tcp t;
	unsigned int got = 0;
	int unused = 0;

	live_start();
	live_tcp_listen(&t, "", AF_INET);
	live_tcp_connect(&t);
	/* The server is not declared: in how many segments the data comes is not
	 * what this is about. */
	t.server = live_accept_ready(t.listener);
	live_expect("listener", "sock_def_readable", 1, NULL);
	live_expect_accept("listener", 0, false, 1);

	/* Less than the other end's window, so that all can be sent. */
	live_small_sndbuf(t.client, 16 * 1024);
	/* setsockopt(2) itself calls the callback: "wake up sending tasks". */
	live_expect("client", "sk_stream_write_space", 1, "\"waiters\":0");

	make_deaf(t.client);
	live_thread_start(&writer, writer_run, &t.client);
	live_thread_asleep(&writer, SYS_write);
	/* Nothing is acknowledged, so when both agree all was sent, and has come. */
	while (queued(t.client, SIOCOUTQ) != queued(t.server, SIOCINQ))
		usleep(1000);
	stop = 1;

	TRY(setsockopt(t.client, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)));
	/* It carries the acknowledgment, if no retransmission has drawn one out yet.
	 * Either way only the first finds a writer who wants room. */
	TRY(send(t.server, "x", 1, 0));
	live_thread_join(&writer);
	live_expect("client", "sk_stream_write_space", 1,
		    "\"waiters\":1,\"state\":\"ESTABLISHED\"");
	MUST(TRY(recv(t.client, data, 1, MSG_WAITALL)) == 1);
	live_expect("client", "sock_def_readable", 1, "\"rx_queued\":1");

	while (got < written)
		got += (unsigned int)TRY(recv(t.server, data, sizeof(data), 0));
	TRY(close(t.client));
	MUST(TRY(recv(t.server, data, 1, 0)) == 0);
	TRY(close(t.server));
	live_expect_destroy("client");
	live_tcp_close_listener(&t);
	return live_end();
}
