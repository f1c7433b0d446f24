// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* UNIX streams: a blocked reader on a pair, and a connection through a listener. */
#include <stddef.h>
#include <stdio.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

static void expect_close(const char *one, const char *other)
{
	/* Each tells its peer, also the one that is closed already. */
	live_expect(one, "sock_def_wakeup", 1, NULL);
	live_expect(other, "sock_def_wakeup", 1, NULL);
	live_expect_destroy(one);
	live_expect_destroy(other);
}

static void pair(void)
{
	struct live_reader r;
	int fd[2];

	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd));
	live_declare("sender", fd[0]);
	live_declare("receiver", fd[1]);
	live_reader_start(&r, fd[1]);
	live_reader_feed(&r, fd[0], 100, 5);
	live_expect("receiver", "sock_def_readable", 5, "\"waiters\":1,\"exclusive\":0");
	/* What was read leaves the sender's buffer. */
	live_expect("sender", "unix_write_space", 5, NULL);
	TRY(close(fd[0]));
	live_reader_join(&r);
	TRY(close(fd[1]));
	expect_close("sender", "receiver");
}

static void connection(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int listener, client, server;
	socklen_t len;
	char byte;

	/* Abstract: nothing to remove. */
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
					   "sockwake-live-%d", getpid()));
	listener = TRY(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	TRY(bind(listener, (struct sockaddr *)&name, len));
	TRY(listen(listener, 1));
	live_declare("listener", listener);
	client = TRY(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	TRY(connect(client, (struct sockaddr *)&name, len));
	live_declare("client", client);
	server = TRY(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	live_declare("server", server);
	live_expect("listener", "sock_def_readable", 1, NULL);
	/* The message by which accept(2) learns of the connection is the new
	 * socket's own; it is freed before the socket has a file. */
	live_expect("server", "unix_write_space", 1, "\"waiters\":0");
	/* Or the client would have nothing but its end, when it has no inode. */
	TRY(send(server, "x", 1, 0));
	TRY(recv(client, &byte, 1, 0));
	live_expect("client", "sock_def_readable", 1, NULL);
	live_expect("server", "unix_write_space", 1, NULL);
	TRY(close(client));
	TRY(close(server));
	TRY(close(listener));
	expect_close("client", "server");
	live_expect_destroy("listener");
}

int main(void)
{
	live_start();
	pair();
	connection();
	return live_end();
}
