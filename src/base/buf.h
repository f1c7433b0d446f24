/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A growable run of bytes that output is built in, and reused for each line. */
#ifndef SW_BASE_BUF_H
#define SW_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sw_buf {
	char *data; /* owned; not NUL-terminated */
	size_t len;
	size_t cap;
	bool failed; /* memory ran out: what follows is dropped, until a reset */
};

/* Makes room for n more bytes. Returns 0 or -ENOMEM (and sets failed). */
int sw_buf__reserve(struct sw_buf *b, size_t n);

void sw_buf__printf(struct sw_buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Decimal digits, without printf: this is on the path of every event. */
void sw_buf__u64(struct sw_buf *b, uint64_t v);
void sw_buf__s64(struct sw_buf *b, int64_t v);

/* Pads with spaces until len is at least `from + width` (nothing if beyond). */
void sw_buf__pad(struct sw_buf *b, size_t from, size_t width);

/* Frees the bytes; the buffer may be used again. NULL is legal. */
void sw_buf__free(struct sw_buf *b);

/* memcpy() for the few bytes that most pieces have: a call costs more than they. */
static inline void sw_copy(char *to, const char *from, size_t n)
{
	if (__builtin_constant_p(n) || n > 32) {
		memcpy(to, from, n);
	} else if (n >= 16) {
		/* Both ends, which meet or overlap. */
		char head[16], tail[16];

		memcpy(head, from, 16);
		memcpy(tail, from + n - 16, 16);
		memcpy(to, head, 16);
		memcpy(to + n - 16, tail, 16);
	} else if (n >= 8) {
		uint64_t head, tail;

		memcpy(&head, from, 8);
		memcpy(&tail, from + n - 8, 8);
		memcpy(to, &head, 8);
		memcpy(to + n - 8, &tail, 8);
	} else {
		while (n--)
			*to++ = *from++;
	}
}

static inline void sw_buf__put(struct sw_buf *b, const void *p, size_t n)
{
	if (!n)
		return; /* memcpy() may not be given the NULL of an empty buffer */
	if (b->cap - b->len < n && sw_buf__reserve(b, n))
		return;
	sw_copy(b->data + b->len, p, n);
	b->len += n;
}

static inline void sw_buf__puts(struct sw_buf *b, const char *s)
{
	sw_buf__put(b, s, strlen(s));
}

static inline void sw_buf__putc(struct sw_buf *b, char c)
{
	sw_buf__put(b, &c, 1);
}

static inline void sw_buf__reset(struct sw_buf *b)
{
	b->len = 0;
	b->failed = false;
}

#endif
