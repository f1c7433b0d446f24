/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Where the time goes between a wake-up and its data being taken: by gap, in
 * all, for each socket (a listener is one) and for each task.
 */
#ifndef SW_CORE_LATENCY_H
#define SW_CORE_LATENCY_H

#include "core/hist.h"
#include "core/slowest.h"
#include "core/trace.h"

/* GAP(id, name, from, to): name is NDJSON's, from and to are text's. */
#define SW_GAPS(GAP)                               \
	GAP(WOKEN, fire_to_woken, "fired", "woken") \
	GAP(RUN, woken_to_run, "woken", "running") \
	GAP(TAKE, run_to_take, "running", "taken") \
	GAP(ALL, fire_to_take, "fired", "taken")

enum sw_gap {
#define GAP(id, name, from, to) SW_GAP_##id,
	SW_GAPS(GAP)
#undef GAP
	SW_GAP_COUNT
};

struct sw_latencies {
	struct sw_hist gap[SW_GAP_COUNT];
};

struct sw_latency_socket {
	uint64_t id; /* as users see it */
	bool listener; /* it was one at some time */
	char name[SW_SOCKET_NAME];
	struct sw_latencies lat;
	struct sw_slow worst;
};

struct sw_latency_task {
	uint32_t pid, tid;
	char comm[SW_COMM_LEN]; /* the newest name seen */
	struct sw_latencies lat; /* WOKEN, RUN, TAKE and ALL of wake-ups that woke it */
	struct sw_slow worst;
};

/* Bytes of all their histograms, which get coarser then. */
#define SW_LATENCY_STEPS (8u << 20)

/*
 * Opaque.  SW_LATENCY_MAX sockets, and as many tasks, are told apart.  For one more, of a few
 * in turn the one goes whose worst example is the least: what is remarkable stays, whenever
 * it was.  What all have together is in "all" in any case.
 */
struct sw_latency;

struct sw_latency *sw_latency__new(void); /* NULL: out of memory */
void sw_latency__free(struct sw_latency *l); /* NULL is legal */

/*
 * Takes one event, as a trace's sink gets it.  Only what was taken counts: an io
 * that failed, or answers no wake-up, has no gaps.  Returns 0 or -ENOMEM.
 */
int sw_latency__feed(struct sw_latency *l, const struct sw_socket *sk, const struct sw_told *told);

/* Sockets, and tasks, that went for others. */
uint64_t sw_latency__forgotten(const struct sw_latency *l);

const struct sw_latencies *sw_latency__all(const struct sw_latency *l);
/* The slowest of all, worst first: up to SW_SLOWEST; returns how many. */
unsigned int sw_latency__slowest(const struct sw_latency *l, const struct sw_slow **out);
/* Every socket that has any value, and every task: the one whose worst example is
 * worst comes first.  The arrays are owned by `l` and good until the next feed. */
unsigned int sw_latency__sockets(struct sw_latency *l, const struct sw_latency_socket *const **out);
unsigned int sw_latency__tasks(struct sw_latency *l, const struct sw_latency_task *const **out);

#endif
