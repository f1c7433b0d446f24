// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * UNIX datagrams: a blocked receiver; and one whose queue is full, while its
 * sender polls for room: that is told by unix_dgram_peer_wake_relay().
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

int main(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int receiver, sender;
	unsigned int queued = 0;
	struct live_reader r;
	struct live_poller p;
	socklen_t len;
	char byte;

	live_start();
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
					   "sockwake-live-%d", getpid()));
	receiver = TRY(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	TRY(bind(receiver, (struct sockaddr *)&name, len));
	sender = TRY(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	TRY(connect(sender, (struct sockaddr *)&name, len));
	live_declare("receiver", receiver);
	live_declare("sender", sender);

	live_reader_start(&r, receiver);
	live_reader_feed(&r, sender, 100, 3);
	live_reader_stop(&r, sender);
	live_expect("receiver", "sock_def_readable", 4, "\"waiters\":1,\"exclusive\":1");
	live_expect("sender", "unix_write_space", 4, NULL);

	while (send(sender, "x", 1, MSG_DONTWAIT) == 1)
		queued++;
	MUST(errno == EAGAIN);
	live_poller_start(&p, sender);
	/* One that is taken makes room; the sender is not asked again. */
	TRY(recv(receiver, &byte, 1, 0));
	live_poller_join(&p);
	for (unsigned int i = 1; i < queued; i++)
		TRY(recv(receiver, &byte, 1, 0));
	live_expect("receiver", "sock_def_readable", queued, "\"waiters\":0");
	/* The message that was refused had taken room already, and gave it back. */
	live_expect("sender", "unix_write_space", queued + 1, NULL);
	live_expect("sender", "unix_dgram_peer_wake_relay", 1, "\"waiters\":1");

	TRY(close(sender));
	TRY(close(receiver));
	live_expect_destroy("receiver");
	live_expect_destroy("sender");
	return live_end();
}
