// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* An accept(2) that has to wait, and one that waits in vain. */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "live.h"

static int accepted;

static void accept_run(void *arg)
{
	accepted = accept(*(int *)arg, NULL, NULL);
}

int main(void)
{
	struct timeval soon = {.tv_usec = 100000};
	struct live_thread acceptor;
	struct live_tcp t;
	char byte;

	live_start();
	live_tcp_listen(&t, "", AF_INET);
	for (int i = 0; i < 3; i++) {
		snprintf(t.client_label, sizeof(t.client_label), "client%d", i);
		live_thread_start(&acceptor, accept_run, &t.listener);
		live_thread_asleep(&acceptor, SYS_accept);
		live_tcp_connect(&t);
		live_thread_join(&acceptor);
		TRY(accepted);
		TRY(close(t.client));
		MUST(TRY(recv(accepted, &byte, 1, 0)) == 0);
		TRY(close(accepted));
		live_expect_destroy(t.client_label);
	}
	live_expect("listener", "sock_def_readable", 3,
		    "\"state\":\"LISTEN\",\"waiters\":1,\"exclusive\":1");
	live_expect_accept("listener", 0, true, 3);

	TRY(setsockopt(t.listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)));
	MUST(accept(t.listener, NULL, NULL) < 0 && errno == EAGAIN);
	live_expect_accept("listener", -EAGAIN, true, 1);
	live_tcp_close_listener(&t);
	return live_end();
}
