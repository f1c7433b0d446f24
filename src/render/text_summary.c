// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The answer: what is wrong first, then where the time went, and at the end the ledger. */
#include "text.h"

#include "base/human.h"

static void put_ledger(struct sw_buf *out, const struct sw_render_opts *o,
		       const struct sw_trace_totals *totals)
{
	struct text_line l = text_line__begin(out, o, 4);

	sw_human_count(out, totals->hits);
	sw_buf__puts(out, totals->hits == 1 ? " hit:" : " hits:");
	text_line__place(&l, 0, 0);
	sw_human_count(out, totals->delivered);
	sw_buf__puts(out, " delivered,");
	text_line__place(&l, 0, 1);
	sw_human_count(out, totals->filtered);
	sw_buf__puts(out, " filtered,");
	text_line__place(&l, 0, 1);
	text_style(out, o, totals->lost_all ? TEXT_BAD : TEXT_GOOD);
	if (totals->lost_all) {
		sw_human_count(out, totals->lost_all);
		sw_buf__puts(out, " LOST");
	} else {
		sw_buf__puts(out, "nothing lost");
	}
	text_plain(out, o);
	text_line__place(&l, 0, 1);
	if (totals->malformed) {
		text_style(out, o, TEXT_BAD);
		sw_buf__puts(out, "(but ");
		sw_human_count(out, totals->malformed);
		sw_buf__puts(out, totals->malformed == 1 ? " record" : " records");
		sw_buf__puts(out, " could not be read)");
		text_plain(out, o);
		text_line__place(&l, 0, 1);
	}
	text_line__end(&l);
}

void text_summary(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	text_sample__end(out, o);
	/* Apart from the lines of events. */
	if (o->live)
		sw_buf__putc(out, '\n');
	text_losses(out, o, outcome->totals);
	text_verdict(out, o, info, outcome);
	text_findings(out, o, outcome);
	if (outcome->latency)
		text_latencies(out, o, outcome);
	text_moments(out, o, outcome);
}

void text_closing(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	sw_buf__putc(out, '\n');
	if (o->hooks)
		text_hooks__table(out, o, info);
	else
		text_hooks__line(out, o, info);
	put_ledger(out, o, outcome->totals);
}
