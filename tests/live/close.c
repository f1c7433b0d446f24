// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The ends of sockets: a socket is destroyed once, when its last descriptor and
 * its last data are gone.  Each is woken before, so that a trace can know it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

/* Closed twice: it has a second descriptor, and a child has it as well. */
static void shared(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM);
	int sender = live_bound(AF_INET, SOCK_DGRAM);
	int again, go[2];
	pid_t child;
	char byte;

	live_declare("shared", receiver);
	live_connect_to(sender, receiver);
	TRY(pipe2(go, O_CLOEXEC));
	child = TRY(fork());
	if (!child) {
		/* Until the parent has closed its own. */
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 0 && recv(receiver, &byte, 1, 0) == 1 ? 0 : 1);
	}
	again = TRY(dup(receiver));
	TRY(close(receiver));
	TRY(close(again));
	TRY(send(sender, "x", 1, 0));
	TRY(close(go[0]));
	TRY(close(go[1]));
	MUST(TRY(waitpid(child, &(int){0}, 0)) == child);
	TRY(close(sender));
	live_expect("shared", "sock_def_readable", 1, NULL);
	live_expect_destroy("shared");
}

/* With data that nobody read. */
static void unread(void)
{
	int receiver = live_bound(AF_INET, SOCK_DGRAM);
	int sender = live_bound(AF_INET, SOCK_DGRAM);

	live_declare("unread", receiver);
	live_connect_to(sender, receiver);
	for (int i = 0; i < 3; i++)
		TRY(send(sender, "x", 1, 0));
	/* Whatever softirq had to do is done when the last one is there. */
	for (int i = 0; i < 2; i++)
		TRY(recv(receiver, &(char){0}, 1, 0));
	TRY(recv(receiver, &(char){0}, 1, MSG_PEEK));
	TRY(close(receiver));
	TRY(close(sender));
	live_expect("unread", "sock_def_readable", 3, NULL);
	live_expect_destroy("unread");
}

/* Many, one after the other, which the kernel makes out of the same memory. */
static void many(void)
{
	char label[16];
	int fd[2];

	for (int i = 0; i < 20; i++) {
		snprintf(label, sizeof(label), "many%d", i);
		TRY(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd));
		live_declare(label, fd[1]);
		TRY(send(fd[0], "x", 1, 0));
		TRY(recv(fd[1], &(char){0}, 1, 0));
		TRY(close(fd[0]));
		TRY(close(fd[1]));
		live_expect(label, "sock_def_readable", 1, NULL);
		live_expect_destroy(label);
	}
}

int main(void)
{
	struct live_tcp t;

	live_start();
	shared();
	unread();
	many();
	live_tcp_open(&t, "", AF_INET);
	live_tcp_close(&t);
	return live_end();
}
