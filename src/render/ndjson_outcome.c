// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* How a trace ended: latencies, the slowest examples and findings, a line each. */
#include "ndjson.h"

static const char *const gaps[] = {
#define GAP(id, name, from, to) [SW_GAP_##id] = #name,
	SW_GAPS(GAP)
#undef GAP
};

/* The task's or the socket's members; each may be missing. */
struct scope {
	const char *name;
	const struct sw_latency_socket *socket;
	const struct sw_latency_task *task;
};

static void put_latencies(struct sw_buf *out, const struct scope *s, const struct sw_latencies *l)
{
	for (unsigned int i = 0; i < SW_GAP_COUNT; i++) {
		const struct sw_hist *h = &l->gap[i];
		struct sw_json j;

		if (!h->count)
			continue;
		j = ndjson__begin(out, "latency");
		sw_json__str(&j, "scope", s->name);
		if (s->socket) {
			sw_json__u64(&j, "socket", s->socket->id);
			sw_json__str(&j, "name", s->socket->name);
		}
		if (s->task)
			ndjson__task(&j, s->task->pid, s->task->tid, s->task->comm);
		sw_json__str(&j, "gap", gaps[i]);
		sw_json__u64(&j, "count", h->count);
		sw_json__u64(&j, "min", h->min);
		sw_json__u64(&j, "p50", sw_hist__at(h, 500));
		sw_json__u64(&j, "p90", sw_hist__at(h, 900));
		sw_json__u64(&j, "p99", sw_hist__at(h, 990));
		sw_json__u64(&j, "p999", sw_hist__at(h, 999));
		sw_json__u64(&j, "max", h->max);
		ndjson__end(&j);
	}
}

static void put_known(struct sw_json *j, const char *key, uint64_t ts)
{
	if (ts)
		sw_json__u64(j, key, ts);
}

static void put_slow(struct sw_buf *out, const struct sw_slow *s)
{
	struct sw_json j = ndjson__begin(out, "slow");

	sw_json__u64(&j, "total_ns", s->total_ns);
	sw_json__u64(&j, "socket", s->socket);
	sw_json__str(&j, "name", s->name);
	sw_json__u64(&j, "wakeup_ts", s->wakeup_ts);
	put_known(&j, "woken_ts", s->woken_ts);
	put_known(&j, "run_ts", s->run_ts);
	put_known(&j, "take_ts", s->take_ts);
	if (s->pid || s->comm[0])
		ndjson__task(&j, s->pid, s->tid, s->comm);
	ndjson__end(&j);
}

/* What is known of how its worst example came about. */
static void put_evidence(struct sw_json *j, const struct sw_finding *f)
{
	const struct sw_meanwhile *m = &f->meanwhile;
	bool slow_read = f->kind == SW_FINDING_SLOW_READ;

	if (slow_read)
		sw_json__u64(j, "off_cpu_ns", f->off_ns);
	if (m->ran_known)
		sw_json__u64(j, "ran_ns", m->ran_ns);
	if (m->known) {
		sw_json__u64(j, "slept_ns", m->slept_ns);
		sw_json__u64(j, "stopped_ns", m->stopped_ns);
	}
	if (m->others_known)
		sw_json__u64(j, "others", m->others);
	if (f->sleeps)
		sw_json__u64(j, "sleeps", f->sleeps);
	put_known(j, "within_ns", f->within_ns);
}

static void put_finding(struct sw_buf *out, const struct sw_finding *f)
{
	struct sw_json j = ndjson__begin(out, "finding");

	sw_json__str(&j, "kind", sw_finding_name(f->kind));
	sw_json__str(&j, "severity", sw_severity_name(f->severity));
	if (f->socket) {
		sw_json__u64(&j, "socket", f->socket);
		sw_json__str(&j, "name", f->name);
	}
	sw_json__u64(&j, "sockets", f->sockets);
	sw_json__u64(&j, "count", f->count);
	sw_json__u64(&j, "worst", f->worst);
	sw_json__str(&j, "unit", sw_finding_unit_name(f->kind));
	put_known(&j, "worst_ts", f->worst_ts);
	put_evidence(&j, f);
	sw_json__open(&j, "tasks", '[');
	for (unsigned int i = 0; i < f->n_tasks; i++) {
		sw_json__open(&j, NULL, '{');
		ndjson__task(&j, f->tasks[i].pid, f->tasks[i].tid, f->tasks[i].comm);
		sw_json__close(&j, '}');
	}
	sw_json__close(&j, ']');
	if (f->more_tasks)
		sw_json__u64(&j, "more_tasks", f->more_tasks);
	sw_json__str(&j, "meaning", sw_case_meaning(f->what));
	sw_json__str(&j, "advice", sw_case_advice(f->what));
	ndjson__end(&j);
}

static void put_all_latencies(struct sw_buf *out, struct sw_latency *latency)
{
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	unsigned int n, i;

	put_latencies(out, &(struct scope){"all", NULL, NULL}, sw_latency__all(latency));
	n = sw_latency__sockets(latency, &sockets);
	for (i = 0; i < n; i++)
		put_latencies(out,
			      &(struct scope){sockets[i]->listener ? "listener" : "socket",
					      sockets[i], NULL},
			      &sockets[i]->lat);
	n = sw_latency__tasks(latency, &tasks);
	for (i = 0; i < n; i++)
		put_latencies(out, &(struct scope){"task", NULL, tasks[i]}, &tasks[i]->lat);
}

void ndjson_outcome(struct sw_buf *out, const struct sw_outcome *outcome)
{
	const struct sw_slow *slowest;
	unsigned int n;

	if (outcome->latency) {
		put_all_latencies(out, outcome->latency);
		n = sw_latency__slowest(outcome->latency, &slowest);
		for (unsigned int i = 0; i < n; i++)
			put_slow(out, &slowest[i]);
	}
	for (unsigned int i = 0; i < outcome->n_findings; i++)
		put_finding(out, outcome->findings[i]);
}
