// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "base/parse.h"

#define UNTOUCHED 0xdeadbeefULL

struct row {
	const char *text;
	int err;
	uint64_t value;
};

static void check(size_t i, const struct row *row, int err, uint64_t got)
{
	uint64_t want = row->err ? UNTOUCHED : row->value;

	if (err != row->err || got != want)
		fail_row(i, "\"%s\": want %d, %llu, got %d, %llu", row->text, row->err,
			 (unsigned long long)want, err, (unsigned long long)got);
}

/* What none of the parsers takes. */
static const char *const junk[] = {
	"",	"+1",	 "-1",	 " 1",	 "1 ",	   "1e3",  "12abc", "0x10", "abc",
	" ",	"\t1",	 "1\n",	 "1,000", "1_000",  "--1",  "1.",    ".5",   ".",
	"1..5", "1.5.2", "1.5.2s", "1.-5s", "1.+5s", "K",    "s",     "ms",   "4 K",
	"1 s",	"1s ",	 "4K ",	 "4KK",	 "1ss",	   "1sm",  "4KiBB", "4i",   "4Ki",
	"4KIB", "4kb",	 "1S",	 "1MS",	 "1d",	   "4P",   "4B",    "4iB",  "1.5",
	"\xd9\xa1", /* ARABIC-INDIC DIGIT ONE */
	"1\xc2\xb5s", "99999999999999999999x", "99999999999999999999999.",
	"-0",	"nan",	 "inf",	 "1/2",	 "1;",
};

static void test_junk(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(junk); i++) {
		uint64_t v = UNTOUCHED;

		if (sw_parse_u64(junk[i], 0, UINT64_MAX, &v) != -EINVAL || v != UNTOUCHED)
			fail_row(i, "u64 took \"%s\"", junk[i]);
		/* "1.5" is the only one of them that is a duration. */
		if (strcmp(junk[i], "1.5") &&
		    (sw_parse_duration(junk[i], &v) != -EINVAL || v != UNTOUCHED))
			fail_row(i, "duration took \"%s\"", junk[i]);
		if (sw_parse_size(junk[i], &v) != -EINVAL || v != UNTOUCHED)
			fail_row(i, "size took \"%s\"", junk[i]);
	}
}

static void test_u64(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "1", 0, 1 },
		{ "007", 0, 7 },
		{ "00000000000000000000000000000000000000012", 0, 12 },
		{ "1234567890", 0, 1234567890 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "18446744073709551620", -ERANGE, 0 },
		{ "99999999999999999999", -ERANGE, 0 },
		/* twice 2^64 and a bit: a wrapped sum must not look small */
		{ "36893488147419103233", -ERANGE, 0 },
		{ "99999999999999999999999999999999999999999", -ERANGE, 0 },
		{ "184467440737095516150", -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t v = UNTOUCHED;
		int err = sw_parse_u64(rows[i].text, 0, UINT64_MAX, &v);

		check(i, &rows[i], err, v);
	}
}

static void test_u64_range(void **state)
{
	static const struct row rows[] = {
		{ "9", -ERANGE, 0 },  { "10", 0, 10 },	      { "15", 0, 15 },
		{ "20", 0, 20 },      { "21", -ERANGE, 0 },   { "0", -ERANGE, 0 },
		{ "21x", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t v = UNTOUCHED;
		int err = sw_parse_u64(rows[i].text, 10, 20, &v);

		check(i, &rows[i], err, v);
	}
}

static void test_duration(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "0s", 0, 0 },
		{ "10", 0, 10000000000ULL },
		{ "1.5", 0, 1500000000ULL },
		{ "1.5s", 0, 1500000000ULL },
		{ "500ms", 0, 500000000ULL },
		{ "20us", 0, 20000 },
		{ "7ns", 0, 7 },
		{ "2m", 0, 120000000000ULL },
		{ "1h", 0, 3600000000000ULL },
		{ "0.1h", 0, 360000000000ULL },
		{ "1.5m", 0, 90000000000ULL },
		{ "0.5us", 0, 500 },
		{ "1.001us", 0, 1001 },
		{ "0.000000001s", 0, 1 },
		{ "0.999999999", 0, 999999999 },
		{ "0.0000000001s", -EINVAL, 0 },
		{ "0.0000000010s", 0, 1 },
		{ "1.0000000000000000000000000000000000000s", 0, 1000000000ULL },
		{ "1.0000000000000000000000000000000000001s", -EINVAL, 0 },
		{ "0.5ns", -EINVAL, 0 },
		{ "7.0ns", 0, 7 },
		{ "1.0001us", -EINVAL, 0 },
		/* a third of a minute is no number of them, but a 2^-9 hour is */
		{ "0.33333333333333m", -EINVAL, 0 },
		{ "0.001953125h", 0, 7031250000ULL },
		{ "0.00000000000000001h", -EINVAL, 0 },
		{ "18446744073709551615ns", 0, UINT64_MAX },
		{ "18446744073709551616ns", -ERANGE, 0 },
		{ "18446744073709551.615us", 0, UINT64_MAX },
		{ "18446744073709551.616us", -ERANGE, 0 },
		{ "18446744073.709551615", 0, UINT64_MAX },
		{ "18446744073.709551616", -ERANGE, 0 },
		{ "18446744073s", 0, 18446744073000000000ULL },
		{ "18446744074s", -ERANGE, 0 },
		{ "5124095h", 0, 18446742000000000000ULL },
		{ "5124096h", -ERANGE, 0 },
		{ "99999999999999999999h", -ERANGE, 0 },
		{ "99999999999999999999q", -EINVAL, 0 },
		{ "1.5.2s", -EINVAL, 0 },
		{ "1.5 s", -EINVAL, 0 },
		{ "1.s", -EINVAL, 0 },
		{ ".5s", -EINVAL, 0 },
		{ "1m30s", -EINVAL, 0 },
		{ "1.5x", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t v = UNTOUCHED;
		int err = sw_parse_duration(rows[i].text, &v);

		check(i, &rows[i], err, v);
	}
}

static void test_size(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "4096", 0, 4096 },
		{ "4K", 0, 4096 },
		{ "4k", 0, 4096 },
		{ "4KB", 0, 4096 },
		{ "4KiB", 0, 4096 },
		{ "4kiB", 0, 4096 },
		{ "16M", 0, 16777216 },
		{ "16mB", 0, 16777216 },
		{ "1G", 0, 1073741824 },
		{ "1giB", 0, 1073741824 },
		{ "0G", 0, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "17179869183G", 0, 17179869183ULL << 30 },
		{ "17179869184G", -ERANGE, 0 },
		{ "18014398509481983K", 0, 18014398509481983ULL << 10 },
		{ "18014398509481984K", -ERANGE, 0 },
		{ "99999999999999999999K", -ERANGE, 0 },
		{ "99999999999999999999Kx", -EINVAL, 0 },
		{ "1.5K", -EINVAL, 0 },
		{ "4Kb", -EINVAL, 0 },
		{ "4KB ", -EINVAL, 0 },
		{ "-4K", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t v = UNTOUCHED;
		int err = sw_parse_size(rows[i].text, &v);

		check(i, &rows[i], err, v);
	}
}

/* Every single byte behind a number is junk, but for digits. */
static void test_every_trailing_byte(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		const char text[] = { '1', (char)c, 0 };
		bool digit = c >= '0' && c <= '9';
		bool duration = digit || c == 's' || c == 'm' || c == 'h';
		bool size = digit || strchr("kKmMgG", c);
		uint64_t v;

		assert_int_equal(sw_parse_u64(text, 0, 99, &v), digit ? 0 : -EINVAL);
		assert_int_equal(sw_parse_duration(text, &v), duration ? 0 : -EINVAL);
		assert_int_equal(sw_parse_size(text, &v), size ? 0 : -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_junk),
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_u64_range),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_every_trailing_byte),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
