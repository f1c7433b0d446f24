// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "analysis.h"

#include <errno.h>
#include <stdlib.h>

struct sw_analysis {
	struct sw_analysis_sink sink;
	struct sw_trace *trace;
	struct sw_timeline *timeline; /* this and the next three: NULL if not asked for */
	struct sw_latency *latency;
	struct sw_finder *finder;
	struct sw_moments *moments;
	struct sw_stacks *stacks; /* borrowed */
	struct sw_trace_totals totals;
};

static int on_event(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct sw_analysis *a = arg;
	int err = 0;

	/* The finder may find this very event, which moments must have by then. */
	if (a->moments)
		err = sw_moments__feed(a->moments, sk, told);
	if (!err && a->latency)
		err = sw_latency__feed(a->latency, sk, told);
	if (!err && a->finder)
		err = sw_finder__feed(a->finder, sk, told);
	if (err)
		return err;
	if (a->stacks)
		sw_stacks__feed(a->stacks, told->ev);
	return a->sink.event(a->sink.arg, sk, told);
}

static void on_drop(void *arg, struct sw_socket *sk)
{
	struct sw_analysis *a = arg;

	if (a->moments)
		sw_moments__drop(a->moments, sk);
	if (a->finder)
		sw_finder__forget(a->finder, sk);
	if (a->sink.forget)
		a->sink.forget(a->sink.arg, sk);
}

static int open_judges(struct sw_analysis *a, const struct sw_analysis_opts *opts)
{
	a->latency = sw_latency__new();
	a->finder = sw_finder__new(opts->judge);
	if (!a->latency || !a->finder)
		return -ENOMEM;
	sw_finder__set_trace(a->finder, a->trace);
	if (!opts->moments)
		return 0;
	a->moments = sw_moments__new();
	if (!a->moments)
		return -ENOMEM;
	sw_finder__on_worst(a->finder, sw_moments__found, a->moments);
	return 0;
}

static int open_all(struct sw_analysis *a, const struct sw_trace_info *info,
		    const struct sw_analysis_opts *opts)
{
	struct sw_sockets *sockets;

	a->trace = sw_trace__new(info, on_event, a);
	if (!a->trace)
		return -ENOMEM;
	sockets = sw_trace__sockets(a->trace);
	sw_sockets__on_drop(sockets, on_drop, a);
	if (opts->timeline_bytes) {
		a->timeline = sw_timeline__new(opts->timeline_bytes, sockets);
		if (!a->timeline)
			return -ENOMEM;
		sw_trace__set_timeline(a->trace, a->timeline);
	}
	return opts->judge ? open_judges(a, opts) : 0;
}

struct sw_analysis *sw_analysis__new(const struct sw_trace_info *info,
				     const struct sw_analysis_opts *opts,
				     const struct sw_analysis_sink *sink)
{
	struct sw_analysis *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->sink = *sink;
	a->stacks = opts->stacks;
	if (!open_all(a, info, opts))
		return a;
	sw_analysis__free(a);
	return NULL;
}

void sw_analysis__free(struct sw_analysis *a)
{
	if (!a)
		return;
	sw_finder__free(a->finder);
	sw_latency__free(a->latency);
	sw_moments__free(a->moments);
	sw_timeline__free(a->timeline);
	sw_trace__free(a->trace);
	free(a);
}

struct sw_trace *sw_analysis__trace(const struct sw_analysis *a)
{
	return a->trace;
}

const struct sw_timeline *sw_analysis__timeline(const struct sw_analysis *a)
{
	return a->timeline;
}

int sw_analysis__feed(struct sw_analysis *a, const void *rec, size_t len)
{
	return sw_trace__feed(a->trace, rec, len);
}

int sw_analysis__settle(struct sw_analysis *a, uint64_t until)
{
	return sw_trace__settle(a->trace, until);
}

static void count_left_out(const struct sw_analysis *a, uint64_t left_out[SW_LEFT_OUT_COUNT])
{
	if (a->latency)
		left_out[SW_LEFT_OUT_LATENCIES] = sw_latency__forgotten(a->latency);
	if (a->finder)
		left_out[SW_LEFT_OUT_FINDINGS] = sw_finder__unwatched(a->finder);
	if (a->stacks)
		left_out[SW_LEFT_OUT_STACKS] = sw_stacks__left_out(a->stacks);
}

int sw_analysis__end(struct sw_analysis *a, uint64_t end_ns, struct sw_outcome *out)
{
	int err = sw_trace__settle(a->trace, UINT64_MAX);

	sw_trace__totals(a->trace, &a->totals);
	*out = (struct sw_outcome){
		.totals = &a->totals,
		.latency = a->latency,
		.moments = a->moments,
	};
	if (a->finder) {
		if (!err)
			err = sw_finder__end(a->finder, end_ns, &a->totals);
		out->n_findings = sw_finder__findings(a->finder, &out->findings);
	}
	count_left_out(a, out->left_out);
	return err;
}
