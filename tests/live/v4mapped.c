// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * IPv4 on an IPv6 socket.  The sockets are of the family inet6, and the
 * kernel keeps their addresses as ::ffff:127.0.0.1; they are declared without
 * names, as a trace may write those either way.
 */
#include <netinet/in.h>
#include <unistd.h>

#include "live.h"

int main(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener, client, server, off = 0;
	socklen_t len = sizeof(any);
	struct live_reader r;

	live_start();
	listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0)
		live_skip("no IPv6 here");
	TRY(setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)));
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)))
		live_skip("no IPv6 here");
	TRY(listen(listener, 1));
	TRY(getsockname(listener, (struct sockaddr *)&any, &len));
	to.sin_port = any.sin6_port;
	live_declare_unnamed("listener", listener);
	client = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	TRY(connect(client, (struct sockaddr *)&to, sizeof(to)));
	live_declare("client", client);
	server = live_accept_ready(listener);
	live_declare_unnamed("server", server);
	live_expect("listener", "sock_def_readable", 1, "\"state\":\"LISTEN\"");
	live_expect_accept("listener", 0, false, 1);
	live_expect("client", "sock_def_wakeup", 1, "\"state\":\"ESTABLISHED\"");
	live_expect("server", "sock_def_wakeup", 1, "\"state\":\"ESTABLISHED\"");

	live_reader_start(&r, server);
	live_reader_feed(&r, client, 100, 3);
	live_expect("server", "sock_def_readable", 3, "\"state\":\"ESTABLISHED\",\"waiters\":1");
	TRY(close(client));
	live_reader_join(&r);
	TRY(close(server));
	TRY(close(listener));
	live_expect("server", "sock_def_wakeup", 1, "\"state\":\"CLOSE_WAIT\"");
	live_expect("server", "sock_def_readable", 1, "\"state\":\"CLOSE_WAIT\"");
	live_expect_destroy("listener");
	live_expect_destroy("client");
	live_expect_destroy("server");
	return live_end();
}
