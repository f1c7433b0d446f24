/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The kernel half's programs as data: which of them a trace loads, what each attaches to, in
 * what order, and whose loss it is what one of them misses.  Their names are those of the
 * compiled object, so that a row cannot name one that is not there; the unit test holds the
 * table to naming them all.
 */
#ifndef SW_LIVE_PROGRAMS_H
#define SW_LIVE_PROGRAMS_H

#include "bpf_programs.h"
#include "live/needs.h"

enum sw_prog {
#define PROGRAM(name) SW_PROG_##name,
	SW_PROGRAMS(PROGRAM)
#undef PROGRAM
	SW_PROG_COUNT
};

const char *sw_prog_name(enum sw_prog id);

/* One that is loaded. */
struct sw_program {
	enum sw_prog id;
	const char *kprobe; /* the function to probe (borrowed); NULL: its section says to what */
	bool exit;	    /* ... at its exit */
	bool later;	    /* not attached with the others */
	/* Its calls are this hook's hits, or what it misses is this hook's loss; COUNT: neither. */
	enum sw_hook counted, loser;
	enum sw_hook fails; /* the hook that needs another rung if it cannot be attached */
};

struct sw_programs {
	struct sw_program list[SW_PROG_COUNT]; /* in the order in which they are attached */
	unsigned int n;
};

void sw_programs__choose(struct sw_programs *out, const struct sw_kernel *k,
			 const struct sw_plan *p, const struct sw_needs *n);

#endif
