// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The few sockets that matter: of the worst findings, else with the slowest wake-ups. */
#include "text.h"

#include "base/human.h"

#define GAP 2
#define SHOWN 3 /* sockets */
#define TIME_END 12
#define STEP_END (TIME_END + GAP + 7) /* "1.25 ms" */
#define CAUSE_AT (STEP_END + GAP)
#define WHO_AT (CAUSE_AT + TEXT_CAUSE_WIDTH + GAP)
#define WHO_MAX 36

static void put_skipped(struct sw_buf *out, const struct sw_render_opts *o, uint64_t n)
{
	struct text_line l = text_line__begin(out, o, CAUSE_AT);

	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, "\u2026 ");
	sw_human_count(out, n);
	sw_buf__puts(out, n == 1 ? " event" : " events");
	text_plain(out, o);
	text_line__place(&l, CAUSE_AT, 0);
	text_line__end(&l);
}

/* Where "what" begins, so that it is aligned after the longest "by". */
static size_t what_column(const struct sw_moment *m)
{
	struct sw_buf who = { 0 };
	size_t most = 0, columns;
	union sw_event ev;

	for (unsigned int i = 0; i < m->n; i++) {
		sw_buf__reset(&who);
		text_who(&who, sw_moment_event__told(&m->events[i], &ev).ev, TEXT_FULL);
		columns = text_columns(who.data, who.len);
		if (columns > most && columns <= WHO_MAX)
			most = columns;
	}
	sw_buf__free(&who);
	return WHO_AT + most + GAP;
}

/* marked: it is what the moment is shown for. */
static void put_time(struct text_line *l, const struct sw_render_opts *o, uint64_t ts, bool marked)
{
	if (marked) {
		text_style(l->out, o, TEXT_BAD);
		sw_buf__putc(l->out, '>');
		text_plain(l->out, o);
	}
	text_line__place(l, 0, 0);
	text_time(l->out, o, ts);
	text_line__place_right(l, TIME_END, 0);
}

static void put_event(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_moment *m, unsigned int i, size_t what_at)
{
	struct text_line l = text_line__begin(out, o, WHO_AT);
	union sw_event ev;
	struct sw_told told = sw_moment_event__told(&m->events[i], &ev);
	uint64_t ts = ev.hdr.ts, before = i ? m->events[i - 1].ev.hdr.ts : ts;

	/* A wait's end and a run may have one time: the first is it. */
	put_time(&l, o, ts, ts == m->ts && (!i || before != ts));
	/* Overtaken by the one before it. */
	if (before > ts)
		sw_buf__putc(out, '-');
	if (i)
		sw_human_duration(out, ts > before ? ts - before : before - ts);
	text_line__place_right(&l, STEP_END, GAP);
	text_style(out, o, TEXT_CAUSE + text_cause(&ev));
	sw_buf__puts(out, text_word(&ev));
	text_plain(out, o);
	text_line__place(&l, CAUSE_AT, GAP);
	text_who(out, &ev, TEXT_FULL);
	text_line__place(&l, WHO_AT, GAP);
	text_what(out, &m->sk, &told);
	text_line__flow(&l, what_at, GAP);
	text_line__end(&l);
	text_stacks(out, o, &ev);
}

/* In place of its events: they are too many by now to be all kept. */
static void put_earlier(struct sw_buf *out, const struct sw_render_opts *o, uint64_t ts)
{
	struct text_line l = text_line__begin(out, o, CAUSE_AT);

	put_time(&l, o, ts, true);
	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, "not among the latest events of the socket, which are below: --all");
	text_plain(out, o);
	text_line__place(&l, CAUSE_AT, GAP);
	text_line__end(&l);
}

static void put_moment(struct sw_buf *out, const struct sw_render_opts *o,
		       const struct sw_moment *m)
{
	size_t what_at = what_column(m);

	sw_buf__putc(out, '\n');
	text_timeline__heading(out, o, &m->sk);
	if (sw_moment__is_earlier(m))
		put_earlier(out, o, m->ts);
	for (unsigned int i = 0; i < m->n; i++) {
		uint64_t next = i ? m->events[i - 1].number + 1 : m->events[0].number;

		if (m->events[i].number > next)
			put_skipped(out, o, m->events[i].number - next);
		put_event(out, o, m, i, what_at);
	}
}

static bool is_same(const struct sw_socket *a, const struct sw_socket *b)
{
	return a->id == b->id;
}

/* Both are connections of one service, say. */
static bool is_alike(const struct sw_socket *a, const struct sw_socket *b)
{
	bool local = a->lport && a->lport == b->lport;
	bool remote = a->rport && a->rport == b->rport;

	if (a->family != b->family || a->type != b->type || a->protocol != b->protocol)
		return false;
	return local || remote || (!a->lport && !b->lport);
}

static unsigned int add(const struct sw_moment *chosen[SHOWN], unsigned int n,
			const struct sw_moment *m,
			bool (*like)(const struct sw_socket *a, const struct sw_socket *b))
{
	for (unsigned int i = 0; m && i < n; i++)
		if (like(&chosen[i]->sk, &m->sk))
			return n;
	if (m)
		chosen[n++] = m;
	return n;
}

/* The moments to show, each of another socket; returns how many. */
static unsigned int choose(const struct sw_outcome *outcome, const struct sw_moment *chosen[SHOWN])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < outcome->n_findings && n < SHOWN; i++)
		n = add(chosen, n, sw_moments__of(outcome->moments, outcome->findings[i]), is_same);
	/* Where nothing is wrong, one of each kind shows what is usual. */
	for (unsigned int i = 0; !outcome->n_findings && i < SW_MOMENTS_SLOW && n < SHOWN; i++)
		n = add(chosen, n, sw_moments__slow(outcome->moments, i), is_alike);
	return n;
}

void text_moments(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_outcome *outcome)
{
	const struct sw_moment *chosen[SHOWN];
	uint64_t sockets = outcome->totals->sockets;
	unsigned int n;

	if (!o->worst || o->timelines)
		return;
	/* What is not judged has no worst. */
	n = outcome->moments ? choose(outcome, chosen) : 0;
	if (n) {
		sw_buf__putc(out, '\n');
		text_style(out, o, TEXT_BOLD);
		sw_buf__puts(out, outcome->n_findings ? "the worst moments" : "the slowest wake-ups");
		text_plain(out, o);
		sw_buf__puts(out, " (times since tracing began):");
	}
	for (unsigned int i = 0; i < n; i++)
		put_moment(out, o, chosen[i]);
	if (sockets <= n)
		return;
	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, n ? "\n\u2026 and " : "\n\u2026 ");
	sw_human_count(out, sockets - n);
	sw_buf__puts(out, n ? " more socket" : " socket");
	sw_buf__puts(out, sockets - n == 1 ? ": --all" : "s: --all");
	sw_buf__puts(out, " shows what happened to each");
	text_plain(out, o);
	sw_buf__putc(out, '\n');
}
