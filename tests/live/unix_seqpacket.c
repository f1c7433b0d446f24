// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A blocked reader of a UNIX seqpacket pair: it waits as datagrams do, exclusively. */
#include <unistd.h>

#include "live.h"

int main(void)
{
	struct live_reader r;
	int fd[2];

	live_start();
	TRY(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd));
	live_declare("sender", fd[0]);
	live_declare("receiver", fd[1]);
	live_reader_start(&r, fd[1]);
	live_reader_feed(&r, fd[0], 100, 5);
	live_expect("receiver", "sock_def_readable", 5, "\"waiters\":1,\"exclusive\":1");
	live_expect("sender", "unix_write_space", 5, NULL);
	TRY(close(fd[0]));
	live_reader_join(&r);
	TRY(close(fd[1]));
	/* Each tells its peer, also the one that is closed already. */
	live_expect("sender", "sock_def_wakeup", 1, NULL);
	live_expect("receiver", "sock_def_wakeup", 1, NULL);
	live_expect_destroy("sender");
	live_expect_destroy("receiver");
	return live_end();
}
