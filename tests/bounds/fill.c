// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fill WHAT N: more of something than tiny.h has room for, told as it came to be, a line
 * each: its name, the inode of its socket, its thread.  All of them are there at once.
 *
 *   sockets  N sockets, each woken once; then the last ten once more
 *   burst    ... as fast as can be
 *   opened   N sockets, and nothing happens
 *   tasks    N threads that sleep in recv(2), woken one after the other
 *   accepts  N threads that sleep in accept(2), likewise
 *   pollers  N threads that poll one socket, which an error wakes together
 *   children N processes at once, each of which wakes itself; then one more
 *   writers  N threads that send more than their readers' buffers hold
 *   subflows ... by MPTCP
 *   nested   N threads on one processor, each of which wakes the next in the middle of what
 *            woke it: each is more urgent than the one before
 */
#include <arpa/inet.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

#define MOST	1000
#define PACE_MS 8 /* the tables are looked after every few milliseconds */
#define AGAIN	10
#define WRITTEN (4 << 20)

static struct filled {
	struct live_thread thread;
	char name[16];
	int fd, to;
	atomic_uint done;
} all[MOST];
static int n;
static int how; /* a pause, in ms; or a protocol */

static void tell(const struct filled *f)
{
	struct stat st;

	TRY(fstat(f->fd, &st));
	printf("%s %llu %d\n", f->name, (unsigned long long)st.st_ino, f->thread.tid);
}

static void start(struct filled *f, char letter, void (*run)(void *arg))
{
	snprintf(f->name, sizeof(f->name), "%c%03d", letter, (int)(f - all));
	live_thread_start(&f->thread, run, f);
}

static void call_it(const struct filled *f)
{
	TRY(prctl(PR_SET_NAME, f->name));
}

static void finish(struct filled *f)
{
	live_until(&f->done, 1);
	live_thread_join(&f->thread);
}

static void fill_sockets(void)
{
	int from = live_bound(AF_INET, SOCK_DGRAM);

	for (int i = 0; i < n; i++) {
		snprintf(all[i].name, sizeof(all[i].name), "s%03d", i);
		all[i].fd = live_bound(AF_INET, SOCK_DGRAM);
		live_connect_to(from, all[i].fd);
		TRY(send(from, "x", 1, 0));
		tell(&all[i]);
		live_sleep_ms(how);
	}
	for (int i = n - AGAIN; i < n; i++) {
		live_connect_to(from, all[i].fd);
		TRY(send(from, "y", 1, 0));
	}
}

static void open_sockets(void)
{
	for (int i = 0; i < n; i++)
		all[i].fd = live_bound(AF_INET, SOCK_DGRAM);
	printf("opened\n");
	fflush(stdout);
	pause();
}

static void receive(void *arg)
{
	struct filled *f = arg;
	char c;

	call_it(f);
	TRY(recv(f->fd, &c, 1, 0));
	f->done = 1;
}

static void fill_tasks(void)
{
	int from = live_bound(AF_INET, SOCK_DGRAM);

	for (int i = 0; i < n; i++) {
		all[i].fd = live_bound(AF_INET, SOCK_DGRAM);
		start(&all[i], 't', receive);
		live_thread_asleep(&all[i].thread, SYS_recvfrom);
		tell(&all[i]);
		live_sleep_ms(PACE_MS);
	}
	for (int i = 0; i < n; i++) {
		live_connect_to(from, all[i].fd);
		TRY(send(from, "x", 1, 0));
		finish(&all[i]);
		live_sleep_ms(PACE_MS);
	}
}

static void accept_one(void *arg)
{
	struct filled *f = arg;

	call_it(f);
	TRY(accept(f->fd, NULL, NULL));
	f->done = 1;
}

static void fill_accepts(void)
{
	for (int i = 0; i < n; i++) {
		all[i].fd = live_bound(AF_INET, SOCK_STREAM);
		TRY(listen(all[i].fd, 1));
		start(&all[i], 'a', accept_one);
		live_thread_asleep(&all[i].thread, SYS_accept);
		tell(&all[i]);
		live_sleep_ms(PACE_MS);
	}
	for (int i = 0; i < n; i++) {
		live_connect_to(TRY(socket(AF_INET, SOCK_STREAM, 0)), all[i].fd);
		finish(&all[i]);
		live_sleep_ms(PACE_MS);
	}
}

static void poll_error(void *arg)
{
	struct filled *f = arg;
	struct pollfd p = {.fd = f->fd};

	call_it(f);
	MUST(TRY(poll(&p, 1, -1)) == 1 && p.revents & POLLERR);
	f->done = 1;
}

static void fill_pollers(void)
{
	int fd = live_bound(AF_INET, SOCK_DGRAM), closed = live_bound(AF_INET, SOCK_DGRAM);

	live_connect_to(fd, closed);
	TRY(close(closed));
	for (int i = 0; i < n; i++) {
		all[i].fd = fd;
		start(&all[i], 'p', poll_error);
		live_thread_asleep(&all[i].thread, LIVE_POLL);
		tell(&all[i]);
	}
	TRY(send(fd, "x", 1, 0));
	for (int i = 0; i < n; i++)
		finish(&all[i]);
}

/* A child wakes itself, and waits for the end. */
static void child(int i, int end)
{
	int from, to;
	char c;

	snprintf(all[i].name, sizeof(all[i].name), "c%03d", i);
	call_it(&all[i]);
	from = live_bound(AF_INET, SOCK_DGRAM);
	to = live_bound(AF_INET, SOCK_DGRAM);
	live_connect_to(from, to);
	TRY(send(from, "x", 1, 0));
	MUST(!TRY(read(end, &c, 1)));
	_exit(0);
}

static void fill_children(void)
{
	int end[2], i;
	pid_t last;

	TRY(pipe(end));
	for (i = 0; i < n; i++) {
		if (TRY(fork()))
			continue;
		close(end[1]);
		child(i, end[0]);
	}
	live_sleep_ms(500);
	close(end[1]);
	for (i = 0; i < n; i++)
		TRY(wait(NULL));
	/* Their numbers are given back a grace period later. */
	live_sleep_ms(500);
	last = TRY(fork());
	if (!last)
		child(n, end[0]);
	TRY(waitpid(last, NULL, 0));
}

/* MPTCP waits for timers where the reader has little room. */
static size_t written(void)
{
	return how == IPPROTO_MPTCP ? WRITTEN / 16 : WRITTEN;
}

static void write_all(void *arg)
{
	static char data[WRITTEN];
	struct filled *f = arg;

	call_it(f);
	TRY(send(f->fd, data, written(), 0));
	f->done = 1;
}

static void read_all(void *arg)
{
	static char data[1 << 16];
	struct filled *f = arg;

	for (ssize_t left = written(); left > 0;)
		left -= TRY(recv(f->to, data, sizeof(data), 0));
}

static int listener_of(int protocol)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = TRY(socket(AF_INET, SOCK_STREAM, protocol));

	TRY(bind(fd, (struct sockaddr *)&in, sizeof(in)));
	return fd;
}

static void fill_writers(void)
{
	static struct live_thread readers[MOST];
	int listener = listener_of(how), small = 4096;

	/* Inherited: so most of the data are let out by ACKs. */
	TRY(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	TRY(listen(listener, n));
	for (int i = 0; i < n; i++) {
		struct filled reader = {.fd = 0};

		all[i].fd = TRY(socket(AF_INET, SOCK_STREAM, how));
		live_connect_to(all[i].fd, listener);
		all[i].to = TRY(accept(listener, NULL, NULL));
		reader = all[i];
		reader.fd = reader.to;
		snprintf(reader.name, sizeof(reader.name), "w%03d", i);
		tell(&reader);
	}
	for (int i = 0; i < n; i++) {
		start(&all[i], 'w', write_all);
		live_thread_start(&readers[i], read_all, &all[i]);
	}
	for (int i = 0; i < n; i++) {
		finish(&all[i]);
		live_thread_join(&readers[i]);
	}
}

static void pass_on(void *arg)
{
	struct filled *f = arg;
	char c;

	call_it(f);
	TRY(recv(f->fd, &c, 1, 0));
	if (f + 1 < all + n)
		TRY(send(f->to, &c, 1, 0));
	f->done = 1;
}

static void fill_nested(void)
{
	struct sched_param urgent;
	cpu_set_t first;
	int fds[2];

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	for (int i = 0; i < n; i++) {
		TRY(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds));
		all[i].fd = fds[0];
		if (i)
			all[i - 1].to = fds[1];
		else
			how = fds[1];
	}
	TRY(sched_setaffinity(0, sizeof(first), &first));
	for (int i = 0; i < n; i++) {
		start(&all[i], 'n', pass_on);
		live_thread_asleep(&all[i].thread, SYS_recvfrom);
		urgent.sched_priority = 1 + i;
		TRY(sched_setscheduler(all[i].thread.tid, SCHED_FIFO, &urgent));
		tell(&all[i]);
	}
	TRY(send(how, "x", 1, 0));
	for (int i = 0; i < n; i++)
		finish(&all[i]);
}

static const struct {
	const char *what;
	void (*fill)(void);
	int how, least;
} fills[] = {
	{"sockets", fill_sockets, PACE_MS, AGAIN},
	{"burst", fill_sockets, 0, AGAIN},
	{"opened", open_sockets, 0, 1},
	{"tasks", fill_tasks, 0, 1},
	{"accepts", fill_accepts, 0, 1},
	{"pollers", fill_pollers, 0, 1},
	{"children", fill_children, 0, 1},
	{"writers", fill_writers, 0, 1},
	{"subflows", fill_writers, IPPROTO_MPTCP, 1},
	{"nested", fill_nested, 0, 1},
};

int main(int argc, char **argv)
{
	const struct rlimit files = {4 * MOST, 4 * MOST};
	const char *what = argc == 3 ? argv[1] : "";

	n = argc == 3 ? atoi(argv[2]) : 0;
	TRY(setrlimit(RLIMIT_NOFILE, &files));
	for (size_t i = 0; i < sizeof(fills) / sizeof(*fills); i++) {
		if (strcmp(what, fills[i].what))
			continue;
		MUST(n >= fills[i].least && n <= MOST);
		how = fills[i].how;
		fills[i].fill();
		return 0;
	}
	return 2;
}
