// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Threads that sleep in poll(2) and select(2), and the owner of a socket that gets
 * SIGIO in sigwaitinfo(2). */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define MESSAGES 5

struct waiter {
	struct live_thread thread;
	int fd;
	atomic_uint received;
	bool by_select;
};

static void wait_for(const struct waiter *w)
{
	fd_set set;

	if (!w->by_select) {
		TRY(poll(&(struct pollfd){.fd = w->fd, .events = POLLIN}, 1, -1));
		return;
	}
	FD_ZERO(&set);
	FD_SET(w->fd, &set);
	TRY(pselect(w->fd + 1, &set, NULL, NULL, NULL, NULL));
}

static void waiter_run(void *arg)
{
	struct waiter *w = arg;
	char byte;

	do {
		wait_for(w);
		TRY(recv(w->fd, &byte, 1, MSG_DONTWAIT));
		w->received++;
	} while (byte != LIVE_LAST);
}

static void serve(const char *label, bool by_select, long call)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct waiter w = {.fd = receiver, .by_select = by_select};

	live_connect_to(sender, receiver);
	live_declare(label, receiver);
	live_thread_start(&w.thread, waiter_run, &w);
	for (unsigned int i = 1; i <= MESSAGES; i++) {
		live_thread_asleep(&w.thread, call);
		TRY(send(sender, i < MESSAGES ? "x" : &(char){LIVE_LAST}, 1, 0));
		live_until(&w.received, i);
	}
	live_thread_join(&w.thread);
	live_expect(label, "sock_def_readable", MESSAGES, "\"waiters\":1");
	live_expect_woken(label, "sock_def_readable", w.thread.tid, "poll", MESSAGES);
	live_expect_run(label, w.thread.tid, 0, MESSAGES);
	live_expect_wait(label, "poll", w.thread.tid, "wakeup", 0, MESSAGES);
	live_expect_io(label, "recv", w.thread.tid, 1, MESSAGES);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy(label);
}

static void owner_run(void *arg)
{
	atomic_uint *taken = arg;

	for (int i = 0; i < MESSAGES; i++) {
		live_take_signal(SIGIO);
		++*taken;
	}
}

/* A signal for this thread alone, which sleeps and waits for it. */
static void signal_owner(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM), sender = live_bound(AF_INET, SOCK_DGRAM);
	struct f_owner_ex owner = {.type = F_OWNER_TID};
	struct live_thread thread;
	atomic_uint taken = 0;

	live_connect_to(sender, receiver);
	live_declare("owned", receiver);
	live_thread_start(&thread, owner_run, &taken);
	live_thread_asleep(&thread, SYS_rt_sigtimedwait);
	owner.pid = thread.tid;
	TRY(fcntl(receiver, F_SETOWN_EX, &owner));
	TRY(fcntl(receiver, F_SETFL, O_ASYNC));
	for (unsigned int i = 1; i <= MESSAGES; i++) {
		TRY(send(sender, "x", 1, 0));
		live_until(&taken, i);
		if (i < MESSAGES)
			live_thread_asleep(&thread, SYS_rt_sigtimedwait);
	}
	live_thread_join(&thread);
	live_expect("owned", "sock_def_readable", MESSAGES, NULL);
	live_expect("owned", "sock_wake_async", MESSAGES, "\"signalled\":true");
	live_expect_woken("owned", "sock_wake_async", thread.tid, "async", MESSAGES);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("owned");
}

int main(void)
{
	sigset_t set;

	live_start();
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	TRY(sigprocmask(SIG_BLOCK, &set, NULL));
	serve("poll", false, LIVE_POLL);
	serve("select", true, SYS_pselect6);
	signal_owner();
	return live_end();
}
