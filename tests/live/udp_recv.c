// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A blocking recv(2) of UDP, an exclusive waiter. */
#include "live.h"

#include <unistd.h>

int main(void)
{
	struct live_reader r;
	int receiver, sender;

	live_start();
	receiver = live_bound(AF_INET, SOCK_DGRAM);
	sender = live_bound(AF_INET, SOCK_DGRAM);
	live_connect_to(sender, receiver);
	live_declare("receiver", receiver);
	live_declare("sender", sender);
	live_reader_start(&r, receiver);
	live_reader_feed(&r, sender, 100, 5);
	live_reader_stop(&r, sender);
	live_expect("receiver", "sock_def_readable", 6, "\"waiters\":1,\"exclusive\":1");
	live_expect_udp_sent("sender", 6, 0);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("receiver");
	live_expect_destroy("sender");
	return live_end();
}
