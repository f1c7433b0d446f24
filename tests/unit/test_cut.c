// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "base/cut.h"

#include "test.h"

static void test_cut(void **state)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{"", ""},
		{"12345678", "12345678"},
		{"123456789", "12345..."},
		/* Of two, three and four bytes, that end at the fifth or go beyond it. */
		{"123\u00e96789", "123\u00e9..."},
		{"1234\u00e96789", "1234..."},
		{"12\u20ac6789", "12\u20ac..."},
		{"123\u20ac6789", "123..."},
		{"1\U0001f4166789", "1\U0001f416..."},
		{"12\U0001f4166789", "12..."},
		{"1234\U0001f4166789", "1234..."},
	};
	struct sw_buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		sw_buf__reset(&b);
		sw_put_cut(&b, rows[i].name, strlen(rows[i].name), 8);
		assert_buf(&b, rows[i].want);
	}
	sw_buf__free(&b);
}

/* What is no UTF-8 at all loses no more than a character would. */
static void test_no_utf8(void **state)
{
	char name[64];
	struct sw_buf b = {0};

	(void)state;
	memset(name, 0x80, sizeof(name));
	sw_put_cut(&b, name, sizeof(name), 32);
	assert_true(b.len >= 32 - 3 && b.len <= 32);
	assert_memory_equal(b.data + b.len - 3, "...", 3);
	sw_buf__reset(&b);
	sw_put_cut(&b, name, sizeof(name), 4);
	assert_true(b.len <= 4);
	sw_buf__free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_no_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
