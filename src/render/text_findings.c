// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What is wrong, the worst first, with one line of advice for each case. */
#include "text.h"

#include "base/escape.h"
#include "base/human.h"

#define SHOWN 5 /* findings, but with --all; more are counted */
#define KIND_AT 10
#define INDENT (KIND_AT + 2) /* of what does not fit on its line */
#define GAP 2

static void put_worst(struct sw_buf *out, const struct sw_finding *f)
{
	switch (sw_finding_unit(f->kind)) {
	case SW_UNIT_NS:
		sw_human_duration(out, f->worst);
		break;
	case SW_UNIT_TASKS:
		sw_buf__printf(out, "%llu tasks", (unsigned long long)f->worst);
		break;
	case SW_UNIT_CALLS:
		sw_human_count(out, f->worst);
		sw_buf__puts(out, " calls");
		break;
	case SW_UNIT_PERCENT:
		sw_buf__printf(out, "%llu %%", (unsigned long long)f->worst);
		break;
	}
}

static void put_others(struct sw_buf *out, uint32_t others)
{
	sw_buf__printf(out, "%u other call%s", others, others == 1 ? "" : "s");
}

/* "after 3 other calls and 12 ms off the CPU" */
static void put_first(struct text_line *l, const struct sw_finding *f)
{
	struct sw_buf *out = l->out;
	uint32_t others = f->meanwhile.others;

	if (!others && !f->off_ns)
		return;
	sw_buf__puts(out, "after ");
	if (others)
		put_others(out, others);
	if (others && f->off_ns)
		sw_buf__puts(out, " and ");
	if (f->off_ns) {
		sw_human_duration(out, f->off_ns);
		sw_buf__puts(out, " off the CPU");
	}
	text_line__place(l, 0, GAP);
}

static void put_part(struct sw_buf *out, const char *word, uint64_t ns, const char **before)
{
	if (!ns)
		return;
	sw_buf__puts(out, *before);
	sw_buf__puts(out, word);
	sw_human_duration(out, ns);
	*before = ", ";
}

/* "meanwhile ran 20 ms, slept 230 ms, made 3 other calls" */
static void put_meanwhile(struct text_line *l, const struct sw_meanwhile *m)
{
	const char *before = "meanwhile ";

	if (!m->known)
		return;
	put_part(l->out, "ran ", m->ran_ns, &before);
	put_part(l->out, "slept ", m->slept_ns, &before);
	put_part(l->out, "stopped ", m->stopped_ns, &before);
	if (!m->ran_known && *before == ',') {
		sw_buf__puts(l->out, " of the last ");
		sw_human_duration(l->out, m->known_ns);
	}
	if (m->others && m->others_known) {
		sw_buf__puts(l->out, before);
		sw_buf__puts(l->out, "made ");
		put_others(l->out, m->others);
	}
	text_line__place(l, 0, GAP);
}

/* "5 sleeps within 192 ms", "within 1.2 s" */
static void put_within(struct text_line *l, const struct sw_finding *f)
{
	if (!f->within_ns || (f->kind == SW_FINDING_WRITE_STALL && !f->sleeps))
		return;
	if (f->sleeps)
		sw_buf__printf(l->out, "%u sleep%s ", f->sleeps, f->sleeps == 1 ? "" : "s");
	sw_buf__puts(l->out, "within ");
	sw_human_duration(l->out, f->within_ns);
	text_line__place(l, 0, GAP);
}

static void put_tasks(struct text_line *l, const struct sw_finding *f)
{
	for (unsigned int i = 0; i < f->n_tasks; i++) {
		text_task(l->out, f->tasks[i].pid, f->tasks[i].tid, f->tasks[i].comm);
		text_line__place(l, 0, GAP);
	}
	if (f->more_tasks) {
		sw_buf__printf(l->out, "and %u more", f->more_tasks);
		text_line__place(l, 0, 1);
	}
}

/* "#1 tcp 127.0.0.1:80 and 411 more like it" */
static void put_where(struct text_line *l, const struct sw_finding *f)
{
	struct sw_buf *out = l->out;

	if (f->socket) {
		sw_buf__printf(out, "#%llu ", (unsigned long long)f->socket);
		sw_escape_text(out, f->name, strlen(f->name));
	} else {
		sw_buf__puts(out, "further sockets");
	}
	text_line__place(l, KIND_AT, 0);
	if (f->socket && f->sockets > 1) {
		sw_buf__puts(out, "and ");
		sw_human_count(out, f->sockets - 1);
		sw_buf__puts(out, " more like it");
		text_line__place(l, 0, 1);
	}
}

/* "12 times  worst 48 ms at 3.120412  nginx[12]", "once  2.5 s at 3.000000  nginx[12]" */
static void put_how_bad(struct text_line *l, const struct sw_render_opts *o,
			const struct sw_finding *f)
{
	struct sw_buf *out = l->out;

	if (f->count == 1) {
		sw_buf__puts(out, "once");
	} else {
		sw_human_count(out, f->count);
		sw_buf__puts(out, " times");
	}
	text_line__place(l, 0, GAP);
	if (f->worst) {
		sw_buf__puts(out, f->count == 1 ? "" : "worst ");
		put_worst(out, f);
		sw_buf__puts(out, " at ");
		text_time(out, o, f->worst_ts);
		text_line__place(l, 0, GAP);
	}
	put_within(l, f);
	if (f->kind == SW_FINDING_SLOW_READ)
		put_first(l, f);
	else
		put_meanwhile(l, &f->meanwhile);
	put_tasks(l, f);
}

static unsigned int style_of(enum sw_severity severity)
{
	return severity == SW_CRITICAL ? TEXT_BAD : severity == SW_WARNING ? TEXT_BOLD : TEXT_DIM;
}

static void put_finding(struct sw_buf *out, const struct sw_render_opts *o,
			const struct sw_finding *f)
{
	struct text_line l = text_line__begin(out, o, INDENT);

	text_style(out, o, style_of(f->severity));
	sw_buf__puts(out, sw_severity_name(f->severity));
	text_plain(out, o);
	text_line__place(&l, 0, 0);
	sw_buf__puts(out, sw_finding_name(f->kind));
	sw_buf__putc(out, ':');
	text_line__place(&l, KIND_AT, 1);
	sw_buf__puts(out, sw_case_meaning(f->what));
	text_line__place(&l, 0, 1);
	text_line__end(&l);
	l = text_line__begin(out, o, INDENT);
	put_where(&l, f);
	put_how_bad(&l, o, f);
	text_line__end(&l);
}

static void put_advice(struct sw_buf *out, const struct sw_render_opts *o,
		       enum sw_finding_case what)
{
	struct text_line l = text_line__begin(out, o, INDENT);

	sw_buf__puts(out, "next: ");
	sw_buf__puts(out, sw_case_advice(what));
	text_line__flow(&l, KIND_AT, 0);
	text_line__end(&l);
}

void text_findings(struct sw_buf *out, const struct sw_render_opts *o,
		   const struct sw_outcome *outcome)
{
	unsigned int shown = o->all || outcome->n_findings < SHOWN ? outcome->n_findings : SHOWN;
	bool advised[SW_CASE_COUNT] = {false};

	for (unsigned int i = 0; i < shown; i++) {
		const struct sw_finding *f = outcome->findings[i];

		put_finding(out, o, f);
		if (!advised[f->what])
			put_advice(out, o, f->what);
		advised[f->what] = true;
	}
	if (shown < outcome->n_findings)
		sw_buf__printf(out, "\u2026 and %u more: --all\n", outcome->n_findings - shown);
}
