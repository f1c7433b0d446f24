// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Events as they happen: a line each, two where the terminal is narrow. */
#include "text.h"

#define TIME_END 11 /* columns of "1234.567890" */
#define CPU_END 16
#define CAUSE_AT 18
#define SOCKET_AT (CAUSE_AT + TEXT_CAUSE_WIDTH + 2)
#define GAP 2
/* Columns for "#12 tcp 127.0.0.1:7777 < 127.0.0.1:43210" and "by ? (softirq over nginx[12345])". */
#define SOCKET_WIDTH 40
#define WHO_WIDTH 34
#define ONE_LINE 110 /* columns from which on each event has one line */
/* Of two lines, the second: it says by whom and what. */
#define INDENT CAUSE_AT
/* ... which begins on the first where it fits behind a short name. */
#define NARROW_WHO_AT (SOCKET_AT + 22)

static bool one_line(size_t width)
{
	return !width || width >= ONE_LINE;
}

/* Where the columns of one line are: names get two thirds of what a terminal leaves. */
static size_t part(size_t width, size_t percent, size_t most)
{
	size_t columns = width ? (width - SOCKET_AT) * percent / 100 : most;

	return columns < most ? columns : most;
}

static size_t who_at(size_t width)
{
	return SOCKET_AT + part(width, 36, SOCKET_WIDTH) + GAP;
}

static size_t what_at(size_t width)
{
	return who_at(width) + part(width, 27, WHO_WIDTH) + GAP;
}

void text_live__begin(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_trace_info *info)
{
	struct text_line l;

	(void)info;
	if (!o->live)
		return;
	l = text_line__begin(out, o, INDENT);
	text_style(out, o, TEXT_BOLD);
	sw_buf__puts(out, "TIME");
	text_line__place_right(&l, TIME_END, 0);
	sw_buf__puts(out, "CPU");
	text_line__place_right(&l, CPU_END, 1);
	sw_buf__puts(out, "EVENT");
	text_line__place(&l, CAUSE_AT, GAP);
	sw_buf__puts(out, "SOCKET");
	text_line__place(&l, SOCKET_AT, GAP);
	if (!one_line(o->width)) {
		text_line__end(&l);
		l = text_line__begin(out, o, INDENT);
	}
	sw_buf__puts(out, "BY");
	text_line__place(&l, l.column ? who_at(o->width) : INDENT, GAP);
	sw_buf__puts(out, "WHAT");
	text_line__place(&l, one_line(o->width) ? what_at(o->width) : INDENT + WHO_WIDTH + GAP, GAP);
	text_plain(out, o);
	text_line__end(&l);
}

void text_time(struct sw_buf *out, const struct sw_render_opts *o, uint64_t ts)
{
	uint64_t start = o->start_ns;
	uint64_t us = (ts > start ? ts - start : start - ts) / 1000;

	/* An event on its way as tracing began. */
	if (ts < start && us)
		sw_buf__putc(out, '-');
	sw_buf__printf(out, "%llu.%06llu", (unsigned long long)(us / 1000000),
		       (unsigned long long)(us % 1000000));
}

/* "#1 tcp 127.0.0.1:80", and its shorter forms, each ended by a NUL: kept with the socket,
 * as formatting them anew for each event would be most of the work. */
static const char *forms_of(struct sw_socket *sk)
{
	if (!sk->shown_valid) {
		sw_buf__reset(&sk->shown);
		for (enum text_brevity brief = TEXT_FULL; brief <= TEXT_PORTS; brief++) {
			sw_buf__putc(&sk->shown, '#');
			sw_buf__u64(&sk->shown, sk->id);
			sw_buf__putc(&sk->shown, ' ');
			text_socket(&sk->shown, sk, "<", brief);
			sw_buf__putc(&sk->shown, '\0');
		}
		sk->shown_valid = !sk->shown.failed;
	}
	return sk->shown_valid ? sk->shown.data : NULL;
}

/* The longest form that fits into so many columns; else the shortest, cut. */
static void put_socket(struct sw_buf *out, struct sw_socket *sk, size_t room)
{
	const char *form = forms_of(sk);
	size_t from = out->len;

	if (!form) {
		out->failed = true;
		return;
	}
	for (enum text_brevity brief = TEXT_FULL; room && brief < TEXT_PORTS; brief++) {
		if (text_columns(form, strlen(form)) <= room)
			break;
		form += strlen(form) + 1;
	}
	sw_buf__puts(out, form);
	if (room)
		text_cut(out, from, room);
}

/* Columns of the piece that is being written, which is taken away again. */
static size_t measure(struct text_line *l)
{
	size_t columns = l->out->failed ? 0 : text_columns(l->out->data + l->piece,
							   l->out->len - l->piece);

	l->out->len = l->piece;
	return columns;
}

/* Both on one line, be it the first or the second. */
static void put_two_lines(struct text_line *l, struct sw_socket *sk, const struct sw_told *told)
{
	size_t what, who;

	put_socket(l->out, sk, 0);
	text_line__place(l, SOCKET_AT, GAP);
	text_what(l->out, sk, told);
	what = measure(l);
	text_who(l->out, told->ev, TEXT_FULL);
	who = measure(l);
	/* Who caused it matters more than whose CPU it was on, and a third line. */
	text_who(l->out, told->ev, INDENT + who + GAP + what > l->width ? TEXT_BRIEF : TEXT_FULL);
	text_line__place_with(l, NARROW_WHO_AT, GAP, what ? GAP + what : 0);
	text_what(l->out, sk, told);
	text_line__place(l, INDENT + WHO_WIDTH + GAP, GAP);
}

static void put_one_line(struct text_line *l, struct sw_socket *sk, const struct sw_told *told)
{
	size_t width = l->width, at = who_at(width), what, who;

	put_socket(l->out, sk, width ? at - GAP - SOCKET_AT : 0);
	text_line__place(l, SOCKET_AT, GAP);
	text_what(l->out, sk, told);
	what = measure(l);
	text_who(l->out, told->ev, TEXT_FULL);
	who = measure(l);
	/* Who caused it matters more than whose CPU it was on. */
	text_who(l->out, told->ev,
		 width && at + who + GAP + what > width ? TEXT_BRIEF : TEXT_FULL);
	if (width)
		text_cut(l->out, l->piece, width - at);
	text_line__place(l, at, GAP);
	text_what(l->out, sk, told);
	if (width && l->column + GAP < width)
		text_cut(l->out, l->piece, width - l->column - GAP);
	text_line__place(l, what_at(width), GAP);
}

void text_live__event(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk,
		      const struct sw_told *told)
{
	const union sw_event *ev = told->ev;
	struct text_line l;

	if (!o->live || !text_sample__take(out, o, ev->hdr.ts))
		return;
	l = text_line__begin(out, o, INDENT);
	text_time(out, o, ev->hdr.ts);
	text_line__place_right(&l, TIME_END, 0);
	sw_buf__u64(out, ev->hdr.cpu);
	text_line__place_right(&l, CPU_END, 1);
	text_style(out, o, TEXT_CAUSE + text_cause(ev));
	sw_buf__puts(out, text_word(ev));
	text_plain(out, o);
	text_line__place(&l, CAUSE_AT, GAP);
	if (one_line(o->width))
		put_one_line(&l, sk, told);
	else
		put_two_lines(&l, sk, told);
	text_line__end(&l);
	text_stacks(out, o, ev);
}
