// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * attribution READS: many sockets of several kinds are read by threads that sleep in
 * recv(2) and in epoll_wait(2), while senders send as fast as they can, until READS
 * messages in all were read.  Prints, for each socket, who read from it: a line
 * "INODE TID".  What a trace says of these sockets must agree (readers.awk).
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live.h"

#define PAIRS 12	/* of sockets, of four kinds in turn */
#define BLOCKING 6	/* the first so many have a reader each, the others share two epolls */
#define SENDERS 4
#define SIZE 32

static int from[PAIRS], to[PAIRS];
static struct live_thread readers[BLOCKING + 2], senders[SENDERS];
static int reader_of[PAIRS]; /* index of the thread */
static atomic_uint reads;
static unsigned int wanted;
static atomic_bool over;

static void open_pair(int i)
{
	int pair[2];
	struct live_tcp t;

	switch (i % 4) {
	case 0: /* TCP */
		t.listener = live_bound(AF_INET, SOCK_STREAM);
		TRY(listen(t.listener, 1));
		from[i] = TRY(socket(AF_INET, SOCK_STREAM, 0));
		live_connect_to(from[i], t.listener);
		to[i] = TRY(accept(t.listener, NULL, NULL));
		TRY(close(t.listener));
		return;
	case 1: /* UDP */
		to[i] = live_bound(AF_INET, SOCK_DGRAM);
		from[i] = live_bound(AF_INET, SOCK_DGRAM);
		live_connect_to(from[i], to[i]);
		return;
	default:
		TRY(socketpair(AF_UNIX, i % 4 == 2 ? SOCK_STREAM : SOCK_DGRAM, 0, pair));
		from[i] = pair[0];
		to[i] = pair[1];
	}
}

static void count_read(void)
{
	if (++reads >= wanted)
		over = true;
}

static void blocking_run(void *arg)
{
	char data[SIZE];

	while (TRY(recv(*(int *)arg, data, sizeof(data), 0)) > 0)
		count_read();
}

static void epoll_run(void *arg)
{
	int epoll = TRY(epoll_create1(0)), mine = *(int *)arg, open = 0;
	char data[SIZE];

	for (int i = BLOCKING; i < PAIRS; i++) {
		struct epoll_event ev = {.events = EPOLLIN, .data.u32 = (unsigned int)i};

		if (reader_of[i] != mine)
			continue;
		TRY(epoll_ctl(epoll, EPOLL_CTL_ADD, to[i], &ev));
		open++;
	}
	while (open) {
		struct epoll_event ev[4];
		int n = TRY(epoll_wait(epoll, ev, 4, -1));

		for (int k = 0; k < n; k++) {
			int fd = to[ev[k].data.u32];
			ssize_t got = recv(fd, data, sizeof(data), MSG_DONTWAIT);

			if (got > 0) {
				count_read();
			} else if (got == 0) {
				TRY(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
				open--;
			} else {
				MUST(errno == EAGAIN);
			}
		}
	}
	TRY(close(epoll));
}

static void sender_run(void *arg)
{
	char data[SIZE] = {0};

	while (!over) {
		for (int i = *(int *)arg; i < PAIRS; i += SENDERS)
			TRY(send(from[i], data, sizeof(data), 0));
		/* Readers that never catch up are never woken. */
		sched_yield();
	}
}

int main(int argc, char **argv)
{
	static int index[PAIRS];
	struct stat st;

	wanted = argc > 1 ? (unsigned int)atoi(argv[1]) : 100000;
	live_start();
	for (int i = 0; i < PAIRS; i++) {
		open_pair(i);
		index[i] = i;
		reader_of[i] = i < BLOCKING ? i : BLOCKING + i % 2;
	}
	for (int i = 0; i < BLOCKING; i++)
		live_thread_start(&readers[i], blocking_run, &to[i]);
	for (int i = BLOCKING; i < BLOCKING + 2; i++)
		live_thread_start(&readers[i], epoll_run, &index[i]);
	for (int i = 0; i < SENDERS; i++)
		live_thread_start(&senders[i], sender_run, &index[i]);
	for (int i = 0; i < SENDERS; i++)
		live_thread_join(&senders[i]);
	for (int i = 0; i < PAIRS; i++) {
		TRY(fstat(to[i], &st));
		/* An empty datagram, or the end of the stream, ends the reader. */
		if (i % 2)
			TRY(send(from[i], "", 0, 0));
		else
			TRY(shutdown(from[i], SHUT_WR));
		printf("%llu %d\n", (unsigned long long)st.st_ino, readers[reader_of[i]].tid);
	}
	for (int i = 0; i < BLOCKING + 2; i++)
		live_thread_join(&readers[i]);
	return live_end();
}
