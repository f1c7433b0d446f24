// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What tasks do wrong, or what is done to them: herd, spurious, slow-run, slow-read,
 * stuck-wait, spin; and what a listener's tell: backlog, uneven-accept.
 */
#include "findings.h"

/* Three tasks are woken for 9 bytes. */
static void wake_three(struct both *b, uint64_t at)
{
	DATA(b, at, 9, .waiters = 3);
	for (uint32_t id = 1; id <= 3; id++)
		WOKEN(b, at, 9, id);
}

static void test_herd(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		wake_three(&b, S);
		WOKEN(&b, S, 9, 4, .hdr.flags = SW_F_AWAKE);
		IO(&b, S + 100, S, S + 50, 1, RECV, 9);
		IO(&b, S + 110, S, S + 60, 2, RECV, -ECONNRESET);
		nothing(&b);
	}
	/* Once for each wake-up, but all that got nothing are named, each once. */
	STORY {
		wake_three(&b, S);
		IO(&b, S + 100, S, S + 50, 1, RECV, 9);
		IO(&b, S + 110, S, S + 60, 2, RECV, -EAGAIN);
		IO(&b, S + 120, S, S + 70, 3, RECV, -EAGAIN);
		IO(&b, S + 130, S, S + 70, 3, RECV, -EAGAIN);
		one = only(&b, SW_CASE_HERD_WOKEN, SW_WARNING, 1, 3);
		assert_int_equal(one->worst_ts, S);
		assert_task(&one->worst_task, 2);
		assert_int_equal(one->n_tasks, 2);
		assert_task(&one->tasks[1], 3);
		assert_int_equal(one->more_tasks, 0);
	}
	/* In accept(2), too, where a connection is for one. */
	STORY {
		WAKE(&b, 2 * S, .rx_queued = 1, .hdr.hook = SW_HOOK_DEF_WAKEUP);
		for (uint32_t id = 1; id <= 3; id++)
			WOKEN(&b, 2 * S, 9, id);
		WAIT(&b, S, 2 * S + 100, 8, ACCEPT, -EAGAIN, .wakeup_ts = 2 * S, UNENDED);
		WAIT(&b, S, 2 * S + 100, 8, ACCEPT, -EINTR, .wakeup_ts = 2 * S);
		WAIT(&b, S, 2 * S + 100, 8, ACCEPT, 4, .wakeup_ts = 2 * S);
		WAIT(&b, S, 2 * S + 100, 9, ACCEPT, -EAGAIN, .wakeup_ts = 2 * S);
		one = only(&b, SW_CASE_HERD_WOKEN, SW_WARNING, 1, 3);
		assert_task(&one->tasks[0], 9);
	}
	/* Two are a pair, unless there are others at other times. */
	for (uint32_t others = 0; others < 2; others++)
		STORY {
			for (uint64_t ts = S; ts < 5 * S; ts += S) {
				DATA(&b, ts, 9, .waiters = 2);
				WOKEN(&b, ts, 9, 1);
				WOKEN(&b, ts, 9, 2);
				IO(&b, ts + 100, ts, ts + 50, others ? ts / S : 2, RECV, -EAGAIN);
			}
			if (others)
				only(&b, SW_CASE_HERD_WOKEN, SW_WARNING, 4, 2);
			else
				nothing(&b);
		}
}

static void test_herd_at_listener(void **state)
{
	const struct sw_finding *one;

	(void)state;
	/* As many as there are connections; only one, though there are none any more. */
	STORY {
		WAKE(&b, S, .waiters = 3, .rx_queued = 3, .state = STATE_LISTEN);
		for (uint32_t id = 1; id <= 3; id++)
			WOKEN(&b, S, 9, id);
		WAKE(&b, S + 100, .waiters = 2, .state = STATE_LISTEN);
		WOKEN(&b, S + 100, 9, 1);
		WAKE(&b, S + 200, .waiters = 3, .state = STATE_LISTEN,
		     .hdr.hook = SW_HOOK_DEF_WAKEUP);
		for (uint32_t id = 1; id <= 3; id++)
			WOKEN(&b, S + 200, 9, id);
		nothing(&b);
	}
	STORY {
		WAKE(&b, S + 300, .waiters = 70, .rx_queued = 1, .state = STATE_LISTEN);
		for (uint32_t id = 1; id <= 70; id++)
			WOKEN(&b, S + 300, 9, id);
		WOKEN(&b, S + 300, 9, 99, .hdr.flags = SW_F_AWAKE);
		/* That they get nothing is no news. */
		IO(&b, S + 400, S + 300, S + 350, 9, ACCEPT, -EAGAIN);
		WAIT(&b, S + 400, S + 500, 10, ACCEPT, -EAGAIN);
		WAIT(&b, S + 400, S + 500, 11, ACCEPT, -EAGAIN);
		one = only(&b, SW_CASE_HERD_WOKEN, SW_WARNING, 1, 70);
		assert_int_equal(one->worst_ts, S + 300);
		assert_task(&one->worst_task, 0);
		assert_int_equal(one->n_tasks, SW_FINDING_TASKS);
		assert_task(&one->tasks[3], 4);
		/* More are counted, up to a bound. */
		assert_int_equal(one->more_tasks, SW_FINDING_MORE);
	}
}

/* Those that are told late make a herd of it all the same. */
static void test_herd_told_late(void **state)
{
	(void)state;
	STORY {
		DATA(&b, S, 1, .waiters = 3);
		WOKEN(&b, S, 9, 1);
		DATA(&b, 2 * S, 1, .waiters = 3);
		WOKEN(&b, S, 9, 2);
		WOKEN(&b, S, 9, 3);
		WOKEN(&b, S, 9, 4, .hdr.flags = SW_F_AWAKE);
		IO(&b, 2 * S + 10, S, S + 50, 1, RECV, -EAGAIN);
		/* All of them late. */
		for (uint32_t id = 1; id <= 3; id++)
			WOKEN(&b, 2 * S, 9, id);
		IO(&b, 2 * S + 20, 2 * S, S + 50, 1, RECV, -EAGAIN);
		only(&b, SW_CASE_HERD_WOKEN, SW_WARNING, 2, 3);
	}
}

#define CONN(b, at) \
	WAKE(b, at, .rx_queued = 1, .tx_queued = 100, .waiters = 1, .state = STATE_LISTEN)
#define ACCEPTS(b, at, id, res) WAIT(b, (at) - 1, at, id, ACCEPT, res)

/* One is woken by the socket, which lets the next know by their epoll, and so on. */
static void test_herd_in_one_epoll(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		for (uint64_t ts = S; ts <= 3 * S; ts += S) {
			uint32_t lucky = ts / S;

			CONN(&b, ts);
			WOKEN(&b, ts, 9, 1);
			ACCEPTS(&b, ts + 3 * MS, lucky, 5);
			for (uint32_t id = 1; id <= 4; id++)
				if (id != lucky)
					ACCEPTS(&b, ts + 3 * MS + id, id, -EAGAIN);
		}
		one = only(&b, SW_CASE_HERD_CHAIN, SW_WARNING, 3, 4);
		assert_int_equal(one->worst_ts, S);
		assert_int_equal(one->n_tasks, 4);
		assert_int_equal(one->more_tasks, 0);
	}
	/* By what came of wake-ups, and once for the same call. */
	STORY {
		for (uint64_t ts = S; ts <= 2 * S; ts += S) {
			CONN(&b, ts);
			for (uint32_t id = 1; id <= 3; id++) {
				IO(&b, ts + id, 0, 0, id, ACCEPT, -EAGAIN);
				ACCEPTS(&b, ts + id, id, -EAGAIN);
			}
		}
		only(&b, SW_CASE_HERD_CHAIN, SW_WARNING, 2, 3);
	}
	/* Each looks once more after it has accepted one; or comes for another one. */
	STORY {
		CONN(&b, S);
		for (uint32_t id = 1; id <= 4; id++) {
			ACCEPTS(&b, S + id * 10, id, 5);
			ACCEPTS(&b, S + id * 10 + 1 * MS - 1, id, -EAGAIN);
		}
		for (uint64_t ts = 2 * S; ts < 6 * S; ts += S) {
			CONN(&b, ts);
			ACCEPTS(&b, ts + 10, ts / S, -EAGAIN);
		}
		nothing(&b);
	}
	/* More than are told apart are not. */
	STORY {
		CONN(&b, S);
		for (uint32_t id = 1; id <= 100; id++)
			ACCEPTS(&b, S + id, id, -EAGAIN);
		only(&b, SW_CASE_HERD_CHAIN, SW_WARNING, 1, 32);
	}
}

/* n times in vain, among `all` wake-ups that wake task 1. */
static void wake_in_vain(struct both *b, unsigned int n, unsigned int all, bool by_itself)
{
	for (unsigned int i = 0; i < all; i++) {
		uint64_t ts = S + i * MS;

		DATA(b, ts, 9, .waiters = 1);
		WOKEN(b, ts, 10, 1);
		/* Another task, or this one, has taken it. */
		IO(b, ts + 50, ts, 0, i < n && !by_itself ? 2 : 1, RECV, 9);
		if (i < n)
			IO(b, ts + 100 + i, ts, ts + 80, 1, RECV, -EAGAIN);
	}
}

static void test_spurious(void **state)
{
	static const struct {
		unsigned int n, all;
		bool by_itself, found;
	} rows[] = {
		{ 9, 10, false, false },
		{ 10, 10, false, true },
		{ 10, 99, false, true },
		{ 10, 100, false, false }, /* no more than one in ten */
		{ 30, 30, true, false },
	};
	const struct sw_finding *one;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			wake_in_vain(&b, rows[i].n, rows[i].all, rows[i].by_itself);
			if (!rows[i].found) {
				nothing(&b);
				continue;
			}
			one = only(&b, SW_CASE_SPURIOUS_NOTHING, SW_WARNING, 10, 99);
			assert_int_equal(one->worst_ts, S + 9 * MS + 109);
			assert_task(&one->worst_task, 1);
		}
	/* Nobody woke it; it was no read; it was woken for something else, or is not alone. */
	STORY {
		for (uint64_t ts = S; ts < 60 * S; ts += S) {
			DATA(&b, ts, 9, .waiters = 1);
			WOKEN(&b, ts, 10, 1);
			IO(&b, ts + 100, ts, 0, 2, RECV, -EAGAIN);
			IO(&b, ts + 100, ts, ts + 50, 1, RECV, -ECONNRESET);
			IO(&b, ts + 100, ts, ts + 50, 1, SEND, -EAGAIN);
			WAKE(&b, ts + 200, .waiters = 1, .hdr.hook = SW_HOOK_STREAM_WRITE_SPACE);
			WOKEN(&b, ts + 200, 10, 1);
			IO(&b, ts + 300, ts + 200, ts + 250, 1, RECV, -EAGAIN);
			DATA(&b, ts + 400, 9, .waiters = 2);
			WOKEN(&b, ts + 400, 10, 1);
			WOKEN(&b, ts + 400, 10, 2);
			IO(&b, ts + 500, ts + 400, ts + 450, 1, RECV, -EAGAIN);
		}
		nothing(&b);
	}
	/* Its wake-up is not remembered, but it was one: the time is since it ran. */
	STORY {
		for (unsigned int i = 0; i < 10; i++)
			IO(&b, S + 200, S - 5, S, 1, RECV, -EAGAIN);
		only(&b, SW_CASE_SPURIOUS_NOTHING, SW_WARNING, 10, 200);
	}
}

#define RUN(b, at, delay, id) \
	TELL((b)->t, RUN, run, at, .sock = 7, .woken_ts = (at) - (delay), TASK(id))

static void test_slow_run(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		RUN(&b, S, 1 * MS - 1, 9);
		nothing(&b);
	}
	STORY {
		RUN(&b, 2 * S, 1 * MS, 1);
		RUN(&b, 3 * S, 100 * MS - 1, 2);
		one = only(&b, SW_CASE_SLOW_RUN_LATE, SW_WARNING, 2, 100 * MS - 1);
		assert_int_equal(one->worst_ts, 3 * S);
		assert_task(&one->worst_task, 2);
		assert_int_equal(one->n_tasks, 2);
	}
	STORY {
		RUN(&b, 2 * S, 100 * MS, 1);
		RUN(&b, 3 * S, 1 * MS, 1);
		only(&b, SW_CASE_SLOW_RUN_LATE, SW_CRITICAL, 2, 100 * MS);
	}
	/* A rare exception, which is not too bad. */
	for (unsigned int how = 0; how < 4; how++)
		STORY {
			for (unsigned int i = 0; i < (how == 1 ? 198 : 199); i++)
				RUN(&b, S + i, 10, 1);
			for (unsigned int i = 0; i < 2; i++)
				RUN(&b, 3 * S, how == 2 ? 10 * MS : 10 * MS - 1, 1);
			/* Others' runs do not count. */
			for (unsigned int i = 0; how == 3 && i < 200; i++)
				TELL(b.t, RUN, run, S + i, .sock = 7, .woken_ts = S, .tid = 3,
				     .comm = "other");
			if (how == 1)
				only(&b, SW_CASE_SLOW_RUN_LATE, SW_WARNING, 2, 10 * MS - 1);
			else if (how == 2)
				only(&b, SW_CASE_SLOW_RUN_LATE, SW_WARNING, 2, 10 * MS);
			else
				nothing(&b);
		}
}

static void test_slow_read(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		IO(&b, S, 5, S - 2 * MS + 1, 1, RECV, 9);
		IO(&b, S, 5, S - 3 * MS, 1, RECV, -EAGAIN + 1);
		IO(&b, S, 5, S - 3 * MS, 1, RECV, 0); /* the end of the stream */
		IO(&b, S, 5, S - 3 * MS, 1, SEND, 9);
		IO(&b, S, 5, S - 3 * MS, 1, POLL, 1);
		IO(&b, S, 5, 0, 1, RECV, 9);
		/* Woken as there was room. */
		WAKE(&b, 2 * S, .waiters = 1, .hdr.hook = SW_HOOK_STREAM_WRITE_SPACE);
		WOKEN(&b, 2 * S, 10, 1);
		IO(&b, 3 * S, 2 * S, 2 * S + 50, 1, RECV, 9);
		nothing(&b);
	}
	STORY {
		IO(&b, 3 * S, 5, 3 * S - 2 * MS, 1, RECV, 1, .off_ns = 70, .others = 8);
		IO(&b, 4 * S, 5, 4 * S - 3 * MS, 2, ACCEPT, 0, .off_ns = 90, .others = 3);
		IO(&b, 5 * S, 4 * S, 5 * S - 2 * MS, 2, RECV, 5, .off_ns = 10, .others = 1);
		one = only(&b, SW_CASE_SLOW_READ_WORKED, SW_WARNING, 3, 3 * MS);
		assert_int_equal(one->worst_ts, 4 * S);
		assert_int_equal(one->off_ns, 90);
		assert_int_equal(one->meanwhile.others, 3);
		assert_task(&one->worst_task, 2);
		assert_int_equal(one->n_tasks, 2);
	}
	STORY {
		IO(&b, 4 * S, 5, 4 * S - 2 * MS, 1, RECV, 1, .off_ns = 1 * MS);
		only(&b, SW_CASE_SLOW_READ_OFF_CPU, SW_WARNING, 1, 2 * MS);
	}
	/* Others had its CPU: that takes more to be worth telling. */
	for (unsigned int asleep = 0; asleep < 2; asleep++)
		STORY {
			IO(&b, 4 * S, 5, 4 * S - 19 * MS, 1, RECV, 1, .off_ns = 10 * MS,
			   .slept = asleep * 9 * MS, .known_ms = 20);
			if (asleep)
				only(&b, SW_CASE_SLOW_READ_OFF_CPU, SW_WARNING, 1, 19 * MS);
			else
				nothing(&b);
		}
}

/* It was woken on its way to sleep, and when it ran is the end of its wait. */
static void test_slow_read_after_wait(void **state)
{
	(void)state;
	for (unsigned int other = 0; other < 2; other++)
		STORY {
			DATA(&b, S, 9, .waiters = 1);
			WOKEN(&b, S, 10, 1);
			WAIT(&b, S - 10, S + 5 * MS, 1, POLL, 1, .ended = SW_ENDED_WAKEUP,
			     .wakeup_ts = S + other);
			IO(&b, S + 6 * MS, S, S + 10, 1, RECV, 9);
			if (other)
				only(&b, SW_CASE_SLOW_READ_WORKED, SW_WARNING, 1, 6 * MS - 10);
			else
				nothing(&b);
		}
}

/* Another task has taken what this one was woken for; what it takes came later. */
static void test_slow_read_of_stale(void **state)
{
	(void)state;
	for (unsigned int how = 0; how < 4; how++)
		STORY {
			DATA(&b, S, 10, .waiters = 1);
			WOKEN(&b, S, 10, 1);
			if (how)
				IO(&b, S + 100, S, 0, 2, RECV, 10);
			if (how == 1 || how == 2)
				DATA(&b, 2 * S, 20, .waiters = 1);
			IO(&b, 2 * S + (how == 2 ? 2 * MS : 1 * MS), S, S + 50, 1, RECV, 20);
			if (how == 0)
				only(&b, SW_CASE_SLOW_READ_WORKED, SW_WARNING, 1, S + 1 * MS - 50);
			else if (how == 2)
				only(&b, SW_CASE_SLOW_READ_WORKED, SW_WARNING, 1, 2 * MS);
			else
				nothing(&b);
		}
}

static void test_stuck_wait(void **state)
{
	static const struct {
		uint8_t op;
		int what; /* -1: it may wait as long as it likes */
	} rows[] = {
		{ SW_OP_ACCEPT, -1 },
		{ SW_OP_POLL, -1 },
		{ SW_OP_RECV, -1 },
		{ SW_OP_CONNECT, SW_CASE_STUCK_WAIT_CONNECTING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			/* One that ended, and one that began a moment ago. */
			TELL(b.t, WAIT, wait, S, .sock = 7, .begin = 1, .end = S,
			     .op = rows[i].op, .result = -EINTR, TASK(1));
			TELL(b.t, WAIT, wait, S, .sock = 7, .begin = S - 30 * MS + 1, .end = S,
			     .op = rows[i].op, TASK(1), UNENDED);
			TELL(b.t, WAIT, wait, S, .sock = 7, .begin = S - 30 * MS, .end = S,
			     .op = rows[i].op, TASK(1), UNENDED);
			if (rows[i].what < 0) {
				nothing(&b);
				continue;
			}
			assert_task(&only(&b, rows[i].what, SW_WARNING, 1, 30 * MS)->worst_task, 1);
		}
}

/* It sleeps in recv, and there is something. */
static void test_stuck_on_data(void **state)
{
	/* What happened after the wait began, and before the trace ended at 2 s. */
	enum { NOTHING, WOKEN_ONLY, NO_BYTES, FOR_WRITING, BEFORE, JUST_NOW, READ, SENT,
	       AFTER_READ, HOWS };
	static const bool want[HOWS] = { [WOKEN_ONLY] = true, [SENT] = true, [AFTER_READ] = true };

	(void)state;
	for (unsigned int how = 0; how < HOWS; how++)
		STORY {
			uint64_t at = how == BEFORE ? S - 1 : how == JUST_NOW ? 2 * S - 1 * MS : S + 500;

			if (how != NOTHING)
				WAKE(&b, at, .waiters = 1, .rx_queued = how != NO_BYTES,
				     .hdr.hook = how == FOR_WRITING ? SW_HOOK_STREAM_WRITE_SPACE :
								      SW_HOOK_DEF_READABLE);
			if (how == READ || how == AFTER_READ)
				IO(&b, at + 10, at, 0, 2, RECV, 1);
			if (how == SENT)
				IO(&b, at + 10, at, 0, 2, SEND, 9);
			if (how == AFTER_READ)
				WAKE(&b, at + 11, .waiters = 1, .rx_queued = 1);
			WAIT(&b, S, 2 * S, 1, RECV, 0, UNENDED);
			finish(&b);
			if ((b.n && b.found[0]->what == SW_CASE_STUCK_WAIT_ON_DATA) != want[how])
				fail_row(how, "%u findings", b.n);
			if (want[how]) {
				assert_int_equal(b.found[0]->severity, SW_CRITICAL);
				assert_int_equal(b.found[0]->worst, S);
			}
		}
}

#define SPIN(b, at, from, id, what, res, n)                                         \
	TELL((b)->t, IO, io, at, .sock = 7, .begin = (from), .op = SW_OP_##what,       \
	     .result = (res), .tries = (n), TASK(id))

static void test_spin(void **state)
{
	static const struct {
		uint8_t op, state;
		int64_t result;
		enum sw_finding_case what;
	} rows[] = {
		{ SW_OP_ACCEPT, STATE_LISTEN, -EMFILE, SW_CASE_SPIN_NO_FILES },
		{ SW_OP_ACCEPT, STATE_LISTEN, -ENFILE, SW_CASE_SPIN_NO_FILES },
		{ SW_OP_ACCEPT, STATE_LISTEN, -EAGAIN, SW_CASE_SPIN_NOT_READY },
		{ SW_OP_RECV, STATE_ESTABLISHED, -EAGAIN, SW_CASE_SPIN_NOT_READY },
		{ SW_OP_RECV, 7, -ECONNRESET, SW_CASE_SPIN_FAILED },
		{ SW_OP_RECV, 8, 0, SW_CASE_SPIN_AT_END },
		{ SW_OP_POLL, STATE_LISTEN, 1, SW_CASE_SPIN_READY },
		{ SW_OP_POLL, STATE_ESTABLISHED, 1, SW_CASE_SPIN_READY },
		{ SW_OP_POLL, 7, 1, SW_CASE_SPIN_HUNG_UP },
	};
	const struct sw_finding *one;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			WAKE(&b, S, .waiters = 1, .state = rows[i].state);
			TELL(b.t, IO, io, 2 * S, .sock = 7, .begin = S + 1, .op = rows[i].op,
			     .result = rows[i].result, .tries = 100, TASK(3));
			one = only(&b, rows[i].what, SW_WARNING, 1, 100);
			assert_int_equal(one->within_ns, S - 1);
			assert_task(&one->worst_task, 3);
			assert_int_equal(sw_finding_unit(one->kind), SW_UNIT_CALLS);
		}
	/* Sockets of AF_UNIX stay established when the other end has gone. */
	STORY {
		WAKE(&b, S, .waiters = 1, .state = STATE_ESTABLISHED);
		TELL(b.t, IO, io, 2 * S, .sock = 7, .begin = S + 1, .op = SW_OP_POLL, .result = 1,
		     .tries = 100, .hdr.flags = SW_F_HUNG_UP, TASK(3));
		only(&b, SW_CASE_SPIN_HUNG_UP, SW_WARNING, 1, 100);
	}
	/* The same row of calls, and another one. */
	STORY {
		SPIN(&b, 2 * S, S, 3, POLL, 1, 100);
		SPIN(&b, 3 * S, S, 3, POLL, 1, 1000);
		SPIN(&b, 9 * S, 8 * S, 4, POLL, 1, 100);
		one = only(&b, SW_CASE_SPIN_READY, SW_WARNING, 2, 1000);
		assert_int_equal(one->within_ns, 2 * S);
		assert_int_equal(one->n_tasks, 2);
	}
	/* It was kept from the CPU for most of it. */
	STORY {
		SPIN(&b, S + 4 * MS, S, 3, POLL, 1, 100);
		SPIN(&b, S + 900 * MS, S, 3, POLL, 1, 1000);
		SPIN(&b, 9 * S, S, 3, POLL, 1, 10000);
		only(&b, SW_CASE_SPIN_READY, SW_WARNING, 1, 10000);
	}
	/* Its beginning was not seen. */
	STORY {
		SPIN(&b, 3 * S, S, 3, POLL, 1, 1000);
		only(&b, SW_CASE_SPIN_READY, SW_WARNING, 1, 1000);
	}
	/* Patience, or too few. */
	STORY {
		SPIN(&b, 2 * S + 101, S, 3, POLL, 1, 100);
		SPIN(&b, 2 * S, S, 3, RECV, 0, 99);
		nothing(&b);
	}
}

static void test_backlog(void **state)
{
	static const struct {
		uint32_t queued, limit;
		enum sw_severity severity;
		uint64_t worst; /* 0: no finding */
	} rows[] = {
		{ 64, 128, SW_INFO, 0 }, /* there is room for 129 */
		{ 65, 128, SW_WARNING, 50 },
		{ 128, 128, SW_WARNING, 100 },
		{ 129, 128, SW_CRITICAL, 100 },
		{ 5, 4, SW_CRITICAL, 125 },
		{ 1, 1, SW_WARNING, 100 },
		{ 2, 1, SW_CRITICAL, 200 },
		{ 1, 2, SW_INFO, 0 },
		{ 5, 0, SW_INFO, 0 }, /* not known */
		{ UINT32_MAX, 1, SW_CRITICAL, UINT32_MAX * 100ULL },
	};
	const struct sw_finding *one;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			WAKE(&b, S, .waiters = 1, .rx_queued = rows[i].queued,
			     .tx_queued = rows[i].limit, .state = STATE_LISTEN);
			if (!rows[i].worst) {
				nothing(&b);
				continue;
			}
			one = only(&b, rows[i].severity == SW_CRITICAL ? SW_CASE_BACKLOG_FULL :
									  SW_CASE_BACKLOG_NEARLY_FULL,
				   rows[i].severity, 1, rows[i].worst);
			assert_int_equal(one->worst_ts, S);
		}
	STORY {
		DATA(&b, S, 9, .waiters = 1, .tx_queued = 9);
		WAKE(&b, S, .waiters = 1, .rx_queued = 9, .tx_queued = 9, .state = STATE_LISTEN,
		     .hdr.hook = SW_HOOK_DEF_WAKEUP);
		nothing(&b);
	}
}

/* How many each of up to 4 tasks accepted; 0 percent: no finding. */
static void test_uneven_accept(void **state)
{
	static const struct {
		unsigned int n[4], percent;
	} rows[] = {
		{ { 19 }, 0 },		   /* too few tasks */
		{ { 100 }, 0 },
		{ { 18, 1 }, 0 },	   /* too few at all */
		{ { 19, 1 }, 95 },
		{ { 1, 19 }, 95 },
		{ { 14, 7 }, 0 },	   /* not more than twice */
		{ { 15, 7 }, 68 },
		{ { 20, 5, 5 }, 0 },	   /* not more than twice its share */
		{ { 5, 21, 5 }, 67 },
		{ { 10, 5, 3, 2 }, 0 },	   /* not more than half */
		{ { 1, 2, 11, 6 }, 55 },
		{ { 10, 10, 10, 10 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* By waits; by what came of wake-ups; by both, of which one counts; and
		 * with the listener gone. */
		for (unsigned int how = 0; how < 4; how++) STORY {
			const struct sw_finding *one;
			unsigned int busiest = 0, total = 0;
			uint64_t last = 0, ts = S;

			for (unsigned int task = 0; task < 4; task++) {
				for (unsigned int k = 0; k < rows[i].n[task]; k++) {
					ts += 10;
					if (how != 1)
						WAIT(&b, S, ts, task + 1, ACCEPT, 5);
					if (how == 1)
						IO(&b, ts, S, S, task + 1, ACCEPT, 5);
					/* Another task: only waits are told of all. */
					if (how == 2 && k % 4)
						IO(&b, ts, S, S, 77, ACCEPT, 5);
				}
				if (rows[i].n[task] > rows[i].n[busiest] || !task) {
					busiest = task;
					last = ts;
				}
				total += rows[i].n[task];
			}
			/* Neither of these is an accept. */
			for (unsigned int k = 0; k < 100; k++) {
				WAIT(&b, S, ts, 1, ACCEPT, -EINTR);
				WAIT(&b, S, ts, 1, ACCEPT, 0, .hdr.flags = SW_F_NO_RESULT);
				WAIT(&b, S, ts, 1, RECV, 9);
				IO(&b, ts, 0, 0, 1, ACCEPT, -EAGAIN);
				IO(&b, ts, 0, 0, 1, RECV, 9);
			}
			if (how == 3)
				TELL(b.t, DESTROY, destroy, ts + 1, .sock = 7);
			if (!rows[i].percent) {
				nothing(&b);
				continue;
			}
			one = only(&b, SW_CASE_UNEVEN_ACCEPT_MOST, SW_INFO, total,
				   rows[i].percent);
			assert_task(&one->worst_task, busiest + 1);
			assert_task(&one->tasks[0], busiest + 1);
			assert_int_equal(one->worst_ts, last);
		}
	}
}

/* All by one, while others wait: seen by how many wait when a connection comes. */
static void test_all_to_one(void **state)
{
	static const struct {
		unsigned int accepts, waiters, waiters_in_a_third;
		bool found, woken; /* all of them, as none waits exclusively */
	} rows[] = {
		{ 40, 4, 4, true, false },
		{ 40, 2, 1, true, false },
		{ 19, 4, 4, false, false },
		{ 40, 1, 1, false, false },
		{ 40, 1, 2, false, false }, /* something else polls it, too, now and then */
		{ 40, 0, 0, false, false },
		{ 40, 4, 4, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			for (unsigned int k = 0; k < rows[i].accepts; k++) {
				unsigned int waiters = k % 3 ? rows[i].waiters :
							       rows[i].waiters_in_a_third;

				WAKE(&b, S + k * 1000, .rx_queued = 1, .tx_queued = 100,
				     .waiters = waiters,
				     .exclusive = rows[i].woken ? 0 : waiters,
				     .state = STATE_LISTEN);
				WAIT(&b, S, S + k * 1000 + 10, 1, ACCEPT, 5);
			}
			if (!rows[i].found) {
				nothing(&b);
				continue;
			}
			only(&b, SW_CASE_UNEVEN_ACCEPT_ALL, SW_INFO, rows[i].accepts, 100);
			assert_int_equal(b.found[0]->n_tasks, 1);
		}
}

/* More tasks than are told apart count in the total. */
static void test_many_accept(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		for (uint32_t id = 1; id <= 300; id++)
			WAIT(&b, S, S + id, id, ACCEPT, 5);
		for (uint32_t k = 0; k < 300; k++)
			WAIT(&b, S, 2 * S, 200, ACCEPT, 5);
		one = only(&b, SW_CASE_UNEVEN_ACCEPT_MOST, SW_INFO, 600, 50);
		assert_task(&one->worst_task, 200);
		assert_int_equal(one->n_tasks, SW_FINDING_TASKS);
		assert_int_equal(one->more_tasks, SW_FINDING_MORE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_herd),
		cmocka_unit_test(test_herd_at_listener),
		cmocka_unit_test(test_herd_told_late),
		cmocka_unit_test(test_herd_in_one_epoll),
		cmocka_unit_test(test_spurious),
		cmocka_unit_test(test_slow_run),
		cmocka_unit_test(test_slow_read),
		cmocka_unit_test(test_slow_read_of_stale),
		cmocka_unit_test(test_slow_read_after_wait),
		cmocka_unit_test(test_stuck_wait),
		cmocka_unit_test(test_stuck_on_data),
		cmocka_unit_test(test_spin),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_uneven_accept),
		cmocka_unit_test(test_all_to_one),
		cmocka_unit_test(test_many_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
