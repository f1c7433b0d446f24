// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What takes long: a reader that is woken, runs, and sleeps 50 ms before it
 * reads; one that is kept off its CPU by a busy real-time thread; a writer whose
 * buffer is full for 300 ms; a listener whose queue is full.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

#define MS 1000000ull

static unsigned long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static void late_reader_run(void *arg)
{
	int fd = *(int *)arg, epoll = TRY(epoll_create1(EPOLL_CLOEXEC));
	struct epoll_event ev = {.events = EPOLLIN};
	char byte;

	TRY(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev));
	TRY(epoll_wait(epoll, &ev, 1, -1));
	live_sleep_ms(50);
	TRY(recv(fd, &byte, 1, 0));
	TRY(close(epoll));
}

static void slow_read(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct live_thread reader;

	live_connect_to(sender, receiver);
	live_declare("late", receiver);
	live_thread_start(&reader, late_reader_run, &receiver);
	live_thread_asleep(&reader, LIVE_EPOLL_WAIT);
	TRY(send(sender, "x", 1, 0));
	live_thread_join(&reader);
	live_expect("late", "sock_def_readable", 1, NULL);
	live_expect_woken("late", "sock_def_readable", reader.tid, "epoll", 1);
	live_expect_io("late", "recv", reader.tid, 1, 1);
	live_expect_finding("late", "slow-read", 50 * MS);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("late");
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	TRY(sched_setaffinity(0, sizeof(set), &set));
}

static atomic_bool busy;

/* No longer than the kernel lets a real-time task run at a time. */
static void busy_run(void *arg)
{
	unsigned long long end = now_ns() + 300 * MS;

	pin(0);
	if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 10}))
		*(int *)arg = errno;
	busy = true;
	while (now_ns() < end)
		;
}

static void pinned_reader_run(void *arg)
{
	char byte;

	pin(0);
	TRY(recv(*(int *)arg, &byte, 1, 0));
}

static void slow_run(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct live_thread reader, hog;
	int refused = 0;

	live_connect_to(sender, receiver);
	live_declare("kept off", receiver);
	live_thread_start(&reader, pinned_reader_run, &receiver);
	live_thread_asleep(&reader, SYS_recvfrom);
	pin(1);
	live_thread_start(&hog, busy_run, &refused);
	while (!busy)
		live_sleep_ms(1);
	TRY(send(sender, "x", 1, 0));
	live_thread_join(&hog);
	live_thread_join(&reader);
	live_expect("kept off", "sock_def_readable", 1, NULL);
	if (!refused) {
		live_expect_run("kept off", reader.tid, 100 * MS, 1);
		live_expect_finding("kept off", "slow-run", 100 * MS);
	}
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("kept off");
}

#define MUCH (4 << 20) /* bytes: more than any send buffer here */

static void writer_run(void *arg)
{
	static char data[MUCH];

	MUST(TRY(send(*(int *)arg, data, sizeof(data), 0)) == sizeof(data));
}

static void write_stall(void)
{
	static char data[65536];
	struct live_thread writer;
	int pair[2];
	ssize_t got = 0;

	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	live_declare("writer", pair[0]);
	live_thread_start(&writer, writer_run, &pair[0]);
	live_thread_asleep(&writer, SYS_sendto);
	live_sleep_ms(300);
	while (got < MUCH)
		got += TRY(recv(pair[1], data, sizeof(data), 0));
	live_thread_join(&writer);
	live_expect_any("writer", "unix_write_space");
	live_expect_any("writer", "sock_def_wakeup");
	live_expect_wait("writer", "send", writer.tid, "[\"wakeup\",\"unknown\"]", 300 * MS, 1);
	live_expect_finding("writer", "write-stall", 300 * MS);
	TRY(close(pair[0]));
	TRY(close(pair[1]));
	live_expect_destroy("writer");
}

#define BACKLOG 2

/* One more than its limit is what listen(2) lets in. */
static void backlog(void)
{
	int clients[BACKLOG + 1], listener = live_bound(AF_INET, SOCK_STREAM);

	TRY(listen(listener, BACKLOG));
	live_declare("full", listener);
	for (int i = 0; i <= BACKLOG; i++) {
		clients[i] = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
		live_connect_to(clients[i], listener);
	}
	live_expect("full", "sock_def_readable", BACKLOG + 1, "\"backlog_max\":%d", BACKLOG);
	live_expect_finding("full", "backlog", 100);
	TRY(close(listener));
	for (int i = 0; i <= BACKLOG; i++)
		TRY(close(clients[i]));
	live_expect_destroy("full");
}

int main(void)
{
	live_start();
	slow_read();
	write_stall();
	backlog();
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		slow_run();
	return live_end();
}
