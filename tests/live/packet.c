// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* AF_PACKET on loopback, with an Ethernet type that nobody else uses. */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include "live.h"

#define TYPE 0x88b5 /* IEEE 802: for local experiments */

int main(void)
{
	struct sockaddr_ll name = {.sll_family = AF_PACKET, .sll_protocol = htons(TYPE)};
	struct live_reader r;
	int receiver, sender;

	live_start();
	receiver = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (receiver < 0 && (errno == EAFNOSUPPORT || errno == EPERM))
		live_skip("no packet sockets here");
	TRY(receiver);
	name.sll_ifindex = (int)if_nametoindex("lo");
	MUST(name.sll_ifindex > 0);
	TRY(bind(receiver, (struct sockaddr *)&name, sizeof(name)));
	/* Of the protocol 0: it receives nothing. */
	sender = TRY(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	live_declare("receiver", receiver);
	live_declare("sender", sender);

	live_reader_start(&r, receiver);
	name.sll_halen = ETH_ALEN;
	for (unsigned int i = 1; i <= 5; i++) {
		char data = i == 5 ? LIVE_LAST : 'x';

		live_reader_asleep(&r);
		TRY(sendto(sender, &data, 1, 0, (struct sockaddr *)&name, sizeof(name)));
		live_until(&r.received, i);
	}
	live_reader_join(&r);
	live_expect("receiver", "sock_def_readable", 5,
		    "\"waiters\":1,\"exclusive\":1,"
		    "\"proto\":\"0x88b5\",\"local\":\"lo\",\"remote\":\"\"");
	live_expect("sender", "sock_def_write_space", 5, NULL);
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("receiver");
	live_expect_destroy("sender");
	return live_end();
}
