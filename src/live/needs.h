/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a trace has to see, and by what means: decided once, from what the kernel is able to
 * do, the rungs of the hooks, and what was asked for.  The table of programs and the kernel
 * half's settings are both made from it.
 */
#ifndef SW_LIVE_NEEDS_H
#define SW_LIVE_NEEDS_H

#include <linux/types.h>

#include "filter.h"
#include "live/ladder.h"

/* What of the command line it depends on. */
struct sw_asked {
	const struct sw_filter *filter;
	bool program; /* there is one behind --, whose signals are watched */
	bool pidns;   /* sockwake is in a pid namespace that is not the first */
};

struct sw_needs {
	bool traces[SW_HOOK_COUNT]; /* wanted, and by some rung */
	bool causality;		    /* who was woken, or what came of it */
	bool by_task;		    /* only certain tasks' sockets */

	/* Processes that are traced come and go: by their numbers, in a pid namespace, and
	 * behind --. */
	bool family, family_exits, family_signals;

	/* Waits in accept(2): the scheduler alone tells of them; or it tells when their tasks
	 * slept, and calls of accept the rest: its rung, NONE where the hook itself is there. */
	bool accept_sleeps, accept_switches;
	enum sw_rung accept_calls;
	bool accept_syscalls; /* what they return is seen at the end of system calls ... */
	bool accept_fexit_2, accept_fexit_4; /* ... or of the function, which has so many arguments */

	/* The ends of system calls: those on sockets, each by its own function's exit or those
	 * of all tasks; their beginnings; and those that preempted tasks end. */
	bool call_ends, calls_by_fexit, all_calls, all_calls_begin, all_calls_again;
	/* Whose a socket is: by its use, or by the call that made it. */
	bool own_by_io, own_by_call;
	bool io_lengths; /* what recv and send returned, by tracepoints */

	bool switches;	   /* the scheduler's */
	bool packets;	   /* from their senders to their receivers */
	bool softirqs;	   /* preempt_count cannot be read */
	bool destroys;	   /* where sockets really end */
	bool tcp_destroys; /* else: where TCP's do */
	bool errors_late;  /* an error's tracepoint comes after who it woke */

	/* Functions that are no hook's, by the rung of callbacks; NONE: not needed, or not to be
	 * had: tasks that come to take something, sockets that other processes pass, and packets
	 * to connections that are not established. */
	enum sw_rung takers, passed, tcp_states;

	/* Whose loss it is what a program misses that no hook has as its own. */
	enum sw_hook others;
};

void sw_needs__decide(struct sw_needs *n, const struct sw_kernel *k, const struct sw_plan *p,
		      const struct sw_asked *asked);

#endif
