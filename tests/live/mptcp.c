// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * MPTCP on top of TCP: the subflow's callback runs that of the MPTCP socket, whose is
 * the reader.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define SIZE 100
#define MESSAGES 5

static int mptcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);

	if (fd < 0 && (errno == EPROTONOSUPPORT || errno == EINVAL || errno == ENOPROTOOPT))
		live_skip("no MPTCP here");
	return TRY(fd);
}

int main(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener, client, server;
	socklen_t len = sizeof(in);
	struct live_reader r;

	live_start();
	listener = mptcp_socket();
	client = mptcp_socket();
	TRY(bind(listener, (struct sockaddr *)&in, sizeof(in)));
	TRY(listen(listener, 8));
	TRY(getsockname(listener, (struct sockaddr *)&in, &len));
	TRY(connect(client, (struct sockaddr *)&in, sizeof(in)));
	server = TRY(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	live_declare("mptcp", server);
	live_reader_start(&r, server);
	live_reader_feed(&r, client, SIZE, MESSAGES);
	live_reader_stop(&r, client);
	live_expect_any("mptcp", "sock_def_readable");
	live_expect_woken("mptcp", "sock_def_readable", r.thread.tid, "blocking", MESSAGES + 1);
	live_expect_run("mptcp", r.thread.tid, 0, MESSAGES + 1);
	live_expect_wait("mptcp", "recv", r.thread.tid, "wakeup", 0, MESSAGES + 1);
	live_expect_io("mptcp", "recv", r.thread.tid, SIZE, MESSAGES);
	live_expect_io("mptcp", "recv", r.thread.tid, 1, 1);
	live_expect_any("mptcp", "sock_def_wakeup");
	live_expect_any("mptcp", "sk_stream_write_space");
	TRY(close(server));
	TRY(close(client));
	TRY(close(listener));
	live_expect_destroy("mptcp");
	return live_end();
}
