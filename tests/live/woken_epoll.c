// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Threads that sleep in epoll_wait(2): level- and edge-triggered, an epoll in an
 * epoll, and three that each have an exclusive entry on one socket.
 */
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define MESSAGES 5
#define EXCLUSIVE 3

struct waiter {
	struct live_thread thread;
	int epoll, fd;
	atomic_uint *received;
};

static int new_epoll(int fd, uint32_t events)
{
	int epoll = TRY(epoll_create1(EPOLL_CLOEXEC));
	struct epoll_event ev = {.events = events, .data.fd = fd};

	TRY(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev));
	return epoll;
}

static void waiter_run(void *arg)
{
	struct waiter *w = arg;
	char byte = 0;

	while (byte != LIVE_LAST) {
		struct epoll_event ev;

		MUST(TRY(epoll_wait(w->epoll, &ev, 1, -1)) == 1);
		/* Another one may have been faster. */
		if (recv(w->fd, &byte, 1, MSG_DONTWAIT) == 1)
			++*w->received;
	}
}

static void waiter_start(struct waiter *w, int epoll, int fd, atomic_uint *received)
{
	w->epoll = epoll;
	w->fd = fd;
	w->received = received;
	live_thread_start(&w->thread, waiter_run, w);
	live_thread_asleep(&w->thread, LIVE_EPOLL_WAIT);
}

static void udp_pair(const char *label, int *receiver, int *sender)
{
	*receiver = live_bound(AF_INET, SOCK_DGRAM);
	*sender = live_bound(AF_INET, SOCK_DGRAM);
	live_connect_to(*sender, *receiver);
	live_declare(label, *receiver);
}

static void one_waiter(const char *label, uint32_t events, bool nested)
{
	atomic_uint received = 0;
	struct waiter w;
	int receiver, sender, epoll;

	udp_pair(label, &receiver, &sender);
	epoll = new_epoll(receiver, events);
	waiter_start(&w, nested ? new_epoll(epoll, EPOLLIN) : epoll, receiver, &received);
	for (unsigned int i = 1; i <= MESSAGES; i++) {
		TRY(send(sender, i < MESSAGES ? "x" : &(char){LIVE_LAST}, 1, 0));
		live_until(&received, i);
		if (i < MESSAGES)
			live_thread_asleep(&w.thread, LIVE_EPOLL_WAIT);
	}
	live_thread_join(&w.thread);
	live_expect(label, "sock_def_readable", MESSAGES, "\"waiters\":1");
	live_expect_woken(label, "sock_def_readable", w.thread.tid, "epoll", MESSAGES);
	live_expect_run(label, w.thread.tid, 0, MESSAGES);
	live_expect_wait(label, "poll", w.thread.tid, "wakeup", 0, MESSAGES);
	live_expect_io(label, "recv", w.thread.tid, 1, MESSAGES);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy(label);
}

static void exclusive_waiters(void)
{
	static struct waiter w[EXCLUSIVE];
	atomic_uint received = 0;
	int receiver, sender;

	udp_pair("exclusive", &receiver, &sender);
	for (int i = 0; i < EXCLUSIVE; i++)
		waiter_start(&w[i], new_epoll(receiver, EPOLLIN | EPOLLEXCLUSIVE), receiver,
			     &received);
	for (unsigned int i = 1; i <= MESSAGES; i++) {
		for (int k = 0; k < EXCLUSIVE; k++)
			live_thread_asleep(&w[k].thread, LIVE_EPOLL_WAIT);
		TRY(send(sender, "x", 1, 0));
		live_until(&received, i);
	}
	/* One last message for each, who ends by it. */
	for (unsigned int i = 1; i <= EXCLUSIVE; i++) {
		TRY(send(sender, &(char){LIVE_LAST}, 1, 0));
		live_until(&received, MESSAGES + i);
	}
	for (int i = 0; i < EXCLUSIVE; i++)
		live_thread_join(&w[i].thread);
	live_expect("exclusive", "sock_def_readable", MESSAGES + EXCLUSIVE, "\"waiters\":%d",
		    EXCLUSIVE);
	live_expect_woken("exclusive", "sock_def_readable", 0, "epoll", MESSAGES + EXCLUSIVE);
	live_expect_run("exclusive", 0, 0, MESSAGES + EXCLUSIVE);
	live_expect_io("exclusive", "recv", 0, 1, MESSAGES + EXCLUSIVE);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("exclusive");
}

int main(void)
{
	live_start();
	one_waiter("level", EPOLLIN, false);
	one_waiter("edge", EPOLLIN | EPOLLET, false);
	one_waiter("nested", EPOLLIN, true);
	exclusive_waiters();
	return live_end();
}
