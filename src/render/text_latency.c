// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Where the time went, from the wake-up to the data being taken. */
#include "text.h"

#include "base/escape.h"
#include "base/human.h"

/* Rows of each table, with and without --all. */
#define SHOWN_ALL 20
#define SHOWN 3
#define NAME_WIDTH 42
#define NUMBER 9 /* columns of "12.3 ms" and a gap */

static void put_right(struct text_line *l, size_t end, const char *text)
{
	sw_buf__puts(l->out, text);
	text_line__place_right(l, end, 1);
}

static void put_ns(struct text_line *l, size_t end, uint64_t ns)
{
	sw_human_duration(l->out, ns);
	text_line__place_right(l, end, 1);
}

static const unsigned int quantiles[] = {500, 900, 990, 999};
#define QUANTILES (sizeof(quantiles) / sizeof(*quantiles))

static void put_gap(struct sw_buf *out, const struct sw_render_opts *o, const char *from,
		    const char *to, const struct sw_hist *h)
{
	struct text_line l = text_line__begin(out, o, 4);
	size_t end = 22;

	if (!h->count)
		return;
	sw_buf__printf(out, "%s to %s", from, to);
	text_line__place(&l, 2, 0);
	sw_human_count(out, h->count);
	text_line__place_right(&l, end += NUMBER + 4, 1);
	for (size_t i = 0; i < QUANTILES; i++)
		put_ns(&l, end += NUMBER, sw_hist__at(h, quantiles[i]));
	put_ns(&l, end + NUMBER, h->max);
	text_line__end(&l);
}

static void put_gaps(struct sw_buf *out, const struct sw_render_opts *o,
		     const struct sw_latencies *all)
{
	static const char *const heads[] = {"count", "p50", "p90", "p99", "p99.9", "max"};
	struct text_line l = text_line__begin(out, o, 4);
	size_t end = 22 + 4;

	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, "latency");
	text_line__place(&l, 2, 0);
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		put_right(&l, end += NUMBER, heads[i]);
	text_plain(out, o);
	text_line__end(&l);
#define GAP(id, name, from, to) put_gap(out, o, from, to, &all->gap[SW_GAP_##id]);
	SW_GAPS(GAP)
#undef GAP
}

static void put_slow(struct sw_buf *out, const struct sw_render_opts *o, const struct sw_slow *s)
{
	struct text_line l = text_line__begin(out, o, 16);

	text_time(out, o, s->wakeup_ts);
	text_line__place_right(&l, 13, 0);
	sw_human_duration(out, s->total_ns);
	text_line__place_right(&l, 13 + NUMBER, 1);
	sw_buf__printf(out, "#%llu ", (unsigned long long)s->socket);
	sw_escape_text(out, s->name, strlen(s->name));
	text_line__place(&l, 24, 2);
	if (s->pid || s->comm[0]) {
		text_task(out, s->pid, s->tid, s->comm);
		text_line__place(&l, 24 + NAME_WIDTH, 2);
	}
	text_line__end(&l);
}

static void put_table_head(struct sw_buf *out, const struct sw_render_opts *o, const char *what)
{
	static const char *const heads[] = {"count", "p50", "p99", "max", "run p99", "run max"};
	struct text_line l = text_line__begin(out, o, 4);
	size_t end = NAME_WIDTH;

	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, what);
	text_line__place(&l, 2, 0);
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		put_right(&l, end += NUMBER, heads[i]);
	text_plain(out, o);
	text_line__end(&l);
}

/* The name of the row was appended already. */
static void put_numbers(struct text_line *l, const struct sw_latencies *lat)
{
	const struct sw_hist *take = &lat->gap[SW_GAP_ALL], *run = &lat->gap[SW_GAP_RUN];
	size_t end = NAME_WIDTH + NUMBER;

	text_line__place(l, 2, 0);
	/* One that is too long has a line for itself. */
	if (l->column > NAME_WIDTH) {
		sw_buf__putc(l->out, '\n');
		l->column = 0;
		l->piece = l->out->len;
	}
	sw_human_count(l->out, take->count ? take->count : run->count);
	text_line__place_right(l, end, 1);
	if (take->count) {
		put_ns(l, end + NUMBER, sw_hist__at(take, 500));
		put_ns(l, end + 2 * NUMBER, sw_hist__at(take, 990));
		put_ns(l, end + 3 * NUMBER, take->max);
	}
	if (run->count) {
		put_ns(l, end + 4 * NUMBER, sw_hist__at(run, 990));
		put_ns(l, end + 5 * NUMBER, run->max);
	}
	text_line__end(l);
}

/* What the tables show. */
static bool has_any(const struct sw_latencies *lat)
{
	return lat->gap[SW_GAP_ALL].count || lat->gap[SW_GAP_RUN].count;
}

static void put_sockets(struct sw_buf *out, const struct sw_render_opts *o,
			struct sw_latency *latency, bool listeners)
{
	const struct sw_latency_socket *const *sockets;
	unsigned int n = sw_latency__sockets(latency, &sockets), shown = 0;
	unsigned int most = o->all ? SHOWN_ALL : SHOWN;

	for (unsigned int i = 0; i < n && shown < most; i++) {
		struct text_line l;

		if (sockets[i]->listener != listeners || !has_any(&sockets[i]->lat))
			continue;
		if (!shown++)
			put_table_head(out, o, listeners ? "listener" : "slowest sockets");
		l = text_line__begin(out, o, 4);
		sw_buf__printf(out, "#%llu ", (unsigned long long)sockets[i]->id);
		sw_escape_text(out, sockets[i]->name, strlen(sockets[i]->name));
		put_numbers(&l, &sockets[i]->lat);
	}
}

static void put_tasks(struct sw_buf *out, const struct sw_render_opts *o,
		      struct sw_latency *latency)
{
	const struct sw_latency_task *const *tasks;
	unsigned int n = sw_latency__tasks(latency, &tasks), shown = 0;

	for (unsigned int i = 0; i < n && shown < SHOWN_ALL; i++) {
		struct text_line l;

		if (!has_any(&tasks[i]->lat))
			continue;
		if (!shown++)
			put_table_head(out, o, "slowest tasks");
		l = text_line__begin(out, o, 4);
		text_task(out, tasks[i]->pid, tasks[i]->tid, tasks[i]->comm);
		put_numbers(&l, &tasks[i]->lat);
	}
}

static void put_slowest(struct sw_buf *out, const struct sw_render_opts *o,
			struct sw_latency *latency)
{
	const struct sw_slow *slowest;
	unsigned int n = sw_latency__slowest(latency, &slowest);

	if (n) {
		text_style(out, o, TEXT_DIM);
		sw_buf__puts(out, "  slowest, by the time of the wake-up");
		text_plain(out, o);
		sw_buf__putc(out, '\n');
	}
	for (unsigned int i = 0; i < n; i++)
		put_slow(out, o, &slowest[i]);
}

void text_latencies(struct sw_buf *out, const struct sw_render_opts *o,
		    const struct sw_outcome *outcome)
{
	struct sw_latency *latency = outcome->latency;
	const struct sw_latencies *all = sw_latency__all(latency);

	if (!all->gap[SW_GAP_ALL].count && !all->gap[SW_GAP_RUN].count)
		return;
	sw_buf__putc(out, '\n');
	put_gaps(out, o, all);
	if (o->all) {
		put_slowest(out, o, latency);
		put_sockets(out, o, latency, true);
	}
	/* Where they are not shown themselves. */
	if (o->all || !outcome->moments)
		put_sockets(out, o, latency, false);
	if (o->all)
		put_tasks(out, o, latency);
}
