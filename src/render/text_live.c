// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Events as they happen: a line each, two where the terminal is narrow. */
#include "text.h"

#define TIME_END 11 /* columns of "1234.567890" */
#define CPU_END 16
#define CAUSE_AT 18
#define SOCKET_AT (CAUSE_AT + TEXT_CAUSE_WIDTH + 2)
/* Enough for "#12 tcp 127.0.0.1:7777 < 127.0.0.1:43210"; what is longer pushes
 * the rest along. */
#define WHO_AT (SOCKET_AT + 42)
#define WHO_WIDTH 36 /* "softirq over redis-benchmark[12345]" */
#define WHAT_AT (WHO_AT + WHO_WIDTH)
#define WIDE (WHAT_AT + 30) /* columns where most events fit on one line */
/* On narrower ones "by" begins here when it fits behind a short name. */
#define NARROW_WHO_AT (SOCKET_AT + 22)
#define GAP 2
/* Of the second line, where there is one: it says by whom and what. */
#define INDENT (SOCKET_AT + GAP)

static bool is_wide(size_t width)
{
	return !width || width >= WIDE;
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
	if (!is_wide(o->width)) {
		text_line__end(&l);
		l = text_line__begin(out, o, INDENT);
	}
	sw_buf__puts(out, "BY");
	text_line__place(&l, l.column ? WHO_AT : INDENT, GAP);
	sw_buf__puts(out, "WHAT");
	text_line__place(&l, l.column > WHO_AT ? WHAT_AT : INDENT + WHO_WIDTH, GAP);
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

/* "#1 tcp 127.0.0.1:80", kept with the socket: formatting it anew for each event
 * would be most of the work. */
static void put_socket(struct sw_buf *out, struct sw_socket *sk)
{
	if (!sk->shown_valid) {
		sw_buf__reset(&sk->shown);
		sw_buf__putc(&sk->shown, '#');
		sw_buf__u64(&sk->shown, sk->id);
		sw_buf__putc(&sk->shown, ' ');
		text_socket(&sk->shown, sk, "<");
		sk->shown_valid = !sk->shown.failed;
	}
	if (sk->shown_valid)
		sw_buf__put(out, sk->shown.data, sk->shown.len);
	else
		out->failed = true;
}

/* Both on one line, be it the first or the second. */
static void put_who_what(struct text_line *l, const struct sw_socket *sk,
			 const struct sw_told *told)
{
	struct sw_buf *out = l->out;
	size_t socket_end = l->column, what;
	bool wide = is_wide(l->width);

	text_what(out, sk, told);
	what = text_columns(out->data + l->piece, out->len - l->piece);
	out->len = l->piece; /* only to measure it */
	text_who(out, told->ev);
	text_line__place_with(l, wide ? WHO_AT : NARROW_WHO_AT, GAP, what ? GAP + what : 0);
	text_what(out, sk, told);
	text_line__place(l, wide && l->column > socket_end ? WHAT_AT : INDENT + WHO_WIDTH, GAP);
}

void text_live__event(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk,
		      const struct sw_told *told)
{
	const union sw_event *ev = told->ev;
	struct text_line l;

	if (!o->live)
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
	put_socket(out, sk);
	text_line__place(&l, SOCKET_AT, GAP);
	put_who_what(&l, sk, told);
	text_line__end(&l);
	text_stacks(out, o, ev);
}
