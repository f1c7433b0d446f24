// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* SIGURG: TCP's urgent byte, without an owner, with one, and with O_ASYNC as well. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "live.h"

static void send_urgent(struct live_tcp *t, bool owned)
{
	char byte;

	TRY(send(t->client, "!", 1, MSG_OOB));
	if (owned)
		live_take_signal(SIGURG);
	/* tcp_urg() says that there is something to read, tcp_data_queue() says it
	 * again; the byte can be read between the two. */
	while (recv(t->server, &byte, 1, MSG_OOB) != 1)
		usleep(1000);
	/* An ordinary byte behind it: when this has come, the urgent one is through. */
	TRY(send(t->client, "x", 1, 0));
	MUST(TRY(recv(t->server, &byte, 1, 0)) == 1 && byte == 'x');
	live_expect("server", "sock_def_readable", 3, "\"state\":\"ESTABLISHED\"");
}

int main(void)
{
	struct live_tcp t;
	sigset_t set;

	live_start();
	sigemptyset(&set);
	sigaddset(&set, SIGURG);
	sigaddset(&set, SIGIO);
	TRY(sigprocmask(SIG_BLOCK, &set, NULL));
	live_tcp_open(&t, "", AF_INET);

	send_urgent(&t, false);
	MUST(!live_signal_pending(SIGURG));
	live_expect("server", "sk_send_sigurg", 1, "\"how\":\"urg\",\"signalled\":false");

	TRY(fcntl(t.server, F_SETOWN, getpid()));
	send_urgent(&t, true);
	live_expect("server", "sk_send_sigurg", 1,
		    "\"how\":\"urg\",\"signal\":\"SIGURG\",\"signalled\":true");

	/* Who asked for SIGIO gets SIGURG another time, and SIGIO for the bytes. */
	TRY(fcntl(t.server, F_SETFL, O_ASYNC));
	send_urgent(&t, true);
	live_expect("server", "sk_send_sigurg", 1,
		    "\"how\":\"urg\",\"signal\":\"SIGURG\",\"signalled\":true");
	live_expect("server", "sock_wake_async", 1,
		    "\"how\":\"urg\",\"band\":\"POLL_PRI\",\"signal\":\"SIGURG\"");
	live_expect("server", "sock_wake_async", 3, "\"how\":\"waitd\",\"band\":\"POLL_IN\"");
	TRY(fcntl(t.server, F_SETFL, 0));

	live_tcp_close(&t);
	return live_end();
}
