// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Calls of accept(2) that need not wait: a connection is there, or it must not block. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "live.h"

int main(void)
{
	struct live_tcp t;

	live_start();
	live_tcp_open(&t, "", AF_INET);
	TRY(fcntl(t.listener, F_SETFL, O_NONBLOCK));
	for (int i = 0; i < 3; i++)
		MUST(accept(t.listener, NULL, NULL) < 0 && errno == EAGAIN);
	live_expect_accept("listener", -EAGAIN, false, 3);
	live_tcp_close(&t);
	return live_end();
}
