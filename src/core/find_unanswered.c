// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Data that nobody took for long: no-waiter, but for listeners (find_queue.c).
 *
 * A socket is unread from a wake-up with data on until a recv takes some.  That a
 * take was not seen (splice by tracepoint) shows in the bytes that the next wake-up
 * finds queued; where no take was ever seen, the end of a socket proves nothing.
 */
#include <errno.h>
#include <sys/socket.h>

#include "finder.h"

#define STATE_ESTABLISHED 1 /* include/net/tcp_states.h */

static bool is_stream(const struct sw_socket *sk)
{
	return sk->type == SOCK_STREAM;
}

/* Had nobody taken any since the last wake-up with data, there would be more now. */
static bool was_emptied(const struct unread *u, const struct sw_rec_wakeup *r)
{
	/* Nobody can, while it lies in an accept queue. */
	if (r->hdr.flags & SW_F_NO_QUEUE)
		return false;
	if (r->rx_queued != u->queued)
		return r->rx_queued < u->queued;
	/* A FIN adds nothing, and what lies beyond the messages counted does not show. */
	return is_readable(r) && r->state == STATE_ESTABLISHED &&
	       !(r->hdr.flags & SW_F_MORE_QUEUED);
}

/* Its tid, or 0. */
static uint32_t first_woken(const struct sighting *s)
{
	for (unsigned int i = 0; i < s->n_woken; i++)
		if (!(s->woken[i].hdr.flags & SW_F_AWAKE))
			return s->woken[i].tid;
	return 0;
}

static void came(struct unread *u, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;

	if (!u->ts) {
		u->ts = r->hdr.ts;
		u->waited = r->waiters;
		u->woken = first_woken(s);
		u->in_queue = r->hdr.flags & SW_F_NO_QUEUE;
		u->behind = false;
		u->embryo = s->sk->family == AF_UNIX && !s->sk->inode;
	}
	u->data_ts = u->seen_ts = r->hdr.ts;
	u->queued = r->rx_queued;
	u->more = r->hdr.flags & SW_F_MORE_QUEUED;
}

/* What the last read left has been there since then. */
static void was_left(struct unread *u, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;

	if (u->ts || u->taken_ts <= u->data_ts)
		return;
	u->ts = u->taken_ts;
	u->seen_ts = r->hdr.ts;
	u->waited = r->waiters;
	u->woken = 0;
	u->in_queue = false;
	u->behind = true;
}

/* A wake-up that brought no data and finds just what the last read left: nobody has read
 * since then. */
static void look_behind(struct unread *u, const struct sighting *s)
{
	if (u->left && s->ev->wakeup_rec.rx_queued == u->left && is_stream(s->sk))
		was_left(u, s);
}

int unanswered__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	const enum sw_cause cause = sw_cause_of(r->hdr.hook);
	struct unread *u;

	(void)f;
	if (!s->watch || sw_socket__is_listener(s->sk, r->state) ||
	    (cause != SW_CAUSE_READABLE && cause != SW_CAUSE_STATE && cause != SW_CAUSE_WRITABLE))
		return 0;
	u = &s->watch->unread;
	/* It lies in an accept queue; else it was given up, and nobody can read it. */
	if (r->hdr.flags & SW_F_NO_QUEUE && (!s->sk->parent || u->taken_ts || u->waited))
		return 0;
	if (u->ts && was_emptied(u, r))
		u->ts = 0;
	if (u->ts)
		u->seen_ts = r->hdr.ts;
	if (cause != SW_CAUSE_READABLE) {
		look_behind(u, s);
	} else if (r->rx_queued) {
		if (r->hdr.flags & SW_F_LEFT)
			was_left(u, s);
		came(u, s);
	}
	return 0;
}

/* Who waited, and what the task did, decide on what it is called. */
static enum sw_finding_case case_of(const struct unread *u, const struct hit *hit)
{
	const struct sw_meanwhile *m = &hit->meanwhile;

	if (u->behind)
		return SW_CASE_NO_WAITER_LEFT;
	if (u->embryo && !u->waited)
		return SW_CASE_NO_WAITER_QUEUED;
	if (meanwhile__was_mostly(m, m->stopped_ns, hit->worst))
		return SW_CASE_NO_WAITER_STOPPED;
	if (u->woken)
		return SW_CASE_NO_WAITER_OTHERWISE;
	if (!u->waited)
		return SW_CASE_NO_WAITER_NOBODY;
	if (meanwhile__was_mostly(m, m->slept_ns, hit->worst))
		return SW_CASE_NO_WAITER_ASLEEP;
	return m->ran_known ? SW_CASE_NO_WAITER_BUSY : SW_CASE_NO_WAITER_UNWOKEN;
}

/* Whoever was woken by it and took it late is slow-run's and slow-read's matter; also
 * where it is not known when the task ran. */
static bool is_answer_of_woken(const struct unread *u, const struct sw_rec_io *r)
{
	if (!r->run_ts && r->tid == u->woken)
		return true;
	return r->run_ts && r->wakeup_ts <= u->ts && !u->behind;
}

static int judge_take(struct sw_finder *f, const struct sighting *s, const struct unread *u)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct hit hit = {
		.severity = SW_WARNING,
		.ts = u->ts,
		.n = 1,
		/* Nobody took it before a later wake-up woke this task. */
		.by_absence = r->run_ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};
	bool taken_over = false;
	int err = 0;

	/* The kernel half may have seen a take that we did not. */
	if (!u->behind && !r->run_ts && r->wakeup_ts > hit.ts)
		hit.ts = r->wakeup_ts;
	if (u->in_queue)
		err = queue__first_read(f, s->sk, &hit, r->hdr.ts, &taken_over);
	hit.worst = since(r->hdr.ts, hit.ts);
	hit.meanwhile = meanwhile_of(f, r, hit.ts);
	if (err || taken_over || !finder__is_late(f, hit.worst, &hit.meanwhile))
		return err;
	hit.what = case_of(u, &hit);
	return finder__found(f, s->watch, s->sk, &hit);
}

/* What there was at the last wake-up less what was taken since. */
static uint32_t left_by(const struct unread *u, int64_t taken)
{
	uint32_t there = u->taken_ts > u->data_ts ? u->left : u->queued;

	return u->more || taken >= there ? 0 : there - (uint32_t)taken;
}

int unanswered__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct unread *u;
	int err = 0;

	/* A call that was interrupted leaves all as it was. */
	if (!s->watch || r->op != SW_OP_RECV || r->result == -EINTR || r->result <= -512)
		return 0;
	u = &s->watch->unread;
	if (u->ts && u->ts <= r->hdr.ts) {
		if (r->result > 0 && !is_answer_of_woken(u, r))
			err = judge_take(f, s, u);
		u->ts = 0;
	}
	if (r->result < 0)
		return err;
	u->left = left_by(u, r->result);
	u->taken_ts = r->hdr.ts;
	u->taker = r->tid;
	return err;
}

int unanswered__end(struct sw_finder *f, struct watch *w, const struct sw_socket *sk, uint64_t now)
{
	const struct unread *u = &w->unread;
	struct hit hit = {
		.what = SW_CASE_NO_WAITER_UNREAD,
		.severity = SW_WARNING,
		.worst = since(f->ended && f->ends_unseen ? u->seen_ts : now, u->ts),
		.ts = u->ts,
		.n = 1,
		.by_absence = true,
		.task = w->owner,
	};

	if (!u->ts || !u->taken_ts || !finder__is_late(f, hit.worst, &hit.meanwhile))
		return 0;
	if (u->behind || u->woken)
		hit.what = case_of(u, &hit);
	return finder__found(f, w, sk, &hit);
}
