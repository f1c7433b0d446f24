// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* How a trace ended: what was seen, what was lost, and what each hook did. */
#include "text.h"

#include "base/escape.h"
#include "base/human.h"
#include "words.h"

#define GAP 2

static void put_count(struct sw_buf *out, uint64_t n, const char *one, const char *many)
{
	sw_human_count(out, n);
	sw_buf__putc(out, ' ');
	sw_buf__puts(out, n == 1 ? one : many);
}

static void put_seen(struct sw_buf *out, const struct sw_render_opts *o, uint64_t duration,
		     const struct sw_trace_totals *totals)
{
	struct text_line l = text_line__begin(out, o, 4);

	text_style(out, o, TEXT_BOLD);
	sw_human_duration(out, duration);
	sw_buf__puts(out, " traced:");
	text_plain(out, o);
	text_line__place(&l, 0, 0);
	put_count(out, totals->sockets, "socket,", "sockets,");
	text_line__place(&l, 0, 1);
	put_count(out, totals->by_kind[SW_REC_WAKEUP], "wake-up,", "wake-ups,");
	text_line__place(&l, 0, 1);
	put_count(out, totals->by_kind[SW_REC_WAIT], "wait,", "waits,");
	text_line__place(&l, 0, 1);
	sw_human_count(out, totals->by_kind[SW_REC_DESTROY]);
	sw_buf__puts(out, " closed");
	text_line__place(&l, 0, 1);
	text_line__end(&l);
}

/* What to try when there is nothing to show, by what the hooks tell. */
static void put_nothing_seen(struct sw_buf *out, const struct sw_render_opts *o,
			     const struct sw_trace_info *info,
			     const struct sw_trace_totals *totals)
{
	struct text_line l = text_line__begin(out, o, 4);
	unsigned int attached = 0;

	for (unsigned int i = 0; i < info->n_hooks; i++)
		attached += info->hooks[i].asked && strcmp(info->hooks[i].attach, "none");
	sw_buf__puts(out, "no wake-ups seen:");
	text_line__place(&l, 0, 0);
	if (!attached) {
		sw_buf__puts(out, "no hook could be attached;");
		text_line__place(&l, 0, 1);
		sw_buf__puts(out, "\"sockwake doctor\" tells why");
	} else if (totals->lost_all) {
		sw_buf__puts(out, "what there was is lost, see below");
	} else if (totals->filtered) {
		sw_buf__puts(out, "the filters left out all ");
		put_count(out, totals->filtered, "hit;", "hits;");
		text_line__place(&l, 0, 1);
		sw_buf__puts(out, "try fewer of them");
	} else {
		sw_buf__puts(out, "no socket had anything to tell;");
		text_line__place(&l, 0, 1);
		sw_buf__puts(out, "try a longer trace, or make some traffic meanwhile");
	}
	text_line__place(&l, 0, 1);
	text_line__end(&l);
}

static void put_loss(struct sw_buf *out, const struct sw_render_opts *o, uint64_t n,
		     const char *name, const char *meaning)
{
	struct text_line l = text_line__begin(out, o, 4);

	sw_human_count(out, n);
	text_line__place_right(&l, 13, 0);
	sw_buf__puts(out, name);
	text_line__place(&l, 15, GAP);
	sw_buf__puts(out, meaning);
	text_line__place(&l, 29, GAP);
	text_line__end(&l);
}

static void put_lost(struct sw_buf *out, const struct sw_render_opts *o,
		     const struct sw_trace_totals *totals)
{
	if (totals->complete) {
		text_style(out, o, TEXT_GOOD);
		sw_buf__puts(out, "nothing lost");
		text_plain(out, o);
		sw_buf__putc(out, '\n');
		return;
	}
	if (totals->malformed) {
		text_style(out, o, TEXT_BAD);
		put_count(out, totals->malformed, "record", "records");
		text_plain(out, o);
		sw_buf__puts(out, " could not be read: damaged, or of a newer sockwake\n");
	}
	if (!totals->lost_all)
		return;
	text_style(out, o, TEXT_BAD);
	sw_human_count(out, totals->lost_all);
	sw_buf__puts(out, " lost");
	text_plain(out, o);
	sw_buf__puts(out, " of ");
	put_count(out, totals->hits, "hit:\n", "hits:\n");
	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		if (totals->lost[i])
			put_loss(out, o, totals->lost[i], sw_loss_name(i),
				 sw_loss_meaning(i));
}

static uint64_t lost_of(const struct sw_hook_info *h)
{
	uint64_t lost = 0;

	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		lost += h->count.lost[i];
	return lost;
}

/* What a user wants to know of: what it did, or why it did nothing. */
static bool hook_told(const struct sw_hook_info *h)
{
	return h->count.hits || lost_of(h) || (h->asked && !strcmp(h->attach, "none"));
}

#define ATTACH_AT 30
#define NUMBERS_AT 42
#define NOTE_AT 6
#define NUMBER_WIDTH 13

/* Word by word, as a note is a sentence. */
static void put_note(struct text_line *l, const struct sw_render_opts *o, size_t column,
		     const char *note)
{
	const char *end;

	l->indent = column;
	text_style(l->out, o, TEXT_DIM);
	for (; *note; note = end) {
		note += strspn(note, " ");
		end = note + strcspn(note, " ");
		sw_escape_text(l->out, note, (size_t)(end - note));
		text_line__place(l, column, 1);
	}
	text_plain(l->out, o);
}

static void put_hook(struct sw_buf *out, const struct sw_render_opts *o,
		     const struct sw_hook_info *h)
{
	struct text_line l = text_line__begin(out, o, ATTACH_AT);
	const uint64_t numbers[] = {
		h->count.hits,
		h->count.delivered,
		h->count.filtered,
		lost_of(h),
	};
	bool attached = strcmp(h->attach, "none");

	sw_buf__puts(out, h->name);
	text_line__place(&l, 2, 0);
	sw_buf__puts(out, attached ? h->attach : "not traced");
	text_line__place(&l, ATTACH_AT, GAP);
	for (size_t i = 0; i < 4 && (attached || h->count.hits || lost_of(h)); i++) {
		if (i == 3 && numbers[i])
			text_style(out, o, TEXT_BAD);
		sw_human_count(out, numbers[i]);
		if (i == 3 && numbers[i])
			text_plain(out, o);
		text_line__place_right(&l, NUMBERS_AT + (i + 1) * NUMBER_WIDTH, GAP);
	}
	if (h->note && *h->note) {
		/* Why there are no numbers, in their place; else below them. */
		if (l.column > NUMBERS_AT) {
			text_line__end(&l);
			l = text_line__begin(out, o, NOTE_AT);
			put_note(&l, o, NOTE_AT, h->note);
		} else {
			put_note(&l, o, NUMBERS_AT, h->note);
		}
	}
	text_line__end(&l);
}

static void put_hooks(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_trace_info *info)
{
	static const char *const names[] = { "hits", "delivered", "filtered", "lost" };
	struct text_line l;
	unsigned int told = 0;

	for (unsigned int i = 0; i < info->n_hooks; i++)
		told += hook_told(&info->hooks[i]);
	if (!told)
		return;

	l = text_line__begin(out, o, ATTACH_AT);
	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, "hook");
	text_line__place(&l, 2, 0);
	sw_buf__puts(out, "attached by");
	text_line__place(&l, ATTACH_AT, GAP);
	for (size_t i = 0; i < 4; i++) {
		sw_buf__puts(out, names[i]);
		text_line__place_right(&l, NUMBERS_AT + (i + 1) * NUMBER_WIDTH, GAP);
	}
	text_plain(out, o);
	text_line__end(&l);
	for (unsigned int i = 0; i < info->n_hooks; i++)
		if (hook_told(&info->hooks[i]))
			put_hook(out, o, &info->hooks[i]);
}

void text_summary(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	const struct sw_trace_totals *totals = outcome->totals;

	/* Apart from the lines of events, if there were any. */
	if (o->live || o->timelines)
		sw_buf__putc(out, '\n');
	if (outcome->latency && totals->by_kind[SW_REC_WAKEUP]) {
		text_findings(out, o, outcome);
		text_latencies(out, o, outcome->latency);
		sw_buf__putc(out, '\n');
	}
	put_seen(out, o, sw_trace_duration(o->start_ns, info, totals), totals);
	if (!totals->by_kind[SW_REC_WAKEUP])
		put_nothing_seen(out, o, info, totals);
	put_lost(out, o, totals);
	put_hooks(out, o, info);
}
