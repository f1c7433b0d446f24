/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What every unit test needs. */
#ifndef SW_TESTS_TEST_H
#define SW_TESTS_TEST_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

/* In a table's loop: says which row it was, as cmocka only knows the line. */
#define fail_row(row, ...)                                 \
	do {                                               \
		print_error("row %zu: ", (size_t)(row));   \
		print_error(__VA_ARGS__);                  \
		print_error("\n");                         \
		fail();                                    \
	} while (0)

/* The buffer holds just this; it is emptied for the next one. */
#define assert_buf(b, want) assert_buf_is(b, want, strlen(want), __FILE__, __LINE__)
#define assert_buf_bytes(b, want, n) assert_buf_is(b, want, n, __FILE__, __LINE__)

static inline void assert_buf_is(struct sw_buf *b, const void *want, size_t n,
				 const char *file, int line)
{
	bool same = b->len == n && (!n || !memcmp(b->data, want, n)) && !b->failed;

	if (!same) {
		print_error("want \"%.*s\", got \"%.*s\"%s\n", (int)n, (const char *)want,
			    (int)b->len, b->data ? b->data : "", b->failed ? " (failed)" : "");
		_fail(file, line);
	}
	sw_buf__reset(b);
}

/* xorshift64*: the same numbers in each run, so that a failure comes again. */
static inline uint64_t test_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

/*
 * malloc(), calloc() and realloc() of the code under test and of the test go
 * through alloc.c: they are counted, and can be made to fail.
 */
extern unsigned long alloc_calls;
/* The call that fails, from now: 1 is the next one; 0: none does. */
extern unsigned long alloc_fail_in;

#endif
