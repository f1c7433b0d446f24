// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A blocking read(2) of TCP: one readable callback a segment. */
#include "live.h"

int main(void)
{
	struct live_tcp t;
	struct live_reader r;

	live_start();
	live_tcp_open(&t, "", AF_INET);
	live_reader_start(&r, t.server);
	/* In between the reader sleeps, so each segment finds one waiter and an
	 * empty queue, and is not merged with another on a backlog. */
	live_reader_feed(&r, t.client, 100, 5);
	live_expect("server", "sock_def_readable", 5,
		    "\"state\":\"ESTABLISHED\",\"waiters\":1,\"exclusive\":0,\"rx_queued\":100");
	live_tcp_close(&t);
	live_reader_join(&r);
	return live_end();
}
