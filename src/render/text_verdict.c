// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The first lines of the answer: what was lost, and what is wrong in all. */
#include "text.h"

#include "base/human.h"
#include "words.h"

#define GAP 2

static void put_count(struct sw_buf *out, uint64_t n, const char *one, const char *many)
{
	sw_human_count(out, n);
	sw_buf__putc(out, ' ');
	sw_buf__puts(out, n == 1 ? one : many);
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

void text_losses(struct sw_buf *out, const struct sw_render_opts *o,
		 const struct sw_trace_totals *totals)
{
	struct text_line l = text_line__begin(out, o, 4);

	if (totals->complete)
		return;
	text_style(out, o, TEXT_BAD);
	sw_buf__puts(out, "INCOMPLETE:");
	text_line__place(&l, 0, 0);
	if (totals->lost_all) {
		sw_human_count(out, totals->lost_all);
		sw_buf__puts(out, " of ");
		put_count(out, totals->hits, "hit is lost;", "hits are lost;");
		text_line__place(&l, 0, 1);
	}
	if (totals->malformed) {
		put_count(out, totals->malformed, "record", "records");
		sw_buf__puts(out, " could not be read (damaged, or of a newer sockwake);");
		text_line__place(&l, 0, 1);
	}
	sw_buf__puts(out, "what follows is of the rest");
	text_plain(out, o);
	text_line__place(&l, 0, 1);
	text_line__end(&l);
	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		if (totals->lost[i])
			put_loss(out, o, totals->lost[i], sw_loss_name(i), sw_loss_meaning(i));
}

/* "2 critical, 1 warning" */
static void put_severities(struct text_line *l, const struct sw_outcome *outcome)
{
	unsigned int n[SW_CRITICAL + 1] = {0};
	const char *before = "";

	for (unsigned int i = 0; i < outcome->n_findings; i++)
		n[outcome->findings[i]->severity]++;
	for (int severity = SW_CRITICAL; severity >= 0; severity--) {
		const char *many = severity == SW_WARNING ? "s" : "";

		if (!n[severity])
			continue;
		sw_buf__printf(l->out, "%s%u %s%s", before, n[severity],
			       sw_severity_name(severity), n[severity] == 1 ? "" : many);
		before = ", ";
	}
	text_line__place(l, 0, 1);
}

static void put_findings(struct text_line *l, const struct sw_render_opts *o,
			 const struct sw_outcome *outcome)
{
	struct sw_buf *out = l->out;

	if (!outcome->latency) {
		sw_buf__puts(out, "none (--events leaves out who was woken)");
	} else if (outcome->n_findings) {
		text_style(out, o, outcome->findings[0]->severity == SW_CRITICAL ? TEXT_BAD :
										   TEXT_BOLD);
		put_severities(l, outcome);
		text_plain(out, o);
		return;
	} else {
		text_style(out, o, outcome->totals->complete ? TEXT_GOOD : TEXT_PLAIN);
		sw_buf__puts(out, outcome->totals->complete ? "nothing wrong found" :
							      "nothing wrong found in what was seen");
		text_plain(out, o);
	}
	text_line__place(l, 0, 1);
}

static void put_seen(struct text_line *l, uint64_t duration, const struct sw_trace_totals *totals)
{
	struct sw_buf *out = l->out;

	sw_buf__puts(out, "in ");
	sw_human_duration(out, duration);
	text_line__place(l, 0, 1);
	sw_buf__putc(out, '(');
	put_count(out, totals->sockets, "socket,", "sockets,");
	text_line__place(l, 0, 1);
	put_count(out, totals->by_kind[SW_REC_WAKEUP], "wake-up,", "wake-ups,");
	text_line__place(l, 0, 1);
	put_count(out, totals->by_kind[SW_REC_WAIT], "wait", "waits");
	/* Not every kernel shows the ends of sockets. */
	if (totals->by_kind[SW_REC_DESTROY]) {
		sw_buf__putc(out, ',');
		text_line__place(l, 0, 1);
		sw_human_count(out, totals->by_kind[SW_REC_DESTROY]);
		sw_buf__puts(out, " closed");
	}
	sw_buf__putc(out, ')');
	text_line__place(l, 0, 1);
}

/* What to try when there is nothing to show, by what the hooks say. */
static void put_nothing_seen(struct sw_buf *out, const struct sw_render_opts *o,
			     const struct sw_trace_info *info,
			     const struct sw_trace_totals *totals)
{
	struct text_line l = text_line__begin(out, o, 4);
	unsigned int attached = 0;

	for (unsigned int i = 0; i < info->n_hooks; i++)
		attached += info->hooks[i].asked && strcmp(info->hooks[i].attach, "none");
	if (!attached) {
		sw_buf__puts(out, "no hook could be attached:");
		text_line__place(&l, 2, 0);
		sw_buf__puts(out, "'sockwake doctor' says why");
	} else if (totals->lost_all) {
		sw_buf__puts(out, "what there was is lost, see above");
	} else if (totals->filtered) {
		sw_buf__puts(out, "none of ");
		put_count(out, totals->filtered, "hit", "hits");
		sw_buf__puts(out, " was of the processes and sockets asked for:");
		text_line__place(&l, 2, 0);
		sw_buf__puts(out, "name their child processes too, or filter less");
	} else {
		sw_buf__puts(out, "no socket woke anybody:");
		text_line__place(&l, 2, 0);
		sw_buf__puts(out, "try a longer trace, or make some traffic meanwhile");
	}
	text_line__place(&l, 2, 1);
	text_line__end(&l);
}

void text_verdict(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	struct text_line l = text_line__begin(out, o, 4);
	const struct sw_trace_totals *totals = outcome->totals;
	/* A wait that did not end is found also where nothing woke anybody. */
	bool seen = totals->by_kind[SW_REC_WAKEUP] || outcome->n_findings;

	text_style(out, o, TEXT_BOLD);
	sw_buf__puts(out, "verdict:");
	text_plain(out, o);
	text_line__place(&l, 0, 0);
	if (seen) {
		put_findings(&l, o, outcome);
	} else {
		sw_buf__puts(out, "no wake-ups seen");
		text_line__place(&l, 0, 1);
	}
	put_seen(&l, sw_trace_duration(o->start_ns, info, totals), totals);
	text_line__end(&l);
	if (!seen)
		put_nothing_seen(out, o, info, totals);
}
