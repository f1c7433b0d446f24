// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Wake-ups of nobody, or for nothing, and a task that gets most of the connections:
 * the findings no-waiter, spurious and uneven-accept.
 */
#include <errno.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

#define MS 1000000ULL

/* Data that nobody waits for, and takes 150 ms later. */
static void no_waiter(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	char byte;

	live_connect_to(sender, receiver);
	live_declare("unwaited", receiver);
	TRY(send(sender, "x", 1, 0));
	live_sleep_ms(150);
	TRY(recv(receiver, &byte, 1, 0));
	live_expect("unwaited", "sock_def_readable", 1, "\"waiters\":0");
	live_expect_finding("unwaited", "no-waiter", 150 * MS);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("unwaited");
}

#define ROUNDS 12 /* fewer than ten may happen to anybody */

struct late {
	int fd;
	atomic_uint awake, robbed, rounds;
};

static void late_run(void *arg)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int epoll = TRY(epoll_create1(EPOLL_CLOEXEC));
	struct late *l = arg;
	char byte;

	TRY(epoll_ctl(epoll, EPOLL_CTL_ADD, l->fd, &ev));
	for (unsigned int i = 1; i <= ROUNDS; i++) {
		TRY(epoll_wait(epoll, &ev, 1, -1));
		l->awake = i;
		/* As for a lock: that is not the socket's wait. */
		if (i & 1)
			live_sleep_ms(1);
		while (l->robbed < i)
			sched_yield();
		MUST(recv(l->fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
		l->rounds = i;
	}
	TRY(close(epoll));
}

/* One is woken again and again for data that another takes before it. */
static void spurious(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct late late = {.fd = receiver};
	struct live_thread t;
	char byte;

	live_connect_to(sender, receiver);
	live_declare("robbed", receiver);
	live_thread_start(&t, late_run, &late);
	for (unsigned int i = 1; i <= ROUNDS; i++) {
		live_until(&late.rounds, i - 1);
		live_thread_asleep(&t, LIVE_EPOLL_WAIT);
		TRY(send(sender, "x", 1, 0));
		live_until(&late.awake, i);
		TRY(recv(receiver, &byte, 1, 0));
		late.robbed = i;
	}
	live_thread_join(&t);
	live_expect("robbed", "sock_def_readable", ROUNDS, NULL);
	live_expect_woken("robbed", "sock_def_readable", t.tid, "epoll", ROUNDS);
	live_expect_io("robbed", "recv", t.tid, -EAGAIN, ROUNDS);
	live_expect_finding("robbed", "spurious", 0);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("robbed");
}

#define MOST 30
#define FEW 2

struct acceptor {
	int listener;
	unsigned int count;
};

static void acceptor_run(void *arg)
{
	struct acceptor *a = arg;

	for (unsigned int i = 0; i < a->count; i++)
		TRY(close(TRY(accept(a->listener, NULL, NULL))));
}

static void serve(struct acceptor *a)
{
	struct live_thread t;

	live_thread_start(&t, acceptor_run, a);
	for (unsigned int i = 0; i < a->count; i++) {
		int client = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

		live_thread_asleep(&t, SYS_accept);
		live_connect_to(client, a->listener);
		TRY(close(client));
	}
	live_thread_join(&t);
}

/* One thread accepts 30 connections, the other 2. */
static void uneven_accept(void)
{
	int listener = live_bound(AF_INET, SOCK_STREAM);
	struct acceptor busy = {listener, MOST}, idle = {listener, FEW};

	TRY(listen(listener, MOST));
	live_declare("uneven", listener);
	serve(&busy);
	serve(&idle);
	live_expect("uneven", "sock_def_readable", MOST + FEW, NULL);
	live_expect_accept("uneven", 0, true, MOST + FEW);
	live_expect_finding("uneven", "uneven-accept", 90);
	TRY(close(listener));
	live_expect_destroy("uneven");
}

int main(void)
{
	live_start();
	no_waiter();
	spurious();
	uneven_accept();
	return live_end();
}
