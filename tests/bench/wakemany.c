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
#include <sys/wait.h>
#include <unistd.h>

/* No process may have more files open than it is allowed, nor a port more connections than
 * there are ports for their other ends. */
#define PER_PROCESS 10000

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

/* All of one process, for as long as somebody has the other end of `stay` open. */
static void wake_all(bool tcp, long sockets, long times, int done, int stay)
{
	struct sockaddr_in a;
	int *fd = calloc((size_t)sockets + 1, sizeof(*fd)), lfd = -1;
	char c = 'x';

	if (!fd)
		die("calloc");
	if (tcp)
		lfd = listener(&a);
	for (long i = 0; i < sockets; i += 2) {
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
	if (write(done, &c, 1) != 1 || close(done) || read(stay, &c, 1) < 0)
		die("the other processes");
}

int main(int argc, char **argv)
{
	bool tcp = argc == 4 && !strcmp(argv[1], "tcp");
	long sockets = argc == 4 ? atol(argv[2]) : 0, times = argc == 4 ? atol(argv[3]) : 0;
	struct rlimit files;
	int done[2], stay[2], status, failed = 0;
	char c;

	if (sockets < 2 || times < 1) {
		fputs("usage: wakemany tcp|unix SOCKETS TIMES\n", stderr);
		return 2;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) || pipe(done) || pipe(stay))
		die("pipe");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) || files.rlim_max < PER_PROCESS + 64)
		die("so many files cannot be open");
	for (long left = sockets; left > 0; left -= PER_PROCESS) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid)
			continue;
		close(stay[1]);
		close(done[0]);
		wake_all(tcp, left < PER_PROCESS ? left : PER_PROCESS, times, done[1], stay[0]);
		return 0;
	}
	close(done[1]);
	/* One that failed has not said that it is done, and closes its end as well. */
	for (long left = sockets; left > 0; left -= PER_PROCESS)
		failed |= read(done[0], &c, 1) != 1;
	close(stay[1]);
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}
