// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "core/timeline.h"
#include "samples.h"

static union sw_event event(uint8_t kind, uint64_t ts)
{
	union sw_event ev;

	memset(&ev, 0xa5, sizeof(ev)); /* what is not of the kind must not matter */
	if (kind == SW_REC_WAKEUP)
		ev.wakeup_rec = sample_wakeup();
	else if (kind == SW_REC_WAIT)
		ev.wait_rec = sample_wait();
	else if (kind == SW_REC_SOCKET)
		ev.socket_rec = sample_socket();
	else if (kind == SW_REC_WOKEN)
		ev.woken_rec = sample_woken();
	else if (kind == SW_REC_RUN)
		ev.run_rec = sample_run();
	else if (kind == SW_REC_IO)
		ev.io_rec = sample_io();
	else
		ev.destroy_rec = sample_destroy();
	ev.hdr.ts = ts;
	return ev;
}

static size_t size_of(uint8_t kind)
{
	static const size_t sizes[] = {
#define KIND(id, name, ...) [SW_REC_##id] = sizeof(struct sw_rec_##name),
		SW_KINDS(KIND)
#undef KIND
	};

	return sizes[kind];
}

static void add(struct sw_timeline *t, struct sw_socket *sk, uint8_t kind, uint64_t ts)
{
	union sw_event ev = event(kind, ts);

	sw_timeline__add(t, sk, &ev);
}

static void test_keeps_records_whole(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	struct sw_timeline *t = sw_timeline__new(65536, s);
	struct sw_socket *sk = sw_sockets__get(s, 1);
	const uint8_t kinds[] = { SW_REC_WAKEUP, SW_REC_WOKEN, SW_REC_WAIT,  SW_REC_RUN,
				  SW_REC_IO,	 SW_REC_DESTROY, SW_REC_WAKEUP };
	union sw_event got, want;
	uint64_t pos = 0;

	(void)state;
	assert_false(sw_timeline__next(t, sk, &pos, &got));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		add(t, sk, kinds[i], 100 + i);
	add(t, sk, SW_REC_SOCKET, 1); /* a name is no event */
	assert_int_equal(sk->kept, ARRAY_SIZE(kinds));
	pos = 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_true(sw_timeline__next(t, sk, &pos, &got));
		want = event(kinds[i], 100 + i);
		assert_memory_equal(&got, &want, size_of(kinds[i]));
	}
	assert_false(sw_timeline__next(t, sk, &pos, &got));
	assert_false(sw_timeline__next(t, sk, &pos, &got));
	sw_timeline__free(t);
	sw_sockets__free(s);
}

/*
 * Against a model: for each socket, the times of its newest `kept` events are
 * those that were added last, through many turns of the ring, at sizes where
 * entries straddle its end.
 */
static void check_turns(size_t bytes)
{
	enum { SOCKETS = 5, EVENTS = 20000 };
	static uint64_t added[SOCKETS][EVENTS];
	uint64_t n[SOCKETS] = { 0 }, random = 88172645463325252ULL, total = 0;
	struct sw_sockets *s = sw_sockets__new();
	struct sw_timeline *t = sw_timeline__new(bytes, s);
	struct sw_socket *sk[SOCKETS];

	for (unsigned int i = 0; i < SOCKETS; i++)
		sk[i] = sw_sockets__get(s, i);
	for (uint64_t ts = 1; ts <= EVENTS; ts++) {
		unsigned int i = test_random(&random) % SOCKETS;
		const uint8_t kinds[] = { SW_REC_WAKEUP, SW_REC_WOKEN, SW_REC_WAIT,
					  SW_REC_RUN,	 SW_REC_IO,    SW_REC_DESTROY };

		/* One of them falls silent and loses all it had. */
		if (i == 4 && ts > EVENTS / 2)
			i = 0;
		add(t, sk[i], kinds[test_random(&random) % ARRAY_SIZE(kinds)], ts);
		added[i][n[i]++] = ts;
	}
	for (unsigned int i = 0; i < SOCKETS; i++) {
		union sw_event ev;
		uint64_t pos = 0, k = 0;

		while (sw_timeline__next(t, sk[i], &pos, &ev))
			assert_int_equal(ev.hdr.ts, added[i][n[i] - sk[i]->kept + k++]);
		assert_int_equal(k, sk[i]->kept);
		total += k;
	}
	assert_int_equal(sk[4]->kept, 0);
	/* It is nearly full of entries: of 16 bytes, and 24 to 96 of record. */
	assert_in_range(total, (bytes - 112) / 112, bytes / 40);
	sw_timeline__free(t);
	sw_sockets__free(s);
}

static void test_turns(void **state)
{
	(void)state;
	check_turns(4096);
	check_turns(4099);
	check_turns(7777);
	check_turns(65536);
}

static void test_small_is_a_page(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	struct sw_timeline *t = sw_timeline__new(0, s);
	struct sw_socket *sk = sw_sockets__get(s, 1);

	(void)state;
	for (unsigned int i = 1; i <= 1000; i++)
		add(t, sk, SW_REC_WAKEUP, i);
	assert_int_equal(sk->kept, 4096 / (16 + sizeof(struct sw_rec_wakeup)));
	sw_timeline__free(t);
	sw_sockets__free(s);
}

/* A dead socket goes with its last event; a living one stays without any. */
static void test_drops_the_dead(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	struct sw_timeline *t = sw_timeline__new(4096, s);
	struct sw_socket *dead = sw_sockets__get(s, 1), *alive = sw_sockets__get(s, 2);
	struct sw_socket *busy = sw_sockets__get(s, 3);
	/* Behind two wake-ups and an end there is room for so many more. */
	const size_t wakeup = 16 + sizeof(struct sw_rec_wakeup);
	const size_t room = (4096 - 16 - sizeof(struct sw_rec_destroy)) / wakeup - 2;

	(void)state;
	add(t, dead, SW_REC_WAKEUP, 1);
	add(t, alive, SW_REC_WAKEUP, 2);
	dead->destroyed = true;
	add(t, dead, SW_REC_DESTROY, 3);
	for (unsigned int i = 0; i < room; i++)
		add(t, busy, SW_REC_WAKEUP, 4 + i);
	assert_int_equal(dead->kept, 2);
	add(t, busy, SW_REC_WAKEUP, 60);
	assert_int_equal(dead->kept, 1);
	for (unsigned int i = 0; i < 60; i++)
		add(t, busy, SW_REC_WAKEUP, 61 + i);
	assert_int_equal(sw_sockets__held(s), 2);
	assert_ptr_equal(sw_sockets__next(s, NULL), alive);
	assert_int_equal(alive->kept, 0);
	sw_timeline__free(t);
	sw_sockets__free(s);
}

/* It pushes its own last events out, and must not be gone while it is added to. */
static void test_spares_the_one_added_to(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	struct sw_timeline *t = sw_timeline__new(4096, s);
	struct sw_socket *dead = sw_sockets__get(s, 1), *busy = sw_sockets__get(s, 2);

	(void)state;
	dead->destroyed = true;
	add(t, dead, SW_REC_WAKEUP, 1);
	for (unsigned int i = 0; i < 4096 / (16 + sizeof(struct sw_rec_wakeup)) - 1; i++)
		add(t, busy, SW_REC_WAKEUP, 2 + i);
	assert_int_equal(dead->kept, 1);
	add(t, dead, SW_REC_WAKEUP, 60); /* takes the place of its first */
	assert_int_equal(dead->kept, 1);
	assert_int_equal(sw_sockets__held(s), 2);
	assert_ptr_equal(sw_sockets__get(s, 1), dead);
	sw_timeline__free(t);
	sw_sockets__free(s);
}

/* A walk goes on with what is left when events go meanwhile. */
static void test_walk_while_adding(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	struct sw_timeline *t = sw_timeline__new(4096, s);
	struct sw_socket *sk = sw_sockets__get(s, 1);
	union sw_event ev;
	const unsigned int fit = 4096 / (16 + sizeof(struct sw_rec_wakeup));
	uint64_t pos = 0;

	(void)state;
	for (unsigned int i = 1; i <= fit; i++)
		add(t, sk, SW_REC_WAKEUP, i);
	assert_true(sw_timeline__next(t, sk, &pos, &ev));
	assert_int_equal(ev.hdr.ts, 1);
	for (unsigned int i = fit + 1; i <= fit + 10; i++)
		add(t, sk, SW_REC_WAKEUP, i);
	assert_true(sw_timeline__next(t, sk, &pos, &ev));
	assert_int_equal(ev.hdr.ts, 11);
	sw_timeline__free(t);
	sw_sockets__free(s);
}

static void test_out_of_memory(void **state)
{
	(void)state;
	for (unsigned long at = 1; at <= 2; at++) {
		alloc_fail_in = at;
		assert_null(sw_timeline__new(4096, NULL));
		assert_int_equal(alloc_fail_in, 0);
	}
	sw_timeline__free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_records_whole),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_small_is_a_page),
		cmocka_unit_test(test_drops_the_dead),
		cmocka_unit_test(test_spares_the_one_added_to),
		cmocka_unit_test(test_walk_while_adding),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
