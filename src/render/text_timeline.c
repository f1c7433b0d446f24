// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What happened to one socket, as a table. */
#include "text.h"

#include "base/human.h"

#define GAP 2
#define TIME_END 12 /* " 9999.412 ms"; from 10 s on "12.000412 s" */
#define STEP_END (TIME_END + GAP + 7) /* "1.25 ms" */
#define CPU_END (STEP_END + GAP + 3)
#define CAUSE_AT (CPU_END + GAP)
#define WHO_AT (CAUSE_AT + TEXT_CAUSE_WIDTH + GAP)
/* The widest column before "what" that leaves it room on 100 columns. */
#define WHO_MAX 36

void text_timeline__heading(struct sw_buf *out, const struct sw_render_opts *o,
			    const struct sw_socket *sk)
{
	struct text_line l = text_line__begin(out, o, 4);
	const char *state = sw_socket__state_name(sk, sk->state);

	text_style(out, o, TEXT_BOLD);
	sw_buf__putc(out, '#');
	sw_buf__u64(out, sk->id);
	sw_buf__putc(out, ' ');
	text_socket(out, sk, "<-", TEXT_FULL);
	text_plain(out, o);
	text_line__place(&l, 0, 0);
	if (sk->destroyed)
		sw_buf__puts(out, "closed");
	else if (state)
		sw_buf__puts(out, state);
	text_line__place(&l, 0, GAP);
	text_style(out, o, TEXT_DIM);
	if (sk->inode) {
		sw_buf__puts(out, "ino ");
		sw_buf__u64(out, sk->inode);
	}
	text_line__place(&l, 0, GAP);
	if (sk->netns) {
		sw_buf__puts(out, "netns ");
		sw_buf__u64(out, sk->netns);
	}
	text_plain(out, o);
	text_line__place(&l, 0, GAP);
	text_line__end(&l);
}

static void put_earlier(struct sw_buf *out, const struct sw_render_opts *o, uint64_t n)
{
	struct text_line l = text_line__begin(out, o, CAUSE_AT);

	text_style(out, o, TEXT_DIM);
	sw_human_count(out, n);
	sw_buf__puts(out, n == 1 ? " earlier event not kept" : " earlier events not kept");
	text_plain(out, o);
	text_line__place(&l, CAUSE_AT, 0);
	text_line__end(&l);
}

static void put_columns(struct sw_buf *out, const struct sw_render_opts *o, size_t what_at)
{
	struct text_line l = text_line__begin(out, o, WHO_AT);

	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, "+time");
	text_line__place_right(&l, TIME_END, 0);
	sw_buf__puts(out, "gap");
	text_line__place_right(&l, STEP_END, GAP);
	sw_buf__puts(out, "cpu");
	text_line__place_right(&l, CPU_END, GAP);
	sw_buf__puts(out, "event");
	text_line__place(&l, CAUSE_AT, GAP);
	sw_buf__puts(out, "by");
	text_line__place(&l, WHO_AT, GAP);
	sw_buf__puts(out, "what");
	text_line__place(&l, what_at, GAP);
	text_plain(out, o);
	text_line__end(&l);
}

/* One unit for the whole table, so that times can be compared by eye. */
static void put_offset(struct sw_buf *out, uint64_t ns, bool long_one)
{
	uint64_t us = ns / 1000;

	if (long_one)
		sw_buf__printf(out, "%llu.%06llu s", (unsigned long long)(us / 1000000),
			       (unsigned long long)(us % 1000000));
	else
		sw_buf__printf(out, "%llu.%03llu ms", (unsigned long long)(us / 1000),
			       (unsigned long long)(us % 1000));
}

struct row {
	uint64_t start, before; /* times of the first event; of the one before, or 0 */
	bool long_one;
	size_t what_at;
};

static void put_row(struct sw_buf *out, const struct sw_render_opts *o,
		    const struct sw_socket *sk, const struct row *row,
		    const struct sw_told *told)
{
	struct text_line l = text_line__begin(out, o, WHO_AT);
	const union sw_event *ev = told->ev;
	uint64_t ts = ev->hdr.ts;

	put_offset(out, ts - row->start, row->long_one);
	text_line__place_right(&l, TIME_END, 0);
	/* Overtaken by the one before it. */
	if (row->before > ts)
		sw_buf__putc(out, '-');
	if (row->before)
		sw_human_duration(out, ts > row->before ? ts - row->before : row->before - ts);
	text_line__place_right(&l, STEP_END, GAP);
	sw_buf__u64(out, ev->hdr.cpu);
	text_line__place_right(&l, CPU_END, GAP);
	text_style(out, o, TEXT_CAUSE + text_cause(ev));
	sw_buf__puts(out, text_word(ev));
	text_plain(out, o);
	text_line__place(&l, CAUSE_AT, GAP);
	text_who(out, ev, TEXT_FULL);
	text_line__place(&l, WHO_AT, GAP);
	text_what(out, sk, told);
	text_line__flow(&l, row->what_at, GAP);
	text_line__end(&l);
}

/* An event, and those of the tasks that it woke which are named. */
struct story {
	union sw_event ev;
	struct sw_rec_woken woken[TEXT_WOKEN_SHOWN];
	struct sw_told told;
	uint64_t pos;
};

/* The tasks that a wake-up woke are kept after it. */
static bool next_story(const struct sw_timeline *t, const struct sw_socket *sk, struct story *s)
{
	union sw_event next;
	uint64_t pos;

	if (!sw_timeline__next(t, sk, &s->pos, &s->ev))
		return false;
	s->told = (struct sw_told){.ev = &s->ev, .woken = s->woken};
	if (s->ev.hdr.kind != SW_REC_WAKEUP)
		return true;
	for (pos = s->pos; sw_timeline__next(t, sk, &pos, &next); s->pos = pos) {
		if (next.hdr.kind != SW_REC_WOKEN || next.woken_rec.wakeup_ts != s->ev.hdr.ts)
			break;
		if (s->told.n_woken < TEXT_WOKEN_SHOWN)
			s->woken[s->told.n_woken] = next.woken_rec;
		s->told.n_woken++;
	}
	return true;
}

/* Where "what" begins, so that it is aligned after the longest "by". */
static size_t what_column(const struct sw_timeline *t, const struct sw_socket *sk)
{
	struct sw_buf who = { 0 };
	size_t most = 0, columns;
	union sw_event ev;
	uint64_t pos = 0;

	while (sw_timeline__next(t, sk, &pos, &ev)) {
		sw_buf__reset(&who);
		text_who(&who, &ev, TEXT_FULL);
		columns = text_columns(who.data, who.len);
		/* One that is too long wraps; it need not spoil the others. */
		if (columns > most && columns <= WHO_MAX)
			most = columns;
	}
	sw_buf__free(&who);
	return WHO_AT + most + GAP;
}

void text_timeline(struct sw_buf *out, const struct sw_render_opts *o,
		   const struct sw_timeline *t, struct sw_socket *sk)
{
	struct row row = {
		.start = sk->first_ts,
		.long_one = sk->last_ts - sk->first_ts >= 10000000000ULL,
	};
	struct story story = {0};

	if (!sk->kept)
		return;
	row.what_at = what_column(t, sk);
	sw_buf__putc(out, '\n');
	text_timeline__heading(out, o, sk);
	put_columns(out, o, row.what_at);
	if (sk->events > sk->kept)
		put_earlier(out, o, sk->events - sk->kept);
	while (next_story(t, sk, &story)) {
		put_row(out, o, sk, &row, &story.told);
		text_stacks(out, o, &story.ev);
		row.before = story.ev.hdr.ts;
	}
}
