// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "base/human.h"

#define US 1000ULL
#define MS 1000000ULL
#define S 1000000000ULL
#define MIN (60 * S)
#define H (60 * MIN)
#define D (24 * H)
#define KB 1024ULL
#define MB (KB * KB)
#define GB (MB * KB)

struct row {
	uint64_t value;
	const char *text;
};

static void check(const struct row *rows, size_t n, void (*format)(struct sw_buf *, uint64_t))
{
	struct sw_buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		sw_buf__puts(&b, "=");
		format(&b, rows[i].value);
		if (b.len != strlen(rows[i].text) + 1 ||
		    memcmp(b.data + 1, rows[i].text, b.len - 1))
			fail_row(i, "%llu: want \"%s\", got \"%.*s\"",
				 (unsigned long long)rows[i].value, rows[i].text,
				 (int)b.len - 1, b.data + 1);
		sw_buf__reset(&b);
	}
	sw_buf__free(&b);
}

static void test_duration(void **state)
{
	static const struct row rows[] = {
		{ 0, "0 ns" },
		{ 1, "1 ns" },
		{ 12, "12 ns" },
		{ 999, "999 ns" },
		{ 1000, "1 us" },
		{ 1004, "1 us" },
		{ 1005, "1.01 us" },
		{ 1050, "1.05 us" },
		{ 1500, "1.5 us" },
		{ 9994, "9.99 us" },
		{ 9995, "10 us" },
		{ 12345, "12.3 us" },
		{ 99949, "99.9 us" },
		{ 99950, "100 us" },
		{ 412 * US, "412 us" },
		{ 999499, "999 us" },
		{ 999500, "1 ms" },
		{ MS, "1 ms" },
		{ 1250 * US, "1.25 ms" },
		{ 999499999, "999 ms" },
		{ 999500000, "1 s" },
		{ 13500 * MS, "13.5 s" },
		{ 59949 * MS, "59.9 s" },
		{ 59950 * MS, "1 m 00 s" },
		{ MIN, "1 m 00 s" },
		{ 125 * S, "2 m 05 s" },
		{ 125 * S + 500 * MS, "2 m 06 s" },
		{ H - S, "59 m 59 s" },
		{ H - 400 * MS, "1 h 00 m" },
		{ H, "1 h 00 m" },
		{ H + 29 * S, "1 h 00 m" },
		{ H + 30 * S, "1 h 01 m" },
		{ D - MIN, "23 h 59 m" },
		{ D - 20 * S, "1 d 00 h" },
		{ 3 * D + 4 * H, "3 d 04 h" },
		/* 213503 days, 23 hours, 34 minutes: the hour rounds up */
		{ UINT64_MAX, "213504 d 00 h" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_human_duration);
}

static void test_bytes(void **state)
{
	static const struct row rows[] = {
		{ 0, "0 B" },
		{ 36, "36 B" },
		{ 999, "999 B" },
		{ 1000, "1000 B" },
		{ 1023, "1023 B" },
		{ KB, "1 KB" },
		{ KB + KB / 2, "1.5 KB" },
		{ KB + 6, "1.01 KB" },
		{ 10 * KB, "10 KB" },
		{ 10 * KB + KB / 4, "10.3 KB" },
		{ 1000 * KB, "1000 KB" },
		{ MB - KB, "1023 KB" },
		{ MB - 1, "1 MB" },
		{ MB, "1 MB" },
		{ 16 * MB, "16 MB" },
		{ GB - 1, "1 GB" },
		{ 5 * GB / 2, "2.5 GB" },
		{ GB * KB, "1 TB" },
		{ GB * MB - 1, "1 PB" },
		{ GB * MB, "1 PB" },
		{ GB * MB + GB * MB / 2, "1.5 PB" },
		{ GB * GB, "1 EB" },
		{ GB * GB - 1, "1 EB" },
		{ UINT64_MAX, "16 EB" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_human_bytes);
}

static void test_count(void **state)
{
	static const struct row rows[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 1001, "1,001" },
		{ 12034, "12,034" },
		{ 999999, "999,999" },
		{ 1234567, "1,234,567" },
		{ 1000000000, "1,000,000,000" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_human_count);
}

/* Of any duration below a minute: at most three digits, and within half of the last. */
static void test_duration_is_near(void **state)
{
	static const struct row units[] = {
		{ 1, "ns" },
		{ US, "us" },
		{ MS, "ms" },
		{ S, "s" },
	};
	struct sw_buf b = { 0 };
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint64_t v = (test_random(&seed) >> (test_random(&seed) % 64)) % (59 * S);
		char unit[3];
		int digits = 0;
		double got = 0;

		sw_human_duration(&b, v);
		sw_buf__putc(&b, '\0');
		assert_int_equal(sscanf(b.data, "%lf %2s", &got, unit), 2);
		for (size_t u = 0; u < ARRAY_SIZE(units); u++)
			if (!strcmp(units[u].text, unit))
				got *= (double)units[u].value;
		for (const char *p = b.data; *p; p++)
			digits += *p >= '0' && *p <= '9';
		if (digits > 3 || got < (double)v * 0.99499 || got > (double)v * 1.00501)
			fail_row(i, "%llu: %s", (unsigned long long)v, b.data);
		sw_buf__reset(&b);
	}
	sw_buf__free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_duration_is_near),
	};

	return cmocka_run_group_tests_name("human", tests, NULL, NULL);
}
