// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What lies unread: no-waiter.  See also test_find_queue.c. */
#include "findings.h"

#define FIN_STATE 8 /* TCP_CLOSE_WAIT */

/* A reader that takes all at once; so that it is known that takes are seen. */
static void read_once(struct both *b, uint64_t at)
{
	DATA(b, at, 5, .waiters = 1);
	IO(b, at + 10, at, 0, 1, RECV, 5);
}

static bool has(const struct both *b, enum sw_finding_kind kind)
{
	for (unsigned int i = 0; i < b->n; i++)
		if (b->found[i]->kind == kind)
			return true;
	return false;
}

/* From when on it is a finding depends on what the task did. */
static void test_limits(void **state)
{
	static const struct {
		uint64_t lay, slept, stopped;
		uint32_t known_ms, waiters;
		bool woke;
		int what; /* -1: no finding */
	} rows[] = {
		{ 2 * MS, 0, 0, 0, 0, false, -1 },
		{ 20 * MS - 1, 0, 0, 0, 0, false, -1 },
		{ 20 * MS, 0, 0, 0, 0, false, SW_CASE_NO_WAITER_NOBODY },
		{ 20 * MS, 0, 0, 0, 1, false, SW_CASE_NO_WAITER_UNWOKEN },
		{ 20 * MS, 0, 0, 20, 1, false, SW_CASE_NO_WAITER_BUSY },
		{ 20 * MS, 0, 0, 10, 1, false, SW_CASE_NO_WAITER_UNWOKEN },
		{ 20 * MS, 0, 0, 0, 1, true, SW_CASE_NO_WAITER_OTHERWISE },
		/* Asleep or stopped for half of it. */
		{ 2 * MS - 1, 2 * MS, 0, 9, 1, false, -1 },
		{ 2 * MS, 1 * MS, 0, 9, 1, false, SW_CASE_NO_WAITER_ASLEEP },
		{ 2 * MS, 1 * MS - 1, 0, 9, 1, false, -1 },
		{ 2 * MS, 1 * MS, 0, 0, 1, false, -1 }, /* which is not known */
		{ 2 * MS, 1 * MS, 0, 9, 0, false, SW_CASE_NO_WAITER_NOBODY },
		{ 2 * MS, 0, 1 * MS, 9, 1, false, SW_CASE_NO_WAITER_STOPPED },
		{ 2 * MS, 0, 1 * MS, 9, 0, false, SW_CASE_NO_WAITER_STOPPED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			DATA(&b, S, 9, .waiters = rows[i].waiters);
			if (rows[i].woke)
				WOKEN(&b, S, 5, 3);
			IO(&b, S + rows[i].lay, S, 0, 4, RECV, 9, .slept = rows[i].slept,
			   .stopped = rows[i].stopped, .known_ms = rows[i].known_ms);
			finish(&b);
			if ((rows[i].what < 0) != !b.n)
				fail_row(i, "%u findings", b.n);
			if (b.n)
				only(&b, rows[i].what, SW_WARNING, 1, rows[i].lay);
		}
}

/* Who took it, and what the task did meanwhile. */
static void test_meanwhile(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		DATA(&b, S, 9, .waiters = 1);
		IO(&b, S + 40 * MS, S, 0, 4, RECV, 9, .slept = 30 * MS, .stopped = 2 * MS,
		   .known_ms = 40, .others = 3);
		one = only(&b, SW_CASE_NO_WAITER_ASLEEP, SW_WARNING, 1, 40 * MS);
		assert_int_equal(one->worst_ts, S);
		assert_task(&one->worst_task, 4);
		assert_int_equal(one->n_tasks, 1);
		assert_task(&one->tasks[0], 4);
		assert_true(one->meanwhile.known && one->meanwhile.ran_known);
		assert_int_equal(one->meanwhile.slept_ns, 30 * MS);
		assert_int_equal(one->meanwhile.stopped_ns, 2 * MS);
		assert_int_equal(one->meanwhile.ran_ns, 8 * MS);
		assert_int_equal(one->meanwhile.others, 3);
	}
	/* Not known of all that time: then it may have done anything in the rest. */
	STORY {
		DATA(&b, S, 9, .waiters = 1);
		IO(&b, S + 40 * MS, S, 0, 4, RECV, 9, .slept = 50 * MS, .known_ms = 30);
		one = only(&b, SW_CASE_NO_WAITER_ASLEEP, SW_WARNING, 1, 40 * MS);
		assert_true(one->meanwhile.known && !one->meanwhile.ran_known);
		assert_int_equal(one->meanwhile.slept_ns, 40 * MS);
		assert_int_equal(one->meanwhile.ran_ns, 0);
	}
	/* An old file. */
	STORY {
		DATA(&b, S, 9, .waiters = 1);
		IO(&b, S + 40 * MS, S, 0, 4, RECV, 9);
		one = only(&b, SW_CASE_NO_WAITER_UNWOKEN, SW_WARNING, 1, 40 * MS);
		assert_false(one->meanwhile.known);
	}
}

/* What is no data, is no readiness to read, or is not to be read by anybody. */
static void test_no_data(void **state)
{
	static const struct {
		uint16_t flags;
		uint8_t hook, op;
		uint32_t queued;
		int64_t result;
	} rows[] = {
		{ 0, SW_HOOK_DEF_READABLE, SW_OP_RECV, 0, 9 }, /* a bare FIN */
		{ 0, SW_HOOK_DEF_READABLE, SW_OP_RECV, 9, 0 },
		{ 0, SW_HOOK_DEF_READABLE, SW_OP_RECV, 9, -EAGAIN },
		{ 0, SW_HOOK_DEF_READABLE, SW_OP_SEND, 9, 9 },
		{ SW_F_NO_QUEUE, SW_HOOK_DEF_READABLE, SW_OP_RECV, 9, 9 },
		{ 0, SW_HOOK_STREAM_WRITE_SPACE, SW_OP_RECV, 9, 9 },
		{ 0, SW_HOOK_DEF_WAKEUP, SW_OP_RECV, 9, 9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			WAKE(&b, S, .rx_queued = rows[i].queued, .hdr.hook = rows[i].hook,
			     .hdr.flags = rows[i].flags);
			TELL(b.t, IO, io, 2 * S, .sock = 7, .begin = S, .wakeup_ts = S,
			     .op = rows[i].op, .result = rows[i].result, TASK(1));
			nothing(&b);
		}
}

/* Who was woken by it and came late is another finding's matter, but for what came before. */
static void test_woken(void **state)
{
	(void)state;
	STORY {
		DATA(&b, S, 9, .waiters = 1);
		WOKEN(&b, S, 5, 1);
		IO(&b, 2 * S, S, 2 * S - 9, 1, RECV, 9);
		nothing(&b);
	}
	STORY {
		DATA(&b, S, 9, .waiters = 1);
		DATA(&b, 2 * S, 18, .waiters = 1);
		WOKEN(&b, 2 * S, 5, 1);
		IO(&b, 2 * S + 100, 2 * S, 2 * S + 50, 1, RECV, 18);
		only(&b, SW_CASE_NO_WAITER_UNWOKEN, SW_WARNING, 1, S + 100);
	}
	/* It took it itself, and its running was not seen. */
	STORY {
		DATA(&b, S, 9, .waiters = 1);
		WOKEN(&b, S, 5, 1);
		IO(&b, 2 * S, S, 0, 1, RECV, 9);
		nothing(&b);
	}
	/* Another socket had woken it, and it waited for a CPU: no sleep, and not its fault. */
	for (unsigned int how = 0; how < 5; how++)
		STORY {
			static const struct {
				uint64_t woken, ran; /* ms before it takes */
				uint32_t tid;
				bool found;
			} rows[] = {
				{ 40, 20, 1, false }, /* of 40, half */
				{ 90, 20, 1, false }, /* from before it came on */
				{ 40, 21, 1, true },
				{ 40, 1, 2, true }, /* another task did */
				{ 99, 41, 1, true }, /* before it came */
			};
			const uint64_t take = 2 * S;

			DATA(&b, take - 40 * MS, 9, .waiters = 1);
			TELL(b.t, RUN, run, take - rows[how].ran * MS, .sock = 9,
			     .woken_ts = take - rows[how].woken * MS, .pid = 10,
			     .tid = rows[how].tid, .comm = "other");
			IO(&b, take, take - 40 * MS, 0, 1, RECV, 9, .slept = 40 * MS,
			   .known_ms = 40);
			finish(&b);
			if (has(&b, SW_FINDING_NO_WAITER) != rows[how].found)
				fail_row(how, "%u findings", b.n);
		}
	/* With records lost, one of a read in between may be among them; with only the ends of
	 * sockets lost it is not. */
	STORY {
		b.lost.lost_deeds = true;
		DATA(&b, S, 9, .waiters = 1);
		DATA(&b, 2 * S, 18, .waiters = 1);
		WOKEN(&b, 2 * S, 5, 1);
		IO(&b, 2 * S + 100, 2 * S, 2 * S + 50, 1, RECV, 18);
		nothing(&b);
	}
	/* One that was found awake was not woken. */
	STORY {
		DATA(&b, S, 9, .waiters = 1);
		WOKEN(&b, S, 5, 1, .hdr.flags = SW_F_AWAKE);
		IO(&b, 2 * S, S, 0, 1, RECV, 9);
		only(&b, SW_CASE_NO_WAITER_UNWOKEN, SW_WARNING, 1, S);
	}
}

/* One finding for a time that it lies there, however much comes. */
static void test_episodes(void **state)
{
	const struct sw_finding *one;

	(void)state;
	STORY {
		DATA(&b, S, 9);
		DATA(&b, S + 10 * MS, 18);
		IO(&b, S + 30 * MS, S, 0, 1, RECV, 18);
		IO(&b, S + 90 * MS, S, 0, 2, RECV, 18); /* it is answered by now */
		DATA(&b, 2 * S, 9);
		IO(&b, 2 * S + 25 * MS, 2 * S, 0, 3, RECV, 9);
		DATA(&b, 3 * S, 9);
		IO(&b, 3 * S + 1 * MS, 3 * S, 0, 4, RECV, 9);
		one = only(&b, SW_CASE_NO_WAITER_NOBODY, SW_WARNING, 2, 30 * MS);
		assert_int_equal(one->worst_ts, S);
		assert_int_equal(one->n_tasks, 2);
		assert_task(&one->tasks[1], 3);
	}
	/* A call that was interrupted has taken nothing. */
	STORY {
		DATA(&b, S, 9);
		IO(&b, S + 10 * MS, S, 0, 1, RECV, -EINTR);
		IO(&b, S + 11 * MS, S, 0, 1, RECV, -512);
		IO(&b, S + 30 * MS, S, 0, 1, RECV, 9);
		only(&b, SW_CASE_NO_WAITER_NOBODY, SW_WARNING, 1, 30 * MS);
	}
}

/* Whether a take in between was not seen, by what the next wake-up finds queued. */
static void test_unseen_takes(void **state)
{
	static const struct {
		uint32_t queued;
		uint16_t flags;
		uint8_t state, hook;
		bool taken;
	} rows[] = {
		{ 18, 0, STATE_ESTABLISHED, SW_HOOK_DEF_READABLE, false },
		{ 9, 0, STATE_ESTABLISHED, SW_HOOK_DEF_READABLE, true },
		{ 8, 0, STATE_ESTABLISHED, SW_HOOK_DEF_READABLE, true },
		{ 9, 0, FIN_STATE, SW_HOOK_DEF_READABLE, false }, /* the FIN adds nothing */
		{ 9, SW_F_MORE_QUEUED, STATE_ESTABLISHED, SW_HOOK_DEF_READABLE, false },
		{ 9, 0, STATE_ESTABLISHED, SW_HOOK_DEF_WAKEUP, false },
		{ 8, 0, STATE_ESTABLISHED, SW_HOOK_DEF_WAKEUP, true },
		{ 0, 0, STATE_ESTABLISHED, SW_HOOK_STREAM_WRITE_SPACE, true },
		{ 0, 0, STATE_ESTABLISHED, SW_HOOK_DEF_ERROR_REPORT, false }, /* says nothing */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			DATA(&b, S, 9);
			WAKE(&b, 2 * S, .rx_queued = rows[i].queued, .hdr.flags = rows[i].flags,
			     .state = rows[i].state, .hdr.hook = rows[i].hook);
			IO(&b, 2 * S + 1 * MS, S, 0, 1, RECV, 9);
			finish(&b);
			if (b.n != !rows[i].taken)
				fail_row(i, "%u findings", b.n);
		}
	/* The kernel half has seen one that we have not. */
	STORY {
		DATA(&b, S, 9);
		DATA(&b, 2 * S, 18);
		IO(&b, 2 * S + 30 * MS, 2 * S, 0, 1, RECV, 9);
		only(&b, SW_CASE_NO_WAITER_NOBODY, SW_WARNING, 1, 30 * MS);
	}
}

/* Nobody has taken it when the socket, or the trace, ends. */
static void test_never_taken(void **state)
{
	enum { AT_END, DESTROYED, NEVER_SEEN, JUST_CAME, WOKE, LOST, ENDS_LOST,
	       ENDS_LOST_SEEN, NO_ENDS, NO_ENDS_SEEN, HOWS };
	static const struct {
		enum sw_finding_case what;
		uint64_t worst; /* 0: no finding */
	} want[HOWS] = {
		[AT_END] = { SW_CASE_NO_WAITER_UNREAD, 50 * MS },
		[DESTROYED] = { SW_CASE_NO_WAITER_UNREAD, 30 * MS },
		[WOKE] = { SW_CASE_NO_WAITER_OTHERWISE, 50 * MS },
		[ENDS_LOST_SEEN] = { SW_CASE_NO_WAITER_UNREAD, 22 * MS },
		[NO_ENDS_SEEN] = { SW_CASE_NO_WAITER_UNREAD, 22 * MS },
	};

	(void)state;
	for (unsigned int how = 0; how < HOWS; how++)
		STORY {
			b.end_ns = how == JUST_CAME ? 2 * S + 19 * MS : 2 * S + 50 * MS;
			b.lost.lost_deeds = how == LOST;
			b.lost.lost_ends = how == ENDS_LOST || how == ENDS_LOST_SEEN;
			if (how != NEVER_SEEN)
				read_once(&b, S);
			DATA(&b, 2 * S, 9, .waiters = 1);
			if (how == WOKE)
				WOKEN(&b, 2 * S, 5, 8);
			if (how == DESTROYED)
				TELL(b.t, DESTROY, destroy, 2 * S + 30 * MS, .sock = 7);
			if (how == NO_ENDS_SEEN || how == ENDS_LOST_SEEN)
				DATA(&b, 2 * S + 22 * MS, 18, .waiters = 1);
			if (how >= NO_ENDS) {
				b.info.n_hooks = 1;
				b.info.hooks[0].attach = "tracepoint";
				sw_finder__set_trace(b.f, b.t);
			}
			if (!want[how].worst) {
				nothing(&b);
				continue;
			}
			only(&b, want[how].what, SW_WARNING, 1, want[how].worst);
			assert_task(&b.found[0]->worst_task, how == WOKE ? 8 : 1);
		}
}

/* A read that takes a part, and then nobody reads: seen when no more has come since. */
static void test_left_behind(void **state)
{
	static const struct {
		uint32_t found;
		uint8_t hook;
		uint16_t flags;
		bool is;
	} rows[] = {
		{ 60, SW_HOOK_DEF_WAKEUP, 0, true },
		{ 50, SW_HOOK_DEF_WAKEUP, 0, false }, /* another read was not told of */
		{ 0, SW_HOOK_DEF_WAKEUP, 0, false },
		{ 60, SW_HOOK_STREAM_WRITE_SPACE, 0, true },
		{ 60, SW_HOOK_DEF_READABLE, 0, false }, /* that may have come just now */
		{ 90, SW_HOOK_DEF_READABLE, SW_F_LEFT, true }, /* and 30 that have */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		STORY {
			DATA(&b, S, 100, .waiters = 1);
			IO(&b, S + 10, S, 0, 1, RECV, 40);
			WAKE(&b, 2 * S, .rx_queued = rows[i].found, .waiters = 1,
			     .hdr.hook = rows[i].hook, .hdr.flags = rows[i].flags,
			     .state = STATE_ESTABLISHED);
			IO(&b, 2 * S + 1 * MS, 2 * S, 2 * S + 9, 1, RECV, 60);
			finish(&b);
			if (b.n != rows[i].is)
				fail_row(i, "%u findings", b.n);
			if (b.n)
				only(&b, SW_CASE_NO_WAITER_LEFT, SW_WARNING, 1,
				     S + 1 * MS - 10);
		}
	/* Two reads that were told of. */
	STORY {
		DATA(&b, S, 100, .waiters = 1);
		IO(&b, S + 10, S, 0, 1, RECV, 40);
		IO(&b, S + 20, S, 0, 2, RECV, 50);
		WAKE(&b, 2 * S, .rx_queued = 10, .hdr.hook = SW_HOOK_DEF_WAKEUP);
		b.end_ns = 2 * S + 20;
		only(&b, SW_CASE_NO_WAITER_LEFT, SW_WARNING, 1, S);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_meanwhile),
		cmocka_unit_test(test_no_data),
		cmocka_unit_test(test_woken),
		cmocka_unit_test(test_episodes),
		cmocka_unit_test(test_unseen_takes),
		cmocka_unit_test(test_never_taken),
		cmocka_unit_test(test_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
