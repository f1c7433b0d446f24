// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * wakemany tcp|unix SOCKETS TIMES: so many connected sockets at once, each of
 * which is woken so often: its peer, which is another of them, sends a byte.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections to one port: each needs a port of its own at the other end. */
#define PER_LISTENER 10000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int listener(struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(a, 0, sizeof(*a));
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)a, len) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)a, &len))
		die("listen");
	return fd;
}

static void tcp_pair(int lfd, const struct sockaddr_in *a, int pair[2])
{
	int one = 1;

	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (pair[0] < 0 || connect(pair[0], (const struct sockaddr *)a, sizeof(*a)))
		die("connect");
	pair[1] = accept(lfd, NULL, NULL);
	if (pair[1] < 0)
		die("accept");
	/* Each byte goes at once, whatever the peer has acknowledged. */
	for (int i = 0; i < 2; i++)
		setsockopt(pair[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void wake(int from, int to)
{
	char c = 'x';

	if (send(from, &c, 1, 0) != 1 || recv(to, &c, 1, 0) != 1)
		die("send and recv");
}

int main(int argc, char **argv)
{
	bool tcp = argc == 4 && !strcmp(argv[1], "tcp");
	long sockets = argc == 4 ? atol(argv[2]) : 0, times = argc == 4 ? atol(argv[3]) : 0;
	struct rlimit files = {.rlim_cur = (rlim_t)sockets + 64, .rlim_max = (rlim_t)sockets + 64};
	struct sockaddr_in a;
	int *fd, lfd = -1;

	if (sockets < 2 || times < 1) {
		fputs("usage: wakemany tcp|unix SOCKETS TIMES\n", stderr);
		return 2;
	}
	if (setrlimit(RLIMIT_NOFILE, &files))
		die("so many files cannot be open");
	fd = calloc((size_t)sockets + 1, sizeof(*fd));
	if (!fd)
		die("calloc");
	for (long i = 0; i < sockets; i += 2) {
		if (tcp && i % (2 * PER_LISTENER) == 0) {
			if (lfd >= 0)
				close(lfd);
			lfd = listener(&a);
		}
		if (tcp)
			tcp_pair(lfd, &a, fd + i);
		else if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd + i))
			die("socketpair");
	}
	for (long n = 0; n < times; n++) {
		for (long i = 0; i < sockets; i += 2) {
			wake(fd[i], fd[i + 1]);
			wake(fd[i + 1], fd[i]);
		}
	}
	return 0;
}
