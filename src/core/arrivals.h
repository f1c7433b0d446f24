/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * When each connection in an accept queue came there: the first that came is the first
 * that accept(2) returns (reqsk_queue_remove()).  Bounded: of those that come while as
 * many lie there already only the number is kept.
 */
#ifndef SW_CORE_ARRIVALS_H
#define SW_CORE_ARRIVALS_H

#include "bounds.h"

#include <stdint.h>

struct arrivals {
	uint64_t ts[SW_ARRIVALS];
	uint32_t first, n;
	uint32_t beyond; /* behind those */
};

/* One more came at ts; queued: so many lie there with it.  What is more than that was
 * accepted unseen. */
void arrivals__add(struct arrivals *a, uint64_t ts, uint32_t queued);

/* The first one is accepted.  Returns when it came, or 0: that is not known. */
uint64_t arrivals__take(struct arrivals *a);

/* At ts the queue was found empty. */
void arrivals__empty(struct arrivals *a, uint64_t ts);

#endif
