// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A process that is stopped while it polls: when it is continued, it waits on in
 * restart_syscall(2), and is woken there. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

struct waiter {
	struct live_thread thread;
	int fd;
};

static void waiter_run(void *arg)
{
	struct waiter *w = arg;
	char byte;

	MUST(TRY(poll(&(struct pollfd){.fd = w->fd, .events = POLLIN}, 1, 200000)) == 1);
	TRY(recv(w->fd, &byte, 1, MSG_DONTWAIT));
}

static bool is_stopped(pid_t pid)
{
	char path[32], text[512] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	MUST(f && fgets(text, sizeof(text), f));
	fclose(f);
	return strrchr(text, ')')[2] == 'T';
}

/* By a child, as the whole process stops. */
static void stop_and_continue(void)
{
	pid_t me = getpid(), child = TRY(fork());

	if (!child) {
		TRY(kill(me, SIGSTOP));
		while (!is_stopped(me))
			usleep(1000);
		TRY(kill(me, SIGCONT));
		_exit(0);
	}
	MUST(TRY(waitpid(child, NULL, 0)) == child);
}

int main(void)
{
	struct waiter w = {0};
	int fd[2];

	live_start();
	TRY(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd));
	w.fd = fd[0];
	live_declare("receiver", w.fd);
	live_thread_start(&w.thread, waiter_run, &w);
	live_thread_asleep(&w.thread, LIVE_POLL);
	stop_and_continue();
	live_thread_asleep(&w.thread, SYS_restart_syscall);
	TRY(send(fd[1], "x", 1, 0));
	live_thread_join(&w.thread);
	live_expect("receiver", "sock_def_readable", 1, NULL);
	live_expect_woken("receiver", "sock_def_readable", w.thread.tid, "poll", 1);
	live_expect_run("receiver", w.thread.tid, 0, 1);
	live_expect_wait("receiver", "poll", w.thread.tid, "wakeup", 0, 1);
	live_expect_io("receiver", "recv", w.thread.tid, 1, 1);
	TRY(close(fd[0]));
	TRY(close(fd[1]));
	live_expect_destroy("receiver");
	return live_end();
}
