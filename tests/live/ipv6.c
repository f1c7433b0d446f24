// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* TCP and UDP over IPv6: the same callbacks, other names. */
#include <unistd.h>

#include "live.h"

int main(void)
{
	int receiver, sender;
	struct live_reader r;
	struct live_tcp t;

	live_start();
	live_tcp_open(&t, "", AF_INET6);
	live_reader_start(&r, t.server);
	live_reader_feed(&r, t.client, 100, 3);
	live_expect("server", "sock_def_readable", 3, "\"state\":\"ESTABLISHED\",\"waiters\":1");
	live_tcp_close(&t);
	live_reader_join(&r);

	receiver = live_bound(AF_INET6, SOCK_DGRAM);
	sender = live_bound(AF_INET6, SOCK_DGRAM);
	live_connect_to(sender, receiver);
	live_declare("receiver", receiver);
	live_declare("sender", sender);
	live_reader_start(&r, receiver);
	live_reader_feed(&r, sender, 100, 3);
	live_reader_stop(&r, sender);
	live_expect("receiver", "sock_def_readable", 4, "\"waiters\":1,\"exclusive\":1");
	live_expect_udp_sent("sender", 4, 0);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("receiver");
	live_expect_destroy("sender");
	return live_end();
}
