// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * churn KIND COUNT: as fast as it goes, COUNT
 *
 *   tcp    connections, one after another, to a server that waits in accept(2), each with a
 *          request and an answer
 *   unix   the same, by a socket with a name of its own each
 *   tasks  connections by TCP, each from a process of its own
 *   wakes  messages there and back on one connection: both ends sleep for each
 *
 * No port is kept by a connection that is over: the end that hears of the other's end
 * sends a reset.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

#define MESSAGE 64

static union {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_un un;
} server;
static socklen_t server_len;

/* An abstract name, which no folder has to hold. */
static socklen_t name_it(struct sockaddr_un *un, const char *what, long number)
{
	int n;

	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	n = snprintf(un->sun_path + 1, sizeof(un->sun_path) - 1, "churn/%d/%s/%ld", getpid(),
		     what, number);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

static int listener(bool tcp)
{
	int fd = TRY(socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0));

	if (tcp) {
		server.in.sin_family = AF_INET;
		server.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		server_len = sizeof(server.in);
	} else {
		server_len = name_it(&server.un, "server", 0);
	}
	TRY(bind(fd, &server.any, server_len));
	TRY(listen(fd, 128));
	TRY(getsockname(fd, &server.any, &server_len));
	return fd;
}

/* What is left to be sent is not, and nothing stays behind. */
static void reset(int fd)
{
	struct linger at_once = {.l_onoff = 1};

	TRY(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)));
	TRY(close(fd));
}

static void at_once(int fd, bool tcp)
{
	int one = 1;

	if (tcp)
		TRY(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
}

/* Its end comes with its parent's. */
static void serve(int lfd, bool tcp)
{
	char message[MESSAGE];
	ssize_t n;

	TRY(prctl(PR_SET_PDEATHSIG, SIGKILL));
	for (;;) {
		int fd = TRY(accept(lfd, NULL, NULL));

		at_once(fd, tcp);
		while ((n = recv(fd, message, sizeof(message), 0)) > 0)
			send(fd, message, (size_t)n, MSG_NOSIGNAL);
		reset(fd);
	}
}

static int open_one(bool tcp, long number)
{
	int fd = TRY(socket(server.any.sa_family, SOCK_STREAM, 0));
	struct sockaddr_un un;

	if (tcp)
		at_once(fd, tcp);
	else
		TRY(bind(fd, (struct sockaddr *)&un, name_it(&un, "client", number)));
	TRY(connect(fd, &server.any, server_len));
	return fd;
}

static void ask(int fd)
{
	char message[MESSAGE] = {0};

	TRY(send(fd, message, sizeof(message), 0));
	MUST(recv(fd, message, sizeof(message), 0) == sizeof(message));
}

/* Every other one ends in order, up to where the server resets it. */
static void connection(bool tcp, long number)
{
	int fd = open_one(tcp, number);
	char c;

	ask(fd);
	if (number % 2) {
		TRY(shutdown(fd, SHUT_WR));
		MUST(recv(fd, &c, 1, 0) <= 0);
	}
	reset(fd);
}

static void in_a_process(long number)
{
	pid_t pid = TRY(fork());
	int status;

	if (!pid) {
		connection(true, number);
		_exit(0);
	}
	TRY(waitpid(pid, &status, 0));
	MUST(!status);
}

int main(int argc, char **argv)
{
	const char *kind = argc == 3 ? argv[1] : "";
	long count = argc == 3 ? atol(argv[2]) : 0;
	bool tcp = strcmp(kind, "unix");
	int lfd, fd = -1;
	pid_t pid;

	if (count < 1 || (strcmp(kind, "tcp") && strcmp(kind, "unix") &&
			  strcmp(kind, "tasks") && strcmp(kind, "wakes"))) {
		fputs("usage: churn tcp|unix|tasks|wakes COUNT\n", stderr);
		return 2;
	}
	lfd = listener(tcp);
	pid = TRY(fork());
	if (!pid)
		serve(lfd, tcp);
	TRY(close(lfd));
	if (!strcmp(kind, "wakes"))
		fd = open_one(true, 0);
	for (long i = 0; i < count; i++) {
		if (fd >= 0)
			ask(fd);
		else if (!strcmp(kind, "tasks"))
			in_a_process(i);
		else
			connection(tcp, i);
	}
	TRY(kill(pid, SIGKILL));
	TRY(waitpid(pid, NULL, 0));
	return 0;
}
