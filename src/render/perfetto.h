/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the parts of the Perfetto renderer share. */
#ifndef SW_RENDER_PERFETTO_H
#define SW_RENDER_PERFETTO_H

#include "render/perfetto_held.h"
#include "render/perfetto_pack.h"
#include "render/perfetto_tracks.h"
#include "render/render.h"

#define SW_PF_WOKEN 8 /* tasks of a wake-up that are named, and that arrows lead to */

/* A wake-up, held until it is known whom its arrows lead to. */
struct sw_pf_wakeup {
	uint64_t track;
	struct sw_rec_wakeup rec;
	bool listener;
	const char *state; /* NULL: not known */
	unsigned int n_woken, n_flows;
	struct sw_pf_woken {
		uint32_t tid;
		uint16_t flags; /* SW_F_CONFIRMED, SW_F_AWAKE */
		uint8_t via;
		char comm[SW_COMM_LEN];
	} woken[SW_PF_WOKEN]; /* the first of them */
	uint64_t flows[SW_PF_WOKEN];
};

/* A woken task's way to a CPU, held until it is known whether it took something. */
struct sw_pf_run {
	uint64_t track;
	struct sw_rec_run rec;
	struct sw_pf_span span; /* as it is shown; empty: a point */
	uint64_t flow;
	bool from_wakeup; /* the flow begins there */
};

struct sw_pf_state {
	struct sw_pf_tracks *tracks;
	struct sw_pf_held *wakeups, *runs;
	struct sw_pf_words words;
	struct sw_buf texts; /* of the event at hand */
	uint64_t flows;	     /* so many were made */
	const struct sw_render_opts *opts; /* of the call */
};

/* An event with the state's texts, which are emptied. */
struct sw_pf_event sw_pf_event__new(struct sw_pf_state *s, enum sw_pf_type type,
				    const char *category, const char *name, uint64_t ts,
				    uint64_t track);

/* Both are let go of when held no longer; arg is the state. */
void sw_pf_wakeup__put(void *arg, struct sw_buf *out, void *wakeup);
void sw_pf_run__put(void *arg, struct sw_buf *out, void *run);
/* goes_on: its flow does not end with it. */
void sw_pf_run__write(struct sw_pf_state *s, struct sw_buf *out, const struct sw_pf_run *r,
		      bool goes_on);

/* A begin as far as it goes, with the place that it was given: that and its end, or, where
 * nothing is left of it, an instant. */
void sw_pf_slice__write(struct sw_buf *out, struct sw_pf_event *begin, const struct sw_pf_span *at);

/* Findings, and what was seen and lost. */
void sw_pf_outcome__put(struct sw_pf_state *s, struct sw_buf *out,
			const struct sw_trace_info *info, const struct sw_outcome *outcome);

#endif
