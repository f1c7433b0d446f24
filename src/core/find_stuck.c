// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Waits that had not ended when the trace did: stuck-wait.  An idle server waits in
 * accept, poll or recv, and nothing is wrong with it.
 */
#include "finder.h"

int stuck__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	uint64_t unread = s->watch ? s->watch->unread.ts : 0;
	struct hit hit = {
		.severity = SW_WARNING,
		.worst = since(r->end, r->begin),
		.ts = r->hdr.ts,
		.n = 1,
		.task = task_of(r->pid, r->tid, r->comm),
	};

	if (!(r->hdr.flags & SW_F_UNENDED) || hit.worst < f->limits.stuck_ns)
		return 0;
	switch (r->op) {
	case SW_OP_SEND:
		hit.what = SW_CASE_STUCK_WAIT_SENDING;
		break;
	case SW_OP_CONNECT:
		hit.what = SW_CASE_STUCK_WAIT_CONNECTING;
		break;
	case SW_OP_RECV:
		/* It sleeps on what is there to be read; not what came a moment ago. */
		if (unread <= r->begin || since(r->end, unread) < f->limits.slow_read_ns)
			return 0;
		hit.what = SW_CASE_STUCK_WAIT_ON_DATA;
		hit.severity = SW_CRITICAL;
		break;
	default:
		return 0;
	}
	return finder__found(f, s->watch, s->sk, &hit);
}
