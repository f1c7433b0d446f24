// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Memory that runs out when a test says so: linked with ld's --wrap. */
#include "test.h"

unsigned long alloc_calls;
unsigned long alloc_fail_in;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static bool alloc__fails(void)
{
	alloc_calls++;
	if (!alloc_fail_in || --alloc_fail_in)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return alloc__fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return alloc__fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return alloc__fails() ? NULL : __real_realloc(p, size);
}
