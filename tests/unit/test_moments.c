// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "story.h"

#include "core/moments.h"

#define MS 1000000ULL

struct world {
	struct sw_trace_info info;
	struct sw_trace *trace;
	struct sw_finder *finder;
	struct sw_moments *moments;
};

static int sink(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct world *w = arg;
	int err = sw_moments__feed(w->moments, sk, told);

	return err ? err : sw_finder__feed(w->finder, sk, told);
}

static void on_drop(void *arg, struct sw_socket *sk)
{
	sw_moments__drop(((struct world *)arg)->moments, sk);
}

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	w->moments = sw_moments__new();
	w->finder = sw_finder__new(&(struct sw_thresholds){0});
	w->trace = sw_trace__new(&w->info, sink, w);
	sw_finder__set_trace(w->finder, w->trace);
	sw_finder__on_worst(w->finder, sw_moments__found, w->moments);
	sw_sockets__on_drop(sw_trace__sockets(w->trace), on_drop, w);
	return w;
}

static void world_free(struct world *w)
{
	sw_moments__free(w->moments);
	sw_finder__free(w->finder);
	sw_trace__free(w->trace);
	free(w);
}

/* The wait's end tells of its finding. */
static void stuck(struct world *w, uint64_t key, uint64_t ts, uint64_t begin)
{
	TELL(w->trace, WAIT, wait, ts, .sock = key, .begin = begin, .end = ts, .pid = 5, .tid = 5,
	     .op = SW_OP_SEND, .ended = SW_ENDED_OPEN, .comm = "writer");
}

static void end(struct world *w, const struct sw_finding *const **found, unsigned int *n)
{
	assert_int_equal(sw_trace__settle(w->trace, UINT64_MAX), 0);
	assert_int_equal(sw_finder__end(w->finder, 0, NULL), 0);
	*n = sw_finder__findings(w->finder, found);
}

static void test_worst_example_outlives_its_socket(void **state)
{
	struct world *w = world_new();
	const struct sw_finding *const *found;
	const struct sw_moment *m;
	union sw_event ev;
	unsigned int n;

	(void)state;
	tell_name(w->trace, 7);
	TELL(w->trace, WAKEUP, wakeup, 10 * MS, .sock = 7, .state = STATE_ESTABLISHED);
	stuck(w, 7, 5000 * MS, 20 * MS);
	TELL(w->trace, DESTROY, destroy, 5001 * MS, .sock = 7);
	/* So many end after it that nothing is known of it any more. */
	for (uint64_t i = 0; i < 2 * SW_TRACE_LINGER; i++) {
		tell_name(w->trace, 100 + i);
		TELL(w->trace, DESTROY, destroy, 5002 * MS + i, .sock = 100 + i);
	}
	assert_null(sw_sockets__find(sw_trace__sockets(w->trace), 7));
	end(w, &found, &n);
	assert_int_equal(n, 1);
	m = sw_moments__of(w->moments, found[0]);
	assert_non_null(m);
	assert_int_equal(m->sk.id, 1);
	assert_int_equal(m->sk.lport, 7);
	assert_int_equal(m->ts, 5000 * MS);
	/* One before the moment, itself, and what followed. */
	assert_int_equal(m->n, 3);
	assert_int_equal(sw_moment_event__told(&m->events[0], &ev).ev->hdr.kind, SW_REC_WAKEUP);
	assert_int_equal(sw_moment_event__told(&m->events[1], &ev).ev->hdr.ts, 5000 * MS);
	assert_int_equal(sw_moment_event__told(&m->events[2], &ev).ev->hdr.kind, SW_REC_DESTROY);
	world_free(w);
}

static void test_what_lay_for_long_begins_with_its_wakeup(void **state)
{
	struct world *w = world_new();
	const struct sw_moment *m;

	(void)state;
	tell_name(w->trace, 7);
	/* Twenty wake-ups, of which a call answers the first. */
	for (uint64_t i = 0; i < 20; i++)
		TELL(w->trace, WAKEUP, wakeup, (10 + i) * MS, .sock = 7, .rx_queued = 1 + i);
	TELL(w->trace, IO, io, 600 * MS, .sock = 7, .op = SW_OP_RECV, .result = 20, .pid = 5,
	     .tid = 5, .begin = 599 * MS, .wakeup_ts = 10 * MS);
	for (uint64_t i = 0; i < 4; i++)
		TELL(w->trace, WAKEUP, wakeup, (700 + i) * MS, .sock = 7, .rx_queued = 1);
	assert_int_equal(sw_trace__settle(w->trace, UINT64_MAX), 0);
	m = sw_moments__slow(w->moments, 0);
	assert_non_null(m);
	assert_int_equal(m->ts, 10 * MS);
	assert_int_equal(m->events[0].number, 0);
	assert_int_equal(m->events[0].ev.hdr.ts, 10 * MS);
	/* The others are those before the call, without a gap, and one after it. */
	assert_int_equal(m->events[1].number, 15);
	assert_int_equal(m->n, 1 + SW_MOMENT_RECENT + SW_MOMENT_AFTER_TAKEN);
	assert_int_equal(m->events[SW_MOMENT_RECENT].ev.hdr.kind, SW_REC_IO);
	assert_int_equal(m->events[m->n - 1].ev.hdr.ts, 700 * MS);
	assert_null(sw_moments__slow(w->moments, 1));
	world_free(w);
}

static void test_what_began_before_the_moment_is_left_out(void **state)
{
	struct world *w = world_new();
	const struct sw_moment *m;

	(void)state;
	tell_name(w->trace, 7);
	for (uint64_t i = 0; i < 20; i++)
		TELL(w->trace, WAKEUP, wakeup, (10 + i) * MS, .sock = 7, .rx_queued = 1 + i);
	TELL(w->trace, RUN, run, 40 * MS, .sock = 7, .pid = 5, .tid = 5, .wakeup_ts = 28 * MS,
	     .woken_ts = 28 * MS);
	assert_int_equal(sw_trace__settle(w->trace, UINT64_MAX), 0);
	m = sw_moments__slow(w->moments, 0);
	assert_non_null(m);
	/* The wake-up before it, the wake-up, one more, and the run. */
	assert_int_equal(m->n, 4);
	assert_int_equal(m->events[0].ev.hdr.ts, 27 * MS);
	assert_int_equal(m->events[3].ev.hdr.kind, SW_REC_RUN);
	world_free(w);
}

/* What a finding is of may be further back than what is kept: so it is said. */
static void test_what_is_too_far_back(void **state)
{
	struct sw_finding f = {.kind = SW_FINDING_NO_WAITER};
	struct world *w = world_new();
	const struct sw_socket *sk;

	(void)state;
	tell_name(w->trace, 7);
	for (uint64_t i = 0; i < 20; i++)
		TELL(w->trace, WAKEUP, wakeup, (10 + i) * MS, .sock = 7);
	assert_int_equal(sw_trace__settle(w->trace, UINT64_MAX), 0);
	sk = sw_sockets__find(sw_trace__sockets(w->trace), 7);
	for (f.worst_ts = 10 * MS; f.worst_ts < 30 * MS; f.worst_ts += MS) {
		sw_moments__found(w->moments, &f, sk);
		/* The first one is kept, and the last ones. */
		assert_int_equal(sw_moment__is_earlier(sw_moments__of(w->moments, &f)),
				 f.worst_ts > 10 * MS && f.worst_ts < 24 * MS);
	}
	world_free(w);
}

static void run(struct world *w, uint64_t key, uint64_t ts, uint64_t late)
{
	TELL(w->trace, RUN, run, ts, .sock = key, .pid = 5, .tid = 5, .wakeup_ts = ts - late,
	     .woken_ts = ts - late);
}

static void test_slowest_of_each_socket(void **state)
{
	struct world *w = world_new();
	uint64_t i;

	(void)state;
	/* The later, the slower; the last of all is fast. */
	for (i = 1; i <= SW_MOMENTS_SLOW + 4; i++)
		run(w, i, i * 1000, i * 10);
	run(w, 3, 900000, 500);
	run(w, 3, 910000, 400);
	run(w, 4, 920000, 1);
	assert_int_equal(sw_trace__settle(w->trace, UINT64_MAX), 0);
	assert_int_equal(sw_moments__slow(w->moments, 0)->sk.id, 3);
	assert_int_equal(sw_moments__slow(w->moments, 0)->ts, 900000 - 500);
	for (i = 1; i < SW_MOMENTS_SLOW; i++)
		assert_int_equal(sw_moments__slow(w->moments, i)->sk.id, SW_MOMENTS_SLOW + 5 - i);
	assert_null(sw_moments__slow(w->moments, i));
	world_free(w);
}

static void test_silent_sockets_make_room(void **state)
{
	struct world *w = world_new();
	struct sw_sockets *sockets = sw_trace__sockets(w->trace);
	unsigned int remembered = 0;

	(void)state;
	for (uint64_t i = 1; i <= SW_MOMENTS_SOCKETS + 1; i++)
		TELL(w->trace, WAKEUP, wakeup, i * MS, .sock = i);
	assert_int_equal(sw_trace__settle(w->trace, UINT64_MAX), 0);
	for (struct sw_socket *sk = NULL; (sk = sw_sockets__next(sockets, sk));)
		remembered += sk->recent != NULL;
	assert_int_equal(remembered, SW_MOMENTS_SOCKETS);
	assert_null(sw_sockets__find(sockets, 1)->recent);
	assert_non_null(sw_sockets__find(sockets, 2)->recent);
	world_free(w);
}

static void test_more_severe_findings_take_places(void **state)
{
	struct world *w = world_new();
	struct sw_finding f[SW_MOMENTS_MAX + 2] = {{0}};
	struct sw_socket *sk;
	unsigned int i;

	(void)state;
	TELL(w->trace, WAKEUP, wakeup, MS, .sock = 1);
	assert_int_equal(sw_trace__settle(w->trace, UINT64_MAX), 0);
	sk = sw_sockets__find(sw_trace__sockets(w->trace), 1);
	for (i = 0; i < SW_MOMENTS_MAX + 1; i++) {
		f[i].severity = i == 5 ? SW_INFO : SW_WARNING;
		sw_moments__found(w->moments, &f[i], sk);
	}
	/* The one too many is no more severe than most, but than one. */
	assert_null(sw_moments__of(w->moments, &f[5]));
	assert_non_null(sw_moments__of(w->moments, &f[SW_MOMENTS_MAX]));
	f[i].severity = SW_INFO;
	sw_moments__found(w->moments, &f[i], sk);
	assert_null(sw_moments__of(w->moments, &f[i]));
	f[i].severity = SW_CRITICAL;
	sw_moments__found(w->moments, &f[i], sk);
	assert_non_null(sw_moments__of(w->moments, &f[i]));
	world_free(w);
}

static void test_out_of_memory(void **state)
{
	struct world *w = world_new();
	struct sw_rec_wait rec = sample_wait();
	struct sw_socket *sk = sw_sockets__get(sw_trace__sockets(w->trace), rec.sock);

	(void)state;
	/* The socket is there: what is remembered of it is what is made first. */
	alloc_fail_in = 1;
	assert_int_equal(sw_trace__feed(w->trace, &rec, sizeof(rec)), -ENOMEM);
	assert_int_equal(alloc_fail_in, 0);
	assert_null(sk->recent);
	assert_int_equal(sw_trace__feed(w->trace, &rec, sizeof(rec)), 0);
	assert_non_null(sk->recent);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worst_example_outlives_its_socket),
		cmocka_unit_test(test_what_lay_for_long_begins_with_its_wakeup),
		cmocka_unit_test(test_what_began_before_the_moment_is_left_out),
		cmocka_unit_test(test_what_is_too_far_back),
		cmocka_unit_test(test_slowest_of_each_socket),
		cmocka_unit_test(test_silent_sockets_make_room),
		cmocka_unit_test(test_more_severe_findings_take_places),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
