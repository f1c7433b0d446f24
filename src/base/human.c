// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Quantities as people read them. */
#include "human.h"

#define NS_PER_SEC 1000000000ULL

/* hundredths as "1.25", "1.5" or "1": zeros at the end say nothing. */
static void put_hundredths(struct sw_buf *b, uint64_t hundredths)
{
	unsigned int rest = (unsigned int)(hundredths % 100);

	sw_buf__u64(b, hundredths / 100);
	if (!rest)
		return;
	if (rest % 10)
		sw_buf__printf(b, ".%02u", rest);
	else
		sw_buf__printf(b, ".%u", rest / 10);
}

/*
 * v in units, rounded to three digits, as hundredths.  Needs v < 1024 * unit
 * and unit <= 2^40, so that nothing overflows.
 */
static uint64_t three_digits(uint64_t v, uint64_t unit)
{
	uint64_t q = (v * 100 + unit / 2) / unit;

	if (q < 1000)
		return q;
	q = (v * 10 + unit / 2) / unit;
	if (q < 1000)
		return q * 10;
	return (v + unit / 2) / unit * 100;
}

static void put_two(struct sw_buf *b, uint64_t v, unsigned int per, const char *big,
		    const char *small)
{
	sw_buf__u64(b, v / per);
	sw_buf__printf(b, " %s %02u %s", big, (unsigned int)(v % per), small);
}

/* A minute or more: the two largest units. */
static void put_long_duration(struct sw_buf *b, uint64_t ns)
{
	uint64_t seconds = ns / NS_PER_SEC;
	uint64_t rounded = seconds + (ns % NS_PER_SEC >= NS_PER_SEC / 2);
	uint64_t minutes = (seconds + 30) / 60;

	if (rounded < 3600)
		put_two(b, rounded, 60, "m", "s");
	else if (minutes < 24 * 60)
		put_two(b, minutes, 60, "h", "m");
	else
		put_two(b, (seconds + 1800) / 3600, 24, "d", "h");
}

void sw_human_duration(struct sw_buf *b, uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
		uint64_t end; /* in hundredths: from here on, the next unit */
	} units[] = {
		{ " ns", 1, 100000 },
		{ " us", 1000, 100000 },
		{ " ms", 1000000, 100000 },
		{ " s", NS_PER_SEC, 6000 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		uint64_t q;

		if (ns / units[i].ns >= units[i].end / 100)
			continue;
		/* 999.9 us is 1 ms, not 1000 us: look again after rounding. */
		q = three_digits(ns, units[i].ns);
		if (q >= units[i].end)
			continue;
		put_hundredths(b, q);
		sw_buf__puts(b, units[i].name);
		return;
	}
	put_long_duration(b, ns);
}

void sw_human_bytes(struct sw_buf *b, uint64_t bytes)
{
	static const char *const names[] = { " B", " KB", " MB", " GB", " TB", " PB", " EB" };
	uint64_t unit = 1, q;
	size_t i = 0;

	/* Past 2^50 the lowest ten bits do not show; without them nothing overflows. */
	for (; bytes >> 50; i++)
		bytes >>= 10;
	for (; bytes / unit >= 1024; i++)
		unit <<= 10;
	q = three_digits(bytes, unit);
	if (q >= 102400) {
		q = 100;
		i++;
	}
	put_hundredths(b, q);
	sw_buf__puts(b, names[i]);
}

void sw_human_count(struct sw_buf *b, uint64_t n)
{
	uint64_t unit = 1;

	while (n / unit >= 1000)
		unit *= 1000;
	sw_buf__u64(b, n / unit);
	for (; unit > 1; unit /= 1000)
		sw_buf__printf(b, ",%03u", (unsigned int)(n % unit / (unit / 1000)));
}
