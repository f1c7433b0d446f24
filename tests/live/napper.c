// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * napper PORT serve|call N: N connections in turn, each of which has its data while the server
 * naps, and before it has asked for any.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

#define NAP_MS 200
#define FIRST_MS 50

static void serve(const struct sockaddr_in *name, int n)
{
	int listener = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), one = 1;
	char byte;

	TRY(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	TRY(bind(listener, (const struct sockaddr *)name, sizeof(*name)));
	TRY(listen(listener, 1));
	while (n--) {
		int fd = TRY(accept(listener, NULL, NULL));

		live_sleep_ms(NAP_MS);
		MUST(TRY(recv(fd, &byte, 1, 0)) == 1);
		MUST(TRY(recv(fd, &byte, 1, 0)) == 0);
		TRY(close(fd));
	}
	TRY(close(listener));
}

static void call(const struct sockaddr_in *name, int n)
{
	while (n--) {
		int fd = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

		TRY(connect(fd, (const struct sockaddr *)name, sizeof(*name)));
		live_sleep_ms(FIRST_MS);
		TRY(send(fd, "x", 1, 0));
		live_sleep_ms(2 * NAP_MS);
		TRY(close(fd));
		live_sleep_ms(FIRST_MS);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	MUST(argc == 4);
	name.sin_port = htons((in_port_t)atoi(argv[1]));
	(strcmp(argv[2], "serve") ? call : serve)(&name, atoi(argv[3]));
	return 0;
}
