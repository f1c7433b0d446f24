// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What lies in an accept queue: no-waiter.  Socket 7 is a listener, socket 8 came from it. */
#include <sys/socket.h>

#include "core/arrivals.h"
#include "findings.h"

#define CONN(b, at, queue) \
	WAKE(b, at, .rx_queued = (queue), .tx_queued = 100, .waiters = 1, .state = STATE_LISTEN)

static void tell_child(struct both *b, uint64_t key)
{
	struct sw_rec_socket rec = sample_socket();

	rec.sock = key;
	rec.hdr.ts = 0;
	rec.parent = 7;
	assert_int_equal(sw_trace__feed(b->t, &rec, sizeof(rec)), 0);
}

static void child_data(struct both *b, uint64_t at, bool in_queue)
{
	TELL(b->t, WAKEUP, wakeup, at, .sock = 8, .rx_queued = 5, .state = STATE_ESTABLISHED,
	     .waiters = !in_queue, .hdr.flags = in_queue ? SW_F_NO_QUEUE : 0);
}

static void child_read(struct both *b, uint64_t at, uint64_t wake)
{
	TELL(b->t, IO, io, at, .sock = 8, .begin = at - 1, .wakeup_ts = wake, .op = SW_OP_RECV,
	     .result = 5, TASK(4));
}

static void test_accepted_late(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		CONN(&b, S, 1);
		IO(&b, S + 20 * MS - 1, S, 0, 1, ACCEPT, 4);
		CONN(&b, 2 * S, 1);
		IO(&b, 2 * S + 90 * MS, 2 * S, 2 * S + 89 * MS, 1, ACCEPT,
		   4); /* it was woken */
		CONN(&b, 3 * S, 1);
		IO(&b, 3 * S + 90 * MS, 3 * S, 0, 1, ACCEPT, -EAGAIN);
		nothing(&b);
	}
	STORY {
		CONN(&b, S, 1);
		IO(&b, S + 20 * MS, S, 0, 1, ACCEPT, 4);
		CONN(&b, 2 * S, 1);
		IO(&b, 2 * S + 10 * MS, 2 * S, 0, 2, ACCEPT, 4, .slept = 9 * MS,
		   .known_ms = 10);
		one = only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 2, 20 * MS);
		assert_int_equal(one->worst_ts, S);
		assert_task(&one->worst_task, 1);
		assert_int_equal(one->n_tasks, 2);
	}
	/* One that lay there when the wake-up came was taken in between. */
	STORY {
		CONN(&b, S, 1);
		CONN(&b, 2 * S, 1);
		IO(&b, 2 * S + 1 * MS, S, 0, 1, ACCEPT, 4);
		nothing(&b);
	}
	/* A full queue says more. */
	STORY {
		CONN(&b, S, 60);
		IO(&b, S + 90 * MS, S, 0, 1, ACCEPT, 4);
		only(&b, SW_CASE_BACKLOG_NEARLY_FULL, SW_WARNING, 1, 60);
	}
}

/* Where accept(2) is not seen: the length of the queue. */
static void test_queue_grows(void **state)
{
	(void)state;
	STORY {
		CONN(&b, S, 1);
		CONN(&b, S + 10 * MS, 2);
		CONN(&b, S + 30 * MS, 3);
		only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 1, 30 * MS);
	}
	/* Somebody accepts, if slowly. */
	STORY {
		CONN(&b, S, 1);
		CONN(&b, S + 10 * MS, 2);
		CONN(&b, S + 30 * MS, 2);
		CONN(&b, S + 49 * MS, 3);
		nothing(&b);
	}
	STORY {
		CONN(&b, S, 1);
		CONN(&b, S + 10 * MS, 1);
		CONN(&b, S + 90 * MS, 1);
		nothing(&b);
	}
}

/* ... and the first read of a connection that had data while it lay there. */
static void test_first_read(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		CONN(&b, S, 1);
		tell_child(&b, 8);
		child_data(&b, S + 1000, true);
		child_data(&b, S + 2000, true);
		child_read(&b, S + 10 * MS + 1000, S + 1000);
		one = only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 1, 10 * MS);
		assert_int_equal(one->worst_ts, S + 1000);
		assert_task(&one->worst_task, 4);
	}
	STORY {
		CONN(&b, S, 1);
		tell_child(&b, 8);
		child_data(&b, S + 1000, true);
		child_read(&b, S + 10 * MS - 1, S + 1000);
		nothing(&b);
	}
	/* Where accepts are seen they tell it, and are not counted twice. */
	STORY {
		CONN(&b, S, 1);
		tell_child(&b, 8);
		child_data(&b, S + 1000, true);
		IO(&b, S + 30 * MS, S, 0, 4, ACCEPT, 5);
		child_read(&b, S + 31 * MS, S + 1000);
		only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 1, 30 * MS);
	}
	/* Accepted at once, and then not read. */
	STORY {
		CONN(&b, S, 1);
		tell_child(&b, 8);
		child_data(&b, S + 1000, true);
		IO(&b, S + 1 * MS, S, 0, 4, ACCEPT, 5);
		child_read(&b, S + 41 * MS, S + 1000);
		finish(&b);
		assert_int_equal(b.n, 1);
		assert_int_equal(b.found[0]->socket, 2);
		assert_int_equal(b.found[0]->worst, 40 * MS);
		assert_int_equal(b.found[0]->what, SW_CASE_NO_WAITER_NOBODY);
	}
	/* The listener is not in the trace. */
	STORY {
		tell_child(&b, 8);
		TELL(b.t, DESTROY, destroy, S, .sock = 7);
		child_data(&b, S + 1000, true);
		child_read(&b, S + 41 * MS, S + 1000);
		finish(&b);
		assert_int_equal(b.n, 1);
		assert_int_equal(b.found[0]->socket, 2);
	}
	/* Of AF_UNIX it is known that it has no file yet. */
	for (unsigned int inode = 0; inode < 2; inode++)
		STORY {
			TELL(b.t, SOCKET, socket, 0, .sock = 9, .family = AF_UNIX,
			     .type = SOCK_STREAM, .inode = inode);
			TELL(b.t, WAKEUP, wakeup, S, .sock = 9, .rx_queued = 5,
			     .state = STATE_ESTABLISHED);
			TELL(b.t, IO, io, S + 41 * MS, .sock = 9, .begin = S + 40 * MS,
			     .wakeup_ts = S, .op = SW_OP_RECV, .result = 5, TASK(4));
			finish(&b);
			assert_int_equal(b.n, 1);
			assert_int_equal(b.found[0]->worst, 41 * MS);
			assert_int_equal(b.found[0]->what, inode ? SW_CASE_NO_WAITER_NOBODY
								 : SW_CASE_NO_WAITER_QUEUED);
		}
}

/* A call of accept(2) by a task that was not asleep in it, and one that was. */
#define ACCEPTS(b, at, id, res) WAIT(b, (at) - 1000, at, id, ACCEPT, res)
#define ACCEPTS_ASLEEP(b, from, at, id) \
	WAIT(b, from, at, id, ACCEPT, 0, .hdr.flags = SW_F_WAITED)
/* It slept elsewhere since the wake-up, but for the last 2 ms. */
#define SLEPT_FOR(ms) .slept = ((ms) - 2) * MS, .known_ms = (ms)

/* Of those that lay together the first accept alone has an io. */
static void test_several_lay(void **state)
{
	const struct sw_finding *one;

	(void)state;
	for (int io_first = 0; io_first < 2; io_first++)
		STORY {
			for (unsigned int i = 0; i < 5; i++)
				CONN(&b, S + i * MS, i + 1);
			if (io_first)
				IO(&b, S + 30 * MS - 1, S, 0, 1, ACCEPT, 4, SLEPT_FOR(30));
			ACCEPTS(&b, S + 30 * MS, 1, 0);
			if (!io_first)
				IO(&b, S + 30 * MS + 1, S, 0, 1, ACCEPT, 4, SLEPT_FOR(30));
			for (unsigned int i = 1; i < 5; i++)
				ACCEPTS(&b, S + (30 + i) * MS, 1, 0);
			one = only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 5,
				   30 * MS + (io_first ? -1 : 1));
			assert_int_equal(one->worst_ts, S);
			assert_int_equal(one->n_tasks, 1);
		}
	/* One at a time, and away in between: the last one lay there longest. */
	STORY {
		for (unsigned int i = 0; i < 3; i++)
			CONN(&b, S + i * MS, i + 1);
		IO(&b, S + 30 * MS, S, 0, 1, ACCEPT, 4, SLEPT_FOR(30));
		for (unsigned int i = 1; i < 4; i++)
			ACCEPTS(&b, S + i * 30 * MS, 1, 0);
		one = only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 3, 88 * MS);
		assert_int_equal(one->worst_ts, S + 2 * MS);
	}
}

/* Those that came later, were accepted unseen, or by one that ran, are none of them. */
static void test_others_did_not(void **state)
{
	(void)state;
	/* The second came a moment before the accept, the third after it. */
	STORY {
		CONN(&b, S, 1);
		CONN(&b, S + 29 * MS, 2);
		IO(&b, S + 30 * MS, S, 0, 1, ACCEPT, 4, SLEPT_FOR(30));
		ACCEPTS(&b, S + 30 * MS + 1, 1, 0);
		CONN(&b, S + 30 * MS + 2, 2);
		ACCEPTS(&b, S + 90 * MS, 1, 0);
		ACCEPTS(&b, S + 91 * MS, 1, 0);
		only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 1, 30 * MS);
	}
	/* As the next wake-up's queue says, another one took it; so does a call that finds
	 * none, or sleeps. */
	for (unsigned int how = 0; how < 3; how++)
		STORY {
			CONN(&b, S, 1);
			CONN(&b, S + 1 * MS, 2);
			IO(&b, S + 30 * MS, S, 0, 1, ACCEPT, 4, SLEPT_FOR(30));
			ACCEPTS(&b, S + 30 * MS + 1, 1, 0);
			if (how == 0)
				CONN(&b, S + 31 * MS, 1);
			if (how == 1)
				ACCEPTS(&b, S + 31 * MS, 1, -EAGAIN);
			if (how == 2)
				ACCEPTS_ASLEEP(&b, S + 31 * MS, S + 40 * MS, 1);
			else
				ACCEPTS(&b, S + 40 * MS, 1, 0);
			only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 1, 30 * MS);
		}
	/* It was woken, and late for want of a CPU: slow-run's matter. */
	STORY {
		CONN(&b, S, 1);
		CONN(&b, S + 1 * MS, 2);
		IO(&b, S + 30 * MS, S, S + 29 * MS, 1, ACCEPT, 4);
		ACCEPTS(&b, S + 30 * MS + 1, 1, 0);
		ACCEPTS(&b, S + 31 * MS, 1, 0);
		nothing(&b);
	}
	/* What is known of the task is of the end of that time, and that it ran then. */
	STORY {
		CONN(&b, S, 1);
		CONN(&b, S + 290 * MS, 2);
		IO(&b, S + 300 * MS, S, 0, 1, ACCEPT, 4, .known_ms = 5);
		ACCEPTS(&b, S + 300 * MS + 1, 1, 0);
		ACCEPTS(&b, S + 301 * MS, 1, 0);
		only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 1, 300 * MS);
	}
	/* An earlier call of the task is not this io's. */
	STORY {
		CONN(&b, S, 1);
		ACCEPTS(&b, S + 1000, 1, 0);
		CONN(&b, 2 * S, 1);
		IO(&b, 2 * S + 30 * MS, 2 * S, 0, 1, ACCEPT, 4, SLEPT_FOR(30));
		ACCEPTS(&b, 2 * S + 30 * MS + 1, 1, 0);
		only(&b, SW_CASE_NO_WAITER_QUEUED, SW_WARNING, 1, 30 * MS);
	}
}

static void test_arrivals(void **state)
{
	struct arrivals a = {0};

	(void)state;
	assert_int_equal(arrivals__take(&a), 0);
	/* More than have a time: those behind have none, also if there is room again. */
	for (unsigned int i = 1; i <= SW_ARRIVALS + 3; i++)
		arrivals__add(&a, i, i);
	assert_int_equal(arrivals__take(&a), 1);
	arrivals__add(&a, 1000, SW_ARRIVALS + 3);
	for (unsigned int i = 2; i <= SW_ARRIVALS; i++)
		assert_int_equal(arrivals__take(&a), i);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(arrivals__take(&a), 0);
	arrivals__add(&a, 2000, 1);
	assert_int_equal(arrivals__take(&a), 2000);
	/* Fewer lie there than came. */
	arrivals__add(&a, 1, 1);
	arrivals__add(&a, 2, 2);
	arrivals__add(&a, 3, 1);
	assert_int_equal(arrivals__take(&a), 3);
	arrivals__add(&a, 4, 0);
	assert_int_equal(arrivals__take(&a), 0);
	/* Empty at 6: what came later is still there. */
	arrivals__add(&a, 5, 1);
	arrivals__add(&a, 7, 2);
	arrivals__empty(&a, 6);
	assert_int_equal(arrivals__take(&a), 7);
	assert_int_equal(arrivals__take(&a), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted_late),  cmocka_unit_test(test_queue_grows),
		cmocka_unit_test(test_first_read),     cmocka_unit_test(test_several_lay),
		cmocka_unit_test(test_others_did_not), cmocka_unit_test(test_arrivals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
