/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Keeps the slices of one track such that any two of them are apart, or one is in the other,
 * as a track's ends must be those of its last begins.  They come in whatever order, and a
 * hostile trace may hold anything.
 */
#ifndef SW_RENDER_PERFETTO_NEST_H
#define SW_RENDER_PERFETTO_NEST_H

#include <stdbool.h>
#include <stdint.h>

#define SW_PF_REMEMBERED 8

struct sw_pf_nest {
	struct sw_pf_span {
		uint64_t begin, end;
	} last[SW_PF_REMEMBERED];
	unsigned int n;
	uint64_t floor; /* no slice that is not remembered reaches beyond it */
};

/* Cuts the slice down to what fits, and remembers it.  false: nothing is left of it. */
bool sw_pf_nest__place(struct sw_pf_nest *n, struct sw_pf_span *slice);

/* What no slice of it reaches beyond. */
uint64_t sw_pf_nest__end(const struct sw_pf_nest *n);

#endif
