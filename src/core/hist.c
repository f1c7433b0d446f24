// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A log-linear histogram of durations. */
#include "hist.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Below 16 each value is a step.  From there on a power of two 2^e has 16 steps
 * of 2^(e-4) each, so that steps are numbered without a gap:
 *
 *	value	0 … 15	16 … 31	32, 33	34, 35 …
 *	step	0 … 15	16 … 31	32	33 …
 */
#define BITS 4
#define PER_POWER (1u << BITS)
#define STEPS ((64 - BITS + 1) * PER_POWER)

void sw_hist__free(struct sw_hist *h)
{
	free(h->steps);
	*h = (struct sw_hist){ 0 };
}

uint32_t sw_hist_step_of(uint64_t ns)
{
	unsigned int shift;

	if (ns < PER_POWER)
		return (uint32_t)ns;
	shift = 63 - (unsigned int)__builtin_clzll(ns) - BITS;
	return shift * PER_POWER + (uint32_t)(ns >> shift);
}

uint64_t sw_hist_step_least(uint32_t step)
{
	unsigned int shift;

	if (step < PER_POWER)
		return step;
	if (step >= STEPS)
		return UINT64_MAX;
	shift = step / PER_POWER - 1;
	return (uint64_t)(PER_POWER + step % PER_POWER) << shift;
}

/* The first that is not below `step`. */
static uint32_t hist__find(const struct sw_hist *h, uint32_t step)
{
	const struct sw_hist_step *from = h->steps;
	uint32_t left = h->n;

	if (!left)
		return 0;
	/* Without a branch on what is compared, which would be guessed wrong half the time. */
	while (left > 1) {
		uint32_t half = left / 2;

		from += from[half - 1].step < step ? half : 0;
		left -= half;
	}
	return (uint32_t)(from - h->steps) + (from->step < step);
}

/* By half: there may be thousands of histograms. */
static uint32_t grown(const struct sw_hist *h)
{
	return h->cap + h->cap / 2 + 2;
}

static int hist__insert(struct sw_hist *h, uint32_t at, uint32_t step)
{
	if (h->n == h->cap) {
		uint32_t cap = grown(h);
		void *more = realloc(h->steps, cap * sizeof(*h->steps));

		if (!more)
			return -ENOMEM;
		h->steps = more;
		h->cap = cap;
	}
	memmove(&h->steps[at + 1], &h->steps[at], (h->n - at) * sizeof(*h->steps));
	h->steps[at] = (struct sw_hist_step){ .step = step };
	h->n++;
	return 0;
}

/* May it grow?  If so, what that takes is taken. */
static bool hist__has_room(const struct sw_hist *h, size_t *room)
{
	size_t bytes = (grown(h) - h->cap) * sizeof(*h->steps);

	if (!room || h->n < h->cap)
		return true;
	if (*room < bytes)
		return false;
	*room -= bytes;
	return true;
}

int sw_hist__add(struct sw_hist *h, uint64_t ns)
{
	return sw_hist__add_within(h, ns, NULL);
}

void sw_hist__free_within(struct sw_hist *h, size_t *room)
{
	*room += h->cap * sizeof(*h->steps);
	sw_hist__free(h);
}

int sw_hist__add_within(struct sw_hist *h, uint64_t ns, size_t *room)
{
	uint32_t step = sw_hist_step_of(ns), at;
	int err;

	if (!h->count || ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
	h->count++;
	if (__builtin_add_overflow(h->sum, ns, &h->sum))
		h->sum = UINT64_MAX;

	at = hist__find(h, step);
	if (at == h->n || h->steps[at].step != step) {
		if (hist__has_room(h, room)) {
			err = hist__insert(h, at, step);
			if (err)
				return err;
		} else if (!h->n) {
			return 0;
		} else if (at == h->n) {
			at--;
		}
	}
	if (h->steps[at].count < UINT32_MAX)
		h->steps[at].count++;
	return 0;
}

uint64_t sw_hist__at(const struct sw_hist *h, unsigned int per_mille)
{
	uint64_t total = 0, want, least, ns;
	uint32_t i;

	if (!h->n)
		return h->min;
	/* Of those that the steps hold, which may be fewer than `count`. */
	for (i = 0; i < h->n; i++)
		total += h->steps[i].count;
	want = (total * per_mille + 999) / 1000;
	for (i = 0; i < h->n - 1 && h->steps[i].count < want; i++)
		want -= h->steps[i].count;
	least = sw_hist_step_least(h->steps[i].step);
	ns = least + (sw_hist_step_least(h->steps[i].step + 1) - least) / 2;
	return ns < h->min ? h->min : ns > h->max ? h->max : ns;
}
