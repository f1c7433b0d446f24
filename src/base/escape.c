// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Names that strangers wrote, made fit for a terminal and for JSON. */
#include "escape.h"

#define PLAIN_TEXT 1
#define PLAIN_JSON 2
#define PLAIN (PLAIN_TEXT | PLAIN_JSON)

/* Which bytes go out as they are: the fast path of nearly every name. */
static const uint8_t plain[256] = {
	[' ' ... '!'] = PLAIN,
	['"'] = PLAIN_TEXT,
	['#' ... '['] = PLAIN,
	[']' ... '~'] = PLAIN,
};

static const char hex[] = "0123456789abcdef";

/*
 * Characters above ASCII that a terminal obeys rather than shows, or shows as
 * nothing: C1 controls, line separators, and what Unicode lists as
 * Default_Ignorable_Code_Point (the bidirectional controls among them).
 */
static const struct range {
	uint32_t first, last;
} hidden[] = {
	{ 0x0080, 0x009f },   /* C1 */
	{ 0x00ad, 0x00ad },   /* soft hyphen */
	{ 0x034f, 0x034f },   /* combining grapheme joiner */
	{ 0x061c, 0x061c },   /* Arabic letter mark */
	{ 0x115f, 0x1160 },   /* Hangul fillers */
	{ 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
	{ 0x180b, 0x180f },   /* Mongolian selectors */
	{ 0x200b, 0x200f },   /* zero width; left-to-right and right-to-left marks */
	{ 0x2028, 0x202e },   /* line, paragraph separator; bidi embedding, override */
	{ 0x2060, 0x206f },   /* word joiner, invisible operators, bidi isolates */
	{ 0x3164, 0x3164 },   /* Hangul filler */
	{ 0xfe00, 0xfe0f },   /* variation selectors */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xffa0, 0xffa0 },   /* halfwidth Hangul filler */
	{ 0xfff0, 0xfffb },   /* interlinear annotation */
	{ 0x1bca0, 0x1bca3 }, /* shorthand format controls */
	{ 0x1d173, 0x1d17a }, /* musical format controls */
	{ 0xe0000, 0xe0fff }, /* tags */
};

static bool is_hidden(uint32_t c)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (c <= hidden[i].last)
			return c >= hidden[i].first;
	return false;
}

/*
 * The length of the UTF-8 sequence at s, 2 to 4, and its character; 0 when
 * these bytes are not one (ASCII is not asked for here).  Overlong forms,
 * surrogates and what is beyond U+10FFFF are told by the second byte's range
 * (Unicode, table 3-7).
 */
static size_t utf8__decode(const uint8_t *s, size_t n, uint32_t *c)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t len;

	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		len = 2;
		*c = s[0] & 0x1f;
	} else if ((s[0] & 0xf0) == 0xe0) {
		len = 3;
		*c = s[0] & 0x0f;
		if (s[0] == 0xe0)
			low = 0xa0;
		else if (s[0] == 0xed)
			high = 0x9f;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		len = 4;
		*c = s[0] & 0x07;
		if (s[0] == 0xf0)
			low = 0x90;
		else if (s[0] == 0xf4)
			high = 0x8f;
	} else {
		return 0;
	}
	if (n < len || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	return len;
}

static void put_x(struct sw_buf *b, uint8_t byte)
{
	const char text[4] = { '\\', 'x', hex[byte >> 4], hex[byte & 15] };

	sw_buf__put(b, text, sizeof(text));
}

/* \uNNNN: one half of a pair for what is beyond the first plane. */
static void put_u(struct sw_buf *b, uint32_t c)
{
	const char text[6] = { '\\',
			       'u',
			       hex[c >> 12 & 15],
			       hex[c >> 8 & 15],
			       hex[c >> 4 & 15],
			       hex[c & 15] };

	sw_buf__put(b, text, sizeof(text));
}

static void text__ascii(struct sw_buf *b, uint8_t c)
{
	switch (c) {
	case '\n':
		sw_buf__puts(b, "\\n");
		break;
	case '\t':
		sw_buf__puts(b, "\\t");
		break;
	case '\\':
		sw_buf__puts(b, "\\\\");
		break;
	default:
		put_x(b, c);
	}
}

static void json__ascii(struct sw_buf *b, uint8_t c)
{
	/* clang-format off */
	static const char *const shorts[] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f",
		['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
	};
	/* clang-format on */

	if (c < sizeof(shorts) / sizeof(*shorts) && shorts[c])
		sw_buf__puts(b, shorts[c]);
	else
		put_u(b, c);
}

static void json__hidden(struct sw_buf *b, uint32_t c)
{
	if (c < 0x10000) {
		put_u(b, c);
		return;
	}
	c -= 0x10000;
	put_u(b, 0xd800 | c >> 10);
	put_u(b, 0xdc00 | (c & 0x3ff));
}

#define EACH(byte) (0x0101010101010101ULL * (byte))

/* Nothing in these eight bytes is below ' ', above '~', a '"' or a backslash. */
static bool plain_eight(const uint8_t *s)
{
	uint64_t w, quote, slash, del;

	memcpy(&w, s, sizeof(w));
	quote = w ^ EACH('"');
	slash = w ^ EACH('\\');
	del = w ^ EACH(0x7f);
	/* x - 1 borrows from bit 7 of a byte that is 0, and x - ' ' of one below. */
	quote = (quote - EACH(1)) & ~quote;
	slash = (slash - EACH(1)) & ~slash;
	del = (del - EACH(1)) & ~del;
	return !((w | (w - EACH(' ')) | quote | slash | del) & EACH(0x80));
}

/* How many bytes from s on need no look at all. */
static size_t plain_run(const uint8_t *s, size_t n, uint8_t kind)
{
	size_t i = 0;

	while (n - i >= 8 && plain_eight(s + i))
		i += 8;
	while (i < n && plain[s[i]] & kind)
		i++;
	return i;
}

void sw_escape_text(struct sw_buf *b, const void *s, size_t n)
{
	const uint8_t *p = s;
	uint32_t c;
	size_t len;

	while (n) {
		len = plain_run(p, n, PLAIN_TEXT);
		if (len) {
			sw_buf__put(b, p, len);
		} else if (*p < 0x80) {
			len = 1;
			text__ascii(b, *p);
		} else if (!(len = utf8__decode(p, n, &c))) {
			len = 1;
			put_x(b, *p);
		} else if (is_hidden(c)) {
			sw_buf__printf(b, "\\u{%04x}", (unsigned int)c);
		} else {
			sw_buf__put(b, p, len);
		}
		p += len;
		n -= len;
	}
}

void sw_escape_json(struct sw_buf *b, const void *s, size_t n)
{
	const uint8_t *p = s;
	uint32_t c;
	size_t len;

	while (n) {
		len = plain_run(p, n, PLAIN_JSON);
		if (len) {
			sw_buf__put(b, p, len);
		} else if (*p < 0x80) {
			len = 1;
			json__ascii(b, *p);
		} else if (!(len = utf8__decode(p, n, &c))) {
			len = 1;
			sw_buf__puts(b, "\xef\xbf\xbd"); /* U+FFFD */
		} else if (is_hidden(c)) {
			json__hidden(b, c);
		} else {
			sw_buf__put(b, p, len);
		}
		p += len;
		n -= len;
	}
}
