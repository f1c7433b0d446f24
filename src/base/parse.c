// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Numbers as users write them. */
#include "parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Not isdigit(): that depends on the locale, and on a char being unsigned. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Reads the digits at *s and moves *s behind them.  -ERANGE only means that
 * they are too large: the caller checks what follows first, as "99999999999999
 * 9999999x" is not a number at all.
 */
static int parse_digits(const char **s, uint64_t *out)
{
	const char *p = *s;
	uint64_t v = 0;
	int err = 0;

	if (!is_digit(*p))
		return -EINVAL;
	for (; is_digit(*p); p++) {
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
			err = -ERANGE;
	}
	*s = p;
	*out = v;
	return err;
}

int sw_parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v;
	int err;

	err = parse_digits(&s, &v);
	if (err == -EINVAL || *s)
		return -EINVAL;
	if (err || v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit *unit__find(const struct unit *units, size_t n, const char *suffix)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(units[i].suffix, suffix))
			return &units[i];
	return NULL;
}

static const struct unit durations[] = {
	{ "", 1000000000ULL },
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000ULL },
	{ "m", 60 * 1000000000ULL },
	{ "h", 3600 * 1000000000ULL },
};

/*
 * 0.DIGITS of a unit, exactly.  From the last digit to the first, each step is
 * (digit * unit + what is behind it) / 10; a remainder in any of them means
 * that the whole is not a number of nanoseconds.
 */
static int parse_fraction(const char *digits, size_t n, uint64_t unit, uint64_t *out)
{
	uint64_t v = 0;

	while (n--) {
		v += (uint64_t)(digits[n] - '0') * unit;
		if (v % 10)
			return -EINVAL;
		v /= 10;
	}
	*out = v;
	return 0;
}

int sw_parse_duration(const char *s, uint64_t *ns)
{
	const struct unit *unit;
	const char *fraction;
	uint64_t v, rest = 0;
	size_t n = 0;
	int err;

	err = parse_digits(&s, &v);
	if (err == -EINVAL)
		return err;
	fraction = s;
	if (*s == '.') {
		fraction = ++s;
		while (is_digit(*s))
			s++;
		n = (size_t)(s - fraction);
		if (!n)
			return -EINVAL;
	}
	unit = unit__find(durations, sizeof(durations) / sizeof(*durations), s);
	if (!unit || parse_fraction(fraction, n, unit->factor, &rest))
		return -EINVAL;
	if (err || __builtin_mul_overflow(v, unit->factor, &v) ||
	    __builtin_add_overflow(v, rest, &v))
		return -ERANGE;
	*ns = v;
	return 0;
}

/* The power of two that a letter stands for, or -1. */
static int size_shift(char letter)
{
	switch (letter) {
	case 'k':
	case 'K':
		return 10;
	case 'm':
	case 'M':
		return 20;
	case 'g':
	case 'G':
		return 30;
	default:
		return -1;
	}
}

int sw_parse_size(const char *s, uint64_t *bytes)
{
	int shift = 0, err;
	uint64_t v;

	err = parse_digits(&s, &v);
	if (err == -EINVAL)
		return err;
	if (*s) {
		shift = size_shift(*s++);
		if (shift < 0 || (*s && strcmp(s, "B") && strcmp(s, "iB")))
			return -EINVAL;
	}
	if (err || __builtin_mul_overflow(v, (uint64_t)1 << shift, &v))
		return -ERANGE;
	*bytes = v;
	return 0;
}
