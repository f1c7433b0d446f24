// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Waits that no wake-up ends, and those of other calls than recv(2): a timeout, a
 * signal, accept(2) and connect(2) of AF_UNIX, connect(2) of TCP. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

#define MS 1000000ull

static void timeout(void)
{
	int fd = live_bound(AF_INET, SOCK_DGRAM);
	struct timeval limit = {.tv_usec = 60000};
	char byte;

	live_declare("timed", fd);
	TRY(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	MUST(recv(fd, &byte, 1, 0) < 0 && errno == EAGAIN);
	live_expect_wait("timed", "recv", getpid(), "timeout", 50 * MS, 1);
	TRY(close(fd));
	live_expect_destroy("timed");
}

static void ignore(int signal)
{
	(void)signal;
}

static void interrupted_run(void *arg)
{
	char byte;

	MUST(recv(*(int *)arg, &byte, 1, 0) < 0 && errno == EINTR);
}

static void interrupted(void)
{
	int fd = live_bound(AF_INET, SOCK_DGRAM);
	struct live_thread t;

	live_declare("interrupted", fd);
	TRY(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = ignore}, NULL));
	live_thread_start(&t, interrupted_run, &fd);
	live_thread_asleep(&t, SYS_recvfrom);
	MUST(!pthread_kill(t.thread, SIGUSR1));
	live_thread_join(&t);
	live_expect_wait("interrupted", "recv", t.tid, "signal", 0, 1);
	TRY(close(fd));
	live_expect_destroy("interrupted");
}

struct unix_name {
	struct sockaddr_un name;
	socklen_t len;
};

/* In the abstract namespace: nothing stays behind. */
static int unix_listener(struct unix_name *u, int backlog)
{
	int fd = TRY(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	u->name = (struct sockaddr_un){.sun_family = AF_UNIX};
	u->len = offsetof(struct sockaddr_un, sun_path) + 1 +
		 snprintf(u->name.sun_path + 1, sizeof(u->name.sun_path) - 1, "sockwake-test-%d-%d",
			  getpid(), backlog);
	TRY(bind(fd, (struct sockaddr *)&u->name, u->len));
	TRY(listen(fd, backlog));
	return fd;
}

static void accept_run(void *arg)
{
	TRY(close(TRY(accept(*(int *)arg, NULL, NULL))));
}

static void unix_accept(void)
{
	int client = TRY(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct unix_name name;
	int listener = unix_listener(&name, 8);
	struct live_thread t;

	live_declare("accepting", listener);
	live_thread_start(&t, accept_run, &listener);
	live_thread_asleep(&t, SYS_accept);
	TRY(connect(client, (struct sockaddr *)&name.name, name.len));
	live_thread_join(&t);
	live_expect("accepting", "sock_def_readable", 1, NULL);
	live_expect_woken("accepting", "sock_def_readable", t.tid, "blocking", 1);
	live_expect_wait("accepting", "accept", t.tid, "wakeup", 0, 1);
	TRY(close(client));
	TRY(close(listener));
	live_expect_destroy("accepting");
}

struct connection {
	int fd;
	struct unix_name to;
};

static void connect_run(void *arg)
{
	struct connection *c = arg;

	TRY(connect(c->fd, (struct sockaddr *)&c->to.name, c->to.len));
}

/* A listener of no backlog takes one connection; the next one waits for a place. */
static void unix_connect(void)
{
	struct connection first, second;
	struct live_thread t;
	int listener;

	listener = unix_listener(&first.to, 0);
	second.to = first.to;
	first.fd = TRY(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	second.fd = TRY(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	live_declare("connecting", second.fd);
	connect_run(&first);
	live_thread_start(&t, connect_run, &second);
	live_thread_asleep(&t, SYS_connect);
	TRY(close(TRY(accept(listener, NULL, NULL))));
	live_thread_join(&t);
	live_expect_wait("connecting", "connect", t.tid, "[\"wakeup\",\"unknown\"]", 0, 1);
	TRY(close(first.fd));
	TRY(close(second.fd));
	TRY(close(listener));
	/* Closing the listener resets the one that nobody accepted. */
	live_expect_any("connecting", "sock_def_wakeup");
	live_expect_destroy("connecting");
}

static void tcp_connect_run(void *arg)
{
	int *fds = arg;

	live_connect_to(fds[0], fds[1]);
}

/* A listener whose queue is full drops what asks for a connection, which asks again
 * after a second: then there is room. */
static void tcp_connect(void)
{
	int first = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), fds[2];
	struct live_thread t;

	fds[0] = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	fds[1] = live_bound(AF_INET, SOCK_STREAM);
	TRY(listen(fds[1], 0));
	live_connect_to(first, fds[1]);
	live_thread_start(&t, tcp_connect_run, fds);
	live_thread_asleep(&t, SYS_connect);
	TRY(close(TRY(accept(fds[1], NULL, NULL))));
	live_thread_join(&t);
	live_declare("tcp connecting", fds[0]); /* by now it has a name */
	live_expect("tcp connecting", "sock_def_wakeup", 1, "\"state\":\"ESTABLISHED\"");
	live_expect_woken("tcp connecting", "sock_def_wakeup", t.tid, "blocking", 1);
	live_expect_run("tcp connecting", t.tid, 0, 1);
	live_expect_wait("tcp connecting", "connect", t.tid, "wakeup", 100 * MS, 1);
	TRY(close(fds[0]));
	TRY(close(first));
	TRY(close(fds[1]));
	live_expect_destroy("tcp connecting");
}

int main(void)
{
	live_start();
	timeout();
	interrupted();
	unix_accept();
	unix_connect();
	tcp_connect();
	return live_end();
}
