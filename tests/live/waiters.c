// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A thread sleeps in recv(2) on one socket: "before INODE TID".  After a line on
 * standard input it is sent a message, and another one sleeps on another socket:
 * "within INODE TID", and a third in send(2) to a peer that never reads: "full INODE
 * TID".  Then all sleep until they are killed.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

static void start(struct live_reader *r, const char *when, int sender)
{
	struct stat st;

	r->fd = live_bound(AF_INET, SOCK_DGRAM);
	live_connect_to(sender, r->fd);
	TRY(fstat(r->fd, &st));
	live_reader_start(r, r->fd);
	live_reader_asleep(r);
	printf("%s %llu %d\n", when, (unsigned long long)st.st_ino, r->thread.tid);
	fflush(stdout);
}

static void writer_run(void *arg)
{
	static char data[4 << 20]; /* more than any send buffer here */

	TRY(send(*(int *)arg, data, sizeof(data), 0));
}

static void start_writer(void)
{
	static struct live_thread writer;
	static int pair[2];
	struct stat st;

	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	TRY(fstat(pair[0], &st));
	live_thread_start(&writer, writer_run, &pair[0]);
	live_thread_asleep(&writer, SYS_sendto);
	printf("full %llu %d\n", (unsigned long long)st.st_ino, writer.tid);
	fflush(stdout);
}

int main(void)
{
	int first = live_bound(AF_INET, SOCK_DGRAM), second = live_bound(AF_INET, SOCK_DGRAM);
	struct live_reader readers[2];
	char line[16];

	live_start();
	start(&readers[0], "before", first);
	MUST(fgets(line, sizeof(line), stdin));
	TRY(send(first, "x", 1, 0));
	live_until(&readers[0].received, 1);
	start(&readers[1], "within", second);
	start_writer();
	pause();
	return live_end();
}
