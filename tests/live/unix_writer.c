// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A UNIX stream writer that blocks on its full send buffer.  What it wrote is
 * its own until the other end has read it; each buffer that is freed calls
 * unix_write_space() of the writer, in the reader's context.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define CHUNK 1000 /* one buffer a write */

static void writer_run(void *arg)
{
	static const char data[CHUNK];

	MUST(TRY(write(*(int *)arg, data, sizeof(data))) == CHUNK);
}

int main(void)
{
	static char data[CHUNK];
	struct live_thread writer;
	unsigned int writes = 0;
	int fd[2];

	live_start();
	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd));
	live_declare("writer", fd[0]);
	live_declare("reader", fd[1]);
	live_small_sndbuf(fd[0], 16 * 1024);
	/* setsockopt(2) itself calls the callback: "wake up sending tasks". */
	live_expect("writer", "unix_write_space", 1, "\"waiters\":0");

	while (send(fd[0], data, sizeof(data), MSG_DONTWAIT) == CHUNK)
		writes++;
	MUST(errno == EAGAIN);
	live_thread_start(&writer, writer_run, &fd[0]);
	live_thread_asleep(&writer, SYS_write);
	writes++;

	/* The first one that is freed makes room for the writer already; when it
	 * gets there is up to the scheduler, so the others say nothing of waiters. */
	for (unsigned int i = 0; i < writes; i++)
		MUST(TRY(recv(fd[1], data, sizeof(data), MSG_WAITALL)) == CHUNK);
	live_thread_join(&writer);
	live_expect("writer", "unix_write_space", 1, "\"waiters\":1");
	live_expect("writer", "unix_write_space", writes - 1, NULL);
	live_expect("reader", "sock_def_readable", writes, NULL);

	/* Each tells its peer, also the one that is closed already. */
	TRY(close(fd[0]));
	TRY(close(fd[1]));
	live_expect("writer", "sock_def_wakeup", 1, NULL);
	live_expect("reader", "sock_def_wakeup", 1, NULL);
	live_expect_destroy("writer");
	live_expect_destroy("reader");
	return live_end();
}
