// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A connection that its peer resets, under a blocked reader. */
#include <errno.h>
#include <unistd.h>

#include "live.h"

int main(void)
{
	struct linger now = {.l_onoff = 1};
	struct live_reader r;
	struct live_tcp t;

	live_start();
	live_tcp_open(&t, "", AF_INET);
	live_reader_start(&r, t.server);
	live_reader_asleep(&r);
	TRY(setsockopt(t.client, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	TRY(close(t.client));
	live_reader_join(&r);
	MUST(r.error == ECONNRESET);
	/* tcp_disconnect() reports an error to the one that asked for it, too. */
	live_expect("client", "sock_def_error_report", 1, "\"state\":\"CLOSE\"");
	live_expect("server", "sock_def_wakeup", 1, "\"state\":\"CLOSE\",\"waiters\":1");
	live_expect("server", "sock_def_error_report", 1, "\"state\":\"CLOSE\"");
	TRY(close(t.server));
	live_expect_destroy("client");
	live_expect_destroy("server");
	live_tcp_close_listener(&t);
	return live_end();
}
