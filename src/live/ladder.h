/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The attach ladder: which means each hook has on this kernel, and which one is
 * taken.  `auto` takes the cheapest rung that loses nothing.
 */
#ifndef SW_LIVE_LADDER_H
#define SW_LIVE_LADDER_H

#include "live/kernel.h"

enum sw_rung { SW_RUNG_KPROBE, SW_RUNG_FENTRY, SW_RUNG_TRACEPOINT, SW_RUNG_COUNT, SW_RUNG_NONE };

/* "kprobe", "fentry", "tracepoint", "none". */
const char *sw_rung_name(enum sw_rung rung);

struct sw_hook_plan {
	bool wanted; /* --events asks for it, or it is on by default */
	bool asked;  /* ... by name, also where it costs much */
	enum sw_rung rung;
	const char *target; /* what it attaches to: a function or a tracepoint; borrowed */
	bool available[SW_RUNG_COUNT];
	/* ... on the function that the hook is named after, not one that stands for it */
	bool own[SW_RUNG_COUNT];
	const char *why_not[SW_RUNG_COUNT]; /* of a rung that is not available */
	const char *lost;   /* what the chosen rung loses or shows less of; "" if nothing */
	const char *advice; /* what to do about it; "" if nothing */
	bool exact;	    /* the chosen rung sees every call, and nothing else */
};

struct sw_plan {
	struct sw_hook_plan hooks[SW_HOOK_COUNT];
	unsigned int chosen; /* hooks that have a rung */
	unsigned int useful; /* of those, the ones that make a trace */
	bool exits; /* the ends of callbacks can be seen, too */
	bool takers; /* recv is watched for tasks that never slept for a socket */
	/* The rung of inet_csk_accept(), which is watched beside accept's own function, for
	 * the calls that need not wait; SW_RUNG_NONE: not, or the hook itself is there. */
	enum sw_rung accept_calls;
};

/*
 * Plans for the hooks in `mask` (bit per enum sw_hook); `asked` are those that
 * --events named, which are traced even where they cost much.  `force` is a
 * rung, or SW_RUNG_NONE for auto.
 */
void sw_plan__make(struct sw_plan *p, const struct sw_kernel *k, uint32_t mask, uint32_t asked,
		   enum sw_rung force);

/* The event is derived from tracepoints on every kernel, whichever way callbacks are attached. */
bool sw_hook_is_told(enum sw_hook hook);

/*
 * The ends of system calls are seen by their functions' exits: where that is cheap
 * and safe, and where the trampoline loses none of them, as an end that is not seen
 * loses its beginning.
 */
bool sw_plan__calls_by_fexit(const struct sw_plan *p, const struct sw_kernel *k);

/* A rung failed at attach time: what stands for the function by the same one, else the
 * next best rung, or none. */
void sw_plan__demote(struct sw_plan *p, const struct sw_kernel *k, enum sw_hook hook,
		     enum sw_rung force, const char *why);

#endif
