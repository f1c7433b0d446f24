// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* How a trace ended, for the page: latencies with their histograms, and findings. */
#include "html.h"

/* [count, min, max, p50, p90, p99, p99.9, step, count, step, count, …] or null. */
static void put_hist(struct sw_json *j, const struct sw_hist *h)
{
	static const unsigned int at[] = {500, 900, 990, 999};

	if (!h->count) {
		sw_json__str(j, NULL, NULL);
		return;
	}
	sw_json__open(j, NULL, '[');
	sw_json__u64(j, NULL, h->count);
	sw_json__u64(j, NULL, h->min);
	sw_json__u64(j, NULL, h->max);
	for (unsigned int i = 0; i < sizeof(at) / sizeof(*at); i++)
		sw_json__u64(j, NULL, sw_hist__at(h, at[i]));
	for (uint32_t i = 0; i < h->n; i++) {
		sw_json__u64(j, NULL, sw_hist_step_least(h->steps[i].step));
		sw_json__u64(j, NULL, h->steps[i].count);
	}
	sw_json__close(j, ']');
}

static void put_latencies(struct sw_json *j, const char *key, const struct sw_latencies *l)
{
	sw_json__open(j, key, '[');
	for (unsigned int i = 0; i < SW_GAP_COUNT; i++)
		put_hist(j, &l->gap[i]);
	sw_json__close(j, ']');
}

/* [total, socket, wakeup, woken, run, take, pid, tid, comm] or null. */
static void put_slow(struct sw_json *j, const struct html *h, const struct sw_slow *s)
{
	if (!s->total_ns) {
		sw_json__str(j, NULL, NULL);
		return;
	}
	sw_json__open(j, NULL, '[');
	sw_json__u64(j, NULL, s->total_ns);
	sw_json__u64(j, NULL, s->socket);
	html_time(j, h, NULL, s->wakeup_ts);
	html_time(j, h, NULL, s->woken_ts);
	html_time(j, h, NULL, s->run_ts);
	html_time(j, h, NULL, s->take_ts);
	sw_json__u64(j, NULL, s->pid);
	sw_json__u64(j, NULL, s->tid);
	html_name(j, NULL, s->comm);
	sw_json__close(j, ']');
}

/* Of sockets [id, listener, latencies, worst], of tasks [pid, tid, comm, latencies, worst]. */
static void put_delays(struct sw_json *j, const struct html *h, struct sw_latency *latency)
{
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	const struct sw_slow *slowest;
	unsigned int n, i;

	put_latencies(j, "all", sw_latency__all(latency));
	n = sw_latency__sockets(latency, &sockets);
	sw_json__open(j, "delays", '[');
	for (i = 0; i < n; i++) {
		sw_buf__putc(j->out, '\n');
		sw_json__open(j, NULL, '[');
		sw_json__u64(j, NULL, sockets[i]->id);
		sw_json__u64(j, NULL, sockets[i]->listener);
		put_latencies(j, NULL, &sockets[i]->lat);
		put_slow(j, h, &sockets[i]->worst);
		sw_json__close(j, ']');
	}
	sw_json__close(j, ']');
	n = sw_latency__tasks(latency, &tasks);
	sw_json__open(j, "tasks", '[');
	for (i = 0; i < n; i++) {
		sw_buf__putc(j->out, '\n');
		sw_json__open(j, NULL, '[');
		sw_json__u64(j, NULL, tasks[i]->pid);
		sw_json__u64(j, NULL, tasks[i]->tid);
		html_name(j, NULL, tasks[i]->comm);
		put_latencies(j, NULL, &tasks[i]->lat);
		put_slow(j, h, &tasks[i]->worst);
		sw_json__close(j, ']');
	}
	sw_json__close(j, ']');
	n = sw_latency__slowest(latency, &slowest);
	sw_json__open(j, "slowest", '[');
	for (i = 0; i < n; i++)
		put_slow(j, h, &slowest[i]);
	sw_json__close(j, ']');
}

static void put_evidence(struct sw_json *j, const struct sw_finding *f)
{
	const struct sw_meanwhile *m = &f->meanwhile;

	sw_json__u64(j, "off_cpu_ns", f->off_ns);
	sw_json__u64(j, "others", m->others);
	sw_json__bool(j, "known", m->known);
	sw_json__u64(j, "ran_ns", m->ran_ns);
	sw_json__u64(j, "slept_ns", m->slept_ns);
	sw_json__u64(j, "stopped_ns", m->stopped_ns);
	sw_json__u64(j, "sleeps", f->sleeps);
	sw_json__u64(j, "within_ns", f->within_ns);
}

static void put_finding(struct sw_json *j, const struct html *h, const struct sw_finding *f)
{
	sw_buf__putc(j->out, '\n');
	sw_json__open(j, NULL, '{');
	sw_json__str(j, "kind", sw_finding_name(f->kind));
	sw_json__str(j, "severity", sw_severity_name(f->severity));
	sw_json__u64(j, "socket", f->socket);
	sw_json__u64(j, "sockets", f->sockets);
	sw_json__u64(j, "count", f->count);
	sw_json__u64(j, "worst", f->worst);
	sw_json__str(j, "unit", sw_finding_unit_name(f->kind));
	html_time(j, h, "worst_ts", f->worst_ts);
	sw_json__u64(j, "worst_tid", f->worst_task.tid);
	put_evidence(j, f);
	sw_json__open(j, "tasks", '[');
	for (unsigned int i = 0; i < f->n_tasks; i++) {
		sw_json__u64(j, NULL, f->tasks[i].pid);
		sw_json__u64(j, NULL, f->tasks[i].tid);
		html_name(j, NULL, f->tasks[i].comm);
	}
	sw_json__close(j, ']');
	sw_json__u64(j, "more_tasks", f->more_tasks);
	sw_json__str(j, "meaning", sw_case_meaning(f->what));
	sw_json__str(j, "advice", sw_case_advice(f->what));
	sw_json__close(j, '}');
}

void html_outcome(struct sw_json *j, const struct html *h, const struct sw_outcome *outcome)
{
	if (outcome->latency)
		put_delays(j, h, outcome->latency);
	sw_json__open(j, "findings", '[');
	for (unsigned int i = 0; i < outcome->n_findings; i++)
		put_finding(j, h, outcome->findings[i]);
	sw_json__close(j, ']');
}
