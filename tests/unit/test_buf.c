// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

static void test_empty(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	/* UBSan watches that no NULL reaches memcpy(). */
	sw_buf__put(&b, NULL, 0);
	sw_buf__puts(&b, "");
	sw_buf__pad(&b, 0, 0);
	assert_int_equal(sw_buf__reserve(&b, 0), 0);
	assert_int_equal(b.len, 0);
	assert_false(b.failed);
	sw_buf__printf(&b, "%s", "");
	assert_int_equal(b.len, 0);
	sw_buf__free(&b);
	sw_buf__free(NULL);
}

static void test_growth_keeps_the_bytes(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		sw_buf__putc(&b, (char)i);
	assert_int_equal(b.len, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], (char)i);
	sw_buf__free(&b);
	assert_null(b.data);
	assert_int_equal(b.cap, 0);

	sw_buf__puts(&b, "again");
	assert_buf(&b, "again");
	sw_buf__free(&b);
}

static void test_reserve(void **state)
{
	struct sw_buf b = { 0 };
	unsigned long calls;

	(void)state;
	assert_int_equal(sw_buf__reserve(&b, 5000), 0);
	assert_true(b.cap - b.len >= 5000);
	calls = alloc_calls;
	for (int i = 0; i < 5000; i++)
		sw_buf__putc(&b, 'x');
	/* A reset keeps the memory for the next line. */
	sw_buf__reset(&b);
	for (int i = 0; i < 5000; i++)
		sw_buf__putc(&b, 'x');
	assert_int_equal(alloc_calls, calls);
	sw_buf__free(&b);
}

static void test_reserve_doubles(void **state)
{
	struct sw_buf b = { 0 };
	unsigned long calls = alloc_calls;

	(void)state;
	for (int i = 0; i < 1 << 20; i++)
		sw_buf__putc(&b, 'x');
	assert_true(alloc_calls - calls <= 20);
	sw_buf__free(&b);
}

/* At each room that is left, from much too little to enough. */
static void test_printf_at_every_room(void **state)
{
	(void)state;
	for (size_t used = 230; used <= 256; used++) {
		struct sw_buf b = { 0 };
		char want[300];

		memset(want, 'a', used);
		strcpy(want + used, "0123456789");
		assert_int_equal(sw_buf__reserve(&b, 1), 0);
		assert_int_equal(b.cap, 256);
		sw_buf__put(&b, want, used);
		sw_buf__printf(&b, "%d%s", 1234, "");
		b.len = used;
		sw_buf__printf(&b, "%s%d", "01234567", 89);
		assert_buf(&b, want);
		sw_buf__free(&b);
	}
}

static void check_u64(struct sw_buf *b, uint64_t v)
{
	char want[24];

	snprintf(want, sizeof(want), "%llu", (unsigned long long)v);
	sw_buf__u64(b, v);
	assert_buf(b, want);
	snprintf(want, sizeof(want), "%lld", (long long)(int64_t)v);
	sw_buf__s64(b, (int64_t)v);
	assert_buf(b, want);
}

static void test_numbers(void **state)
{
	uint64_t seed = 1, power = 1;
	struct sw_buf b = { 0 };

	(void)state;
	for (uint64_t v = 0; v < 20000; v++)
		check_u64(&b, v);
	for (int digits = 1; digits <= 20; digits++, power *= 10) {
		for (uint64_t d = 0; d < 3; d++)
			check_u64(&b, power - 1 + d);
	}
	for (int bits = 0; bits < 64; bits++)
		for (int i = 0; i < 200; i++)
			check_u64(&b, test_random(&seed) >> bits);
	sw_buf__u64(&b, UINT64_MAX);
	assert_buf(&b, "18446744073709551615");
	sw_buf__s64(&b, INT64_MIN);
	assert_buf(&b, "-9223372036854775808");
	sw_buf__s64(&b, INT64_MAX);
	assert_buf(&b, "9223372036854775807");
	sw_buf__s64(&b, -1);
	assert_buf(&b, "-1");
	sw_buf__s64(&b, 0);
	assert_buf(&b, "0");
	sw_buf__free(&b);
}

static void test_pad(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	sw_buf__puts(&b, "ab");
	sw_buf__pad(&b, 0, 4);
	assert_buf(&b, "ab  ");
	sw_buf__puts(&b, "abcd");
	sw_buf__pad(&b, 0, 4);
	assert_buf(&b, "abcd");
	sw_buf__puts(&b, "abcde");
	sw_buf__pad(&b, 0, 4);
	assert_buf(&b, "abcde");
	sw_buf__puts(&b, "one|two");
	sw_buf__pad(&b, 4, 5);
	assert_buf(&b, "one|two  ");
	/* from may lie behind the end, too */
	sw_buf__puts(&b, "a");
	sw_buf__pad(&b, 3, 2);
	assert_buf(&b, "a    ");
	sw_buf__pad(&b, 0, 1000);
	assert_int_equal(b.len, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(b.data[i], ' ');
	sw_buf__pad(&b, SIZE_MAX, 2);
	assert_true(b.failed);
	sw_buf__free(&b);
}

static void test_too_large(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	sw_buf__puts(&b, "abc");
	assert_int_equal(sw_buf__reserve(&b, SIZE_MAX), -ENOMEM);
	assert_true(b.failed);
	sw_buf__reset(&b);
	assert_int_equal(sw_buf__reserve(&b, SIZE_MAX / 2 + 1), -ENOMEM);
	assert_true(b.failed);
	sw_buf__free(&b);
}

static void test_out_of_memory_drops_what_follows(void **state)
{
	struct sw_buf b = { 0 };
	char big[1000];

	(void)state;
	memset(big, 'x', sizeof(big));
	sw_buf__puts(&b, "kept");
	alloc_fail_in = 1;
	sw_buf__put(&b, big, sizeof(big));
	assert_true(b.failed);
	assert_int_equal(b.len, 4);

	/* There would be room, but a line with a hole is worse than a short one. */
	sw_buf__putc(&b, 'y');
	sw_buf__u64(&b, 1);
	sw_buf__printf(&b, "%d", 2);
	sw_buf__pad(&b, 0, 100);
	assert_int_equal(sw_buf__reserve(&b, 1), -ENOMEM);
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "kept", 4);

	sw_buf__reset(&b);
	assert_false(b.failed);
	sw_buf__put(&b, big, sizeof(big));
	assert_buf_bytes(&b, big, sizeof(big));
	sw_buf__free(&b);
}

static void test_out_of_memory_at_first(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	alloc_fail_in = 1;
	sw_buf__printf(&b, "%d", 2);
	assert_true(b.failed);
	assert_int_equal(b.len, 0);
	sw_buf__reset(&b);
	sw_buf__printf(&b, "%d", 2);
	assert_buf(&b, "2");
	sw_buf__free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_growth_keeps_the_bytes),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_reserve_doubles),
		cmocka_unit_test(test_printf_at_every_room),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_pad),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_out_of_memory_drops_what_follows),
		cmocka_unit_test(test_out_of_memory_at_first),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
