/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One trace as it is read, live or from anywhere else: records go in, in time
 * order; sockets are kept, counts are made, and a sink sees every event.
 */
#ifndef SW_CORE_TRACE_H
#define SW_CORE_TRACE_H

#include "core/sockets.h"

/* Of one hook: how it was attached, and what became of its hits. */
struct sw_hook_info {
	const char *name;   /* the function users know */
	const char *attach; /* "kprobe", "fentry", "tracepoint" or "none" */
	const char *target; /* what it is attached to; "" for none */
	const char *note;   /* "none": why, else what is lost by it; "" if nothing */
	bool asked; /* else a hook that nobody wants to hear of: renderers leave it out */
	bool exact; /* what it is attached to sees every call, and nothing else */
	struct sw_count count; /* summed over CPUs; valid at the end */
};

/* What a trace is of. Strings are borrowed and live as long as the trace. */
struct sw_trace_info {
	const char *version, *host, *kernel, *arch;
	uint64_t monotonic_ns, realtime_ns; /* both clocks at one moment */
	uint64_t end_ns; /* CLOCK_MONOTONIC when tracing ended, set at the end; 0: not known */
	unsigned int n_hooks;
	struct sw_hook_info hooks[SW_HOOK_COUNT]; /* the first n_hooks, by enum order */
};

/* How it ended. */
struct sw_trace_totals {
	uint64_t by_kind[SW_REC_COUNT]; /* records by enum sw_rec_kind */
	uint64_t malformed;		/* records that could not be read, or are of a newer kind */
	uint64_t hits, delivered, filtered;
	uint64_t lost[SW_LOST_COUNT];
	uint64_t lost_all;
	uint64_t sockets;
	uint64_t forgotten; /* of those: they went so that others have room */
	uint64_t late; /* records that came after others that are later */
	uint64_t first_ts, last_ts; /* of wake-ups, waits and ends; 0: none */
	bool complete;		    /* nothing was lost and nothing malformed */
	/* Of what was lost, could it tell of ... */
	bool lost_ends;	 /* ends of sockets */
	bool lost_deeds; /* what a task did, or was woken for: anything but those and whose
			  * doing a wake-up is */
};

struct sw_trace; /* opaque */

/*
 * One event.  A wake-up has the tasks that it woke with it: they are written
 * after it, so it is held back until a record comes that is later than they could
 * be, or the end of a socket.  A task that comes later still is an event of its
 * own (kind SW_REC_WOKEN).
 */
struct sw_told {
	const union sw_event *ev;
	const struct sw_rec_woken *woken; /* NULL: none */
	unsigned int n_woken;
};

/*
 * Sees every record but those that name sockets, once what it says of its socket
 * has been taken over.  The socket is never NULL, and it and what was told are
 * good until the sink returns.  Returns 0, or -errno to end the trace.
 */
typedef int (*sw_trace_sink)(void *arg, struct sw_socket *sk, const struct sw_told *told);

/* info is borrowed; without a sink (NULL), counts and sockets are kept only.
 * NULL: out of memory. */
struct sw_trace *sw_trace__new(const struct sw_trace_info *info, sw_trace_sink sink, void *arg);
void sw_trace__free(struct sw_trace *t);

/*
 * Every event is added, when it is told, to the timeline (borrowed, over this
 * trace's sockets; NULL takes it away), and the tasks of a wake-up right behind it.
 * With one, a destroyed socket stays until its last event is gone.  Without, it
 * stays until SW_TRACE_LINGER more have been destroyed, as a record that was
 * overtaken by the end of its socket still needs its name.
 * To be called before the first record, or with NULL.
 */
#define SW_TRACE_LINGER 256
struct sw_timeline;
void sw_trace__set_timeline(struct sw_trace *t, struct sw_timeline *tl);

/* Of sockets: else one that is left at the end may be long gone, and fewer are kept. */
bool sw_trace__sees_ends(const struct sw_trace *t);

struct sw_sockets *sw_trace__sockets(struct sw_trace *t);
const struct sw_trace_info *sw_trace__info(const struct sw_trace *t);

/*
 * Says of each event, before anything but its socket's name is made of it, whether it
 * is wanted; it may take tasks away from it.  To be called before the first record.
 */
typedef bool (*sw_trace_filter)(void *arg, struct sw_socket *sk, struct sw_told *told);
void sw_trace__set_filter(struct sw_trace *t, sw_trace_filter wants, void *arg);

/*
 * One record.  A malformed one is counted, not an error.
 * Returns 0, -ENOMEM, or what the sink returned.
 */
int sw_trace__feed(struct sw_trace *t, const void *rec, size_t len);

/* Nothing older than `until` will come: tells what was held back for the sake of
 * that; UINT64_MAX at the end.  Returns as feed does. */
int sw_trace__settle(struct sw_trace *t, uint64_t until);

/* Sums up, from the counts that info's hooks hold by now. */
void sw_trace__totals(const struct sw_trace *t, struct sw_trace_totals *out);

#endif
