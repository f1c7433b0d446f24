// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Forty threads in accept(2) on one listener: more than a kretprobe has
 * instances for by default (ten, or twice the CPUs).
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define THREADS 40

static void accept_run(void *arg)
{
	/* Each closes what it got, so that the client can read the end. */
	TRY(close(TRY(accept(*(int *)arg, NULL, NULL))));
}

int main(void)
{
	static struct live_thread threads[THREADS];
	static int clients[THREADS];
	struct live_tcp t;
	char byte;

	live_start();
	live_tcp_listen(&t, "", AF_INET);
	for (int i = 0; i < THREADS; i++)
		live_thread_start(&threads[i], accept_run, &t.listener);
	for (int i = 0; i < THREADS; i++)
		live_thread_asleep(&threads[i], SYS_accept);
	for (int i = 0; i < THREADS; i++) {
		clients[i] = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
		live_connect_to(clients[i], t.listener);
	}
	for (int i = 0; i < THREADS; i++)
		live_thread_join(&threads[i]);
	for (int i = 0; i < THREADS; i++) {
		MUST(TRY(recv(clients[i], &byte, 1, 0)) == 0);
		TRY(close(clients[i]));
	}
	live_expect("listener", "sock_def_readable", THREADS, "\"state\":\"LISTEN\"");
	live_expect_accept("listener", 0, true, THREADS);
	live_tcp_close_listener(&t);
	return live_end();
}
