/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A live trace: open → load and attach → start → drain … → stop → counts → free.
 * Everything that knows libbpf is behind this header.
 */
#ifndef SW_LIVE_LIVE_H
#define SW_LIVE_LIVE_H

#include <sys/types.h>

#include "core/filter_set.h"
#include "core/merge.h"
#include "core/trace.h"
#include "live/ladder.h"

struct sw_live_opts {
	const struct sw_filter_set *filters; /* borrowed */
	pid_t program; /* behind --, whose signals are watched; 0: none */
	uint32_t hooks;	 /* bit per enum sw_hook */
	enum sw_rung force;   /* SW_RUNG_NONE: auto */
	uint32_t stacks; /* SW_STACKS_*: of wakers */
	uint64_t ring_bytes;  /* for each CPU; 0: a default that suits the machine */
};

struct sw_live; /* opaque */

/*
 * Loads and attaches, but does not count hits yet.  k is borrowed.
 * Returns 0, or -errno after having told the user; *out is set only on success.
 */
int sw_live__open(const struct sw_kernel *k, const struct sw_live_opts *o, struct sw_live **out);

/* Detaches everything, if that was not done. NULL is legal. */
void sw_live__free(struct sw_live *l);

/* What was attached, as the trace's header tells it. */
void sw_live__info(const struct sw_live *l, struct sw_trace_info *info);

/* How each hook is attached, and why. Valid as long as l. */
const struct sw_plan *sw_live__plan(const struct sw_live *l);

/* It traces who was woken, or what came of it. */
bool sw_live__tells(const struct sw_live *l);

/* A process more to trace, before it runs. Returns 0 or -errno. */
int sw_live__add_pid(struct sw_live *l, pid_t pid);

/* Those that are traced, by --pid or for being the program or a descendant of it. */
void sw_live__each_pid(const struct sw_live *l, void (*take)(void *arg, pid_t pid), void *arg);

/* Whether the next one can tell; and when the program was last sent that signal, by
 * CLOCK_MONOTONIC, 0: never. */
bool sw_live__watches_signals(const struct sw_live *l);
uint64_t sw_live__signalled(const struct sw_live *l, int sig);

/* From here on every hit counts. */
void sw_live__start(struct sw_live *l);

/* Becomes readable when a ring is half full; owned by l. */
int sw_live__fd(const struct sw_live *l);

/*
 * Moves what the rings hold into `m` (one stream a ring), a bounded amount at a
 * time.  *until is the time up to which nothing more can come; *more is set
 * when a ring was left with records in it.  Returns the records moved or -errno.
 */
int sw_live__drain(struct sw_live *l, struct sw_merge *m, uint64_t *until, bool *more);

/* The return addresses of a stack that a record named, the innermost first: up to
 * SW_STACK_DEPTH.  Returns how many, 0 when it is not there. */
unsigned int sw_live__stack(const struct sw_live *l, uint32_t number, uint64_t *addresses);

/* One stream for each of the rings. */
unsigned int sw_live__rings(const struct sw_live *l);

/* No hit counts any more; the ledger is settled and every probe is detached.
 * What is in the rings can still be drained. */
void sw_live__stop(struct sw_live *l);

/*
 * Once stopped: gives `take` a WAIT record (SW_F_UNENDED) for each wait on a socket
 * that is not over, as of end_ns.  Returns 0 or what `take` returned.
 */
int sw_live__unended(struct sw_live *l, uint64_t end_ns,
		     int (*take)(void *arg, const void *rec, size_t len), void *arg);

/* The ledger, summed over CPUs, into info's hooks. */
void sw_live__counts(struct sw_live *l, struct sw_trace_info *info);

#endif
