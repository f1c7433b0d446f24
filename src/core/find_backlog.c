// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Queues of listeners that are nearly full: backlog.  The kernel has room for one
 * more than listen(2) asked for; `worst` is in percent of what was asked for.
 */
#include <errno.h>

#include "finder.h"

int backlog__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	uint64_t queued = r->rx_queued, room = (uint64_t)r->tx_queued + 1;
	struct hit hit = {
		.what = queued >= room ? SW_CASE_BACKLOG_FULL : SW_CASE_BACKLOG_NEARLY_FULL,
		.severity = queued >= room ? SW_CRITICAL : SW_WARNING,
		.ts = r->hdr.ts,
		.n = 1,
	};

	if (!is_readable(r) || !r->tx_queued || !sw_socket__is_listener(s->sk, r->state) ||
	    queued * 100 / room < f->limits.backlog_percent)
		return 0;
	if (s->watch && queue__is_full(s->watch))
		return -ENOMEM;
	hit.worst = queued * 100 / r->tx_queued;
	return finder__found(f, s->watch, s->sk, &hit);
}
