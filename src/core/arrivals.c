// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Arrivals of connections in an accept queue: a ring. */
#include "core/arrivals.h"

static uint64_t first_of(const struct arrivals *a)
{
	return a->ts[a->first % SW_ARRIVALS];
}

static void drop_first(struct arrivals *a)
{
	a->first++;
	a->n--;
}

uint64_t arrivals__take(struct arrivals *a)
{
	uint64_t ts = 0;

	if (a->n) {
		ts = first_of(a);
		drop_first(a);
	} else if (a->beyond) {
		a->beyond--;
	}
	return ts;
}

void arrivals__add(struct arrivals *a, uint64_t ts, uint32_t queued)
{
	/* Those behind keep their order: none of them gets a time until all are gone. */
	if (a->beyond || a->n == SW_ARRIVALS)
		a->beyond++;
	else
		a->ts[(a->first + a->n++) % SW_ARRIVALS] = ts;
	while (a->n && a->n + a->beyond > queued)
		drop_first(a);
	if (a->n + a->beyond > queued)
		a->beyond = queued;
}

void arrivals__empty(struct arrivals *a, uint64_t ts)
{
	while (a->n && first_of(a) < ts)
		drop_first(a);
	/* When those came is not known. */
	if (!a->n)
		a->beyond = 0;
}
