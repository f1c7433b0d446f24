// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* splice(2) from a socket: it waits and takes as recv(2) does, by ways of its own. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define SEGMENTS 3
#define SIZE 100

struct splicer {
	struct live_thread thread;
	int from;
	atomic_uint taken;
};

static void splicer_run(void *arg)
{
	struct splicer *s = arg;
	char buf[SIZE];
	int out[2];

	TRY(pipe(out));
	for (int i = 0; i < SEGMENTS; i++) {
		MUST(TRY(splice(s->from, NULL, out[1], NULL, sizeof(buf), 0)) == SIZE);
		MUST(TRY(read(out[0], buf, sizeof(buf))) == SIZE);
		s->taken++;
	}
	TRY(close(out[0]));
	TRY(close(out[1]));
}

int main(void)
{
	char segment[SIZE] = "";
	struct splicer s = {0};
	struct live_tcp t;

	live_start();
	live_tcp_open(&t, "", AF_INET);
	s.from = t.server;
	live_thread_start(&s.thread, splicer_run, &s);
	for (unsigned int i = 0; i < SEGMENTS; i++) {
		live_until(&s.taken, i);
		live_thread_asleep(&s.thread, SYS_splice);
		MUST(TRY(send(t.client, segment, SIZE, 0)) == SIZE);
	}
	live_thread_join(&s.thread);
	live_expect("server", "sock_def_readable", SEGMENTS, "\"waiters\":1");
	live_expect_woken("server", "sock_def_readable", s.thread.tid, "blocking", SEGMENTS);
	live_expect_wait("server", "recv", s.thread.tid, "wakeup", 0, SEGMENTS);
	live_expect_io("server", "recv", s.thread.tid, SIZE, SEGMENTS);
	live_tcp_close(&t);
	return live_end();
}
