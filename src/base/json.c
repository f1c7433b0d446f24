// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Writes JSON into a buffer, in order. */
#include "json.h"

#include "escape.h"

/* The comma and the key before a value, put in one go: every member pays this. */
static void json__begin(struct sw_json *j, const char *key)
{
	struct sw_buf *b = j->out;
	size_t n = key ? strlen(key) : 0;
	char *p;

	/* ,"key": */
	if (b->cap - b->len < n + 4 && sw_buf__reserve(b, n + 4))
		return;
	p = b->data + b->len;
	if (j->comma)
		*p++ = ',';
	if (key) {
		*p++ = '"';
		sw_copy(p, key, n);
		p += n;
		*p++ = '"';
		*p++ = ':';
	}
	b->len = (size_t)(p - b->data);
	j->comma = true;
}

void sw_json__open(struct sw_json *j, const char *key, char bracket)
{
	json__begin(j, key);
	sw_buf__putc(j->out, bracket);
	j->comma = false;
}

void sw_json__close(struct sw_json *j, char bracket)
{
	sw_buf__putc(j->out, bracket);
	j->comma = true;
}

void sw_json__u64(struct sw_json *j, const char *key, uint64_t v)
{
	json__begin(j, key);
	sw_buf__u64(j->out, v);
}

void sw_json__s64(struct sw_json *j, const char *key, int64_t v)
{
	json__begin(j, key);
	sw_buf__s64(j->out, v);
}

void sw_json__bool(struct sw_json *j, const char *key, bool v)
{
	json__begin(j, key);
	sw_buf__puts(j->out, v ? "true" : "false");
}

void sw_json__str(struct sw_json *j, const char *key, const char *v)
{
	if (v) {
		sw_json__bytes(j, key, v, strlen(v));
		return;
	}
	json__begin(j, key);
	sw_buf__puts(j->out, "null");
}

void sw_json__bytes(struct sw_json *j, const char *key, const void *v, size_t n)
{
	json__begin(j, key);
	sw_buf__putc(j->out, '"');
	sw_escape_json(j->out, v, n);
	sw_buf__putc(j->out, '"');
}

void sw_json__raw(struct sw_json *j, const char *members, size_t n)
{
	if (!n)
		return;
	json__begin(j, NULL);
	sw_buf__put(j->out, members, n);
}
