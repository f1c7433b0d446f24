/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * All that is made of a trace's records: sockets, timelines, latencies, findings, the
 * moments that matter, and which stack belongs to what.  Records go in, in order of time;
 * each event comes out once all of these have seen it; the end says how it all went.
 */
#ifndef SW_CORE_ANALYSIS_H
#define SW_CORE_ANALYSIS_H

#include "findings.h"
#include "latency.h"
#include "moments.h"
#include "stacks.h"
#include "timeline.h"
#include "trace.h"

struct sw_analysis_opts {
	/* Latencies, and findings by these thresholds (borrowed until new() returns); NULL:
	 * neither, as where it is not traced who was woken. */
	const struct sw_thresholds *judge;
	bool moments;		  /* the few sockets that matter, where there are findings */
	size_t timeline_bytes;	  /* of events that timelines keep; 0: no timelines */
	struct sw_stacks *stacks; /* borrowed; NULL: none */
};

/* Who is shown the events, as a trace's sink is.  forget (NULL is legal): no event of this
 * socket comes any more. */
struct sw_analysis_sink {
	sw_trace_sink event;
	void (*forget)(void *arg, struct sw_socket *sk);
	void *arg;
};

/* OUT(id, name): sockets and tasks whose latencies are in those of all only; sockets of
 * which it is forgotten what was going on; stacks without names. */
#define SW_LEFT_OUT(OUT)          \
	OUT(LATENCIES, latencies) \
	OUT(FINDINGS, findings)   \
	OUT(STACKS, stacks)

enum sw_left_out {
#define OUT(id, name) SW_LEFT_OUT_##id,
	SW_LEFT_OUT(OUT)
#undef OUT
	SW_LEFT_OUT_COUNT
};

/* How a trace ended: what was seen, how long things took, and what is wrong. */
struct sw_outcome {
	const struct sw_trace_totals *totals;
	struct sw_latency *latency; /* NULL: who was woken is not traced */
	const struct sw_finding *const *findings; /* the most severe first */
	unsigned int n_findings;
	const struct sw_moments *moments; /* NULL: the few sockets that matter are not shown */
	/* What had to go so that others have room, by SW_LEFT_OUT. */
	uint64_t left_out[SW_LEFT_OUT_COUNT];
};

struct sw_analysis; /* opaque */

/* info is borrowed.  NULL: out of memory. */
struct sw_analysis *sw_analysis__new(const struct sw_trace_info *info,
				     const struct sw_analysis_opts *opts,
				     const struct sw_analysis_sink *sink);
void sw_analysis__free(struct sw_analysis *a); /* NULL is legal */

/* Owned by `a`; no timeline: NULL. */
struct sw_trace *sw_analysis__trace(const struct sw_analysis *a);
const struct sw_timeline *sw_analysis__timeline(const struct sw_analysis *a);

/* Each returns 0 or -errno; one that the sink returned ends it, too. */
int sw_analysis__feed(struct sw_analysis *a, const void *rec, size_t len);
/* No record older than `until` comes any more. */
int sw_analysis__settle(struct sw_analysis *a, uint64_t until);
/*
 * All was fed, and info has the counts.  What was not over is judged as of end_ns
 * (CLOCK_MONOTONIC), or of the last record if that is later.  *out is filled in whatever
 * is returned, and good until `a` is freed.
 */
int sw_analysis__end(struct sw_analysis *a, uint64_t end_ns, struct sw_outcome *out);

#endif
