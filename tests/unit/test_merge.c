// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include <linux/types.h>

#include "core/merge.h"
#include "records.h"

/* A record that says who it is, with a tail of any length. */
struct rec {
	struct sw_rec hdr;
	uint64_t number; /* how many came before it, in all streams */
	uint32_t stream;
	uint32_t tail;
	unsigned char bytes[200];
};

#define REC_MIN offsetof(struct rec, bytes)

static void fill(struct rec *r, uint64_t ts, uint32_t stream, uint64_t number, uint32_t tail)
{
	memset(r, 0, sizeof(*r));
	r->hdr.ts = ts;
	r->hdr.size = (__u16)(REC_MIN + tail);
	r->stream = stream;
	r->number = number;
	r->tail = tail;
	memset(r->bytes, (int)(number & 0xff), tail);
}

static int push(struct sw_merge *m, uint64_t ts, uint32_t stream, uint64_t number,
		uint32_t tail)
{
	struct rec r;

	fill(&r, ts, stream, number, tail);
	return sw_merge__push(m, stream, &r, REC_MIN + tail);
}

/* Just this record, whole, comes next. */
static void expect(struct sw_merge *m, uint64_t until, const struct rec *want)
{
	size_t len = 0;
	const void *got = sw_merge__pop(m, until, &len);

	assert_non_null(got);
	assert_int_equal((uintptr_t)got % 8, 0);
	assert_int_equal(len, REC_MIN + want->tail);
	assert_memory_equal(got, want, len);
}

static void expect_number(struct sw_merge *m, uint64_t until, uint64_t number)
{
	size_t len;
	const struct rec *got = sw_merge__pop(m, until, &len);

	assert_non_null(got);
	assert_int_equal(got->number, number);
}

static void expect_none(struct sw_merge *m, uint64_t until)
{
	size_t len;

	assert_null(sw_merge__pop(m, until, &len));
}

static void test_empty(void **state)
{
	struct sw_merge *m = sw_merge__new(0);
	struct rec r;

	(void)state;
	assert_non_null(m);
	expect_none(m, UINT64_MAX);
	assert_int_equal(push(m, 1, 0, 0, 0), -EINVAL);
	sw_merge__free(m);
	sw_merge__free(NULL);

	m = sw_merge__new(2);
	assert_non_null(m);
	expect_none(m, UINT64_MAX);
	assert_int_equal(sw_merge__pending(m), 0);
	assert_int_equal(push(m, 1, 2, 0, 0), -EINVAL);
	assert_int_equal(push(m, 1, UINT32_MAX, 0, 0), -EINVAL);
	fill(&r, 1, 0, 0, 0);
	for (size_t len = 0; len < sizeof(struct sw_rec); len++)
		assert_int_equal(sw_merge__push(m, 0, &r, len), -EINVAL);
	assert_int_equal(sw_merge__push(m, 0, &r, SIZE_MAX), -EINVAL);
	assert_int_equal(sw_merge__pending(m), 0);
	assert_int_equal(sw_merge__push(m, 0, &r, sizeof(struct sw_rec)), 0);
	assert_int_equal(sw_merge__pending(m), 1);
	sw_merge__free(m);
}

static void test_until(void **state)
{
	struct sw_merge *m = sw_merge__new(2);

	(void)state;
	assert_int_equal(push(m, 10, 0, 0, 0), 0);
	assert_int_equal(push(m, 20, 1, 1, 0), 0);
	assert_int_equal(push(m, UINT64_MAX, 1, 2, 0), 0);
	expect_none(m, 9);
	expect_number(m, 10, 0);
	expect_none(m, 19);
	expect_number(m, 21, 1);
	expect_none(m, UINT64_MAX - 1);
	assert_int_equal(sw_merge__pending(m), 1);
	expect_number(m, UINT64_MAX, 2);
	expect_none(m, UINT64_MAX);
	assert_int_equal(sw_merge__pending(m), 0);
	sw_merge__free(m);
}

static void test_equal_times(void **state)
{
	struct sw_merge *m = sw_merge__new(3);

	(void)state;
	assert_int_equal(push(m, 5, 2, 4, 0), 0);
	assert_int_equal(push(m, 5, 0, 0, 0), 0);
	assert_int_equal(push(m, 5, 1, 2, 0), 0);
	assert_int_equal(push(m, 5, 0, 1, 0), 0);
	assert_int_equal(push(m, 5, 2, 5, 0), 0);
	assert_int_equal(push(m, 5, 1, 3, 0), 0);
	for (uint64_t i = 0; i < 6; i++)
		expect_number(m, 5, i);
	sw_merge__free(m);
}

/* What wakes comes before what is woken, and what is taken then. */
static void test_equal_times_by_kind(void **state)
{
	static const __u8 kinds[] = { SW_REC_SOCKET, SW_REC_WAKEUP, SW_REC_WOKEN,
				      SW_REC_RUN,    SW_REC_IO,	    SW_REC_DESTROY };
	const unsigned int n = sizeof(kinds);
	struct sw_merge *m = sw_merge__new(n);

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		struct rec r;

		fill(&r, 5, 0, i, 0);
		r.hdr.kind = kinds[i];
		assert_int_equal(sw_merge__push(m, n - 1 - i, &r, REC_MIN), 0);
	}
	/* whatever its kind is: it is earlier */
	assert_int_equal(push(m, 4, n - 1, 100, 0), 0);
	expect_number(m, 5, 100);
	for (unsigned int i = 0; i < n; i++)
		expect_number(m, 5, i);
	sw_merge__free(m);
}

static void test_inversions(void **state)
{
	struct sw_merge *m = sw_merge__new(2);

	(void)state;
	/* an interrupt's record came later, or in the place of the first */
	assert_int_equal(push(m, 30, 0, 2, 3), 0);
	assert_int_equal(push(m, 20, 0, 1, 5), 0);
	assert_int_equal(push(m, 40, 0, 4, 0), 0);
	assert_int_equal(push(m, 30, 0, 3, 1), 0);
	assert_int_equal(push(m, 10, 0, 0, 7), 0);
	assert_int_equal(push(m, 40, 1, 5, 0), 0);
	for (uint64_t i = 0; i < 6; i++)
		expect_number(m, 100, i);
	expect_none(m, 100);

	/* later than what was taken already: it comes next, whatever its time */
	assert_int_equal(push(m, 7, 1, 6, 0), 0);
	assert_int_equal(push(m, 3, 0, 7, 0), 0);
	expect_number(m, 100, 7);
	expect_number(m, 100, 6);
	sw_merge__free(m);
}

/* What was popped stays as it was until the next push, also when all is popped. */
static void test_valid_until_push(void **state)
{
	struct sw_merge *m = sw_merge__new(4);
	const struct rec *got[40];
	size_t len;

	(void)state;
	for (uint64_t i = 0; i < 40; i++)
		assert_int_equal(push(m, i, i % 4, i, 100), 0);
	for (uint64_t i = 0; i < 40; i++)
		got[i] = sw_merge__pop(m, UINT64_MAX, &len);
	for (uint64_t i = 0; i < 40; i++) {
		struct rec want;

		fill(&want, i, i % 4, i, 100);
		assert_non_null(got[i]);
		assert_memory_equal(got[i], &want, REC_MIN + 100);
	}
	sw_merge__free(m);
}

static void test_large_record(void **state)
{
	struct sw_merge *m = sw_merge__new(1);
	size_t len = 1000003, got_len;
	unsigned char *rec = malloc(len);
	const unsigned char *got;

	(void)state;
	assert_non_null(rec);
	for (size_t i = 0; i < len; i++)
		rec[i] = (unsigned char)(i * 7);
	memset(rec, 0, 8);
	assert_int_equal(push(m, 1, 0, 0, 0), 0);
	assert_int_equal(sw_merge__push(m, 0, rec, len), 0);
	got = sw_merge__pop(m, 0, &got_len);
	assert_non_null(got);
	assert_int_equal(got_len, len);
	assert_memory_equal(got, rec, len);
	expect_number(m, 1, 0);
	free(rec);
	sw_merge__free(m);
}

/* An unaligned record is as good as any: its bytes may come from a file. */
static void test_unaligned(void **state)
{
	struct sw_merge *m = sw_merge__new(1);
	char bytes[sizeof(struct rec) + 1];
	struct rec r;

	(void)state;
	fill(&r, 77, 0, 1, 3);
	memcpy(bytes + 1, &r, sizeof(r));
	assert_int_equal(sw_merge__push(m, 0, bytes + 1, REC_MIN + 3), 0);
	expect_none(m, 76);
	expect(m, 77, &r);
	sw_merge__free(m);
}

/* By time, then stream, then the order in which they came. */
static int rec__compare(const void *left, const void *right)
{
	const struct rec *a = left, *b = right;

	if (a->hdr.ts != b->hdr.ts)
		return a->hdr.ts < b->hdr.ts ? -1 : 1;
	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/*
 * Against a sort: all pushed, and then all popped.  `jitter` is how far a
 * record may be before the one in front of it; `step` 0 makes many equal times.
 */
static void check_sorted(unsigned int streams, size_t n, uint64_t step, uint64_t jitter,
			 uint64_t seed)
{
	struct sw_merge *m = sw_merge__new(streams);
	struct rec *all = calloc(n, sizeof(*all));
	uint64_t now = 1000000;

	assert_non_null(m);
	assert_non_null(all);
	for (size_t i = 0; i < n; i++) {
		uint64_t r = test_random(&seed) >> 16;
		uint64_t ts = now - (jitter ? test_random(&seed) % jitter : 0);

		fill(&all[i], ts, (uint32_t)(r % streams), i, (uint32_t)(r >> 20) % 200);
		assert_int_equal(sw_merge__push(m, all[i].stream, &all[i],
						REC_MIN + all[i].tail), 0);
		now += step ? test_random(&seed) % step : 0;
	}
	assert_int_equal(sw_merge__pending(m), n);
	qsort(all, n, sizeof(*all), rec__compare);
	for (size_t i = 0; i < n; i++)
		expect(m, all[i].hdr.ts, &all[i]);
	expect_none(m, UINT64_MAX);
	assert_int_equal(sw_merge__pending(m), 0);
	free(all);
	sw_merge__free(m);
}

static void test_against_sort(void **state)
{
	static const unsigned int streams[] = { 1, 2, 3, 7, 64, 1024 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		check_sorted(streams[i], 3000, 100, 0, 31 + i);
		check_sorted(streams[i], 3000, 100, 300, 41 + i);
		check_sorted(streams[i], 3000, 0, 0, 51 + i);
		check_sorted(streams[i], 3000, 3, 5, 61 + i);
		check_sorted(streams[i], 2000, 10, 1000000, 71 + i);
	}
}

/*
 * As it is used: pushes and pops in turn, with records held back for as long as
 * an inversion may take.  What comes must be in order, each record once, whole.
 * Returns the allocations of the second half.
 */
static unsigned long stream_through(unsigned int streams, size_t n, uint64_t hold)
{
	struct sw_merge *m = sw_merge__new(streams);
	uint64_t seed = 83, now = 1000000, last = 0, number = 0, sum = 0;
	unsigned long calls = 0;
	const struct rec *got;
	size_t len;

	assert_non_null(m);
	for (size_t i = 0; i < n; i++) {
		if (i == n / 2)
			calls = alloc_calls;
		for (uint64_t k = test_random(&seed) % 20; k; k--) {
			uint64_t ts = now++ - test_random(&seed) % 50;
			uint32_t stream = (uint32_t)((test_random(&seed) >> 9) % streams);

			assert_int_equal(push(m, ts, stream, number, number % 50), 0);
			sum += number++;
		}
		while ((got = sw_merge__pop(m, now - hold, &len))) {
			assert_true(got->hdr.ts >= last && got->hdr.ts <= now - hold);
			assert_int_equal(len, REC_MIN + got->number % 50);
			if (got->tail)
				assert_int_equal(got->bytes[got->tail - 1],
						 got->number & 0xff);
			last = got->hdr.ts;
			sum -= got->number;
		}
		/* Only what is held back is pending. */
		assert_true(sw_merge__pending(m) <= hold + 50);
	}
	calls = alloc_calls - calls;
	while ((got = sw_merge__pop(m, UINT64_MAX, &len)))
		sum -= got->number;
	assert_int_equal(sum, 0);
	sw_merge__free(m);
	return calls;
}

static void test_steady_state_allocates_nothing(void **state)
{
	(void)state;
	/* Streams that drain each time, and streams that never do. */
	assert_int_equal(stream_through(2, 20000, 50), 0);
	assert_int_equal(stream_through(2, 20000, 1000), 0);
	assert_int_equal(stream_through(16, 20000, 1000), 0);
}

/* A record from the far future never leaves; what passes it must not pile up. */
static void test_stuck_record_does_not_grow_memory(void **state)
{
	struct sw_merge *m = sw_merge__new(1);
	unsigned long calls = 0;
	struct rec stuck;

	(void)state;
	fill(&stuck, UINT64_MAX, 0, 4711, 100);
	assert_int_equal(sw_merge__push(m, 0, &stuck, REC_MIN + 100), 0);
	for (uint64_t i = 0; i < 200000; i++) {
		if (i == 1000)
			calls = alloc_calls;
		assert_int_equal(push(m, i, 0, i, i % 200), 0);
		if (i % 3 == 2) {
			expect_number(m, i, i - 2);
			expect_number(m, i, i - 1);
			expect_number(m, i, i);
		}
	}
	assert_int_equal(alloc_calls, calls);
	while (sw_merge__pending(m) > 1)
		sw_merge__pop(m, UINT64_MAX, &(size_t){ 0 });
	expect(m, UINT64_MAX, &stuck);
	sw_merge__free(m);
}

/* Of <sanitizer/allocator_interface.h>, which gcc does not bring. */
size_t __sanitizer_get_current_allocated_bytes(void);

/* Pushes so many, and takes all but the last `pending`, each time. */
static void trickle(struct sw_merge *m, uint64_t *n, unsigned int times, unsigned int pending)
{
	size_t len;

	for (unsigned int i = 0; i < times; i++) {
		for (unsigned int k = 0; k < 100; k++)
			assert_int_equal(push(m, *n + k, 0, *n + k, 100), 0);
		*n += 100;
		while (sw_merge__pending(m) > pending)
			assert_non_null(sw_merge__pop(m, UINT64_MAX, &len));
	}
}

/* What only a burst needed does not stay for good, whether or not all is taken each time. */
static void test_burst_is_given_back(void **state)
{
	(void)state;
	for (unsigned int pending = 0; pending <= 10; pending += 10) {
		struct sw_merge *m = sw_merge__new(1);
		size_t before, most;
		uint64_t n = 0;

		assert_non_null(m);
		trickle(m, &n, 1000, pending);
		before = __sanitizer_get_current_allocated_bytes();
		trickle(m, &n, 1, 0);
		for (unsigned int i = 0; i < 100000; i++, n++)
			assert_int_equal(push(m, n, 0, n, 100), 0);
		most = __sanitizer_get_current_allocated_bytes();
		assert_true(most > before + (10u << 20));
		trickle(m, &n, 1, pending);
		/* It is kept for a while: another may come. */
		assert_true(__sanitizer_get_current_allocated_bytes() > before + (10u << 20));
		trickle(m, &n, 20000, pending);
		assert_true(__sanitizer_get_current_allocated_bytes() < before + (1u << 20));
		trickle(m, &n, 1, 0);
		assert_int_equal(sw_merge__pending(m), 0);
		sw_merge__free(m);
	}
}

static void test_new_out_of_memory(void **state)
{
	struct sw_merge *m = NULL;
	unsigned long at;

	(void)state;
	for (at = 1; !m; at++) {
		assert_true(at < 10);
		alloc_fail_in = at;
		errno = 0;
		m = sw_merge__new(3);
		if (!m)
			assert_int_equal(errno, ENOMEM);
	}
	assert_true(at > 2);
	alloc_fail_in = 0;
	sw_merge__free(m);
}

/* Each allocation fails once: that record is refused, and all others come through. */
static void test_push_out_of_memory(void **state)
{
	unsigned long failed = 0;

	(void)state;
	for (unsigned long at = 1; at < 16; at++) {
		struct sw_merge *m = sw_merge__new(2);
		uint64_t taken = 0, sum = 0;
		const struct rec *got;
		size_t len;

		assert_non_null(m);
		alloc_fail_in = at;
		for (uint64_t i = 0; i < 1000; i++) {
			int err = push(m, i, i % 2, i, 60);

			if (err) {
				assert_int_equal(err, -ENOMEM);
				failed++;
			} else {
				taken++;
				sum += i;
			}
			/* Some go while others come, so that arenas are compacted, too. */
			if (i % 3 == 0 && (got = sw_merge__pop(m, UINT64_MAX, &len))) {
				assert_int_equal(got->bytes[59], got->number & 0xff);
				sum -= got->number;
				taken--;
			}
			assert_int_equal(sw_merge__pending(m), taken);
		}
		alloc_fail_in = 0;
		while ((got = sw_merge__pop(m, UINT64_MAX, &len))) {
			assert_int_equal(got->bytes[59], got->number & 0xff);
			sum -= got->number;
			taken--;
		}
		assert_int_equal(taken, 0);
		assert_int_equal(sum, 0);
		sw_merge__free(m);
	}
	assert_true(failed >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_equal_times),
		cmocka_unit_test(test_equal_times_by_kind),
		cmocka_unit_test(test_inversions),
		cmocka_unit_test(test_valid_until_push),
		cmocka_unit_test(test_large_record),
		cmocka_unit_test(test_unaligned),
		cmocka_unit_test(test_against_sort),
		cmocka_unit_test(test_steady_state_allocates_nothing),
		cmocka_unit_test(test_stuck_record_does_not_grow_memory),
		cmocka_unit_test(test_burst_is_given_back),
		cmocka_unit_test(test_new_out_of_memory),
		cmocka_unit_test(test_push_out_of_memory),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
