// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* storm COUNT: that many UNIX datagrams, one after the other, on one pair of sockets. */
#include <stdlib.h>
#include <unistd.h>

#include "live.h"

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 100000;
	char byte = 'x';
	int fd[2];

	live_start();
	TRY(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd));
	for (long i = 0; i < count; i++) {
		TRY(send(fd[0], &byte, 1, 0));
		TRY(recv(fd[1], &byte, 1, 0));
	}
	return live_end();
}
