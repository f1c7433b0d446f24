// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What takes too long: slow-run, slow-read, stuck-wait, write-stall. */
#include <errno.h>

#include "finder.h"

/* So many times the limit is no mere delay. */
#define SLOW_RUN_CRITICAL 100

int slow_run__run(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_run *r = &s->ev->run_rec;
	struct hit hit = {
		.severity = SW_WARNING,
		.worst = since(r->hdr.ts, r->woken_ts),
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};

	if (hit.worst < f->limits.slow_run_ns)
		return 0;
	if (hit.worst / SLOW_RUN_CRITICAL >= f->limits.slow_run_ns)
		hit.severity = SW_CRITICAL;
	return finder__found(f, SW_FINDING_SLOW_RUN, s->sk, &hit);
}

/*
 * Not of a send: who was woken as there is room, or for something else, may have
 * nothing to send for as long as it likes.
 */
int slow_read__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct hit hit = {
		.severity = SW_WARNING,
		.worst = since(r->hdr.ts, r->run_ts),
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
		.off_ns = r->off_ns,
		.others = r->others,
	};

	if (!r->run_ts || r->result < 0 || r->op == SW_OP_SEND ||
	    hit.worst < f->limits.slow_read_ns ||
	    !recent__answered_by(recent__find(s->watch, r->wakeup_ts), r->op))
		return 0;
	return finder__found(f, SW_FINDING_SLOW_READ, s->sk, &hit);
}

int stuck_wait__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;

	(void)f;
	if (s->watch && is_readable(r) && r->rx_queued &&
	    !sw_socket__is_listener(s->sk, r->state))
		s->watch->unread_ts = r->hdr.ts;
	return 0;
}

/* Bytes were taken: what came until then is not waiting for a reader. */
static void taken(struct watch *w, uint64_t ts)
{
	if (w && w->unread_ts <= ts)
		w->unread_ts = 0;
}

int stuck_wait__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;

	(void)f;
	if (r->op == SW_OP_RECV && r->result >= 0)
		taken(s->watch, r->hdr.ts);
	return 0;
}

/* An idle server waits in accept or poll, and nothing is wrong with it. */
int stuck_wait__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	struct hit hit = {
		.severity = SW_INFO,
		.worst = since(r->end, r->begin),
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};
	uint64_t unread = s->watch ? s->watch->unread_ts : 0;

	if (!(r->hdr.flags & SW_F_UNENDED)) {
		if (r->op == SW_OP_RECV && r->result >= 0)
			taken(s->watch, r->hdr.ts);
		return 0;
	}
	if (r->op == SW_OP_ACCEPT || r->op == SW_OP_POLL || hit.worst < f->limits.stuck_ns)
		return 0;
	if (r->op != SW_OP_RECV)
		hit.severity = SW_WARNING;
	/* It sleeps on what is there to be read; not what came a moment ago. */
	else if (unread > r->begin && since(r->end, unread) >= f->limits.slow_read_ns)
		hit.severity = SW_CRITICAL;
	return finder__found(f, SW_FINDING_STUCK_WAIT, s->sk, &hit);
}

int write_stall__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	struct hit hit = {
		.severity = SW_WARNING,
		.worst = since(r->end, r->begin),
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};

	if (r->op != SW_OP_SEND || hit.worst < f->limits.write_stall_ns)
		return 0;
	return finder__found(f, SW_FINDING_WRITE_STALL, s->sk, &hit);
}
