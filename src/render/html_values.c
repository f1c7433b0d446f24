/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Values as the page has them: names that HTML takes for text, and times from its base. */
#include "html.h"

#include "base/escape.h"

void html_defuse(struct sw_buf *out, size_t from)
{
	static const char digits[] = "0123456789abcdef";
	size_t marks = 0, at;
	char *to;

	for (at = from; at < out->len; at++)
		marks += out->data[at] == '<' || out->data[at] == '>' || out->data[at] == '&';
	if (!marks || sw_buf__reserve(out, marks * 5))
		return;
	to = out->data + out->len + marks * 5;
	for (at = out->len; at-- > from;) {
		char c = out->data[at];

		if (c != '<' && c != '>' && c != '&') {
			*--to = c;
			continue;
		}
		to -= 6;
		memcpy(to, "\\u00", 4);
		to[4] = digits[c >> 4 & 15];
		to[5] = digits[c & 15];
	}
	out->len += marks * 5;
}

void html_name(struct sw_json *j, const char *key, const char *raw)
{
	struct sw_buf shown = {0};

	sw_escape_text(&shown, raw, strlen(raw));
	if (shown.failed)
		j->out->failed = true;
	else
		sw_json__bytes(j, key, shown.data, shown.len);
	sw_buf__free(&shown);
}

void html_i64(struct sw_buf *out, uint64_t to, uint64_t from)
{
	if (to < from)
		sw_buf__putc(out, '-');
	sw_buf__u64(out, to < from ? from - to : to - from);
}

void html_time(struct sw_json *j, const struct html *h, const char *key, uint64_t ts)
{
	if (!ts)
		sw_json__str(j, key, NULL);
	else if (ts >= h->base)
		sw_json__u64(j, key, ts - h->base);
	else if (h->base - ts <= INT64_MAX)
		sw_json__s64(j, key, -(int64_t)(h->base - ts));
	else
		sw_json__s64(j, key, INT64_MIN);
}
