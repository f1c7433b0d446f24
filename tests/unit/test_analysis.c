// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "story.h"

#include <errno.h>

#include "core/analysis.h"

#define S 1000000000ULL

struct shown {
	unsigned int events, forgotten;
	int fails; /* what the sink returns */
};

static int on_event(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct shown *shown = arg;

	(void)sk;
	(void)told;
	shown->events++;
	return shown->fails;
}

static void on_forget(void *arg, struct sw_socket *sk)
{
	(void)sk;
	((struct shown *)arg)->forgotten++;
}

static const struct sw_trace_info info;
static const struct sw_thresholds limits = { .stuck_ns = 1 };
static const struct sw_analysis_opts everything = {
	.judge = &limits,
	.moments = true,
	.timeline_bytes = 65536,
};

static struct sw_analysis *analysis_new(const struct sw_analysis_opts *opts, struct shown *shown)
{
	const struct sw_analysis_sink sink = { on_event, on_forget, shown };
	struct sw_analysis *a = sw_analysis__new(&info, opts, &sink);

	assert_non_null(a);
	tell_name(sw_analysis__trace(a), 7);
	return a;
}

/* A wake-up whose task runs and takes what came; and a client that waits on. */
static void tell_all(struct sw_analysis *a)
{
	struct sw_trace *t = sw_analysis__trace(a);

	TELL(t, WAKEUP, wakeup, S, .sock = 7, .state = STATE_ESTABLISHED, .waiters = 1);
	TELL(t, WOKEN, woken, S + 1, .sock = 7, .wakeup_ts = S, .woken_ts = S + 10, .pid = 5,
	     .tid = 5, .comm = "reader");
	TELL(t, RUN, run, S + 50, .sock = 7, .wakeup_ts = S, .woken_ts = S + 10, .pid = 5,
	     .tid = 5, .comm = "reader");
	TELL(t, WAIT, wait, 4 * S, .sock = 7, .hdr.flags = SW_F_UNENDED, .begin = 2 * S, .end = 4 * S, .pid = 6, .tid = 6,
	     .op = SW_OP_CONNECT, .ended = SW_ENDED_OPEN, .comm = "client");
}

/* Whoever is asked for sees every event, and the outcome has what they made of it. */
static void test_everything(void **state)
{
	struct shown shown = { 0 };
	struct sw_analysis *a = analysis_new(&everything, &shown);
	struct sw_outcome o;
	struct sw_socket *sk;
	union sw_event ev;
	uint64_t pos = 0;
	unsigned int kept = 0;

	(void)state;
	tell_all(a);
	assert_int_equal(sw_analysis__end(a, 4 * S, &o), 0);
	assert_int_equal(shown.events, 3); /* the woken task is on its wake-up's */
	assert_int_equal(o.totals->by_kind[SW_REC_WOKEN], 1);
	assert_int_equal(sw_latency__all(o.latency)->gap[SW_GAP_RUN].count, 1);
	assert_int_equal(o.n_findings, 1);
	assert_int_equal(o.findings[0]->kind, SW_FINDING_STUCK_WAIT);
	assert_non_null(sw_moments__of(o.moments, o.findings[0]));
	sk = sw_sockets__find(sw_trace__sockets(sw_analysis__trace(a)), 7);
	while (sw_timeline__next(sw_analysis__timeline(a), sk, &pos, &ev))
		kept++;
	assert_int_equal(kept, 4);
	sw_analysis__free(a);
}

/* What is not asked for is not there. */
static void test_nothing(void **state)
{
	struct shown shown = { 0 };
	struct sw_analysis *a = analysis_new(&(struct sw_analysis_opts){ 0 }, &shown);
	struct sw_outcome o;

	(void)state;
	tell_all(a);
	assert_int_equal(sw_analysis__end(a, 4 * S, &o), 0);
	assert_int_equal(shown.events, 3);
	assert_null(o.latency);
	assert_null(o.moments);
	assert_int_equal(o.n_findings, 0);
	assert_null(sw_analysis__timeline(a));
	sw_analysis__free(a);
}

/* A sink that can take no more ends it; the outcome is that of what was there. */
static void test_failing_sink(void **state)
{
	struct shown shown = { .fails = -EPIPE };
	struct sw_analysis *a = analysis_new(&everything, &shown);
	struct sw_outcome o;

	(void)state;
	TELL(sw_analysis__trace(a), WAKEUP, wakeup, S, .sock = 7, .state = STATE_ESTABLISHED);
	assert_int_equal(sw_analysis__settle(a, 2 * S), -EPIPE);
	assert_int_equal(sw_analysis__end(a, 2 * S, &o), 0);
	assert_int_equal(o.totals->by_kind[SW_REC_WAKEUP], 1);
	assert_non_null(o.latency);
	sw_analysis__free(a);
}

/* A socket that is forgotten is told of once, and nobody holds on to it. */
static void test_forget(void **state)
{
	struct shown shown = { 0 };
	struct sw_analysis_opts opts = everything;
	struct sw_analysis *a;
	struct sw_outcome o;

	(void)state;
	opts.timeline_bytes = 0;
	a = analysis_new(&opts, &shown);
	tell_all(a);
	TELL(sw_analysis__trace(a), DESTROY, destroy, 5 * S, .sock = 7);
	for (uint64_t i = 0; i < 2 * SW_TRACE_LINGER; i++) {
		tell_name(sw_analysis__trace(a), 100 + i);
		TELL(sw_analysis__trace(a), DESTROY, destroy, 6 * S + i, .sock = 100 + i);
	}
	assert_null(sw_sockets__find(sw_trace__sockets(sw_analysis__trace(a)), 7));
	assert_int_equal(shown.forgotten, SW_TRACE_LINGER + 1);
	assert_int_equal(sw_analysis__end(a, 7 * S, &o), 0);
	assert_int_equal(o.n_findings, 1);
	sw_analysis__free(a);
}

/* Out of memory at each of its allocations: NULL, and nothing leaks. */
static void test_out_of_memory(void **state)
{
	const struct sw_analysis_sink sink = { .event = on_event };
	struct sw_analysis *a = NULL;
	unsigned long at;

	(void)state;
	for (at = 1; !a; at++) {
		alloc_fail_in = at;
		a = sw_analysis__new(&info, &everything, &sink);
		assert_true(!a == !alloc_fail_in);
		alloc_fail_in = 0;
	}
	assert_true(at > 7); /* itself, and at least one for each of its parts */
	sw_analysis__free(a);
	sw_analysis__free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),   cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_failing_sink), cmocka_unit_test(test_forget),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
