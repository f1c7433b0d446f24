// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What the Perfetto renderer stands on: slices that nest, what is held back, words. */
#include "test.h"

#include "render/perfetto_held.h"
#include "render/perfetto_nest.h"
#include "render/perfetto_words.h"

static bool crosses(const struct sw_pf_span *a, const struct sw_pf_span *b)
{
	return (a->begin < b->begin && b->begin < a->end && a->end < b->end) ||
	       (b->begin < a->begin && a->begin < b->end && b->end < a->end);
}

static void test_nest_keeps_what_nests(void **state)
{
	/* A blocking call, told in whatever order. */
	static const struct sw_pf_span slices[] = {
		{100, 200}, {110, 180}, {150, 180}, {180, 200}, {200, 300}, {20, 100}, {10, 400}};
	const size_t n = ARRAY_SIZE(slices);

	(void)state;
	for (size_t first = 0; first < n; first++) {
		struct sw_pf_nest nest = {0};

		for (size_t i = 0; i < n; i++) {
			struct sw_pf_span s = slices[(first + i * 3) % n];

			assert_true(sw_pf_nest__place(&nest, &s));
			assert_memory_equal(&s, &slices[(first + i * 3) % n], sizeof(s));
		}
		assert_int_equal(sw_pf_nest__end(&nest), 400);
	}
}

static void test_nest_cuts(void **state)
{
	struct sw_pf_nest nest = {0};
	struct sw_pf_span s = {100, 200};

	(void)state;
	assert_true(sw_pf_nest__place(&nest, &s));
	s = (struct sw_pf_span){150, 250};
	assert_true(sw_pf_nest__place(&nest, &s));
	assert_int_equal(s.begin, 200);
	assert_int_equal(s.end, 250);
	s = (struct sw_pf_span){50, 150};
	assert_true(sw_pf_nest__place(&nest, &s));
	assert_int_equal(s.begin, 50);
	assert_int_equal(s.end, 100);
	/* Nothing of it, and nothing at all. */
	s = (struct sw_pf_span){120, 120};
	assert_false(sw_pf_nest__place(&nest, &s));
	s = (struct sw_pf_span){130, 120};
	assert_false(sw_pf_nest__place(&nest, &s));
}

static void test_nest_any(void **state)
{
	enum { MANY = 400 };
	static struct sw_pf_span placed[MANY];
	uint64_t random = 1;

	(void)state;
	for (unsigned int round = 0; round < 50; round++) {
		struct sw_pf_nest nest = {.floor = round % 2 * 20};
		size_t n = 0;

		for (size_t i = 0; i < MANY; i++) {
			uint64_t about = test_random(&random) % (1 + i);
			struct sw_pf_span s = {about + test_random(&random) % 9,
					       about + test_random(&random) % 30};
			const struct sw_pf_span was = s;

			if (!sw_pf_nest__place(&nest, &s))
				continue;
			assert_true(s.begin < s.end && s.begin >= was.begin && s.end <= was.end);
			assert_true(s.end <= sw_pf_nest__end(&nest));
			for (size_t k = 0; k < n; k++)
				assert_false(crosses(&s, &placed[k]));
			placed[n++] = s;
		}
		assert_true(n > MANY / 4);
	}
}

static void let_go(void *arg, struct sw_buf *out, void *thing)
{
	(void)out;
	*(uint64_t *)arg = *(uint64_t *)arg * 10 + *(uint64_t *)thing;
}

static void test_held(void **state)
{
	uint64_t gone = 0, *thing;
	struct sw_pf_held *h = sw_pf_held__new(sizeof(gone), let_go, &gone);
	const struct sw_pf_key a = {1, 2, 3}, b = {1, 2, 4};

	(void)state;
	assert_null(sw_pf_held__find(h, &a));
	*(uint64_t *)sw_pf_held__add(h, &a, NULL) = 1;
	*(uint64_t *)sw_pf_held__add(h, &b, NULL) = 2;
	*(uint64_t *)sw_pf_held__add(h, &a, NULL) = 3;
	/* The newest of a key, until it is taken. */
	thing = sw_pf_held__find(h, &a);
	assert_int_equal(*thing, 3);
	sw_pf_held__take(h, thing);
	thing = sw_pf_held__find(h, &a);
	assert_int_equal(*thing, 1);
	*(uint64_t *)sw_pf_held__add(h, &b, NULL) = 4;
	sw_pf_held__end(h, NULL);
	assert_int_equal(gone, 124);
	assert_null(sw_pf_held__find(h, &a));
	assert_null(sw_pf_held__find(h, &b));
	sw_pf_held__end(h, NULL);
	assert_int_equal(gone, 124);
	sw_pf_held__free(h);
	sw_pf_held__free(NULL);
}

static void count(void *arg, struct sw_buf *out, void *thing)
{
	(void)out;
	/* In the order in which they came. */
	assert_int_equal(*(uint64_t *)thing, (*(uint64_t *)arg)++);
}

static void test_held_makes_room(void **state)
{
	uint64_t gone = 0;
	struct sw_pf_held *h = sw_pf_held__new(sizeof(gone), count, &gone);

	(void)state;
	for (uint64_t i = 0; i < 3 * SW_PF_HELD; i++) {
		/* All of one chain, for some time. */
		struct sw_pf_key key = {i < 2 * SW_PF_HELD ? 7 : i, 0, 0};

		*(uint64_t *)sw_pf_held__add(h, &key, NULL) = i;
		assert_int_equal(*(uint64_t *)sw_pf_held__find(h, &key), i);
		assert_int_equal(gone, i < SW_PF_HELD ? 0 : i + 1 - SW_PF_HELD);
	}
	sw_pf_held__end(h, NULL);
	assert_int_equal(gone, 3 * SW_PF_HELD);
	sw_pf_held__free(h);
}

static void test_words(void **state)
{
	static char many[SW_PF_WORDS][8];
	const char one[] = "word", same[] = "word", other[] = "other";
	struct sw_pf_words *w = calloc(1, sizeof(*w));
	unsigned int numbered = 0;
	bool fresh;

	(void)state;
	assert_int_equal(sw_pf_words__number(w, SW_PF_NAME, one, &fresh), 1);
	assert_true(fresh);
	assert_int_equal(sw_pf_words__number(w, SW_PF_NAME, one, &fresh), 1);
	assert_false(fresh);
	assert_int_equal(sw_pf_words__number(w, SW_PF_NAME, same, &fresh), 1);
	assert_false(fresh);
	assert_int_equal(sw_pf_words__number(w, SW_PF_NAME, other, &fresh), 2);
	assert_true(fresh);
	assert_int_equal(sw_pf_words__number(w, SW_PF_NOTE, one, &fresh), 3);
	assert_true(fresh);
	for (unsigned int i = 0; i < SW_PF_WORDS; i++) {
		snprintf(many[i], sizeof(many[i]), "%u", i);
		numbered += sw_pf_words__number(w, SW_PF_VALUE, many[i], &fresh) != 0;
	}
	/* There is an end to it, and what has a number keeps it. */
	assert_int_equal(numbered, SW_PF_WORDS / 2 - 4);
	assert_int_equal(sw_pf_words__number(w, SW_PF_NAME, one, &fresh), 1);
	assert_int_equal(sw_pf_words__number(w, SW_PF_VALUE, "beyond", &fresh), 0);
	assert_false(fresh);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nest_keeps_what_nests),
		cmocka_unit_test(test_nest_cuts),
		cmocka_unit_test(test_nest_any),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_held_makes_room),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
