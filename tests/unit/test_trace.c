// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "core/timeline.h"
#include "core/trace.h"
#include "samples.h"

/* What the sink saw last. */
struct seen {
	unsigned int n;
	int result; /* that it returns */
	uint64_t id, key;
	bool known, destroyed;
	uint8_t kind;
};

static int see(void *arg, struct sw_socket *sk, const union sw_event *ev)
{
	struct seen *seen = arg;

	seen->n++;
	seen->id = sk->id;
	seen->key = sk->key;
	seen->known = sk->known;
	seen->destroyed = sk->destroyed;
	seen->kind = ev->hdr.kind;
	return seen->result;
}

#define FEED(t, rec) sw_trace__feed(t, &(rec), sizeof(rec))

static void feed_wakeup(struct sw_trace *t, uint64_t key, uint64_t ts)
{
	struct sw_rec_wakeup rec = sample_wakeup();

	rec.sock = key;
	rec.hdr.ts = ts;
	assert_int_equal(FEED(t, rec), 0);
}

static void feed_destroy(struct sw_trace *t, uint64_t key, uint64_t ts)
{
	struct sw_rec_destroy rec = sample_destroy();

	rec.sock = key;
	rec.hdr.ts = ts;
	assert_int_equal(FEED(t, rec), 0);
}

static void test_feed(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct seen seen = { 0 };
	struct sw_trace *t = sw_trace__new(&info, see, &seen);
	struct sw_rec_socket name = sample_socket();
	struct sw_rec_unix paths = sample_unix();
	struct sw_rec_wait wait = sample_wait();
	struct sw_trace_totals totals;
	struct sw_socket *sk;

	(void)state;
	/* Names are not events, but number the sockets. */
	assert_int_equal(FEED(t, paths), 0); /* 8 */
	assert_int_equal(FEED(t, name), 0);  /* 7 */
	assert_int_equal(seen.n, 0);
	feed_wakeup(t, 7, 300);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.id, 2);
	assert_true(seen.known);
	assert_int_equal(seen.kind, SW_REC_WAKEUP);
	/* Overtaken by the one before. */
	feed_wakeup(t, 7, 200);
	assert_int_equal(FEED(t, wait), 0); /* 9 */
	assert_int_equal(seen.id, 3);
	assert_false(seen.known);
	feed_destroy(t, 7, 400);
	assert_int_equal(seen.id, 2);
	assert_true(seen.destroyed);

	sk = sw_sockets__get(sw_trace__sockets(t), 7);
	assert_int_equal(sk->id, 2);
	assert_int_equal(sk->first_ts, 200);
	assert_int_equal(sk->last_ts, 400);
	assert_int_equal(sk->events, 3);
	assert_int_equal(sk->state, sample_wakeup().state);

	sw_trace__totals(t, &totals);
	assert_int_equal(totals.by_kind[SW_REC_SOCKET], 1);
	assert_int_equal(totals.by_kind[SW_REC_UNIX], 1);
	assert_int_equal(totals.by_kind[SW_REC_WAKEUP], 2);
	assert_int_equal(totals.by_kind[SW_REC_WAIT], 1);
	assert_int_equal(totals.by_kind[SW_REC_DESTROY], 1);
	assert_int_equal(totals.sockets, 3);
	assert_int_equal(totals.first_ts, 200);
	assert_int_equal(totals.last_ts, SAMPLE_TS);
	assert_true(totals.complete);
	sw_trace__free(t);
}

static void test_malformed(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct seen seen = { 0 };
	struct sw_trace *t = sw_trace__new(&info, see, &seen);
	struct sw_rec_wakeup rec = sample_wakeup();
	struct sw_trace_totals totals;

	(void)state;
	assert_int_equal(sw_trace__feed(t, &rec, 3), 0);
	rec.hdr.kind = SW_REC_COUNT; /* of a newer sockwake */
	assert_int_equal(FEED(t, rec), 0);
	rec = sample_wakeup();
	rec.hdr.hook = SW_HOOK_COUNT;
	assert_int_equal(FEED(t, rec), 0);
	assert_int_equal(seen.n, 0);
	sw_trace__totals(t, &totals);
	assert_int_equal(totals.malformed, 3);
	assert_int_equal(totals.sockets, 0);
	assert_false(totals.complete);
	sw_trace__free(t);
}

static void test_sink(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct seen seen = { .result = -EPIPE };
	struct sw_rec_wakeup rec = sample_wakeup();
	struct sw_trace *t = sw_trace__new(&info, see, &seen);

	(void)state;
	assert_int_equal(FEED(t, rec), -EPIPE);
	sw_trace__free(t);
	t = sw_trace__new(&info, NULL, NULL);
	assert_int_equal(FEED(t, rec), 0);
	sw_trace__free(t);
}

/* Each cause and hook adds up, and any loss makes the trace incomplete. */
static void test_totals(void **state)
{
	struct sw_trace_info info = { .n_hooks = 2 };
	struct sw_trace *t = sw_trace__new(&info, NULL, NULL);
	struct sw_trace_totals totals;

	(void)state;
	for (unsigned int h = 0; h < 3; h++) { /* the third is beyond n_hooks */
		info.hooks[h].count.hits = 100;
		info.hooks[h].count.delivered = 30;
		info.hooks[h].count.filtered = 7;
	}
	sw_trace__totals(t, &totals);
	assert_int_equal(totals.hits, 200);
	assert_int_equal(totals.delivered, 60);
	assert_int_equal(totals.filtered, 14);
	assert_true(totals.complete);
	for (unsigned int k = 0; k < SW_LOST_COUNT; k++) {
		info.hooks[0].count.lost[k] = k + 1;
		info.hooks[1].count.lost[k] = 10;
	}
	sw_trace__totals(t, &totals);
	for (unsigned int k = 0; k < SW_LOST_COUNT; k++)
		assert_int_equal(totals.lost[k], k + 11);
	assert_int_equal(totals.lost_all, SW_LOST_COUNT * (SW_LOST_COUNT + 21) / 2);
	assert_false(totals.complete);
	sw_trace__free(t);
}

/* Without a timeline a dead socket lingers, so that what it overtook has a name. */
static void test_linger(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct seen seen = { 0 };
	struct sw_trace *t = sw_trace__new(&info, see, &seen);
	struct sw_rec_socket name = sample_socket();

	(void)state;
	assert_int_equal(FEED(t, name), 0);
	feed_destroy(t, 7, 1);
	feed_destroy(t, 7, 2); /* said twice: it must not linger twice */
	feed_wakeup(t, 7, 1);
	assert_int_equal(seen.id, 1);
	assert_true(seen.known && seen.destroyed);
	for (unsigned int i = 0; i < SW_TRACE_LINGER - 1; i++)
		feed_destroy(t, 1000 + i, 3);
	feed_wakeup(t, 7, 4);
	assert_int_equal(seen.id, 1);

	feed_destroy(t, 5000, 5);
	assert_int_equal(sw_sockets__held(sw_trace__sockets(t)), SW_TRACE_LINGER);
	/* Now it is another, of which nothing is known. */
	feed_wakeup(t, 7, 6);
	assert_int_equal(seen.id, SW_TRACE_LINGER + 2);
	assert_false(seen.known || seen.destroyed);

	for (unsigned int i = 0; i < 3 * SW_TRACE_LINGER; i++)
		feed_destroy(t, 10000 + i, 7);
	assert_int_equal(sw_sockets__held(sw_trace__sockets(t)), SW_TRACE_LINGER + 1);
	sw_trace__free(t);
}

static void test_timeline(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct seen seen = { 0 };
	struct sw_trace *t = sw_trace__new(&info, see, &seen);
	struct sw_sockets *s = sw_trace__sockets(t);
	struct sw_timeline *tl = sw_timeline__new(4096, s);
	struct sw_rec_socket name = sample_socket();
	struct sw_rec_wait wait = sample_wait();
	union sw_event ev;
	uint64_t pos = 0;

	(void)state;
	sw_trace__set_timeline(t, tl);
	assert_int_equal(FEED(t, name), 0);
	feed_wakeup(t, 7, 10);
	wait.sock = 7;
	assert_int_equal(FEED(t, wait), 0);
	feed_destroy(t, 7, 30);
	assert_true(sw_timeline__next(tl, sw_sockets__get(s, 7), &pos, &ev));
	assert_int_equal(ev.hdr.kind, SW_REC_WAKEUP);
	assert_true(sw_timeline__next(tl, sw_sockets__get(s, 7), &pos, &ev));
	assert_int_equal(ev.hdr.kind, SW_REC_WAIT);
	assert_true(sw_timeline__next(tl, sw_sockets__get(s, 7), &pos, &ev));
	assert_int_equal(ev.hdr.kind, SW_REC_DESTROY);
	assert_false(sw_timeline__next(tl, sw_sockets__get(s, 7), &pos, &ev));

	/* Short-lived sockets come and go; memory does not grow. */
	for (uint64_t i = 0; i < 10000; i++) {
		feed_wakeup(t, 1000 + i, 100 + i);
		feed_destroy(t, 1000 + i, 100 + i);
	}
	assert_true(sw_sockets__held(s) < 60);
	assert_int_equal(sw_sockets__seen(s), 10001);
	feed_wakeup(t, 7, 20000);
	assert_false(seen.known);

	/* Without it, what was dead but kept goes at once. */
	feed_wakeup(t, 5, 30000);
	sw_trace__set_timeline(t, NULL);
	assert_int_equal(sw_sockets__held(s), 2);
	assert_int_equal(sw_sockets__get(s, 5)->kept, 0);
	feed_wakeup(t, 5, 30001);
	/* And what lingered goes when there is one again. */
	sw_timeline__free(tl);
	tl = sw_timeline__new(4096, s);
	feed_destroy(t, 5, 30002);
	sw_trace__set_timeline(t, tl);
	assert_int_equal(sw_sockets__held(s), 1);
	sw_trace__set_timeline(t, NULL);
	for (unsigned int i = 0; i < 2 * SW_TRACE_LINGER; i++)
		feed_destroy(t, 50000 + i, 40000);
	assert_int_equal(sw_sockets__held(s), SW_TRACE_LINGER + 1);
	sw_timeline__free(tl);
	sw_trace__free(t);
}

static void test_out_of_memory(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct sw_rec_unix paths = sample_unix();
	struct sw_trace *t;

	(void)state;
	for (unsigned long at = 1; at <= 2; at++) {
		alloc_fail_in = at;
		assert_null(sw_trace__new(&info, NULL, NULL));
		assert_int_equal(alloc_fail_in, 0);
	}
	t = sw_trace__new(&info, NULL, NULL);
	alloc_fail_in = 1;
	assert_int_equal(FEED(t, paths), -ENOMEM);
	feed_wakeup(t, paths.sock, 1);
	alloc_fail_in = 1;
	assert_int_equal(FEED(t, paths), -ENOMEM);
	assert_int_equal(FEED(t, paths), 0);
	sw_trace__free(t);
	sw_trace__free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_feed),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_sink),
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_linger),
		cmocka_unit_test(test_timeline),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
