// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* portuser PORT: TCP and UDP between that port of 127.0.0.1 and another. */
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "live.h"

int main(int argc, char **argv)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				   .sin_port = htons((in_port_t)(argc > 1 ? atoi(argv[1]) : 0))};
	int listener, client, server, one = 1;
	char byte;

	live_start();
	listener = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	TRY(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	TRY(bind(listener, (struct sockaddr *)&name, sizeof(name)));
	TRY(listen(listener, 1));
	client = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	live_connect_to(client, listener);
	server = live_accept_ready(listener);
	TRY(send(client, "x", 1, 0));
	TRY(recv(server, &byte, 1, 0));
	TRY(send(server, "x", 1, 0));
	TRY(recv(client, &byte, 1, 0));
	TRY(close(client));
	MUST(TRY(recv(server, &byte, 1, 0)) == 0);
	TRY(close(server));
	TRY(close(listener));
	return live_end();
}
