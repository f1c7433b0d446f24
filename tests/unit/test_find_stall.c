// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Writers that are kept waiting: write-stall, and those that are when the trace ends. */
#include "findings.h"

#define ROOM(b, at, ...) WAKE(b, at, .hdr.hook = SW_HOOK_STREAM_WRITE_SPACE, __VA_ARGS__)
#define FULL(b, at, id) IO(b, at, 0, 0, id, SEND, -EAGAIN)

static void test_blocking(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		WAIT(&b, S, S + 4 * MS - 1, 1, SEND, 9);
		WAIT(&b, S, S + 5 * MS, 1, RECV, 9);
		WAIT(&b, S, S + 5 * MS, 1, CONNECT, 0);
		/* On a CPU for most of it. */
		WAIT(&b, S, 2 * S, 1, SEND, 9, .asleep = 4 * MS - 1, .sleeps = 5);
		nothing(&b);
	}
	/* How long it slept is not known in an old file. */
	STORY {
		WAIT(&b, S, S + 4 * MS, 1, SEND, -EAGAIN);
		WAIT(&b, 2 * S, 2 * S + 5 * MS, 2, SEND, 0, UNENDED);
		one = only(&b, SW_CASE_WRITE_STALL_BLOCKED, SW_WARNING, 2, 5 * MS);
		assert_int_equal(one->worst_ts, 2 * S + 5 * MS);
		assert_task(&one->worst_task, 2);
		assert_int_equal(one->sleeps, 0);
	}
	STORY {
		WAIT(&b, S, S + 192 * MS, 1, SEND, 9, .asleep = 12 * MS, .sleeps = 5);
		one = only(&b, SW_CASE_WRITE_STALL_BLOCKED, SW_WARNING, 1, 12 * MS);
		assert_int_equal(one->sleeps, 5);
		assert_int_equal(one->within_ns, 192 * MS);
	}
	/* A long one that has not ended is stuck as well, and that comes first. */
	STORY {
		WAIT(&b, S, 2 * S, 2, SEND, 0, UNENDED);
		finish(&b);
		assert_int_equal(b.n, 2);
		assert_int_equal(b.found[0]->what, SW_CASE_STUCK_WAIT_SENDING);
		assert_int_equal(b.found[0]->severity, SW_WARNING);
		assert_int_equal(b.found[1]->kind, SW_FINDING_WRITE_STALL);
	}
}

/* From the send that found no room on to when there was some. */
static void test_not_blocking(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		FULL(&b, S, 1);
		FULL(&b, S + 1 * MS, 2); /* it has begun by then */
		ROOM(&b, S + 5 * MS);
		/* That it comes late is its own doing. */
		IO(&b, 2 * S, S + 5 * MS, 0, 1, SEND, 9);
		one = only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 1, 5 * MS);
		assert_int_equal(one->worst_ts, S + 5 * MS);
		assert_task(&one->worst_task, 1);
	}
	STORY {
		FULL(&b, S, 1);
		ROOM(&b, S + 4 * MS - 1);
		IO(&b, 2 * S, S + 4 * MS - 1, 0, 1, SEND, 9);
		ROOM(&b, 3 * S);
		IO(&b, 4 * S, 3 * S, 0, 1, SEND, 9);
		nothing(&b);
	}
	/* Where such wake-ups are not seen. */
	STORY {
		FULL(&b, S, 1);
		IO(&b, S + 6 * MS, 0, 0, 1, SEND, 9);
		IO(&b, 2 * S, 0, 0, 1, SEND, 9);
		only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 1, 6 * MS);
	}
	/* There was some room, and not enough; and then again. */
	STORY {
		IO(&b, S, 0, 0, 1, SEND, 9, .hdr.flags = SW_F_PARTIAL);
		ROOM(&b, S + 5 * MS);
		IO(&b, S + 6 * MS, S + 5 * MS, 0, 1, SEND, 9);
		IO(&b, S + 6 * MS, 0, 0, 1, SEND, 9, .hdr.flags = SW_F_PARTIAL);
		ROOM(&b, S + 13 * MS);
		one = only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 2, 7 * MS);
		assert_int_equal(one->worst_ts, S + 13 * MS);
	}
	/* ... told at once, and where the wake-ups are not seen. */
	STORY {
		IO(&b, S, 0, 0, 1, SEND, 9, .hdr.flags = SW_F_PARTIAL);
		ROOM(&b, S + 5 * MS);
		IO(&b, S + 6 * MS, S + 5 * MS, 0, 1, SEND, 9, .hdr.flags = SW_F_PARTIAL);
		IO(&b, S + 14 * MS, 0, 0, 1, SEND, 9, .hdr.flags = SW_F_PARTIAL);
		IO(&b, S + 15 * MS, 0, 0, 1, SEND, 9);
		one = only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 2, 8 * MS);
		assert_int_equal(one->worst_ts, S + 14 * MS);
	}
	/* It was not told of, but the send has its time. */
	STORY {
		FULL(&b, S, 1);
		IO(&b, 2 * S, S + 7 * MS, 0, 1, SEND, -EPIPE);
		only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 1, 7 * MS);
	}
}

static void test_never_room(void **state)
{
	(void)state;
	STORY {
		FULL(&b, S, 1);
		b.end_ns = S + 8 * MS;
		only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 1, 8 * MS);
	}
	STORY {
		FULL(&b, S, 1);
		TELL(b.t, DESTROY, destroy, S + 9 * MS, .sock = 7);
		only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 1, 9 * MS);
	}
	/* It may have been closed at once. */
	STORY {
		b.info.n_hooks = 1;
		b.info.hooks[0].attach = "tracepoint";
		sw_finder__set_trace(b.f, b.t);
		FULL(&b, S, 1);
		b.end_ns = 2 * S;
		nothing(&b);
	}
}

/* A task slept in poll until there was room: it had none since then. */
static void test_polled(void **state)
{
	(void)state;
	STORY {
		ROOM(&b, S + 5 * MS);
		WOKEN(&b, S + 5 * MS, 9, 1);
		WAIT(&b, S, S + 6 * MS, 1, POLL, 1, .wakeup_ts = S + 5 * MS);
		only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 1, 5 * MS);
	}
	/* It is the same one that a send told of. */
	STORY {
		FULL(&b, S - 1 * MS, 1);
		ROOM(&b, S + 5 * MS);
		WOKEN(&b, S + 5 * MS, 9, 1);
		WAIT(&b, S, S + 6 * MS, 1, POLL, 1, .wakeup_ts = S + 5 * MS);
		only(&b, SW_CASE_WRITE_STALL_POLLED, SW_WARNING, 1, 6 * MS);
	}
	/* AF_UNIX's tells whoever polls, whether or not there was room before. */
	STORY {
		WAKE(&b, S + 5 * MS, .hdr.hook = SW_HOOK_UNIX_WRITE_SPACE);
		WOKEN(&b, S + 5 * MS, 9, 1);
		WAIT(&b, S, S + 6 * MS, 1, POLL, 1, .wakeup_ts = S + 5 * MS);
		DATA(&b, 2 * S, 9, .waiters = 1);
		WOKEN(&b, 2 * S, 9, 1);
		WAIT(&b, S, 2 * S + 100, 1, POLL, 1, .wakeup_ts = 2 * S);
		nothing(&b);
	}
}

/* A datagram that finds no room may be dropped: then nobody waits. */
static void test_datagrams(void **state)
{
	struct sw_rec_socket rec = sample_socket();

	(void)state;
	rec.family = 1;
	rec.type = 2;
	rec.protocol = 0;
	STORY {
		assert_int_equal(sw_trace__feed(b.t, &rec, sizeof(rec)), 0);
		FULL(&b, S, 1);
		IO(&b, 2 * S, 0, 0, 1, SEND, 9);
		FULL(&b, 3 * S, 1);
		b.end_ns = 4 * S;
		nothing(&b);
	}
	STORY {
		assert_int_equal(sw_trace__feed(b.t, &rec, sizeof(rec)), 0);
		FULL(&b, S, 1);
		WAKE(&b, 2 * S, .hdr.hook = SW_HOOK_PEER_WAKE_RELAY);
		WAIT(&b, 3 * S, 3 * S + 5 * MS, 1, SEND, 9, .asleep = 5 * MS, .sleeps = 1);
		finish(&b);
		assert_int_equal(b.n, 1);
		assert_int_equal(b.found[0]->what, SW_CASE_WRITE_STALL_DATAGRAM);
		assert_int_equal(b.found[0]->count, 2);
		assert_int_equal(b.found[0]->worst, S);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocking),
		cmocka_unit_test(test_not_blocking),
		cmocka_unit_test(test_never_room),
		cmocka_unit_test(test_polled),
		cmocka_unit_test(test_datagrams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
