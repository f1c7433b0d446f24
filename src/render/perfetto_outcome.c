/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How a trace ended: findings where they were found, and what was seen and lost. */
#include "base/escape.h"
#include "render/perfetto.h"
#include "render/words.h"

static void note_tasks(struct sw_pf_event *e, const struct sw_finding *f)
{
	const size_t from = e->texts->len;

	for (unsigned int i = 0; i < f->n_tasks; i++) {
		sw_escape_text(e->texts, f->tasks[i].comm, strlen(f->tasks[i].comm));
		sw_buf__printf(e->texts, "[%u]", f->tasks[i].tid);
		sw_buf__putc(e->texts, '\0');
	}
	if (f->n_tasks)
		sw_pf_event__list(e, "tasks", from, f->n_tasks);
	if (f->more_tasks)
		sw_pf_event__u64(e, "more_tasks", f->more_tasks);
}

static void note_evidence(struct sw_pf_event *e, const struct sw_finding *f)
{
	const struct sw_meanwhile *m = &f->meanwhile;
	bool slow_read = f->kind == SW_FINDING_SLOW_READ;

	if (slow_read)
		sw_pf_event__u64(e, "off_cpu_ns", f->off_ns);
	if (m->ran_known)
		sw_pf_event__u64(e, "ran_ns", m->ran_ns);
	if (m->known) {
		sw_pf_event__u64(e, "slept_ns", m->slept_ns);
		sw_pf_event__u64(e, "stopped_ns", m->stopped_ns);
	}
	if (m->others_known)
		sw_pf_event__u64(e, "others", m->others);
	if (f->sleeps)
		sw_pf_event__u64(e, "sleeps", f->sleeps);
	if (f->within_ns)
		sw_pf_event__u64(e, "within_ns", f->within_ns);
}

/* Where its worst example is.  One that stands for many sockets is of the trace. */
static void put_finding(struct sw_pf_state *s, struct sw_buf *out, const struct sw_finding *f,
			uint64_t end)
{
	static const char *const worst[] = {[SW_UNIT_NS] = "worst_ns",
					    [SW_UNIT_TASKS] = "worst_tasks",
					    [SW_UNIT_PERCENT] = "worst_percent",
					    [SW_UNIT_CALLS] = "worst_calls"};
	uint64_t track = f->socket ? sw_pf_socket_track(f->socket) :
				     sw_pf_trace_track(s->tracks, out);
	struct sw_pf_event e = sw_pf_event__new(s, SW_PF_INSTANT, "finding",
						sw_finding_name(f->kind),
						f->worst_ts ? f->worst_ts : end, track);

	sw_pf_event__word(&e, "severity", sw_severity_name(f->severity));
	sw_pf_event__word(&e, "meaning", sw_case_meaning(f->what));
	sw_pf_event__word(&e, "advice", sw_case_advice(f->what));
	sw_pf_event__u64(&e, "sockets", f->sockets);
	sw_pf_event__u64(&e, "count", f->count);
	sw_pf_event__u64(&e, worst[sw_finding_unit(f->kind)], f->worst);
	note_tasks(&e, f);
	note_evidence(&e, f);
	sw_pf_event__put(out, &e);
}

static void put_summary(struct sw_pf_state *s, struct sw_buf *out,
			const struct sw_trace_info *info, const struct sw_trace_totals *t,
			uint64_t end)
{
	uint64_t track = sw_pf_trace_track(s->tracks, out);
	struct sw_pf_event e = sw_pf_event__new(s, SW_PF_INSTANT, "summary",
						t->complete ? "end of the trace" :
							      "end of the trace: incomplete",
						end, track);

	e.rank = SW_PF_LAST;
	sw_pf_event__text(&e, "version", info->version);
	sw_pf_event__text(&e, "host", info->host);
	sw_pf_event__text(&e, "kernel", info->kernel);
	sw_pf_event__text(&e, "arch", info->arch);
	sw_pf_event__u64(&e, "sockets", t->sockets);
	sw_pf_event__u64(&e, "hits", t->hits);
	sw_pf_event__u64(&e, "delivered", t->delivered);
	sw_pf_event__u64(&e, "filtered", t->filtered);
	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		if (t->lost[i])
			sw_pf_event__u64(&e, sw_loss_name(i), t->lost[i]);
	sw_pf_event__u64(&e, "malformed", t->malformed);
	sw_pf_event__bool(&e, "complete", t->complete);
	sw_pf_event__put(out, &e);
}

void sw_pf_outcome__put(struct sw_pf_state *s, struct sw_buf *out,
			const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	const struct sw_trace_totals *t = outcome->totals;
	uint64_t end = info->end_ns > t->last_ts ? info->end_ns : t->last_ts;

	for (unsigned int i = 0; i < outcome->n_findings; i++)
		put_finding(s, out, outcome->findings[i], end);
	put_summary(s, out, info, t, end);
}
