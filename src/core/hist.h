/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A log-linear histogram of durations: sixteen steps to each power of two, so a
 * value is known to 1 in 16 (6 %) whatever its size, from 1 ns to centuries.
 *
 * Only the steps in use are kept, in order, so that thousands of histograms
 * (one for each socket) take little; adding to a step that is there is a binary
 * search, and nothing is allocated once the values have settled.
 */
#ifndef SW_CORE_HIST_H
#define SW_CORE_HIST_H

#include <stddef.h>
#include <stdint.h>

struct sw_hist_step {
	uint32_t step;
	uint32_t count; /* stays at its largest value rather than wrap */
};

struct sw_hist {
	struct sw_hist_step *steps; /* owned; in order */
	uint32_t n, cap;
	uint64_t count, sum, min, max; /* of all values, exact; sum in ns, saturating */
};

/* An empty one is all zeros. */
void sw_hist__free(struct sw_hist *h);
/* Returns 0 or -ENOMEM (the value is then in count, sum, min and max only). */
int sw_hist__add(struct sw_hist *h, uint64_t ns);
/* ... in a bounded amount of memory: of *room bytes is taken what it needs, and where that is
 * not enough, the value goes to the step next to its own. */
int sw_hist__add_within(struct sw_hist *h, uint64_t ns, size_t *room);
/* Gives it all back. */
void sw_hist__free_within(struct sw_hist *h, size_t *room);
/*
 * The value that `per_mille` of a thousand are not above (500: the median; 999),
 * as the middle of its step, never beyond min and max; 0 when empty.
 */
uint64_t sw_hist__at(const struct sw_hist *h, unsigned int per_mille);

/* The step of a value, and the least value of a step. */
uint32_t sw_hist_step_of(uint64_t ns);
uint64_t sw_hist_step_least(uint32_t step);

#endif
