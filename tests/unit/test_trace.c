// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "core/timeline.h"
#include "core/trace.h"
#include "samples.h"
#include "story.h"

/* What the sink saw last. */
struct seen {
	unsigned int n;
	int result; /* that it returns */
	uint64_t id, key;
	bool known, destroyed;
	uint8_t kind;
};

static int see(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct seen *seen = arg;

	seen->n++;
	seen->id = sk->id;
	seen->key = sk->key;
	seen->known = sk->known;
	seen->destroyed = sk->destroyed;
	seen->kind = told->ev->hdr.kind;
	return seen->result;
}

#define FEED(t, rec) sw_trace__feed(t, &(rec), sizeof(rec))

static void feed_wakeup(struct sw_trace *t, uint64_t key, uint64_t ts)
{
	struct sw_rec_wakeup rec = sample_wakeup();

	rec.sock = key;
	rec.hdr.ts = ts;
	assert_int_equal(FEED(t, rec), 0);
	/* What is held back has tests of its own. */
	assert_int_equal(sw_trace__settle(t, UINT64_MAX), 0);
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
	assert_int_equal(FEED(t, rec), 0);
	assert_int_equal(sw_trace__settle(t, UINT64_MAX), -EPIPE);
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

/* What a loss may have hidden depends on the hook, and on what was lost of it. */
static void test_lost_kinds(void **state)
{
	static const struct {
		enum sw_hook hook;
		enum sw_loss why;
		bool ends, deeds;
	} rows[] = {
		{ SW_HOOK_DESTRUCT, SW_LOST_MISSED, true, false },
		{ SW_HOOK_RCU_DESTRUCT, SW_LOST_RECURSION, true, false },
		{ SW_HOOK_DEF_DESTRUCT, SW_LOST_RING, true, false },
		{ SW_HOOK_DEF_READABLE, SW_LOST_MISSED, false, true },
		{ SW_HOOK_IO, SW_LOST_UNMATCHED, false, true },
		{ SW_HOOK_WOKEN, SW_LOST_SOCKETS, false, true },
		{ SW_HOOK_DEF_READABLE, SW_LOST_ORIGINS, false, false },
		{ SW_HOOK_DEF_READABLE, SW_LOST_STACKS, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sw_trace_info info = { .n_hooks = SW_HOOK_COUNT };
		struct sw_trace *t = sw_trace__new(&info, NULL, NULL);
		struct sw_trace_totals totals;

		info.hooks[rows[i].hook].count.lost[rows[i].why] = 1;
		sw_trace__totals(t, &totals);
		if (totals.lost_ends != rows[i].ends || totals.lost_deeds != rows[i].deeds)
			fail_row(i, "ends: %d, deeds: %d", totals.lost_ends, totals.lost_deeds);
		assert_false(totals.complete);
		sw_trace__free(t);
	}
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

/* What was told, a line each: kind, socket, time and how many were woken. */
struct log {
	struct sw_trace *t;
	struct sw_buf text;
	int result;
};

static int take_down(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	static const char *const kinds[] = {
#define KIND(id, name, ...) [SW_REC_##id] = #name,
		SW_KINDS(KIND)
#undef KIND
	};
	struct log *log = arg;

	sw_buf__printf(&log->text, "%s %llu @%llu", kinds[told->ev->hdr.kind],
		       (unsigned long long)sk->key, (unsigned long long)told->ev->hdr.ts);
	assert_int_equal(!told->woken, !told->n_woken);
	for (unsigned int i = 0; i < told->n_woken; i++) {
		assert_int_equal(told->woken[i].sock, sk->key);
		assert_int_equal(told->woken[i].wakeup_ts, told->ev->hdr.ts);
		sw_buf__printf(&log->text, " +%u", told->woken[i].tid);
	}
	sw_buf__putc(&log->text, '\n');
	return log->result;
}

static void log__open(struct log *log)
{
	static const struct sw_trace_info info = { .n_hooks = 0 };

	*log = (struct log){ .t = sw_trace__new(&info, take_down, log) };
	assert_non_null(log->t);
}

static void log__close(struct log *log)
{
	sw_trace__free(log->t);
	sw_buf__free(&log->text);
}

#define WAKE(log, key, ts) TELL((log)->t, WAKEUP, wakeup, ts, .sock = (key), .state = 1)
#define WOKEN(log, key, ts, id)                                                           \
	TELL((log)->t, WOKEN, woken, (ts) + 1, .sock = (key), .wakeup_ts = (ts),           \
	     .woken_ts = (ts) + 9, .tid = (id))
#define RUN(log, key, ts) TELL((log)->t, RUN, run, ts, .sock = (key))

static void test_join(void **state)
{
	struct log log;

	(void)state;
	log__open(&log);
	WAKE(&log, 7, 100);
	WOKEN(&log, 7, 100, 1);
	WOKEN(&log, 7, 100, 2);
	WOKEN(&log, 8, 100, 3); /* of another socket: none held is its own */
	WOKEN(&log, 7, 99, 4);	/* nor of another time */
	assert_buf(&log.text, "woken 8 @101\nwoken 7 @100\n");
	/* Not yet: one more may come. */
	assert_int_equal(sw_trace__settle(log.t, 101), 0);
	RUN(&log, 9, 101);
	assert_buf(&log.text, "run 9 @101\n");
	RUN(&log, 9, 102);
	assert_buf(&log.text, "wakeup 7 @100 +1 +2\nrun 9 @102\n");
	WOKEN(&log, 7, 100, 5); /* too late */
	assert_buf(&log.text, "woken 7 @101\n");
	/* The room of those that were told is used again, but not what it held. */
	WAKE(&log, 7, 200);
	assert_int_equal(sw_trace__settle(log.t, 202), 0);
	assert_buf(&log.text, "wakeup 7 @200\n");
	log__close(&log);
}

/* Several at a time, each with its own, told in order of time. */
static void test_join_several(void **state)
{
	struct log log;

	(void)state;
	log__open(&log);
	WAKE(&log, 2, 101);
	WAKE(&log, 1, 100); /* overtaken */
	WAKE(&log, 3, 100);
	WOKEN(&log, 1, 100, 10);
	WOKEN(&log, 3, 100, 30);
	WOKEN(&log, 1, 100, 11);
	assert_int_equal(log.text.len, 0);
	WOKEN(&log, 2, 101, 20);
	assert_buf(&log.text, "wakeup 1 @100 +10 +11\nwakeup 3 @100 +30\n");
	RUN(&log, 4, 102);
	assert_buf(&log.text, "run 4 @102\n");
	assert_int_equal(sw_trace__settle(log.t, UINT64_MAX), 0);
	assert_buf(&log.text, "wakeup 2 @101 +20\n");
	/* A name that comes later than they could be is a sign, too. */
	WAKE(&log, 1, 110);
	TELL(log.t, SOCKET, socket, 112, .sock = 6);
	assert_buf(&log.text, "wakeup 1 @110\n");
	/* A ninth pushes the oldest out. */
	for (unsigned int i = 0; i < 9; i++)
		WAKE(&log, 10 + i, 120);
	assert_buf(&log.text, "wakeup 10 @120\n");
	for (unsigned int i = 0; i < 9; i++)
		WOKEN(&log, 10 + i, 120, i);
	assert_buf(&log.text, "woken 10 @121\n");
	assert_int_equal(sw_trace__settle(log.t, 122), 0);
	assert_buf(&log.text, "wakeup 11 @120 +1\nwakeup 12 @120 +2\nwakeup 13 @120 +3\n"
			      "wakeup 14 @120 +4\nwakeup 15 @120 +5\nwakeup 16 @120 +6\n"
			      "wakeup 17 @120 +7\nwakeup 18 @120 +8\n");
	/* The end of time is no special time. */
	WAKE(&log, 1, UINT64_MAX);
	WAKE(&log, 2, UINT64_MAX - 1);
	assert_int_equal(sw_trace__settle(log.t, UINT64_MAX - 1), 0);
	assert_int_equal(log.text.len, 0);
	assert_int_equal(sw_trace__settle(log.t, UINT64_MAX), 0);
	assert_buf(&log.text, "wakeup 2 @18446744073709551614\nwakeup 1 @18446744073709551615\n");
	log__close(&log);
}

/* The end of a socket comes after all that happened before, and drops nothing held. */
static void test_join_destroy(void **state)
{
	struct log log;

	(void)state;
	log__open(&log);
	WAKE(&log, 1, 100);
	WAKE(&log, 2, 100);
	TELL(log.t, DESTROY, destroy, 100, .sock = 1);
	assert_buf(&log.text, "wakeup 1 @100\nwakeup 2 @100\ndestroy 1 @100\n");
	/* What its end overtook is told at once. */
	WAKE(&log, 1, 100);
	assert_buf(&log.text, "wakeup 1 @100\n");
	WOKEN(&log, 1, 100, 4);
	assert_buf(&log.text, "woken 1 @101\n");
	log__close(&log);
}

/*
 * Against a timeline so small that sockets are dropped all the time: what is held
 * never belongs to one that is gone (ASan says so), and what is told is all there.
 */
static void test_join_with_timeline(void **state)
{
	struct log log;
	struct sw_timeline *tl;
	uint64_t random = 5, ts = 1000;
	struct sw_socket *sk;
	union sw_event ev;
	uint64_t pos = 0;

	(void)state;
	log__open(&log);
	tl = sw_timeline__new(4096, sw_trace__sockets(log.t));
	sw_trace__set_timeline(log.t, tl);
	for (unsigned int i = 0; i < 20000; i++) {
		uint64_t r = test_random(&random), key = r % 40, late = (r >> 8) % 4;

		ts += (r >> 16) % 3;
		if ((r >> 24) % 4 == 0)
			TELL(log.t, DESTROY, destroy, ts, .sock = key);
		else if ((r >> 24) % 4 == 1)
			WOKEN(&log, key, ts - late, 1);
		else
			WAKE(&log, key, ts - late);
		sw_buf__reset(&log.text);
	}
	assert_int_equal(sw_trace__settle(log.t, UINT64_MAX), 0);
	sw_buf__reset(&log.text);

	/* The woken ones stand right behind, each an event. */
	WAKE(&log, 77, ts + 10);
	WOKEN(&log, 77, ts + 10, 1);
	WOKEN(&log, 77, ts + 10, 2);
	assert_int_equal(sw_trace__settle(log.t, UINT64_MAX), 0);
	sk = sw_sockets__get(sw_trace__sockets(log.t), 77);
	assert_int_equal(sk->events, 3);
	assert_int_equal(sk->kept, 3);
	assert_int_equal(sk->first_ts, ts + 10);
	assert_int_equal(sk->last_ts, ts + 11);
	assert_true(sw_timeline__next(tl, sk, &pos, &ev));
	assert_int_equal(ev.hdr.kind, SW_REC_WAKEUP);
	for (unsigned int i = 1; i <= 2; i++) {
		assert_true(sw_timeline__next(tl, sk, &pos, &ev));
		assert_int_equal(ev.hdr.kind, SW_REC_WOKEN);
		assert_int_equal(ev.woken_rec.tid, i);
	}
	assert_false(sw_timeline__next(tl, sk, &pos, &ev));
	log__close(&log);
	sw_timeline__free(tl);
}

/* A file that says that a wake-up woke millions is not kept in memory. */
static void test_join_has_an_end(void **state)
{
	const char *last = " +4094 +4095\nwoken 7 @101\n";
	struct log log;

	(void)state;
	log__open(&log);
	WAKE(&log, 7, 100);
	for (unsigned int i = 0; i < 4096; i++)
		WOKEN(&log, 7, 100, i);
	assert_int_equal(log.text.len, 0);
	WOKEN(&log, 7, 100, 4096);
	assert_memory_equal(log.text.data, "wakeup 7 @100 +0 +1 +2", 22);
	assert_memory_equal(log.text.data + log.text.len - strlen(last), last, strlen(last));
	log__close(&log);
}

/* Nothing is allocated for an event once there was one as large. */
static void test_join_settles(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct sw_trace *t = sw_trace__new(&info, NULL, NULL);
	struct log log = { .t = t };
	unsigned long calls = 0;

	(void)state;
	for (uint64_t i = 1; i < 100; i++) {
		WAKE(&log, 7, 100 * i);
		for (unsigned int k = 0; k < 20; k++)
			WOKEN(&log, 7, 100 * i, k);
		if (i == 2) /* the first is told now, and its room is free */
			calls = alloc_calls;
	}
	assert_int_equal(alloc_calls, calls);
	sw_trace__free(t);
}

/* An error of the sink ends the trace wherever it comes, and leaves nothing behind. */
static void test_join_sink(void **state)
{
	struct sw_rec_destroy end = sample_destroy();
	struct sw_rec_wakeup rec = sample_wakeup();
	struct log log;

	(void)state;
	for (unsigned int how = 0; how < 4; how++) {
		log__open(&log);
		for (unsigned int i = 0; i < 8; i++) {
			rec.sock = i;
			assert_int_equal(FEED(log.t, rec), 0);
		}
		log.result = -EPIPE;
		if (how == 0) {
			assert_int_equal(FEED(log.t, end), -EPIPE);
		} else if (how == 1) {
			assert_int_equal(FEED(log.t, rec), -EPIPE); /* the ninth */
		} else if (how == 2) {
			rec.hdr.ts += 2;
			assert_int_equal(FEED(log.t, rec), -EPIPE);
			rec.hdr.ts -= 2;
		} else {
			assert_int_equal(sw_trace__settle(log.t, UINT64_MAX), -EPIPE);
		}
		assert_int_equal(log.text.len, strlen("wakeup 0 @1000000000\n"));
		log__close(&log);
	}
}

static void test_out_of_memory(void **state)
{
	struct sw_trace_info info = { .n_hooks = 0 };
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_woken woken = sample_woken();
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
	/* A task that there is no room for is said so, and the wake-up is still whole. */
	wakeup.hdr.ts = woken.wakeup_ts;
	assert_int_equal(FEED(t, wakeup), 0);
	alloc_fail_in = 1;
	assert_int_equal(FEED(t, woken), -ENOMEM);
	assert_int_equal(FEED(t, woken), 0);
	assert_int_equal(sw_trace__settle(t, UINT64_MAX), 0);
	assert_int_equal(sw_sockets__get(sw_trace__sockets(t), woken.sock)->events, 2);
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
		cmocka_unit_test(test_lost_kinds),
		cmocka_unit_test(test_linger),
		cmocka_unit_test(test_timeline),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_join_several),
		cmocka_unit_test(test_join_destroy),
		cmocka_unit_test(test_join_with_timeline),
		cmocka_unit_test(test_join_has_an_end),
		cmocka_unit_test(test_join_settles),
		cmocka_unit_test(test_join_sink),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
