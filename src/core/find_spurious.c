// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Tasks that are woken and find nothing: spurious.  Now and then that is nobody's
 * fault; it is told where it happened ten times to a socket, and more than once in
 * ten of its wake-ups that woke a task.
 */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

#define FEWEST 10
#define ONE_IN 10

int spurious__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	const struct recent *recent = recent__find(s->watch, r->wakeup_ts);
	uint64_t took = since(r->hdr.ts, recent ? recent->woken_ts : r->run_ts);
	struct nothing *n;

	(void)f;
	/* Of several, one gets something: that is a herd.  Of a wake-up too long ago to be
	 * remembered it is not known. */
	if (!s->watch || r->result != -EAGAIN || !r->run_ts || (recent && recent->tasks >= 2) ||
	    (!recent && s->watch->recent_at >= RECENT) || !recent__answered_by(recent, r->op))
		return 0;
	/* It has taken that itself, in a call before. */
	if (s->watch->unread.taker == r->tid && s->watch->unread.taken_ts >= r->wakeup_ts)
		return 0;
	n = s->watch->nothing ?: calloc(1, sizeof(*n));
	if (!n)
		return -ENOMEM;
	s->watch->nothing = n;
	if (!n->count++ || took > n->worst) {
		n->worst = took;
		n->worst_ts = r->hdr.ts;
		n->task = task_of(r->pid, r->tid, r->comm);
	}
	return 0;
}

int spurious__end(struct sw_finder *f, struct watch *w, const struct sw_socket *sk, uint64_t now)
{
	const struct nothing *n = w->nothing;
	struct hit hit = {
		.what = SW_CASE_SPURIOUS_NOTHING,
		.severity = SW_WARNING,
	};

	(void)now;
	if (!n || n->count < FEWEST || n->count * ONE_IN <= w->woke)
		return 0;
	hit.worst = n->worst;
	hit.ts = n->worst_ts;
	hit.n = n->count;
	hit.task = n->task;
	return finder__found(f, w, sk, &hit);
}
