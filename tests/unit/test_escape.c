// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include <jansson.h>

#include "base/escape.h"

#define FFFD "\xef\xbf\xbd"

struct row {
	const char *in;
	const char *text;
	const char *json;
};

static const struct row rows[] = {
	{ "", "", "" },
	{ "nginx", "nginx", "nginx" },
	{ "a b/c-d_e~!", "a b/c-d_e~!", "a b/c-d_e~!" },
	{ "say \"hi\"", "say \"hi\"", "say \\\"hi\\\"" },
	{ "a\\b", "a\\\\b", "a\\\\b" },
	{ "\\n", "\\\\n", "\\\\n" },
	{ "a\nb\tc\rd", "a\\nb\\tc\\x0dd", "a\\nb\\tc\\rd" },
	{ "\b\f\x01\x1f", "\\x08\\x0c\\x01\\x1f", "\\b\\f\\u0001\\u001f" },
	{ "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m", "\\u001b[31mred\\u001b[0m" },
	{ "\x7f", "\\x7f", "\\u007f" },
	/* C1: CSI as one character, which xterm obeys */
	{ "\xc2\x9b", "\\u{009b}", "\\u009b" },
	{ "\xc2\x80\xc2\x9f\xc2\xa0", "\\u{0080}\\u{009f}\xc2\xa0", "\\u0080\\u009f\xc2\xa0" },
	/* and as a byte: not UTF-8 */
	{ "\x9b" "31m", "\\x9b31m", FFFD "31m" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	{ "\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7" },
	/* text that reorders, breaks or hides */
	{ "\xe2\x80\xae", "\\u{202e}", "\\u202e" },
	{ "\xe2\x81\xa6", "\\u{2066}", "\\u2066" },
	{ "\xe2\x80\x8b", "\\u{200b}", "\\u200b" },
	{ "\xe2\x80\x8f", "\\u{200f}", "\\u200f" },
	{ "\xe2\x80\xa8", "\\u{2028}", "\\u2028" },
	{ "\xd8\x9c", "\\u{061c}", "\\u061c" },
	{ "\xef\xbb\xbf", "\\u{feff}", "\\ufeff" },
	{ "\xf3\xa0\x81\x81", "\\u{e0041}", "\\udb40\\udc41" },
	/* their neighbours do not */
	{ "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xaf", "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xaf",
	  "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xaf" },
	/* overlong forms of NUL, '/', U+07FF, U+FFFF */
	{ "\xc0\x80", "\\xc0\\x80", FFFD FFFD },
	{ "\xc0\xaf", "\\xc0\\xaf", FFFD FFFD },
	{ "\xc1\xbf", "\\xc1\\xbf", FFFD FFFD },
	{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf", FFFD FFFD FFFD },
	{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf", FFFD FFFD FFFD FFFD },
	/* surrogates, and what is on either side of them */
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80", FFFD FFFD FFFD },
	{ "\xed\xbf\xbf", "\\xed\\xbf\\xbf", FFFD FFFD FFFD },
	{ "\xed\x9f\xbf", "\xed\x9f\xbf", "\xed\x9f\xbf" },
	{ "\xee\x80\x80", "\xee\x80\x80", "\xee\x80\x80" },
	/* U+10FFFF and beyond */
	{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", FFFD FFFD FFFD FFFD },
	{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80", FFFD FFFD FFFD FFFD },
	{ "\xff\xfe", "\\xff\\xfe", FFFD FFFD },
	/* cut off: at the end, by ASCII, by another sequence */
	{ "\xc3", "\\xc3", FFFD },
	{ "\xe2\x82", "\\xe2\\x82", FFFD FFFD },
	{ "\xf0\x9f\x90", "\\xf0\\x9f\\x90", FFFD FFFD FFFD },
	{ "\xe2\x82x", "\\xe2\\x82x", FFFD FFFD "x" },
	{ "\xe2\x82\xc3\xbc", "\\xe2\\x82\xc3\xbc", FFFD FFFD "\xc3\xbc" },
	{ "\xf0\x9f\n", "\\xf0\\x9f\\n", FFFD FFFD "\\n" },
	{ "\xc3\"", "\\xc3\"", FFFD "\\\"" },
	{ "\x80", "\\x80", FFFD },
};

static void test_table(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* An exact copy on the heap, so that ASan sees a read behind it. */
		size_t n = strlen(rows[i].in);
		char *in = malloc(n);

		assert_non_null(in);
		memcpy(in, rows[i].in, n);
		sw_escape_text(&b, in, n);
		assert_buf(&b, rows[i].text);
		sw_escape_json(&b, in, n);
		assert_buf(&b, rows[i].json);
		free(in);
	}
	sw_buf__free(&b);
}

static void test_nul_is_a_byte(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	sw_escape_text(&b, "a\0b", 3);
	assert_buf(&b, "a\\x00b");
	sw_escape_json(&b, "a\0b", 3);
	assert_buf(&b, "a\\u0000b");
	sw_escape_text(&b, NULL, 0);
	sw_escape_json(&b, NULL, 0);
	assert_buf(&b, "");
	sw_buf__free(&b);
}

/* Appends to what is there. */
static void test_appends(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	sw_buf__puts(&b, "<");
	sw_escape_text(&b, "a\n", 2);
	sw_escape_json(&b, "b\"", 2);
	assert_buf(&b, "<a\\nb\\\"");
	sw_buf__free(&b);
}

static size_t utf8__encode(uint32_t c, unsigned char *to)
{
	if (c < 0x80) {
		to[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (unsigned char)(0xc0 | c >> 6);
		to[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (unsigned char)(0xe0 | c >> 12);
		to[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (unsigned char)(0xf0 | c >> 18);
	to[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}

/*
 * The valid sequence at s, found another way than the code does: take the bits
 * as they are, encode them again, and see whether the bytes are the same.
 */
static size_t reference_valid(const unsigned char *s, size_t n)
{
	unsigned char again[4];
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? s[0] : s[0] & (0x7fu >> len);

	if (len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3f);
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	if (utf8__encode(c, again) != len || memcmp(again, s, len))
		return 0;
	return len;
}

/* What a reader of the JSON is to get: the bytes, or U+FFFD for each bad one. */
static size_t reference(const unsigned char *s, size_t n, char *want)
{
	size_t len, out = 0;

	for (; n; s += len, n -= len) {
		len = reference_valid(s, n);
		if (len) {
			memcpy(want + out, s, len);
			out += len;
		} else {
			len = 1;
			memcpy(want + out, FFFD, 3);
			out += 3;
		}
	}
	return out;
}

/* No byte of a C0, DEL or C1 control, in whatever form. */
static void assert_safe(const struct sw_buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		assert_true(c >= 0x20 && c != 0x7f);
		if (c == 0xc2)
			assert_true((unsigned char)b->data[i + 1] >= 0xa0);
	}
}

/* What the text stands for: it says everything, so no two names look the same. */
static size_t unescape(const struct sw_buf *b, unsigned char *to)
{
	size_t out = 0;

	for (size_t i = 0; i < b->len; i++) {
		const char *p = b->data + i;
		unsigned int c;
		int used = 0;

		if (*p != '\\') {
			to[out++] = (unsigned char)*p;
		} else if (sscanf(p, "\\x%2x%n", &c, &used) == 1 && used == 4) {
			to[out++] = (unsigned char)c;
			i += 3;
		} else if (sscanf(p, "\\u{%x}%n", &c, &used) == 1 && used) {
			out += utf8__encode(c, to + out);
			i += (size_t)used - 1;
		} else {
			to[out++] = p[1] == 'n' ? '\n' : p[1] == 't' ? '\t' : '\\';
			assert_non_null(strchr("nt\\", p[1]));
			i++;
		}
	}
	return out;
}

/*
 * jansson reads back just what the reference says, the text can be read back,
 * and no control character is left in either.
 */
static void check_bytes(struct sw_buf *b, const unsigned char *s, size_t n)
{
	unsigned char back[4096];
	char want[3 * 4096];
	size_t want_len = reference(s, n, want), pos = 0;
	json_error_t error;
	json_t *root;

	sw_buf__puts(b, "[\"");
	sw_escape_json(b, s, n);
	sw_buf__puts(b, "\"]");
	assert_safe(b);
	root = json_loadb(b->data, b->len, JSON_ALLOW_NUL, &error);
	if (!root)
		fail_row(s[0], "%s: %.*s", error.text, (int)b->len, b->data);
	assert_int_equal(json_string_length(json_array_get(root, 0)), want_len);
	assert_memory_equal(json_string_value(json_array_get(root, 0)), want, want_len);
	json_decref(root);
	sw_buf__reset(b);

	sw_escape_text(b, s, n);
	assert_safe(b);
	while (pos < b->len) {
		size_t len = reference_valid((unsigned char *)b->data + pos, b->len - pos);

		assert_int_not_equal(len, 0);
		pos += len;
	}
	sw_buf__putc(b, '\0'); /* for sscanf() */
	b->len--;
	assert_int_equal(unescape(b, back), n);
	assert_memory_equal(back, s, n);
	sw_buf__reset(b);
}

static void test_every_character(void **state)
{
	unsigned char bytes[4096];
	struct sw_buf b = { 0 };
	size_t n = 0;

	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		n += utf8__encode(c, bytes + n);
		if (n > sizeof(bytes) - 4 || c == 0x10ffff) {
			check_bytes(&b, bytes, n);
			n = 0;
		}
	}
	sw_buf__free(&b);
}

/* Every pair of bytes, and the pairs followed by bytes on either side of a limit. */
static void test_every_sequence(void **state)
{
	static const unsigned char ends[] = { 0x20, 0x7f, 0x80, 0xbf, 0xc2, 0xff };
	struct sw_buf b = { 0 };

	(void)state;
	for (int first = 0; first < 256; first++) {
		unsigned char bytes[4096];
		size_t n = 0;

		for (int second = 0; second < 256; second++) {
			bytes[n++] = (unsigned char)first;
			bytes[n++] = (unsigned char)second;
			bytes[n++] = '.';
		}
		check_bytes(&b, bytes, n);
		for (int second = 0x70; second < 0xd0; second++) {
			n = 0;
			for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
				for (size_t j = 0; j < ARRAY_SIZE(ends); j++) {
					bytes[n++] = (unsigned char)first;
					bytes[n++] = (unsigned char)second;
					bytes[n++] = ends[i];
					bytes[n++] = ends[j];
					bytes[n++] = '.';
				}
			}
			check_bytes(&b, bytes, n);
		}
	}
	sw_buf__free(&b);
}

static void test_random_bytes(void **state)
{
	/* Leading, continuing and plain bytes, so that sequences come about. */
	static const unsigned char likely[] = {
		0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 'a',
	};
	struct sw_buf b = { 0 };
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t n = 1 + test_random(&seed) % 40;
		unsigned char *bytes = malloc(n);

		assert_non_null(bytes);
		for (size_t j = 0; j < n; j++) {
			uint64_t r = test_random(&seed) >> 20;

			bytes[j] = r & 1 ? likely[(r >> 1) % ARRAY_SIZE(likely)] :
					   (unsigned char)(r >> 1);
		}
		check_bytes(&b, bytes, n);
		free(bytes);
	}
	sw_buf__free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_nul_is_a_byte),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_every_sequence),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
