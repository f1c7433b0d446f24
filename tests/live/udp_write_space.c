// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A UDP sender whose send buffer is full until it drains, with a poller for
 * POLLOUT.  Loopback takes a datagram out of the send buffer at once, so what
 * fills it is one that is corked.
 */
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <unistd.h>

#include "live.h"

static void cork(int fd, int on)
{
	TRY(setsockopt(fd, IPPROTO_UDP, UDP_CORK, &on, sizeof(on)));
}

int main(void)
{
	static char data[8192]; /* more than half of the least send buffer */
	struct live_poller p;
	int receiver, sender;

	live_start();
	receiver = live_bound(AF_INET, SOCK_DGRAM);
	sender = live_bound(AF_INET, SOCK_DGRAM);
	live_connect_to(sender, receiver);
	live_declare("receiver", receiver);
	live_declare("sender", sender);

	/* setsockopt(2) itself calls the callback: "wake up sending tasks". */
	live_small_sndbuf(sender, 1);
	live_expect("sender", "sock_def_write_space", 1, "\"waiters\":0");

	for (int i = 0; i < 3; i++) {
		struct pollfd pfd = {.fd = sender, .events = POLLOUT};

		cork(sender, 1);
		TRY(send(sender, data, sizeof(data), 0));
		MUST(TRY(poll(&pfd, 1, 0)) == 0);
		live_poller_start(&p, sender);
		cork(sender, 0);
		live_poller_join(&p);
		MUST(p.revents == POLLOUT);
		MUST(TRY(recv(receiver, data, sizeof(data), 0)) == sizeof(data));
	}
	live_expect_udp_sent("sender", 3, 3);
	live_expect("receiver", "sock_def_readable", 3, NULL);

	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("receiver");
	live_expect_destroy("sender");
	return live_end();
}
