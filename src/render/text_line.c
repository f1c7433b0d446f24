// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Lines of pieces that wrap between pieces, never within one. */
#include "text.h"

/* SGR codes: the 16 colours that every terminal theme makes legible. */
static const char *const styles[TEXT_STYLES] = {
	[TEXT_PLAIN] = "\033[0m",
	[TEXT_BOLD] = "\033[1m",
	[TEXT_DIM] = "\033[2m",
	[TEXT_GOOD] = "\033[32m",
	[TEXT_BAD] = "\033[1;31m",
	[TEXT_CAUSE + SW_CAUSE_READABLE] = "\033[32m",
	[TEXT_CAUSE + SW_CAUSE_WRITABLE] = "\033[34m",
	[TEXT_CAUSE + SW_CAUSE_STATE] = "\033[33m",
	[TEXT_CAUSE + SW_CAUSE_ERROR] = "\033[1;31m",
	[TEXT_CAUSE + SW_CAUSE_ASYNC] = "\033[35m",
	[TEXT_CAUSE + SW_CAUSE_ACCEPT] = "\033[36m",
	[TEXT_CAUSE + SW_CAUSE_DESTROY] = "\033[2m",
	[TEXT_CAUSE + SW_CAUSE_WOKEN] = "\033[36m",
	[TEXT_CAUSE + SW_CAUSE_RUN] = "\033[36m",
	[TEXT_CAUSE + SW_CAUSE_WAIT] = "\033[2m",
	[TEXT_CAUSE + SW_CAUSE_IO] = "\033[1;32m",
};
_Static_assert(SW_CAUSE_COUNT == SW_CAUSE_IO + 1, "a style for each cause");

void text_style(struct sw_buf *out, const struct sw_render_opts *o, unsigned int style)
{
	if (o->colour)
		sw_buf__puts(out, styles[style]);
}

void text_plain(struct sw_buf *out, const struct sw_render_opts *o)
{
	text_style(out, o, TEXT_PLAIN);
}

size_t text_columns(const char *s, size_t n)
{
	size_t columns = 0;

	for (size_t i = 0; i < n; i++) {
		/* Ours are the only escapes: strangers' are made visible. */
		if (s[i] == '\033') {
			while (i < n && s[i] != 'm')
				i++;
			continue;
		}
		/* A character of UTF-8 has one byte that is not a continuation. */
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			columns++;
	}
	return columns;
}

void text_cut(struct sw_buf *out, size_t from, size_t room)
{
	size_t columns = 0, i, last = from;

	if (out->failed || text_columns(out->data + from, out->len - from) <= room)
		return;
	/* The last one that fits makes room for the dots. */
	for (i = from; i < out->len && columns < room; i++)
		if (((unsigned char)out->data[i] & 0xc0) != 0x80) {
			columns++;
			last = i;
		}
	out->len = last;
	if (room)
		sw_buf__puts(out, "\u2026");
}

struct text_line text_line__begin(struct sw_buf *out, const struct sw_render_opts *o,
				  size_t indent)
{
	return (struct text_line){
		.out = out,
		.width = o->width,
		.indent = indent,
		.piece = out->len,
	};
}

/* Puts n bytes of `c` before the piece, after a newline if there has to be one. */
static void line__push(struct text_line *l, bool wrap, size_t n)
{
	struct sw_buf *out = l->out;
	size_t more = n + wrap, len = out->len - l->piece;

	if (sw_buf__reserve(out, more))
		return;
	memmove(out->data + l->piece + more, out->data + l->piece, len);
	if (wrap)
		out->data[l->piece] = '\n';
	memset(out->data + l->piece + wrap, ' ', n);
	out->len += more;
}

static void line__put(struct text_line *l, size_t column, size_t gap, size_t columns,
		      size_t behind)
{
	size_t first = l->column ? l->column + gap : 0;
	bool wrap = false;

	if (column < first)
		column = first;
	if (l->width && column + columns + behind > l->width && l->column > l->indent) {
		/* Aligning is a nicety: first see whether it fits without. */
		if (first + columns + behind <= l->width) {
			column = first;
		} else {
			wrap = true;
			column = l->indent;
		}
	}
	line__push(l, wrap, wrap ? column : column - l->column);
	l->column = column + columns;
	l->piece = l->out->len;
}

/* Columns of the piece; 0 also for a mere change of colour, which the next piece
 * takes along. */
static size_t line__piece(const struct text_line *l)
{
	if (l->out->failed || l->out->len == l->piece)
		return 0;
	return text_columns(l->out->data + l->piece, l->out->len - l->piece);
}

void text_line__place(struct text_line *l, size_t column, size_t gap)
{
	text_line__place_with(l, column, gap, 0);
}

void text_line__place_with(struct text_line *l, size_t column, size_t gap, size_t behind)
{
	size_t columns;

	columns = line__piece(l);
	if (!columns)
		return;
	line__put(l, column, gap, columns, behind);
}

void text_line__place_right(struct text_line *l, size_t end, size_t gap)
{
	size_t columns;

	columns = line__piece(l);
	if (!columns)
		return;
	line__put(l, end > columns ? end - columns : 0, gap, columns, 0);
}

void text_line__flow(struct text_line *l, size_t column, size_t gap)
{
	size_t columns = line__piece(l), len = l->out->len - l->piece;
	struct sw_buf words = { 0 };

	if (!l->width || l->indent + columns <= l->width) {
		text_line__place(l, column, gap);
		return;
	}
	sw_buf__put(&words, l->out->data + l->piece, len);
	l->out->len = l->piece;
	l->out->failed = l->out->failed || words.failed;
	for (size_t at = 0, n; !words.failed && at < len; at += n + 1) {
		const char *space = memchr(words.data + at, ' ', len - at);

		n = space ? (size_t)(space - words.data) - at : len - at;
		sw_buf__put(l->out, words.data + at, n);
		text_line__place(l, at ? 0 : column, at ? 1 : gap);
	}
	sw_buf__free(&words);
}

void text_line__end(struct text_line *l)
{
	sw_buf__putc(l->out, '\n');
}
