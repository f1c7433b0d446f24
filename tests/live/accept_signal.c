// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Calls of accept(2) that a signal ends. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "live.h"

static void on_signal(int signal)
{
	(void)signal;
}

static void accept_run(void *arg)
{
	MUST(accept(*(int *)arg, NULL, NULL) < 0 && errno == EINTR);
}

static void interrupted(struct live_tcp *t)
{
	struct live_thread acceptor;

	live_thread_start(&acceptor, accept_run, &t->listener);
	live_thread_asleep(&acceptor, SYS_accept);
	MUST(!pthread_kill(acceptor.thread, SIGUSR1));
	live_thread_join(&acceptor);
	live_expect_accept("listener", -EINTR, true, 1);
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */
	struct timeval late = {.tv_sec = 1000};
	struct live_tcp t;

	live_start();
	TRY(sigaction(SIGUSR1, &action, NULL));
	live_tcp_listen(&t, "", AF_INET);
	interrupted(&t);
	/* With a timeout the kernel would not restart the call by itself. */
	TRY(setsockopt(t.listener, SOL_SOCKET, SO_RCVTIMEO, &late, sizeof(late)));
	interrupted(&t);
	live_tcp_close_listener(&t);
	return live_end();
}
