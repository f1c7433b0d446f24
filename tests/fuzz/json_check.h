/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Whether some text is one value of JSON (RFC 8259), in as little as that takes. */
#ifndef SW_FUZZ_JSON_CHECK_H
#define SW_FUZZ_JSON_CHECK_H

#include <stdbool.h>
#include <string.h>

struct json_text {
	const char *p, *end;
};

static inline char json_peek(struct json_text *t)
{
	while (t->p < t->end && strchr(" \t\r\n", *t->p))
		t->p++;
	return t->p < t->end ? *t->p : '\0';
}

static inline bool json_word(struct json_text *t, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(t->end - t->p) < n || memcmp(t->p, word, n) != 0)
		return false;
	t->p += n;
	return true;
}

static inline bool json_string(struct json_text *t)
{
	if (json_peek(t) != '"')
		return false;
	for (t->p++; t->p < t->end && *t->p != '"'; t->p++) {
		if ((unsigned char)*t->p < 0x20)
			return false;
		if (*t->p != '\\')
			continue;
		if (++t->p == t->end || !strchr("\"\\/bfnrtu", *t->p))
			return false;
		if (*t->p != 'u')
			continue;
		for (int i = 0; i < 4; i++)
			if (++t->p == t->end || !strchr("0123456789abcdefABCDEF", *t->p))
				return false;
	}
	return t->p < t->end && *t->p++ == '"';
}

/* Integers alone: no renderer writes others. */
static inline bool json_number(struct json_text *t)
{
	const char *digits;

	t->p += t->p < t->end && *t->p == '-';
	for (digits = t->p; t->p < t->end && *t->p >= '0' && *t->p <= '9';)
		t->p++;
	return t->p > digits && (*digits != '0' || t->p == digits + 1);
}

/* Without its outer white space; `depth` bounds the recursion. */
static inline bool json_value(struct json_text *t, int depth)
{
	char open = json_peek(t), close = open == '{' ? '}' : ']';

	if (open == '"')
		return json_string(t);
	if (open != '{' && open != '[')
		return json_word(t, "true") || json_word(t, "false") || json_word(t, "null") ||
		       json_number(t);
	t->p++;
	if (!depth)
		return false;
	if (json_peek(t) == close)
		return t->p++, true;
	for (;;) {
		if (open == '{' && (!json_string(t) || json_peek(t) != ':' || !t->p++))
			return false;
		if (!json_value(t, depth - 1))
			return false;
		if (json_peek(t) == close)
			return t->p++, true;
		if (json_peek(t) != ',')
			return false;
		t->p++;
	}
}

static inline bool is_json(const char *begin, const char *end)
{
	struct json_text t = {begin, end};

	return json_value(&t, 16) && json_peek(&t) == '\0' && t.p == end;
}

#endif
