// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "core/hist.h"

static void test_steps(void **state)
{
	uint64_t random = 7, least, next;

	(void)state;
	/* Without a gap: the least of each step is in it, and what is before is not. */
	assert_int_equal(sw_hist_step_of(0), 0);
	for (uint32_t step = 1; step < 976; step++) {
		least = sw_hist_step_least(step);
		assert_int_equal(sw_hist_step_of(least), step);
		assert_int_equal(sw_hist_step_of(least - 1), step - 1);
	}
	assert_int_equal(sw_hist_step_of(UINT64_MAX), 975);
	assert_true(sw_hist_step_least(976) == UINT64_MAX);
	assert_true(sw_hist_step_least(UINT32_MAX) == UINT64_MAX);
	/* A step is a sixteenth of its least value at most. */
	for (int i = 0; i < 10000; i++) {
		uint64_t ns = test_random(&random) >> test_random(&random) % 64;

		least = sw_hist_step_least(sw_hist_step_of(ns));
		next = sw_hist_step_least(sw_hist_step_of(ns) + 1);
		assert_true(least <= ns && (ns < next || next == UINT64_MAX));
		assert_true(next - least <= (least < 16 ? 1 : least / 16 + 1));
	}
}

static void test_empty(void **state)
{
	struct sw_hist h = { 0 };

	(void)state;
	assert_int_equal(sw_hist__at(&h, 500), 0);
	assert_int_equal(sw_hist__at(&h, 1000), 0);
	sw_hist__free(&h);
}

static void test_one(void **state)
{
	struct sw_hist h = { 0 };

	(void)state;
	assert_int_equal(sw_hist__add(&h, 123456789), 0);
	/* Never beyond min and max: then of one value all is exact. */
	assert_int_equal(sw_hist__at(&h, 0), 123456789);
	assert_int_equal(sw_hist__at(&h, 500), 123456789);
	assert_int_equal(sw_hist__at(&h, 1000), 123456789);
	sw_hist__free(&h);
	assert_null(h.steps);
	assert_int_equal(h.count, 0);
}

/* Against all values, sorted. */
static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void test_against_a_sort(void **state)
{
	enum { N = 20000 };
	static const unsigned int at[] = { 1, 10, 250, 500, 900, 990, 999, 1000 };
	static uint64_t values[N];
	struct sw_hist h = { 0 };
	uint64_t random = 88172645463325252ULL, sum = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		values[i] = test_random(&random) >> (20 + test_random(&random) % 44);
		sum += values[i];
		assert_int_equal(sw_hist__add(&h, values[i]), 0);
	}
	qsort(values, N, sizeof(*values), compare);
	assert_int_equal(h.count, N);
	assert_int_equal(h.sum, sum);
	assert_int_equal(h.min, values[0]);
	assert_int_equal(h.max, values[N - 1]);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		uint64_t want = values[((uint64_t)N * at[i] + 999) / 1000 - 1];
		uint64_t got = sw_hist__at(&h, at[i]), off = got > want ? got - want : want - got;

		if (off > want / 32 + 1)
			fail_row(i, "want %llu, got %llu", (unsigned long long)want,
				 (unsigned long long)got);
	}
	for (uint32_t i = 1; i < h.n; i++)
		assert_true(h.steps[i - 1].step < h.steps[i].step);
	sw_hist__free(&h);
}

static void test_largest(void **state)
{
	struct sw_hist h = { 0 };

	(void)state;
	assert_int_equal(sw_hist__add(&h, UINT64_MAX), 0);
	assert_int_equal(sw_hist__add(&h, UINT64_MAX), 0);
	assert_int_equal(sw_hist__add(&h, 0), 0);
	assert_true(h.sum == UINT64_MAX);
	assert_true(sw_hist__at(&h, 999) > UINT64_MAX / 16 * 15);
	h.steps[1].count = UINT32_MAX; /* stays there */
	assert_int_equal(sw_hist__add(&h, UINT64_MAX), 0);
	assert_int_equal(h.steps[1].count, UINT32_MAX);
	assert_int_equal(h.count, 4);
	assert_int_equal(sw_hist__at(&h, 1), sw_hist__at(&h, 999));
	sw_hist__free(&h);
}

static void test_settles(void **state)
{
	struct sw_hist h = { 0 };
	unsigned long calls;

	(void)state;
	for (uint64_t ns = 0; ns < 2000; ns++)
		assert_int_equal(sw_hist__add(&h, ns), 0);
	calls = alloc_calls;
	for (uint64_t ns = 0; ns < 2000; ns++)
		assert_int_equal(sw_hist__add(&h, ns), 0);
	assert_int_equal(alloc_calls, calls);
	sw_hist__free(&h);
}

static void test_out_of_memory(void **state)
{
	struct sw_hist h = { 0 };

	(void)state;
	alloc_fail_in = 1;
	assert_int_equal(sw_hist__add(&h, 50), -ENOMEM);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.max, 50);
	assert_int_equal(sw_hist__at(&h, 500), 50);
	assert_int_equal(sw_hist__add(&h, 70), 0);
	assert_int_equal(h.count, 2);
	assert_int_equal(h.sum, 120);
	assert_int_equal(sw_hist__at(&h, 1), 70); /* the one that is in the steps */
	sw_hist__free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_against_a_sort),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_settles),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
