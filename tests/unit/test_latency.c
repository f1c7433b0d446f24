// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "story.h"

#include "core/latency.h"

/* ASan's, of whose header not every compiler has a copy. */
size_t __sanitizer_get_current_allocated_bytes(void);

static const struct sw_trace_info info = { .n_hooks = 0 };

static int feed(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	return sw_latency__feed(arg, sk, told);
}

struct both {
	struct sw_latency *l;
	struct sw_trace *t;
};

static struct both both__new(void)
{
	struct both b = { .l = sw_latency__new() };

	assert_non_null(b.l);
	b.t = sw_trace__new(&info, feed, b.l);
	assert_non_null(b.t);
	return b;
}

static void both__free(struct both *b)
{
	sw_trace__free(b->t);
	sw_latency__free(b->l);
}

#define WAKE(b, key, ts) TELL((b)->t, WAKEUP, wakeup, ts, .sock = (key), .state = STATE_ESTABLISHED)
#define WOKEN(b, key, ts, at, id)                                                        \
	TELL((b)->t, WOKEN, woken, (ts) + 1, .sock = (key), .wakeup_ts = (ts),           \
	     .woken_ts = (at), .pid = 10, .tid = (id), .comm = "early")
#define RUN(b, key, wake, woken, at, id)                                                 \
	TELL((b)->t, RUN, run, at, .sock = (key), .wakeup_ts = (wake), .woken_ts = (woken), \
	     .pid = 10, .tid = (id), .comm = "runs")
#define IO(b, key, wake, ran, at, id, res)                                               \
	TELL((b)->t, IO, io, at, .sock = (key), .wakeup_ts = (wake), .run_ts = (ran),    \
	     .begin = (at), .result = (res), .op = SW_OP_RECV, .pid = 10, .tid = (id),   \
	     .comm = "takes")

/* A gap of one value, or of none (ns 0). */
static void assert_gap(const struct sw_latencies *lat, enum sw_gap gap, uint64_t n, uint64_t ns)
{
	assert_int_equal(lat->gap[gap].count, n);
	assert_int_equal(lat->gap[gap].max, ns);
}

static void test_gaps(void **state)
{
	struct both b = both__new();
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	const struct sw_latencies *all = sw_latency__all(b.l);

	(void)state;
	tell_name(b.t, 7);
	WAKE(&b, 7, 1000);
	WOKEN(&b, 7, 1000, 1010, 1);
	RUN(&b, 7, 1000, 1010, 1200, 1);
	IO(&b, 7, 1000, 1200, 1700, 1, 0); /* an end of file was taken, too */
	for (int i = 0; i < 2; i++) {
		const struct sw_latencies *lat = all;

		if (i) {
			assert_int_equal(sw_latency__sockets(b.l, &sockets), 1);
			assert_int_equal(sockets[0]->id, 1);
			assert_string_equal(sockets[0]->name, "tcp 127.0.0.1:7 < 127.0.0.1:43210");
			assert_false(sockets[0]->listener);
			lat = &sockets[0]->lat;
		}
		assert_gap(lat, SW_GAP_WOKEN, 1, 10);
		assert_gap(lat, SW_GAP_RUN, 1, 190);
		assert_gap(lat, SW_GAP_TAKE, 1, 500);
		assert_gap(lat, SW_GAP_ALL, 1, 700);
	}
	assert_int_equal(sw_latency__tasks(b.l, &tasks), 1);
	assert_int_equal(tasks[0]->tid, 1);
	assert_string_equal(tasks[0]->comm, "takes");
	assert_gap(&tasks[0]->lat, SW_GAP_WOKEN, 1, 10);
	assert_gap(&tasks[0]->lat, SW_GAP_ALL, 1, 700);
	assert_int_equal(tasks[0]->worst.woken_ts, 1010);
	both__free(&b);
}

/* Found awake; woken late; taken by one that was not woken; not taken at all. */
static void test_what_counts(void **state)
{
	struct both b = both__new();
	const struct sw_latencies *all = sw_latency__all(b.l);
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	const struct sw_slow *slowest;

	(void)state;
	WAKE(&b, 7, 1000);
	TELL(b.t, WOKEN, woken, 1001, .sock = 7, .wakeup_ts = 1000, .woken_ts = 1005, .tid = 1,
	     .hdr.flags = SW_F_AWAKE);
	assert_int_equal(sw_trace__settle(b.t, UINT64_MAX), 0);
	TELL(b.t, DESTROY, destroy, 1002, .sock = 8);
	assert_int_equal(sw_latency__sockets(b.l, &sockets), 0);
	assert_int_equal(sw_latency__tasks(b.l, &tasks), 0);
	assert_int_equal(sw_latency__slowest(b.l, &slowest), 0);

	WOKEN(&b, 7, 1000, 1020, 2); /* its wake-up was told before it came */
	assert_gap(all, SW_GAP_WOKEN, 1, 20);
	IO(&b, 7, 1000, 0, 1300, 3, 64);
	assert_gap(all, SW_GAP_ALL, 1, 300);
	assert_gap(all, SW_GAP_TAKE, 0, 0);
	assert_int_equal(sw_latency__tasks(b.l, &tasks), 1);
	assert_int_equal(tasks[0]->tid, 2);
	assert_gap(&tasks[0]->lat, SW_GAP_ALL, 0, 0);
	assert_int_equal(sw_latency__slowest(b.l, &slowest), 1);
	assert_int_equal(slowest[0].tid, 3);
	assert_int_equal(slowest[0].total_ns, 300);
	assert_int_equal(slowest[0].take_ts, 1300);
	assert_int_equal(slowest[0].run_ts, 0);
	assert_int_equal(slowest[0].woken_ts, 0);

	IO(&b, 7, 1000, 1400, 9000, 2, -EAGAIN);
	assert_gap(all, SW_GAP_ALL, 1, 300);
	assert_gap(all, SW_GAP_TAKE, 0, 0);
	both__free(&b);
}

static void test_slowest(void **state)
{
	struct both b = both__new();
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	const struct sw_slow *s;

	(void)state;
	/* 1, 8, 2, 7, 3, 6, 4, 5 times 100 ns to run, by as many sockets and tasks. */
	for (uint64_t i = 0; i < 8; i++) {
		uint64_t n = i % 2 ? 8 - i / 2 : 1 + i / 2;

		tell_name(b.t, 100 + n);
		RUN(&b, 100 + n, 1000, 1010, 1000 + 100 * n, n);
	}
	assert_int_equal(sw_latency__slowest(b.l, &s), SW_SLOWEST);
	for (unsigned int i = 0; i < SW_SLOWEST; i++) {
		assert_int_equal(s[i].total_ns, 800 - 100 * i);
		assert_int_equal(s[i].tid, 8 - i);
		assert_int_equal(s[i].take_ts, 0);
	}
	/* Once it is taken it is the same one, but longer. */
	IO(&b, 106, 1000, 1600, 2900, 6, 1);
	assert_int_equal(sw_latency__slowest(b.l, &s), SW_SLOWEST);
	assert_int_equal(s[0].tid, 6);
	assert_int_equal(s[0].total_ns, 1900);
	assert_int_equal(s[0].wakeup_ts, 1000);
	assert_int_equal(s[0].woken_ts, 1010);
	assert_int_equal(s[0].run_ts, 1600);
	assert_int_equal(s[0].take_ts, 2900);
	assert_string_equal(s[0].name, "tcp 127.0.0.1:106 < 127.0.0.1:43210");
	assert_string_equal(s[0].comm, "takes");
	assert_int_equal(s[1].tid, 8);
	assert_int_equal(s[2].tid, 7);
	assert_int_equal(s[3].tid, 5);
	assert_int_equal(s[4].tid, 4);
	/* Not when it is less, and not twice. */
	IO(&b, 107, 1000, 1700, 1900, 7, 1);
	IO(&b, 107, 1000, 1700, 1850, 7, 1);
	assert_int_equal(sw_latency__slowest(b.l, &s), SW_SLOWEST);
	assert_int_equal(s[1].tid, 7);
	assert_int_equal(s[1].total_ns, 900);
	assert_int_equal(s[2].tid, 8);
	/* Another wake-up of a task that is there: not what it replaces. */
	IO(&b, 106, 1001, 1600, 2900, 6, 1);
	assert_int_equal(sw_latency__slowest(b.l, &s), SW_SLOWEST);
	assert_int_equal(s[1].wakeup_ts, 1001);
	assert_int_equal(s[1].woken_ts, 0); /* that run was not seen */
	assert_int_equal(s[4].tid, 5);

	/* Sockets and tasks by their worst, and equals by number. */
	RUN(&b, 150, 5000, 5000, 5500, 50);
	assert_int_equal(sw_latency__sockets(b.l, &sockets), 9);
	assert_int_equal(sockets[0]->worst.tid, 6);
	assert_int_equal(sockets[0]->worst.total_ns, 1900);
	assert_int_equal(sockets[1]->worst.tid, 7);
	assert_int_equal(sockets[3]->worst.tid, 5);
	assert_int_equal(sockets[4]->worst.tid, 50);
	assert_int_equal(sockets[8]->worst.tid, 1);
	assert_int_equal(sw_latency__tasks(b.l, &tasks), 9);
	assert_int_equal(tasks[0]->tid, 6);
	assert_int_equal(tasks[3]->tid, 5);
	assert_int_equal(tasks[4]->tid, 50);
	assert_string_equal(tasks[0]->worst.name, "tcp 127.0.0.1:106 < 127.0.0.1:43210");
	both__free(&b);
}

static void test_names_and_listeners(void **state)
{
	struct both b = both__new();
	const struct sw_latency_socket *const *sockets;

	(void)state;
	RUN(&b, 7, 1000, 1010, 1200, 1);
	assert_int_equal(sw_latency__sockets(b.l, &sockets), 1);
	assert_string_equal(sockets[0]->name, "unknown socket");
	/* A name that comes later is taken over with the next value. */
	tell_name(b.t, 7);
	TELL(b.t, WAKEUP, wakeup, 1300, .sock = 7, .state = STATE_LISTEN);
	assert_int_equal(sw_trace__settle(b.t, UINT64_MAX), 0);
	RUN(&b, 7, 1300, 1310, 1400, 1);
	assert_int_equal(sw_latency__sockets(b.l, &sockets), 1);
	assert_string_equal(sockets[0]->name, "tcp 127.0.0.1:7 < 127.0.0.1:43210");
	assert_true(sockets[0]->listener);
	/* It still was one once it is closed. */
	TELL(b.t, WAKEUP, wakeup, 1500, .sock = 7, .state = 7);
	RUN(&b, 7, 1500, 1510, 1600, 1);
	assert_true(sockets[0]->listener);
	both__free(&b);
}

/* Ten thousand busy sockets; then more than are told apart. */
static void test_many(void **state)
{
	enum { BUSY = 10000 };
	struct both b = both__new();
	struct sw_socket sk = { .known = true, .family = 2, .protocol = 6 };
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	union sw_event ev = { .run_rec = sample_run() };
	struct sw_told told = { .ev = &ev };
	const struct sw_slow *slowest;
	size_t before = __sanitizer_get_current_allocated_bytes(), took;
	uint64_t random = 3;

	(void)state;
	for (unsigned int i = 0; i < 20 * BUSY; i++) {
		/* As far apart as delays are: from 2 to 60 us, few of them more. */
		uint64_t us = 2 + test_random(&random) % 8;
		uint64_t delay = us * us * 1000 + test_random(&random) % 1000;

		sk.id = 1 + i % BUSY;
		ev.io_rec = sample_io();
		ev.io_rec.tid = i % 64;
		ev.io_rec.wakeup_ts = ev.hdr.ts - 2 * delay;
		ev.io_rec.run_ts = ev.hdr.ts - delay;
		assert_int_equal(sw_latency__feed(b.l, &sk, &told), 0);
		ev.run_rec = sample_run();
		ev.run_rec.tid = i % 64;
		ev.run_rec.woken_ts = ev.run_rec.wakeup_ts = ev.hdr.ts - delay;
		assert_int_equal(sw_latency__feed(b.l, &sk, &told), 0);
	}
	took = __sanitizer_get_current_allocated_bytes() - before;
	assert_true(took < 15u << 20);

	for (sk.id = 1; sk.id <= SW_LATENCY_MAX + 10; sk.id++) {
		ev.run_rec.tid = (uint32_t)sk.id;
		assert_int_equal(sw_latency__feed(b.l, &sk, &told), 0);
	}
	/* Even so it is seen that this is the slowest, and whose it is. */
	sk.id = 1000000;
	sk.lport = 99;
	ev.run_rec.tid = 1000000;
	ev.run_rec.wakeup_ts -= 5000000;
	assert_int_equal(sw_latency__feed(b.l, &sk, &told), 0);
	assert_int_equal(sw_latency__sockets(b.l, &sockets), SW_LATENCY_MAX);
	assert_int_equal(sw_latency__tasks(b.l, &tasks), SW_LATENCY_MAX);
	assert_int_equal(sw_latency__all(b.l)->gap[SW_GAP_RUN].count,
			 20 * BUSY + SW_LATENCY_MAX + 11);
	assert_int_equal(sw_latency__slowest(b.l, &slowest), SW_SLOWEST);
	assert_int_equal(slowest[0].tid, 1000000);
	assert_string_equal(slowest[0].name, "tcp 0.0.0.0:99");

	/* And that stays so, however many come, while what is no worse than others goes. */
	ev.run_rec = sample_run();
	for (sk.id = 2000000; sk.id < 2000000 + 4 * SW_LATENCY_MAX; sk.id++) {
		ev.run_rec.tid = (uint32_t)sk.id;
		assert_int_equal(sw_latency__feed(b.l, &sk, &told), 0);
	}
	assert_int_equal(sw_latency__sockets(b.l, &sockets), SW_LATENCY_MAX);
	assert_int_equal(sockets[0]->id, 1000000);
	assert_int_equal(sw_latency__tasks(b.l, &tasks), SW_LATENCY_MAX);
	assert_int_equal(tasks[0]->tid, 1000000);
	assert_true(sw_latency__forgotten(b.l) >= 6 * SW_LATENCY_MAX);
	both__free(&b);
}

/* However far apart the values of however many are, memory is bounded, and counts are not. */
static void test_steps(void **state)
{
	struct both b = both__new();
	struct sw_socket sk = { .known = true, .family = 2, .protocol = 6 };
	const struct sw_latency_socket *const *sockets;
	union sw_event ev = { .run_rec = sample_run() };
	struct sw_told told = { .ev = &ev };
	size_t before = __sanitizer_get_current_allocated_bytes();
	uint64_t random = 3, n = 0;
	unsigned int found;

	(void)state;
	for (unsigned int i = 0; i < 400; i++)
		for (sk.id = 1; sk.id <= 4096; sk.id++) {
			uint64_t delay = test_random(&random) >> (1 + test_random(&random) % 60);

			ev.run_rec.tid = (uint32_t)sk.id;
			ev.run_rec.hdr.ts = 1ull << 63;
			ev.run_rec.woken_ts = ev.run_rec.wakeup_ts = ev.run_rec.hdr.ts - delay;
			assert_int_equal(sw_latency__feed(b.l, &sk, &told), 0);
		}
	assert_true(__sanitizer_get_current_allocated_bytes() - before < 20u << 20);
	found = sw_latency__sockets(b.l, &sockets);
	assert_int_equal(found, 4096);
	for (unsigned int i = 0; i < found; i++)
		n += sockets[i]->lat.gap[SW_GAP_RUN].count;
	assert_int_equal(n, 400 * 4096);
	both__free(&b);
}

/* Whichever allocation fails, it is said, all stays whole, and it goes on. */
static void test_out_of_memory(void **state)
{
	struct sw_socket sk = { .known = true, .family = 2, .protocol = 6, .lport = 1 };
	union sw_event ev = { .hdr = { 0 } };
	struct sw_told told = { .ev = &ev };
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	struct sw_latency *l;
	unsigned int refused = 0;

	(void)state;
	alloc_fail_in = 1;
	assert_null(sw_latency__new());
	sw_latency__free(NULL);
	l = sw_latency__new();
	for (unsigned int i = 0; i < 100; i++) {
		sk.id = 1 + i;
		ev.run_rec = sample_run();
		ev.run_rec.tid = i;
		for (unsigned long at = 1;; at++) {
			int err;

			alloc_fail_in = at;
			err = sw_latency__feed(l, &sk, &told);
			if (!err && alloc_fail_in)
				break;
			/* One may do without: then none was refused. */
			assert_true(err == -ENOMEM || !err);
			refused += err == -ENOMEM;
		}
		alloc_fail_in = 0;
	}
	assert_true(refused > 300);
	assert_int_equal(sw_latency__sockets(l, &sockets), 100);
	assert_int_equal(sw_latency__tasks(l, &tasks), 100);
	for (unsigned int i = 0; i < 100; i++)
		assert_string_equal(sockets[i]->name, "tcp 0.0.0.0:1");
	sw_latency__free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_what_counts),
		cmocka_unit_test(test_slowest),
		cmocka_unit_test(test_names_and_listeners),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
