/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/sorter.h"

/* What the timelines of a text trace may take. */
#define TIMELINE_BYTES (8u << 20)

#define WRITE_AT (256u << 10) /* bytes of output that are written at once */
#define SORT_BYTES (8u << 20) /* of output, what is sorted in memory */

struct sw_show {
	const struct sw_trace_info *info;
	const struct sw_renderer *renderer;
	struct sw_render_opts opts;
	struct sw_output *out;
	struct sw_sorter *sorter; /* NULL: output goes out as it comes */
	struct sw_analysis *analysis;
	const struct sw_timelines_opts *timelines; /* NULL: all, by id */
	uint64_t until; /* 0: to the end */
	struct sw_buf buf;
};

/* Tells that it cannot be sorted, which ends the output. */
static int sort_failed(struct sw_show *s, int err)
{
	struct sw_buf b = {0};
	const char *folder = sw_sorter__folder(s->sorter);

	sw_escape_text(&b, folder, strlen(folder));
	sw_error("cannot sort the output in %.*s: %s; TMPDIR can name another folder", (int)b.len,
		 b.data ? b.data : "", strerror(-err));
	sw_buf__free(&b);
	s->out->error = -err;
	return err;
}

static int flush(struct sw_show *s)
{
	int err;

	if (!s->sorter || s->buf.failed || s->out->error)
		return sw_output__write(s->out, &s->buf);
	err = sw_sorter__add(s->sorter, s->buf.data, s->buf.len);
	sw_buf__reset(&s->buf);
	return err ? sort_failed(s, err) : 0;
}

static int put_sorted(void *arg, const void *piece, size_t len)
{
	struct sw_show *s = arg;

	sw_buf__put(&s->buf, piece, len);
	return s->buf.len >= WRITE_AT ? sw_output__write(s->out, &s->buf) : 0;
}

/* All of it has come. */
static int write_sorted(struct sw_show *s)
{
	int err = sw_sorter__drain(s->sorter, put_sorted, s);

	if (!s->out->error && err)
		return sort_failed(s, err);
	return sw_output__write(s->out, &s->buf);
}

static void on_forget(void *arg, struct sw_socket *sk)
{
	struct sw_show *s = arg;

	s->renderer->forget(&s->buf, &s->opts, sk);
}

static int on_event(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct sw_show *s = arg;

	if (!s->opts.only_summary)
		s->renderer->event(&s->buf, &s->opts, sk, told);
	return s->buf.len >= WRITE_AT ? flush(s) : 0;
}

static int open_renderer(struct sw_show *s)
{
	if (s->renderer->open) {
		s->opts.state = s->renderer->open();
		if (!s->opts.state)
			return -ENOMEM;
	}
	if (s->renderer->framed) {
		s->sorter = sw_sorter__new(SORT_BYTES, NULL);
		if (!s->sorter)
			return -ENOMEM;
	}
	return 0;
}

/* All that happened to the sockets, or what happened to the few that matter. */
static int open_analysis(struct sw_show *s, const struct sw_thresholds *judge)
{
	const bool at_end = s->renderer->needs_timeline;
	const struct sw_analysis_opts opts = {
		.judge = judge,
		.moments = at_end && s->opts.worst && !s->opts.timelines,
		.timeline_bytes = at_end && s->opts.timelines ? TIMELINE_BYTES : 0,
		.stacks = s->opts.stacks,
	};
	const struct sw_analysis_sink sink = {
		.event = on_event,
		.forget = s->renderer->forget ? on_forget : NULL,
		.arg = s,
	};

	s->analysis = sw_analysis__new(s->info, &opts, &sink);
	return s->analysis ? 0 : -ENOMEM;
}

struct sw_show *sw_show__new(const struct sw_trace_info *info, const struct sw_renderer *renderer,
			     const struct sw_render_opts *ropts,
			     const struct sw_thresholds *thresholds, bool tells,
			     struct sw_output *out)
{
	struct sw_show *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->info = info;
	s->renderer = renderer;
	s->opts = *ropts;
	s->out = out;
	if (!open_renderer(s) && !open_analysis(s, tells ? thresholds : NULL))
		return s;
	sw_show__free(s);
	return NULL;
}

void sw_show__free(struct sw_show *s)
{
	if (!s)
		return;
	sw_analysis__free(s->analysis);
	if (s->renderer->close)
		s->renderer->close(s->opts.state);
	sw_sorter__free(s->sorter);
	sw_buf__free(&s->buf);
	free(s);
}

struct sw_trace *sw_show__trace(struct sw_show *s)
{
	return sw_analysis__trace(s->analysis);
}

int sw_show__begin(struct sw_show *s)
{
	if (s->renderer->begin)
		s->renderer->begin(&s->buf, &s->opts, s->info);
	return flush(s);
}

int sw_show__record(struct sw_show *s, const void *rec, size_t len)
{
	return sw_analysis__feed(s->analysis, rec, len);
}

int sw_show__settle(struct sw_show *s, uint64_t until)
{
	int err = sw_analysis__settle(s->analysis, until);

	return err ? err : flush(s);
}

void sw_show__order(struct sw_show *s, const struct sw_timelines_opts *opts)
{
	s->timelines = opts;
}

void sw_show__until(struct sw_show *s, uint64_t ts)
{
	s->until = ts;
}

static uint64_t end_of(const struct sw_show *s)
{
	uint64_t end = s->info->end_ns;

	return s->until && s->until < end ? s->until : end;
}

static int show_timelines(struct sw_show *s)
{
	const struct sw_timeline *timeline = sw_analysis__timeline(s->analysis);
	static const struct sw_timelines_opts all;
	const struct sw_timelines_opts *o = s->timelines ?: &all;
	struct sw_sockets *sockets = sw_trace__sockets(sw_show__trace(s));
	struct sw_socket *sk = NULL, **list;
	size_t n = 0, unkept = 0;

	list = malloc((sw_sockets__held(sockets) + 1) * sizeof(struct sw_socket *));
	if (!list)
		return -ENOMEM;
	while ((sk = sw_sockets__next(sockets, sk)))
		if (sk->kept)
			list[n++] = sk;
		else if (sk->events)
			unkept++;
	sw_timelines__sort(list, n, o->order);
	if (o->top && n > o->top)
		n = o->top;
	for (size_t i = 0; i < n; i++) {
		s->renderer->timeline(&s->buf, &s->opts, timeline, list[i]);
		if (s->buf.len >= WRITE_AT)
			flush(s);
	}
	free(list);
	if (unkept && !o->top)
		sw_note("of %zu more sockets no event is kept, as the timelines have the newest %u MB: "
			"narrow it by a filter, or 'sockwake report' by --socket, --from or --to",
			unkept, (unsigned int)(TIMELINE_BYTES >> 20));
	return 0;
}

/* Neither the output nor the counts say how to get the rest. */
static void tell_left_out(const struct sw_show *s)
{
	uint64_t n = s->renderer->left_out ? s->renderer->left_out(&s->opts) : 0;

	if (n)
		sw_note("%s has no room for the last %llu events, which are in the counts and "
			"latencies only: narrow it by --from, --to or --socket",
			s->renderer->name, (unsigned long long)n);
}

/* Memory is bounded, and what had to go for that is told. */
static void tell_forgotten(const struct sw_trace_totals *totals, const uint64_t *left_out)
{
	const uint64_t latencies = left_out[SW_LEFT_OUT_LATENCIES];
	const uint64_t findings = left_out[SW_LEFT_OUT_FINDINGS];
	const uint64_t stacks = left_out[SW_LEFT_OUT_STACKS];

	if (totals->forgotten)
		sw_note("%llu sockets were forgotten to make room for others: one that came back "
			"has another number, and no name",
			(unsigned long long)totals->forgotten);
	if (latencies)
		sw_note("latencies of %llu sockets and tasks, none the slowest, are in those of all "
			"only", (unsigned long long)latencies);
	if (findings)
		sw_note("what was going on with %llu sockets, idle for longest, was forgotten to make "
			"room for others: findings may be missing", (unsigned long long)findings);
	if (totals->late)
		sw_note("events that arrived too late to be shown in order of time: %llu",
			(unsigned long long)totals->late);
	if (stacks)
		sw_note("%llu stacks more than there is room for", (unsigned long long)stacks);
}

int sw_show__end(struct sw_show *s)
{
	struct sw_outcome outcome;
	int err = sw_analysis__end(s->analysis, end_of(s), &outcome);

	if (s->renderer->summary)
		s->renderer->summary(&s->buf, &s->opts, s->info, &outcome);
	if (!err && sw_analysis__timeline(s->analysis))
		err = show_timelines(s);
	if (s->renderer->closing)
		s->renderer->closing(&s->buf, &s->opts, s->info, &outcome);
	if (s->out->error) {
		/* The reader of the output will not learn it there. */
		sw_buf__reset(&s->buf);
		sw_error("until then %llu wake-ups and waits were seen, %llu lost",
			 (unsigned long long)outcome.totals->delivered,
			 (unsigned long long)outcome.totals->lost_all);
	}
	flush(s);
	if (s->sorter && !s->out->error)
		write_sorted(s);
	if (!err && !s->out->error) {
		tell_left_out(s);
		tell_forgotten(outcome.totals, outcome.left_out);
	}
	return err ? err : -s->out->error;
}
