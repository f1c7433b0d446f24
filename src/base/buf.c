// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A growable run of bytes. */
#include "buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUF_MIN 256

static int buf__fail(struct sw_buf *b)
{
	b->failed = true;
	/* No room left, so that a shorter piece that would have fitted does not
	 * end up behind the one that did not. */
	b->cap = b->len;
	return -ENOMEM;
}

int sw_buf__reserve(struct sw_buf *b, size_t n)
{
	size_t need, cap = b->cap > BUF_MIN ? b->cap : BUF_MIN;
	char *data;

	if (b->failed)
		return -ENOMEM;
	if (b->cap - b->len >= n)
		return 0;
	/* No object is larger than that, so that doubling cannot overflow. */
	if (__builtin_add_overflow(b->len, n, &need) || need > PTRDIFF_MAX)
		return buf__fail(b);
	while (cap < need)
		cap *= 2;

	data = realloc(b->data, cap);
	if (!data)
		return buf__fail(b);
	b->data = data;
	b->cap = cap;
	return 0;
}

void sw_buf__printf(struct sw_buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? b->data + b->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0) {
		buf__fail(b);
		return;
	}
	if ((size_t)n >= room) {
		/* vsnprintf() wants a byte for the NUL that we do not keep. */
		if (sw_buf__reserve(b, (size_t)n + 1))
			return;
		va_start(ap, fmt);
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

static const char two_digits[] = "00010203040506070809"
				 "10111213141516171819"
				 "20212223242526272829"
				 "30313233343536373839"
				 "40414243444546474849"
				 "50515253545556575859"
				 "60616263646566676869"
				 "70717273747576777879"
				 "80818283848586878889"
				 "90919293949596979899";

void sw_buf__u64(struct sw_buf *b, uint64_t v)
{
	char text[20], *p = text + sizeof(text);

	while (v >= 100) {
		p -= 2;
		memcpy(p, &two_digits[v % 100 * 2], 2);
		v /= 100;
	}
	if (v >= 10) {
		p -= 2;
		memcpy(p, &two_digits[v * 2], 2);
	} else {
		*--p = (char)('0' + v);
	}
	sw_buf__put(b, p, (size_t)(text + sizeof(text) - p));
}

void sw_buf__s64(struct sw_buf *b, int64_t v)
{
	if (v < 0)
		sw_buf__putc(b, '-');
	/* Negated as unsigned: -INT64_MIN does not fit an int64_t. */
	sw_buf__u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void sw_buf__pad(struct sw_buf *b, size_t from, size_t width)
{
	size_t n;

	if (b->len >= from && b->len - from >= width)
		return;
	if (__builtin_add_overflow(from, width, &n)) {
		buf__fail(b);
		return;
	}
	n -= b->len;
	if (sw_buf__reserve(b, n))
		return;
	memset(b->data + b->len, ' ', n);
	b->len += n;
}

void sw_buf__free(struct sw_buf *b)
{
	if (!b)
		return;
	free(b->data);
	*b = (struct sw_buf){ 0 };
}
