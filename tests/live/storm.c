// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* storm COUNT [PAUSE]: that many UNIX datagrams, one after the other, on one pair of sockets; PAUSE
 * microseconds between them. */
#include <stdlib.h>
#include <unistd.h>

#include "live.h"

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 100000;
	useconds_t pause = argc > 2 ? (useconds_t)atol(argv[2]) : 0;
	char byte = 'x';
	int fd[2];

	live_start();
	TRY(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd));
	for (long i = 0; i < count; i++) {
		TRY(send(fd[0], &byte, 1, 0));
		TRY(recv(fd[1], &byte, 1, 0));
		if (pause)
			usleep(pause);
	}
	return live_end();
}
