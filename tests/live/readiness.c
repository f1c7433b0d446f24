// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Readiness that nobody answers, and calls that never end: a loop that sleeps
 * elsewhere while data comes; a connection that lies in its listener's queue; a writer
 * that polls for room; readers that try again and again; one that leaves something behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

#define MS 1000000ULL
#define LATE 200 /* ms */

struct loop {
	int fd;
	atomic_uint busy;
};

static void loop_run(void *arg)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int epoll = TRY(epoll_create1(EPOLL_CLOEXEC));
	struct loop *l = arg;
	char byte;

	TRY(epoll_ctl(epoll, EPOLL_CTL_ADD, l->fd, &ev));
	TRY(epoll_wait(epoll, &ev, 1, -1));
	TRY(recv(l->fd, &byte, 1, 0));
	l->busy = 1;
	live_sleep_ms(LATE + 50);
	TRY(epoll_wait(epoll, &ev, 1, -1));
	TRY(recv(l->fd, &byte, 1, 0));
	TRY(close(epoll));
}

/* The second message comes while its loop sleeps for something else. */
static void blocked_loop(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct loop l = {.fd = receiver};
	struct live_thread t;

	live_connect_to(sender, receiver);
	live_declare("looped", receiver);
	live_thread_start(&t, loop_run, &l);
	live_thread_asleep(&t, LIVE_EPOLL_WAIT);
	TRY(send(sender, "x", 1, 0));
	live_until(&l.busy, 1);
	TRY(send(sender, "x", 1, 0));
	live_thread_join(&t);
	live_expect("looped", "sock_def_readable", 2, NULL);
	live_expect_woken("looped", "sock_def_readable", t.tid, "epoll", 1);
	live_expect_io("looped", "recv", t.tid, 1, 2);
	live_expect_finding("looped", "no-waiter", LATE * MS);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("looped");
}

/* What the client has sent is there before anybody accepts. */
static void queued(void)
{
	int client = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), server;
	int listener = live_bound(AF_INET, SOCK_STREAM);
	char byte;

	TRY(listen(listener, 9));
	live_declare("queued", listener);
	live_connect_to(client, listener);
	TRY(send(client, "x", 1, 0));
	live_sleep_ms(LATE);
	server = TRY(accept(listener, NULL, NULL));
	MUST(TRY(recv(server, &byte, 1, 0)) == 1);
	live_expect("queued", "sock_def_readable", 1, NULL);
	live_expect_accept("queued", 0, false, 1);
	live_expect_finding("queued", "no-waiter", LATE * MS);
	TRY(close(client));
	TRY(close(server));
	TRY(close(listener));
	live_expect_destroy("queued");
}

static void writer_run(void *arg)
{
	static char data[65536];
	int fd = *(int *)arg;

	while (send(fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	MUST(errno == EAGAIN);
	TRY(poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1));
	TRY(send(fd, data, 1, MSG_DONTWAIT));
}

static void polled_writer(void)
{
	static char data[65536];
	struct live_thread writer;
	int pair[2];

	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	live_declare("polled", pair[0]);
	/* So that the trace has its names wherever room is not seen. */
	TRY(send(pair[1], "x", 1, 0));
	TRY(recv(pair[0], data, 1, 0));
	live_thread_start(&writer, writer_run, &pair[0]);
	live_thread_asleep(&writer, LIVE_POLL);
	live_sleep_ms(LATE);
	while (recv(pair[1], data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	live_thread_join(&writer);
	live_expect("polled", "sock_def_readable", 1, NULL);
	live_expect_any("polled", "unix_write_space");
	live_expect_any("polled", "sock_def_wakeup");
	live_expect_finding("polled", "write-stall", LATE * MS);
	TRY(close(pair[0]));
	TRY(close(pair[1]));
	live_expect_destroy("polled");
}

static void part_run(void *arg)
{
	static char data[1 << 20];
	int fd = *(int *)arg;

	/* It is told of no room by a short count alone, as servers like to. */
	while (send(fd, data, sizeof(data), MSG_DONTWAIT) == sizeof(data))
		;
	TRY(poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1));
	TRY(send(fd, data, 1, MSG_DONTWAIT));
}

static void partial_writer(void)
{
	int writer = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), reader;
	int listener = live_bound(AF_INET, SOCK_STREAM);
	static char data[1 << 20];
	struct live_thread t;

	TRY(listen(listener, 9));
	live_connect_to(writer, listener);
	reader = TRY(accept(listener, NULL, NULL));
	live_declare("part", writer);
	/* So that the trace has its names wherever room is not seen. */
	TRY(send(reader, "x", 1, 0));
	MUST(TRY(recv(writer, data, 1, 0)) == 1);
	live_thread_start(&t, part_run, &writer);
	live_thread_asleep(&t, LIVE_POLL);
	live_sleep_ms(LATE);
	while (recv(reader, data, sizeof(data), MSG_DONTWAIT) > 0)
		live_sleep_ms(1);
	live_thread_join(&t);
	live_expect("part", "sock_def_readable", 1, NULL);
	live_expect_any("part", "sk_stream_write_space");
	live_expect_any("part", "sock_def_wakeup");
	live_expect_finding("part", "write-stall", LATE * MS);
	TRY(close(writer));
	TRY(close(reader));
	TRY(close(listener));
	live_expect_destroy("part");
}

#define SPINNING_MS 150
#define ENDS_MS 300 /* by then sockets that were closed are gone, after a grace period of RCU */

static void recv_nothing(int fd)
{
	char byte;

	MUST(recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
}

static void poll_at_once(int fd)
{
	MUST(TRY(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1)) == 1);
}

/* It is told of the 100th, the 1000th and so on: of one that comes late enough, though a few
 * are not counted.  A socket that ends meanwhile may do so within a probe of these calls, and
 * the kernel misses the probe of that. */
static void spin(void (*call)(int fd), int fd)
{
	unsigned int i = 0, told = 100;
	long begun;

	live_sleep_ms(ENDS_MS);
	begun = live_now_ms();
	for (;; told *= 10) {
		while (i++ < told)
			call(fd);
		if (live_now_ms() - begun >= SPINNING_MS)
			break;
	}
	for (i = 0; i < told / 20 + 1; i++)
		call(fd);
}

static void spinning_run(void *arg)
{
	int fd = *(int *)arg;
	char byte;

	TRY(recv(fd, &byte, 1, 0));
	spin(recv_nothing, fd);
}

static void spinning(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct live_thread t;

	live_connect_to(sender, receiver);
	live_declare("spun", receiver);
	live_thread_start(&t, spinning_run, &receiver);
	live_thread_asleep(&t, SYS_recvfrom);
	TRY(send(sender, "x", 1, 0));
	live_thread_join(&t);
	live_expect("spun", "sock_def_readable", 1, NULL);
	live_expect_woken("spun", "sock_def_readable", t.tid, "blocking", 1);
	live_expect_finding("spun", "spin", 100);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("spun");
}

/* A connection that nothing was ever read from, by a task that is known. */
static void spinning_unread_run(void *arg)
{
	const int *fds = arg;
	char byte;

	TRY(recv(fds[0], &byte, 1, 0));
	spin(recv_nothing, fds[1]);
}

static void spinning_unread(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct live_thread t;
	struct live_tcp tcp;
	int fds[2];

	live_connect_to(sender, receiver);
	live_tcp_open(&tcp, "unread_", AF_INET);
	fds[0] = receiver;
	fds[1] = tcp.client;
	live_thread_start(&t, spinning_unread_run, fds);
	live_thread_asleep(&t, SYS_recvfrom);
	TRY(send(sender, "x", 1, 0));
	live_thread_join(&t);
	live_expect_finding("unread_client", "spin", 100);
	live_tcp_close(&tcp);
	TRY(close(receiver));
	TRY(close(sender));
}

/* The other end of a stream has gone, and poll returns at once for what is not closed. */
static void hung_up_run(void *arg)
{
	int fd = *(int *)arg;
	char byte;

	TRY(recv(fd, &byte, 1, 0));
	spin(poll_at_once, fd);
}

static void hung_up(void)
{
	struct live_thread t;
	int pair[2];

	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	live_declare("hung_up", pair[0]);
	live_thread_start(&t, hung_up_run, &pair[0]);
	live_thread_asleep(&t, SYS_recvfrom);
	TRY(send(pair[1], "x", 1, 0));
	TRY(close(pair[1]));
	live_thread_join(&t);
	live_expect("hung_up", "sock_def_readable", 1, NULL);
	live_expect_any("hung_up", "sock_def_wakeup");
	live_expect_hung_up("hung_up");
	TRY(close(pair[0]));
	live_expect_destroy("hung_up");
}

/* An edge-triggered reader that takes a part, and is told of the rest when more comes. */
static void left_run(void *arg)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET};
	int fd = *(int *)arg, epoll = TRY(epoll_create1(EPOLL_CLOEXEC));
	char data[16];

	TRY(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev));
	TRY(epoll_wait(epoll, &ev, 1, -1));
	MUST(recv(fd, data, 4, MSG_DONTWAIT) == 4);
	TRY(epoll_wait(epoll, &ev, 1, -1));
	MUST(recv(fd, data, sizeof(data), MSG_DONTWAIT) == 12);
	TRY(close(epoll));
}

static void left_behind(void)
{
	struct live_thread t;
	struct live_tcp tcp;

	live_tcp_open(&tcp, "left_", AF_INET);
	live_thread_start(&t, left_run, &tcp.server);
	live_thread_asleep(&t, LIVE_EPOLL_WAIT);
	TRY(send(tcp.client, "twelve bytes", 12, 0));
	live_sleep_ms(LATE);
	live_thread_asleep(&t, LIVE_EPOLL_WAIT);
	TRY(send(tcp.client, "four", 4, 0));
	live_thread_join(&t);
	live_expect("left_server", "sock_def_readable", 2, NULL);
	live_expect_finding("left_server", "no-waiter", LATE * MS * 9 / 10);
	live_tcp_close(&tcp);
}

int main(void)
{
	live_start();
	blocked_loop();
	queued();
	polled_writer();
	partial_writer();
	spinning();
	spinning_unread();
	hung_up();
	left_behind();
	return live_end();
}
