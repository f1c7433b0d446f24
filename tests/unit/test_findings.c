// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "story.h"

#include "core/findings.h"

static const struct sw_trace_info info = { .n_hooks = 0 };

static int feed(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	return sw_finder__feed(arg, sk, told);
}

struct both {
	struct sw_finder *f;
	struct sw_trace *t;
	const struct sw_finding *const *found;
	unsigned int n;
};

#define US 1000ULL
#define MS 1000000ULL
#define S 1000000000ULL

/* Thresholds of 1, 2, … ms, so that one taken for another is seen. */
static struct both both__new(void)
{
	struct sw_thresholds limits = {
		.slow_run_ns = 1 * MS,
		.slow_read_ns = 2 * MS,
		.stuck_ns = 30 * MS,
		.write_stall_ns = 4 * MS,
		.backlog_percent = 50,
	};
	struct both b = { .f = sw_finder__new(&limits) };

	assert_non_null(b.f);
	b.t = sw_trace__new(&info, feed, b.f);
	assert_non_null(b.t);
	tell_name(b.t, 7);
	return b;
}

static void both__free(struct both *b)
{
	sw_trace__free(b->t);
	sw_finder__free(b->f);
}

/* What was found by now, of socket 7: nothing else. */
static const struct sw_finding *only(struct both *b, enum sw_finding_kind kind,
				     enum sw_severity severity, uint64_t count, uint64_t worst)
{
	const struct sw_finding *one;

	assert_int_equal(sw_trace__settle(b->t, UINT64_MAX), 0);
	b->n = sw_finder__end(b->f, &b->found);
	assert_int_equal(b->n, 1);
	one = b->found[0];
	assert_int_equal(one->kind, kind);
	assert_int_equal(one->severity, severity);
	assert_int_equal(one->count, count);
	assert_int_equal(one->worst, worst);
	assert_int_equal(one->socket, 1);
	assert_string_equal(one->name, "tcp 127.0.0.1:7 < 127.0.0.1:43210");
	return one;
}

static void nothing(struct both *b)
{
	assert_int_equal(sw_trace__settle(b->t, UINT64_MAX), 0);
	assert_int_equal(sw_finder__end(b->f, &b->found), 0);
}

static void assert_task(const struct sw_finding_task *task, uint32_t tid)
{
	assert_int_equal(task->tid, tid);
	assert_int_equal(task->pid, tid ? 10 : 0);
	assert_string_equal(task->comm, tid ? "task" : "");
}

#define WAKE(b, at, ...) TELL((b)->t, WAKEUP, wakeup, at, .sock = 7, __VA_ARGS__)
#define TASK(id) .pid = 10, .tid = (id), .comm = "task"
#define WOKEN(b, wake, after, id, ...)                                                 \
	TELL((b)->t, WOKEN, woken, (wake) + 1, .sock = 7, .wakeup_ts = (wake),         \
	     .woken_ts = (wake) + (after), TASK(id), __VA_ARGS__)
#define IO(b, at, wake, ran, id, what, res, ...)                                       \
	TELL((b)->t, IO, io, at, .sock = 7, .begin = (at) - 1, .wakeup_ts = (wake),    \
	     .run_ts = (ran), .op = SW_OP_##what, .result = (res), TASK(id), __VA_ARGS__)
#define WAIT(b, from, to, id, what, res, ...)                                          \
	TELL((b)->t, WAIT, wait, to, .sock = 7, .begin = (from), .end = (to),          \
	     .op = SW_OP_##what, .result = (res), TASK(id), __VA_ARGS__)
#define UNENDED .hdr.flags = SW_F_UNENDED | SW_F_NO_RESULT

static void test_words(void **state)
{
	static const char *const names[] = {
		"no-waiter", "herd", "spurious", "slow-run", "slow-read",
		"stuck-wait", "write-stall", "backlog", "uneven-accept",
	};

	(void)state;
	assert_int_equal(ARRAY_SIZE(names), SW_FINDING_COUNT);
	for (unsigned int i = 0; i < SW_FINDING_COUNT; i++) {
		assert_string_equal(sw_finding_name(i), names[i]);
		assert_true(strlen(sw_finding_meaning(i)) > 10);
		assert_true(strlen(sw_finding_advice(i)) > 10);
		assert_null(strchr(sw_finding_advice(i), '\n'));
	}
	assert_int_equal(sw_finding_unit(SW_FINDING_HERD), SW_UNIT_TASKS);
	assert_int_equal(sw_finding_unit(SW_FINDING_BACKLOG), SW_UNIT_PERCENT);
	assert_int_equal(sw_finding_unit(SW_FINDING_SLOW_RUN), SW_UNIT_NS);
	assert_string_equal(sw_severity_name(SW_INFO), "info");
	assert_string_equal(sw_severity_name(SW_WARNING), "warning");
	assert_string_equal(sw_severity_name(SW_CRITICAL), "critical");
}

/* A trace of a server in good health says nothing. */
static void test_well(void **state)
{
	struct both b = both__new();

	(void)state;
	for (uint64_t ts = S; ts < 2 * S; ts += 10 * MS) {
		WAKE(&b, ts, .waiters = 1, .rx_queued = 100, .state = STATE_ESTABLISHED);
		WOKEN(&b, ts, 5 * US, 1);
		TELL(b.t, RUN, run, ts + 50 * US, .sock = 7, .wakeup_ts = ts,
		     .woken_ts = ts + 5 * US, TASK(1));
		IO(&b, ts + 80 * US, ts, ts + 50 * US, 1, RECV, 100);
	}
	nothing(&b);
	both__free(&b);
}

static void test_no_waiter(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	WAKE(&b, S, .waiters = 1);
	WAKE(&b, S + 10, .hdr.flags = SW_F_NO_QUEUE);
	WAKE(&b, S + 20, .state = STATE_LISTEN);
	WAKE(&b, S + 30, .hdr.hook = SW_HOOK_STREAM_WRITE_SPACE);
	WAKE(&b, S + 40, .hdr.hook = SW_HOOK_DEF_WAKEUP);
	nothing(&b);
	WAKE(&b, S + 100);
	WAKE(&b, S + 200); /* taken with it */
	one = only(&b, SW_FINDING_NO_WAITER, SW_INFO, 2, 0);
	assert_int_equal(one->worst_ts, S + 100);
	assert_task(&one->worst_task, 0);
	assert_int_equal(one->n_tasks, 0);
	IO(&b, S + 300, S + 100, 0, 5, SEND, 9); /* nobody takes by that */
	only(&b, SW_FINDING_NO_WAITER, SW_INFO, 2, 0);
	IO(&b, S + 1 * MS, S + 100, 0, 1, RECV, 9);
	one = only(&b, SW_FINDING_NO_WAITER, SW_INFO, 2, 1 * MS - 100);
	assert_task(&one->worst_task, 1);
	assert_int_equal(one->n_tasks, 1);
	/* It is answered by now. */
	IO(&b, S + 9 * MS, S + 100, 0, 2, RECV, 9);
	only(&b, SW_FINDING_NO_WAITER, SW_INFO, 2, 1 * MS - 100);

	WAKE(&b, 2 * S);
	IO(&b, 2 * S + 2 * MS, 2 * S, 0, 3, RECV, 9);
	one = only(&b, SW_FINDING_NO_WAITER, SW_WARNING, 3, 2 * MS);
	assert_int_equal(one->worst_ts, 2 * S);
	assert_task(&one->worst_task, 3);
	assert_int_equal(one->n_tasks, 2);
	/* Answered with nothing, or by a call for another wake-up: not taken then. */
	WAKE(&b, 3 * S);
	IO(&b, 3 * S + 5 * MS, 3 * S, 0, 3, RECV, -EAGAIN);
	WAKE(&b, 4 * S);
	IO(&b, 4 * S + 6 * MS, 4 * S - 1, 0, 3, RECV, 9);
	IO(&b, 4 * S + 9 * MS, 4 * S, 0, 3, RECV, 9);
	only(&b, SW_FINDING_NO_WAITER, SW_WARNING, 5, 2 * MS);
	both__free(&b);
}

static void test_herd(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	WAKE(&b, S, .waiters = 3, .rx_queued = 1);
	for (uint32_t id = 1; id <= 3; id++)
		WOKEN(&b, S, 9, id);
	WOKEN(&b, S, 9, 4, .hdr.flags = SW_F_AWAKE);
	IO(&b, S + 100, S, S + 50, 1, RECV, 9);
	nothing(&b);
	IO(&b, S + 110, S, S + 60, 2, RECV, -EAGAIN);
	one = only(&b, SW_FINDING_HERD, SW_WARNING, 1, 3);
	assert_int_equal(one->worst_ts, S);
	assert_task(&one->worst_task, 2);
	/* Once for each wake-up, but all that got nothing are named, each once. */
	IO(&b, S + 120, S, S + 70, 3, RECV, -EAGAIN);
	IO(&b, S + 130, S, S + 70, 3, RECV, -EAGAIN);
	one = only(&b, SW_FINDING_HERD, SW_WARNING, 1, 3);
	assert_int_equal(one->n_tasks, 2);
	assert_task(&one->tasks[1], 3);
	assert_int_equal(one->more_tasks, 0);

	/* In accept(2), too, where a connection is for one. */
	WAKE(&b, 2 * S, .rx_queued = 1, .hdr.hook = SW_HOOK_DEF_WAKEUP);
	for (uint32_t id = 1; id <= 2; id++)
		WOKEN(&b, 2 * S, 9, id);
	WAIT(&b, S, 2 * S + 100, 8, ACCEPT, -EAGAIN, .wakeup_ts = 2 * S, UNENDED);
	WAIT(&b, S, 2 * S + 100, 8, ACCEPT, -EINTR, .wakeup_ts = 2 * S);
	WAIT(&b, S, 2 * S + 100, 8, ACCEPT, 4, .wakeup_ts = 2 * S);
	only(&b, SW_FINDING_HERD, SW_WARNING, 1, 3);
	WAIT(&b, S, 2 * S + 100, 8, ACCEPT, -EAGAIN, .wakeup_ts = 2 * S);
	one = only(&b, SW_FINDING_HERD, SW_WARNING, 2, 3);
	assert_task(&one->tasks[2], 8);
	both__free(&b);
}

static void test_herd_at_listener(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	/* As many as there are connections; only one, though there are none any more. */
	WAKE(&b, S, .waiters = 2, .rx_queued = 2, .state = STATE_LISTEN);
	WOKEN(&b, S, 9, 1);
	WOKEN(&b, S, 9, 2);
	WAKE(&b, S + 100, .waiters = 2, .state = STATE_LISTEN);
	WOKEN(&b, S + 100, 9, 1);
	WAKE(&b, S + 200, .waiters = 2, .state = STATE_LISTEN, .hdr.hook = SW_HOOK_DEF_WAKEUP);
	WOKEN(&b, S + 200, 9, 1);
	WOKEN(&b, S + 200, 9, 2);
	nothing(&b);
	WAKE(&b, S + 300, .waiters = 70, .rx_queued = 1, .state = STATE_LISTEN);
	for (uint32_t id = 1; id <= 70; id++)
		WOKEN(&b, S + 300, 9, id);
	WOKEN(&b, S + 300, 9, 99, .hdr.flags = SW_F_AWAKE);
	one = only(&b, SW_FINDING_HERD, SW_WARNING, 1, 70);
	assert_int_equal(one->worst_ts, S + 300);
	assert_task(&one->worst_task, 0);
	assert_int_equal(one->n_tasks, SW_FINDING_TASKS);
	assert_task(&one->tasks[3], 4);
	/* More are counted, up to a bound. */
	assert_int_equal(one->more_tasks, SW_FINDING_MORE);
	/* That they get nothing is no news. */
	IO(&b, S + 400, S + 300, S + 350, 9, ACCEPT, -EAGAIN);
	only(&b, SW_FINDING_HERD, SW_WARNING, 1, 70);
	both__free(&b);
}

/* Those that are told late make a herd of it all the same. */
static void test_herd_told_late(void **state)
{
	struct both b = both__new();

	(void)state;
	WAKE(&b, S, .waiters = 2, .rx_queued = 1);
	WOKEN(&b, S, 9, 1);
	WAKE(&b, 2 * S, .waiters = 2, .rx_queued = 1);
	WOKEN(&b, S, 9, 2);
	WOKEN(&b, S, 9, 3, .hdr.flags = SW_F_AWAKE);
	IO(&b, 2 * S + 10, S, S + 50, 1, RECV, -EAGAIN);
	only(&b, SW_FINDING_HERD, SW_WARNING, 1, 2);
	/* Both of them late. */
	WOKEN(&b, 2 * S, 9, 1);
	WOKEN(&b, 2 * S, 9, 2);
	IO(&b, 2 * S + 20, 2 * S, S + 50, 1, RECV, -EAGAIN);
	only(&b, SW_FINDING_HERD, SW_WARNING, 2, 2);
	both__free(&b);
}

static void test_spurious(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	WAKE(&b, S, .waiters = 1, .rx_queued = 1);
	WOKEN(&b, S, 10, 1);
	IO(&b, S + 100, S, 0, 2, RECV, -EAGAIN); /* nobody woke that one */
	IO(&b, S + 100, S, S + 50, 1, RECV, -ECONNRESET);
	IO(&b, S + 100, S, S + 50, 1, SEND, -EAGAIN); /* it may well have got something */
	nothing(&b);
	IO(&b, S + 110, S, S + 50, 1, RECV, -EAGAIN);
	one = only(&b, SW_FINDING_SPURIOUS, SW_INFO, 1, 100);
	assert_int_equal(one->worst_ts, S + 110);
	assert_task(&one->worst_task, 1);
	assert_int_equal(one->n_tasks, 1);
	/* One of which the wake-up was not seen: from when it ran. */
	IO(&b, S + 270, S - 5, S + 70, 3, RECV, -EAGAIN);
	one = only(&b, SW_FINDING_SPURIOUS, SW_INFO, 2, 200);
	assert_task(&one->worst_task, 3);
	/* Woken as there is room, and there is none. */
	WAKE(&b, 2 * S, .waiters = 1, .hdr.hook = SW_HOOK_STREAM_WRITE_SPACE);
	WOKEN(&b, 2 * S, 10, 1);
	IO(&b, 2 * S + 30, 2 * S, 2 * S + 20, 1, RECV, -EAGAIN);
	only(&b, SW_FINDING_SPURIOUS, SW_INFO, 2, 200);
	IO(&b, 2 * S + 30, 2 * S, 2 * S + 20, 1, SEND, -EAGAIN);
	only(&b, SW_FINDING_SPURIOUS, SW_INFO, 3, 200);
	for (unsigned int i = 4; i < 100; i++)
		IO(&b, 3 * S + 20, 3 * S, 3 * S + 10, 1, RECV, -EAGAIN);
	only(&b, SW_FINDING_SPURIOUS, SW_INFO, 99, 200);
	IO(&b, 3 * S + 20, 3 * S, 3 * S + 10, 1, RECV, -EAGAIN);
	only(&b, SW_FINDING_SPURIOUS, SW_WARNING, 100, 200);
	both__free(&b);
}

static void test_slow_run(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;
	static const struct {
		uint64_t delay;
		enum sw_severity severity;
	} rows[] = {
		{ 1 * MS, SW_WARNING },
		{ 100 * MS - 1, SW_WARNING },
		{ 100 * MS, SW_CRITICAL },
		{ 2 * MS, SW_CRITICAL },
	};
	uint64_t worst = 0, worst_ts = 0;

	(void)state;
	TELL(b.t, RUN, run, S, .sock = 7, .wakeup_ts = 5, .woken_ts = S - 1 * MS + 1, TASK(9));
	nothing(&b);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t ts = (i + 2) * S;

		TELL(b.t, RUN, run, ts, .sock = 7, .woken_ts = ts - rows[i].delay, TASK(i + 1));
		if (rows[i].delay > worst) {
			worst = rows[i].delay;
			worst_ts = ts;
		}
		one = only(&b, SW_FINDING_SLOW_RUN, rows[i].severity, i + 1, worst);
		assert_int_equal(one->worst_ts, worst_ts);
	}
	assert_task(&one->worst_task, 3);
	assert_int_equal(one->n_tasks, 4);
	both__free(&b);
}

static void test_slow_read(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	IO(&b, S, 5, S - 2 * MS + 1, 1, RECV, 9);
	IO(&b, S, 5, S - 3 * MS, 1, RECV, -EAGAIN + 1);
	IO(&b, S, 5, S - 3 * MS, 1, SEND, 9);
	IO(&b, S, 5, 0, 1, RECV, 9);
	/* Woken as there was room. */
	WAKE(&b, 2 * S, .waiters = 1, .hdr.hook = SW_HOOK_STREAM_WRITE_SPACE);
	WOKEN(&b, 2 * S, 10, 1);
	IO(&b, 3 * S, 2 * S, 2 * S + 50, 1, RECV, 9);
	nothing(&b);
	IO(&b, 4 * S, 5, 4 * S - 2 * MS, 1, RECV, 0, .off_ns = 70, .others = 8);
	IO(&b, 4 * S, 5, 4 * S - 3 * MS, 2, ACCEPT, 0, .off_ns = 90, .others = 3);
	IO(&b, 5 * S, 5, 5 * S - 2 * MS, 2, RECV, 5, .off_ns = 10, .others = 1);
	one = only(&b, SW_FINDING_SLOW_READ, SW_WARNING, 3, 3 * MS);
	assert_int_equal(one->worst_ts, 4 * S);
	assert_int_equal(one->off_ns, 90);
	assert_int_equal(one->others, 3);
	assert_task(&one->worst_task, 2);
	assert_int_equal(one->n_tasks, 2);
	both__free(&b);
}

static void test_stuck_wait(void **state)
{
	static const struct {
		uint8_t op;
		bool found;
		enum sw_severity severity;
	} rows[] = {
		{ SW_OP_ACCEPT, false, SW_INFO },   { SW_OP_POLL, false, SW_INFO },
		{ SW_OP_CONNECT, true, SW_WARNING }, { SW_OP_RECV, true, SW_INFO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct both b = both__new();
		const struct sw_finding *one;

		/* One that ended, and one that began a moment ago. */
		TELL(b.t, WAIT, wait, S, .sock = 7, .begin = 1, .end = S, .op = rows[i].op,
		     .result = -EINTR, TASK(1));
		TELL(b.t, WAIT, wait, S, .sock = 7, .begin = S - 30 * MS + 1, .end = S,
		     .op = rows[i].op, TASK(1), UNENDED);
		nothing(&b);
		TELL(b.t, WAIT, wait, S, .sock = 7, .begin = S - 30 * MS, .end = S,
		     .op = rows[i].op, TASK(1), UNENDED);
		if (rows[i].found) {
			one = only(&b, SW_FINDING_STUCK_WAIT, rows[i].severity, 1, 30 * MS);
			assert_int_equal(one->worst_ts, S);
			assert_task(&one->worst_task, 1);
		} else {
			nothing(&b);
		}
		both__free(&b);
	}
}

/* It sleeps in recv, and there is something. */
static void test_stuck_on_data(void **state)
{
	/* What happened after the wait began, and before the trace ended at 2 s. */
	enum { NOTHING, WOKEN_ONLY, NO_BYTES, FOR_WRITING, BEFORE, JUST_NOW, READ, READ_NONE,
	       READ_BY_WAIT, SENT, AFTER_READ, HOWS };
	static const enum sw_severity want[HOWS] = {
		[WOKEN_ONLY] = SW_CRITICAL,
		[READ_NONE] = SW_CRITICAL,
		[SENT] = SW_CRITICAL,
		[AFTER_READ] = SW_CRITICAL,
	};

	(void)state;
	for (unsigned int how = 0; how < HOWS; how++) {
		struct both b = both__new();
		uint64_t at = how == BEFORE ? S - 1 : how == JUST_NOW ? 2 * S - 1 * MS : S + 500;

		if (how != NOTHING)
			WAKE(&b, at, .waiters = 1, .rx_queued = how != NO_BYTES,
			     .hdr.hook = how == FOR_WRITING ? SW_HOOK_STREAM_WRITE_SPACE :
							      SW_HOOK_DEF_READABLE);
		if (how == READ || how == READ_NONE || how == AFTER_READ)
			IO(&b, at + 10, at, 0, 2, RECV, how == READ_NONE ? -EAGAIN : 0);
		if (how == SENT)
			IO(&b, at + 10, at, 0, 2, SEND, 9);
		if (how == READ_BY_WAIT)
			WAIT(&b, S - 5, at + 10, 2, RECV, 9);
		if (how == AFTER_READ)
			WAKE(&b, at + 11, .waiters = 1, .rx_queued = 1);
		WAIT(&b, S, 2 * S, 1, RECV, 0, UNENDED);
		only(&b, SW_FINDING_STUCK_WAIT, want[how], 1, S);
		both__free(&b);
	}
}

static void test_write_stall(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	WAIT(&b, S, S + 4 * MS - 1, 1, SEND, 9);
	WAIT(&b, S, S + 5 * MS, 1, RECV, 9);
	WAIT(&b, S, S + 5 * MS, 1, CONNECT, 0);
	nothing(&b);
	WAIT(&b, S, S + 4 * MS, 1, SEND, -EAGAIN);
	WAIT(&b, 2 * S, 2 * S + 5 * MS, 2, SEND, 0, UNENDED);
	one = only(&b, SW_FINDING_WRITE_STALL, SW_WARNING, 2, 5 * MS);
	assert_int_equal(one->worst_ts, 2 * S + 5 * MS);
	assert_task(&one->worst_task, 2);
	/* A long one that has not ended is stuck as well, and that comes first. */
	WAIT(&b, S, 2 * S, 2, SEND, 0, UNENDED);
	b.n = sw_finder__end(b.f, &b.found);
	assert_int_equal(b.n, 2);
	assert_int_equal(b.found[0]->kind, SW_FINDING_STUCK_WAIT);
	assert_int_equal(b.found[0]->severity, SW_WARNING);
	assert_int_equal(b.found[1]->kind, SW_FINDING_WRITE_STALL);
	both__free(&b);
}

static void test_backlog(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	WAKE(&b, S, .waiters = 1, .rx_queued = 63, .tx_queued = 128, .state = STATE_LISTEN);
	WAKE(&b, S, .waiters = 1, .rx_queued = 1, .state = STATE_LISTEN);
	WAKE(&b, S, .waiters = 1, .rx_queued = 9, .tx_queued = 9, .state = STATE_ESTABLISHED);
	WAKE(&b, S, .waiters = 1, .rx_queued = 9, .tx_queued = 9, .state = STATE_LISTEN,
	     .hdr.hook = SW_HOOK_DEF_WAKEUP);
	nothing(&b);
	WAKE(&b, S, .waiters = 1, .rx_queued = 127, .tx_queued = 128, .state = STATE_LISTEN);
	WAKE(&b, 2 * S, .waiters = 1, .rx_queued = 64, .tx_queued = 128, .state = STATE_LISTEN);
	one = only(&b, SW_FINDING_BACKLOG, SW_WARNING, 2, 99);
	assert_int_equal(one->worst_ts, S);
	WAKE(&b, 3 * S, .waiters = 1, .rx_queued = 128, .tx_queued = 128, .state = STATE_LISTEN);
	only(&b, SW_FINDING_BACKLOG, SW_CRITICAL, 3, 100);
	WAKE(&b, 4 * S, .waiters = 1, .rx_queued = UINT32_MAX, .tx_queued = 1,
	     .state = STATE_LISTEN);
	only(&b, SW_FINDING_BACKLOG, SW_CRITICAL, 4, UINT32_MAX * 100ULL);
	both__free(&b);
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
		for (unsigned int how = 0; how < 4; how++) {
			struct both b = both__new();
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
				both__free(&b);
				continue;
			}
			one = only(&b, SW_FINDING_UNEVEN_ACCEPT, SW_INFO, total, rows[i].percent);
			assert_task(&one->worst_task, busiest + 1);
			assert_task(&one->tasks[0], busiest + 1);
			assert_int_equal(one->worst_ts, last);
			/* To ask again changes nothing. */
			only(&b, SW_FINDING_UNEVEN_ACCEPT, SW_INFO, total, rows[i].percent);
			both__free(&b);
		}
	}
}

/* More tasks than are told apart count in the total. */
static void test_many_accept(void **state)
{
	struct both b = both__new();
	const struct sw_finding *one;

	(void)state;
	for (uint32_t id = 1; id <= 300; id++)
		WAIT(&b, S, S + id, id, ACCEPT, 5);
	for (uint32_t k = 0; k < 300; k++)
		WAIT(&b, S, 2 * S, 200, ACCEPT, 5);
	one = only(&b, SW_FINDING_UNEVEN_ACCEPT, SW_INFO, 600, 50);
	assert_task(&one->worst_task, 200);
	assert_int_equal(one->n_tasks, SW_FINDING_TASKS);
	assert_int_equal(one->more_tasks, SW_FINDING_MORE);
	both__free(&b);
}

static void test_defaults(void **state)
{
	struct sw_thresholds none = { 0 };
	struct both b = { .f = sw_finder__new(&none) };
	bool seen[SW_FINDING_COUNT] = { false };

	(void)state;
	b.t = sw_trace__new(&info, feed, b.f);
	tell_name(b.t, 7);
	for (uint64_t under = 0; under < 2; under++) {
		uint64_t ts = (2 - under) * 100 * S;

		TELL(b.t, RUN, run, ts, .sock = 7, .woken_ts = ts - 10 * MS + under, TASK(1));
		IO(&b, ts, 5, ts - 10 * MS + under, 1, RECV, 1);
		WAIT(&b, ts - S + under, ts, 1, CONNECT, 0, UNENDED);
		WAIT(&b, ts - 100 * MS + under, ts, 1, SEND, 1);
		WAKE(&b, ts, .waiters = 1, .rx_queued = 80 - under, .tx_queued = 100,
		     .state = STATE_LISTEN);
	}
	assert_int_equal(sw_trace__settle(b.t, UINT64_MAX), 0);
	b.n = sw_finder__end(b.f, &b.found);
	assert_int_equal(b.n, 5);
	for (unsigned int i = 0; i < b.n; i++) {
		assert_int_equal(b.found[i]->count, 1);
		seen[b.found[i]->kind] = true;
	}
	assert_true(seen[SW_FINDING_SLOW_RUN] && seen[SW_FINDING_SLOW_READ] &&
		    seen[SW_FINDING_STUCK_WAIT] && seen[SW_FINDING_WRITE_STALL] &&
		    seen[SW_FINDING_BACKLOG]);
	both__free(&b);
}

/* The most severe first, then by kind, then the worst, then by socket. */
static void test_order(void **state)
{
	struct both b = both__new();
	static const struct {
		enum sw_finding_kind kind;
		uint64_t socket;
	} want[] = {
		{ SW_FINDING_SLOW_RUN, 5 },  { SW_FINDING_SLOW_RUN, 3 },
		{ SW_FINDING_SLOW_RUN, 2 },  { SW_FINDING_SLOW_RUN, 4 },
		{ SW_FINDING_SLOW_READ, 1 }, { SW_FINDING_NO_WAITER, 1 },
	};

	(void)state;
	WAKE(&b, S);
	IO(&b, S, 5, S - 2 * MS, 1, RECV, 1);
	TELL(b.t, RUN, run, S, .sock = 12, .woken_ts = S - 2 * MS, TASK(1));
	TELL(b.t, RUN, run, S, .sock = 13, .woken_ts = S - 3 * MS, TASK(1));
	TELL(b.t, RUN, run, S, .sock = 14, .woken_ts = S - 2 * MS, TASK(1));
	TELL(b.t, RUN, run, S, .sock = 15, .woken_ts = S - 100 * MS, TASK(1));
	assert_int_equal(sw_trace__settle(b.t, UINT64_MAX), 0);
	b.n = sw_finder__end(b.f, &b.found);
	assert_int_equal(b.n, ARRAY_SIZE(want));
	for (unsigned int i = 0; i < b.n; i++) {
		if (b.found[i]->kind != want[i].kind || b.found[i]->socket != want[i].socket)
			fail_row(i, "%s of %llu", sw_finding_name(b.found[i]->kind),
				 (unsigned long long)b.found[i]->socket);
	}
	/* A name that was learnt later is the one that is told with the next. */
	assert_string_equal(b.found[1]->name, "unknown socket");
	tell_name(b.t, 13);
	TELL(b.t, RUN, run, S, .sock = 13, .woken_ts = S - 2 * MS, TASK(1));
	b.n = sw_finder__end(b.f, &b.found);
	assert_string_equal(b.found[1]->name, "tcp 127.0.0.1:13 < 127.0.0.1:43210");
	both__free(&b);
}

/* A listener that was looked at, and is well, is no finding beside those that are. */
static void test_well_beside_others(void **state)
{
	struct both b = both__new();

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		TELL(b.t, WAIT, wait, S, .sock = 9, .begin = S, .end = S, TASK(1 + i % 2));
		TELL(b.t, WAIT, wait, S, .sock = 8, .begin = S, .end = S, TASK(1 + i % 2));
	}
	WAIT(&b, S, S + 4 * MS, 1, SEND, 9);
	only(&b, SW_FINDING_WRITE_STALL, SW_WARNING, 1, 4 * MS);
	both__free(&b);
}

/* Beyond a number of findings the others share one of each kind. */
static void test_too_many(void **state)
{
	struct both b = both__new();
	uint64_t others = 0;

	(void)state;
	for (uint64_t i = 0; i < SW_FINDINGS_MAX + 10; i++) {
		TELL(b.t, RUN, run, S + i, .sock = 1000 + i, .woken_ts = S - 2 * MS, TASK(1));
		TELL(b.t, DESTROY, destroy, S + i, .sock = 1000 + i);
	}
	WAIT(&b, S, 2 * S, 2, SEND, 9);
	assert_int_equal(sw_trace__settle(b.t, UINT64_MAX), 0);
	b.n = sw_finder__end(b.f, &b.found);
	assert_int_equal(b.n, SW_FINDINGS_MAX + 2);
	for (unsigned int i = 0; i < b.n; i++) {
		if (b.found[i]->socket)
			continue;
		others++;
		assert_string_equal(b.found[i]->name, "");
		assert_int_equal(b.found[i]->count,
				 b.found[i]->kind == SW_FINDING_SLOW_RUN ? 10 : 1);
	}
	assert_int_equal(others, 2);
	both__free(&b);
}

/* Beyond a number of sockets a record that says all by itself is still enough. */
static void test_too_many_sockets(void **state)
{
	struct both b = both__new();
	struct sw_socket sk = { .state = 1 };
	union sw_event ev = { .run_rec = sample_run() };
	struct sw_told told = { .ev = &ev };

	(void)state;
	for (sk.id = 1000; sk.id < 1000 + SW_WATCHED_MAX; sk.id++)
		assert_int_equal(sw_finder__feed(b.f, &sk, &told), 0);
	/* 7 is one too many; and then one of them ends, and there is room again. */
	for (unsigned int turn = 1; turn <= 2; turn++) {
		WAKE(&b, turn * S);
		IO(&b, turn * S + 3 * MS, turn * S, 0, 1, RECV, 1);
		for (uint32_t k = 0; k < 30; k++)
			WAIT(&b, turn * S, turn * S + 4 * MS, 1 + k / 29, ACCEPT, 4);
		WAKE(&b, turn * S + 5 * MS, .waiters = 2, .rx_queued = 1);
		WOKEN(&b, turn * S + 5 * MS, 9, 1);
		WOKEN(&b, turn * S + 5 * MS, 9, 2);
		IO(&b, turn * S + 6 * MS, turn * S + 5 * MS, 0, 1, RECV, -EAGAIN);
		if (turn == 1) {
			only(&b, SW_FINDING_NO_WAITER, SW_INFO, 1, 0);
			sk.id = 1000;
			sk.destroyed = true;
			ev.destroy_rec = sample_destroy();
			assert_int_equal(sw_finder__feed(b.f, &sk, &told), 0);
		}
	}
	b.n = sw_finder__end(b.f, &b.found);
	assert_int_equal(b.n, 3);
	assert_int_equal(b.found[0]->kind, SW_FINDING_NO_WAITER);
	assert_int_equal(b.found[0]->severity, SW_WARNING);
	assert_int_equal(b.found[1]->kind, SW_FINDING_HERD);
	assert_int_equal(b.found[2]->kind, SW_FINDING_UNEVEN_ACCEPT);
	assert_int_equal(b.found[2]->count, 30);
	/* What comes after its end is not remembered, but looked at. */
	ev.run_rec = sample_run();
	ev.run_rec.woken_ts = ev.run_rec.wakeup_ts = 0;
	assert_int_equal(sw_finder__feed(b.f, &sk, &told), 0);
	assert_int_equal(sw_finder__end(b.f, &b.found), 4);
	both__free(&b);
}

/* Whichever allocation fails, it is said, and what was found until then stays. */
static void test_out_of_memory(void **state)
{
	struct sw_thresholds limits = { .slow_run_ns = 1 };
	struct sw_socket sk = { .known = true, .family = 2, .protocol = 6, .lport = 1 };
	union sw_event ev;
	struct sw_told told = { .ev = &ev };
	const struct sw_finding *const *found;
	struct sw_finder *f;
	unsigned int refused = 0, n;

	(void)state;
	alloc_fail_in = 1;
	assert_null(sw_finder__new(&limits));
	sw_finder__free(NULL);
	f = sw_finder__new(&limits);
	for (unsigned int i = 0; i < 3000; i++) {
		sk.id = 1 + i / 50;
		ev = (union sw_event){ .wait_rec = sample_wait() };
		ev.wait_rec.result = 3;
		/* Forty by one, and one each by ten; then each runs late. */
		ev.wait_rec.tid = i % 50 < 40 ? 1 : 1 + i % 50;
		if (i % 2) {
			ev.run_rec = sample_run();
			ev.run_rec.tid = i % 50;
		}
		for (unsigned long at = 1; at <= 12; at++) {
			int err;

			alloc_fail_in = at;
			err = sw_finder__feed(f, &sk, &told);
			assert_true(err == -ENOMEM || !err);
			refused += err == -ENOMEM;
		}
		alloc_fail_in = 0;
	}
	assert_true(refused >= 60 * 8); /* so many each socket takes */
	alloc_fail_in = 1; /* the end needs none */
	n = sw_finder__end(f, &found);
	assert_int_equal(alloc_fail_in, 1);
	alloc_fail_in = 0;
	assert_int_equal(n, 120);
	for (unsigned int i = 0; i < n; i++) {
		assert_string_equal(found[i]->name, "tcp 0.0.0.0:1");
		assert_int_equal(found[i]->kind,
				 i < 60 ? SW_FINDING_SLOW_RUN : SW_FINDING_UNEVEN_ACCEPT);
		assert_int_equal(found[i]->n_tasks, SW_FINDING_TASKS);
	}
	sw_finder__free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_well),
		cmocka_unit_test(test_no_waiter),
		cmocka_unit_test(test_herd),
		cmocka_unit_test(test_herd_at_listener),
		cmocka_unit_test(test_herd_told_late),
		cmocka_unit_test(test_spurious),
		cmocka_unit_test(test_slow_run),
		cmocka_unit_test(test_slow_read),
		cmocka_unit_test(test_stuck_wait),
		cmocka_unit_test(test_stuck_on_data),
		cmocka_unit_test(test_write_stall),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_uneven_accept),
		cmocka_unit_test(test_many_accept),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_well_beside_others),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_too_many_sockets),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
