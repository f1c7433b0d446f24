// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * passed PORT receive|pass N: a receiver gets two connections of a server on PORT, one by
 * SCM_RIGHTS and one by pidfd_getfd(2), takes the first byte of each and naps while N more
 * come to each.  The receiver waits at the abstract address "sockwake-passed-PORT".
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

#define GAP_MS 5

static struct sockaddr_un meeting(const char *port, socklen_t *len)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int n = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "sockwake-passed-%s", port);

	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
	return name;
}

union rights {
	char space[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void pass(int to, int fd, int number)
{
	struct iovec byte = {&number, sizeof(number)};
	union rights rights = {0};
	struct msghdr msg = {.msg_iov = &byte,
			     .msg_iovlen = 1,
			     .msg_control = rights.space,
			     .msg_controllen = sizeof(rights.space)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	TRY(sendmsg(to, &msg, 0));
}

/* The one that comes with the message, and its number by the sender's other descriptor. */
static int get(int from, int *number)
{
	struct iovec byte = {number, sizeof(*number)};
	union rights rights = {0};
	struct msghdr msg = {.msg_iov = &byte,
			     .msg_iovlen = 1,
			     .msg_control = rights.space,
			     .msg_controllen = sizeof(rights.space)};
	int fd;

	MUST(TRY(recvmsg(from, &msg, MSG_CMSG_CLOEXEC)) == sizeof(*number));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static void receive(const char *port, int n)
{
	int listener = TRY(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)), from, fds[2], number;
	struct ucred of;
	socklen_t len;
	struct sockaddr_un name = meeting(port, &len);
	char bytes[1000];

	MUST(n < (int)sizeof(bytes));
	TRY(bind(listener, (struct sockaddr *)&name, len));
	TRY(listen(listener, 1));
	from = TRY(accept(listener, NULL, NULL));
	fds[0] = get(from, &number);
	len = sizeof(of);
	TRY(getsockopt(from, SOL_SOCKET, SO_PEERCRED, &of, &len));
	fds[1] = TRY((int)syscall(SYS_pidfd_getfd, TRY((int)syscall(SYS_pidfd_open, of.pid, 0)),
				  number, 0));
	/* What comes before anything was read is known of only by what tells of the passing. */
	TRY(send(from, "1", 1, 0));
	TRY(recv(from, bytes, 1, 0));
	for (int i = 0; i < 2; i++)
		MUST(TRY(recv(fds[i], bytes, 1, 0)) == 1);
	TRY(send(from, "2", 1, 0));
	/* The other end says when all has come, so that this one sleeps on neither. */
	TRY(recv(from, bytes, 1, 0));
	for (int i = 0; i < 2; i++)
		MUST(TRY(recv(fds[i], bytes, (size_t)n, MSG_WAITALL)) == n);
	TRY(close(fds[0]));
	TRY(close(fds[1]));
	TRY(close(from));
	TRY(close(listener));
}

static void pass_two(const char *port, int n)
{
	int listener = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), one = 1, to;
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons((in_port_t)atoi(port))};
	int client[2], server[2];
	socklen_t len;
	struct sockaddr_un name = meeting(port, &len);
	char byte;

	TRY(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	TRY(bind(listener, (struct sockaddr *)&at, sizeof(at)));
	TRY(listen(listener, 2));
	for (int i = 0; i < 2; i++) {
		client[i] = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
		/* Each byte is a packet. */
		TRY(setsockopt(client[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
		TRY(connect(client[i], (struct sockaddr *)&at, sizeof(at)));
		server[i] = TRY(accept(listener, NULL, NULL));
	}
	to = TRY(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
	TRY(connect(to, (struct sockaddr *)&name, len));
	pass(to, server[0], server[1]);
	TRY(recv(to, &byte, 1, 0));
	/* It has both by now. */
	TRY(close(server[0]));
	TRY(close(server[1]));
	for (int i = 0; i < 2; i++)
		TRY(send(client[i], "x", 1, 0));
	TRY(send(to, "x", 1, 0));
	TRY(recv(to, &byte, 1, 0));
	for (int j = 0; j < n; j++) {
		live_sleep_ms(GAP_MS);
		for (int i = 0; i < 2; i++)
			TRY(send(client[i], "x", 1, 0));
	}
	live_sleep_ms(GAP_MS);
	TRY(send(to, "x", 1, 0));
	/* It is done when this ends. */
	MUST(TRY(recv(to, &byte, 1, 0)) == 0);
	for (int i = 0; i < 2; i++)
		TRY(close(client[i]));
	TRY(close(to));
	TRY(close(listener));
}

int main(int argc, char **argv)
{
	MUST(argc == 4);
	(strcmp(argv[2], "receive") ? pass_two : receive)(argv[1], atoi(argv[3]));
	return 0;
}
