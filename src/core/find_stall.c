// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Writers that are kept waiting for room: write-stall.
 *
 * One that blocks, by the time that it slept.  One that does not block, from the send
 * that found no room to the wake-up that told of some (what it does after that is its
 * own lateness), or, where such wake-ups are not seen, to the send that found room.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "finder.h"

struct stall {
	uint64_t ts; /* since when a writer waits for room; 0: none does */
	uint64_t over_ts; /* the wake-up that ended the last stall */
	struct sw_finding_task task;
};

static int stalled(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
		   enum sw_finding_case what, struct hit *hit)
{
	if (hit->worst < f->limits.write_stall_ns)
		return 0;
	if (sk->family == AF_UNIX && sk->type == SOCK_DGRAM)
		what = SW_CASE_WRITE_STALL_DATAGRAM;
	hit->what = what;
	hit->severity = SW_WARNING;
	hit->n = 1;
	return finder__found(f, w, sk, hit);
}

/* A datagram that found no room is often dropped: then nobody waits for any. */
static bool is_given_up(const struct sw_socket *sk)
{
	return sk->type == SOCK_DGRAM;
}

/* The stall that there was, if there was one, is over. */
static int stall__over(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
		       uint64_t until, uint64_t ts)
{
	struct stall *st = w->stall;
	struct hit hit = {
		.worst = since(until, st->ts),
		.ts = ts,
		.task = st->task,
	};

	if (!st->ts || st->ts > until)
		return 0;
	st->ts = 0;
	return stalled(f, w, sk, SW_CASE_WRITE_STALL_POLLED, &hit);
}

int stall__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;

	if (!s->watch || !s->watch->stall || !s->watch->stall->ts ||
	    sw_cause_of(r->hdr.hook) != SW_CAUSE_WRITABLE)
		return 0;
	s->watch->stall->over_ts = r->hdr.ts;
	return stall__over(f, s->watch, s->sk, r->hdr.ts, r->hdr.ts);
}

/*
 * A task that sleeps in poll until there is room again has had none for so long:
 * sk_stream_write_space() is only called after somebody found none.
 */
static int polled(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	const struct recent *recent = recent__find(s->watch, r->wakeup_ts);
	struct hit hit = {
		.worst = since(r->wakeup_ts, r->begin),
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};

	if (!recent || recent->hook != SW_HOOK_STREAM_WRITE_SPACE ||
	    (s->watch->stall && s->watch->stall->over_ts == r->wakeup_ts))
		return 0;
	return stalled(f, s->watch, s->sk, SW_CASE_WRITE_STALL_POLLED, &hit);
}

int stall__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	struct hit hit = {
		/* How long it slept is not known in older files. */
		.worst = r->sleeps ? r->asleep : since(r->end, r->begin),
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
		.within_ns = since(r->end, r->begin),
		.sleeps = r->sleeps,
	};

	if (r->op == SW_OP_POLL)
		return polled(f, s);
	if (r->op != SW_OP_SEND)
		return 0;
	return stalled(f, s->watch, s->sk, SW_CASE_WRITE_STALL_BLOCKED, &hit);
}

/* For all of its data, or for the rest of them. */
static bool found_no_room(const struct sw_rec_io *r)
{
	return r->result == -EAGAIN || r->hdr.flags & SW_F_PARTIAL;
}

int stall__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct stall *st;
	int err = 0;

	if (!s->watch || r->op != SW_OP_SEND)
		return 0;
	st = s->watch->stall;
	if (st && !found_no_room(r) && is_given_up(s->sk))
		st->ts = 0;
	/* It took something, and may wait anew, for the rest. */
	if (st && r->result != -EAGAIN)
		err = stall__over(f, s->watch, s->sk,
				  r->wakeup_ts > st->ts ? r->wakeup_ts : r->hdr.ts, r->hdr.ts);
	if (err || !found_no_room(r))
		return err;
	/* One that was woken as there was room, and finds none, begins to wait anew. */
	if (!st) {
		st = s->watch->stall = calloc(1, sizeof(*st));
		if (!st)
			return -ENOMEM;
	}
	if (!st->ts) {
		st->ts = r->hdr.ts;
		st->task = task_of(r->pid, r->tid, r->comm);
	}
	return 0;
}

int stall__end(struct sw_finder *f, struct watch *w, const struct sw_socket *sk, uint64_t now)
{
	/* It may be long gone. */
	if (!w->stall || is_given_up(sk) || (f->ended && f->ends_unseen))
		return 0;
	return stall__over(f, w, sk, now, now);
}
