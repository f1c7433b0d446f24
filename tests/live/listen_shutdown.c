// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The listener is shut down under a thread that is in accept(2). */
#include <errno.h>
#include <sys/syscall.h>

#include "live.h"

static void accept_run(void *arg)
{
	MUST(accept(*(int *)arg, NULL, NULL) < 0 && errno == EINVAL);
}

int main(void)
{
	struct live_thread acceptor;
	struct live_tcp t;

	live_start();
	live_tcp_listen(&t, "", AF_INET);
	live_thread_start(&acceptor, accept_run, &t.listener);
	live_thread_asleep(&acceptor, SYS_accept);
	TRY(shutdown(t.listener, SHUT_RDWR));
	live_thread_join(&acceptor);
	live_expect_accept_woken("listener", -EINVAL);
	/* tcp_disconnect() reports an error, whether or not there is one, and
	 * inet_shutdown() that the state changed. */
	live_expect("listener", "sock_def_error_report", 1, "\"state\":\"CLOSE\"");
	live_expect("listener", "sock_def_wakeup", 1, "\"state\":\"CLOSE\"");
	live_expect_woken("listener", "sock_def_error_report", acceptor.tid, "blocking", 1);
	live_tcp_close_listener(&t);
	return live_end();
}
