// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Connections that lie in an accept queue for long: no-waiter of a listener.
 *
 * accept(2) is not always seen.  Then the length of the queue tells, wake-up by
 * wake-up, whether anybody accepted in between; and a connection that already had
 * data when it lay there tells by its first read until when it lay there at most.
 *
 * Where it is, an io tells of the first accept after a time without, and of what its
 * task did meanwhile; the others that lay there too are told by the ends of the calls
 * that accept them.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/arrivals.h"
#include "finder.h"

/*
 * Where only the first read is seen, what a server does before it (fork, start a
 * thread) is in that time, too; so it has to be so many times the limit.
 */
#define FIRST_READ 5

/* A call and its io are told at different places, and so at different times. */
#define SAME_CALL_NS 1000000

struct queue {
	uint64_t idle_ts;     /* since then, as far as its length tells, nobody accepted */
	uint64_t accepted_ts; /* when somebody was seen to; 0: nobody was */
	uint32_t length;      /* at the last wake-up */
	bool full;	      /* it was nearly full, which is told instead */
	/* Connections that waited too long, the worst of them, and who came late. */
	uint64_t count;
	struct hit worst;
	struct sw_finding_task tasks[SW_FINDING_TASKS];
	unsigned int n_tasks;
	struct hit by_length; /* the worst that only the length tells of; worst 0: none */

	/* The same by the calls that accepted, where those are seen. */
	struct arrivals lying;
	uint64_t calls;
	struct hit worst_call;
	/* When somebody came late last, and what the task did before. */
	uint64_t late_ts;
	struct sw_meanwhile late_for;
	/* The last call, whose io may come yet: of a connection that came when; 0: none. */
	uint64_t accepted_from, accepted_at;
	uint32_t accepted_tid;
};

static struct queue *queue_of(struct watch *w)
{
	if (!w->queue)
		w->queue = calloc(1, sizeof(*w->queue));
	return w->queue;
}

int queue__is_full(struct watch *w)
{
	struct queue *q = queue_of(w);

	if (q)
		q->full = true;
	return q ? 0 : -ENOMEM;
}

static void name_task(struct queue *q, const struct sw_finding_task *task)
{
	unsigned int i;

	for (i = 0; i < q->n_tasks && !same_task(&q->tasks[i], task); i++)
		;
	if (i == q->n_tasks && i < SW_FINDING_TASKS)
		q->tasks[q->n_tasks++] = *task;
}

/* It is told at the end, when it is known whether the queue was full. */
static void late(struct queue *q, const struct hit *hit)
{
	q->count++;
	if (hit->worst > q->worst.worst)
		q->worst = *hit;
	name_task(q, &hit->task);
}

int queue__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	struct queue *q;
	uint64_t lay;

	if (!s->watch || !is_readable(r) || !sw_socket__is_listener(s->sk, r->state))
		return 0;
	q = queue_of(s->watch);
	if (!q)
		return -ENOMEM;
	/* Each wake-up adds one. */
	if (!q->length || r->rx_queued < q->length + 1 || !q->idle_ts)
		q->idle_ts = r->hdr.ts;
	q->length = r->rx_queued;
	arrivals__add(&q->lying, r->hdr.ts, r->rx_queued);
	lay = since(r->hdr.ts, q->idle_ts);
	if (r->rx_queued > 1 && finder__is_late(f, lay, &(struct sw_meanwhile){0}) &&
	    lay > q->by_length.worst)
		q->by_length = (struct hit){
			.what = SW_CASE_NO_WAITER_QUEUED,
			.severity = SW_WARNING,
			.worst = lay,
			.ts = q->idle_ts,
			.by_absence = true,
			.task = s->watch->owner,
		};
	return 0;
}

/*
 * One that came at `from` was accepted at `at`.  It waited too long if it lay there when that
 * task came late.  What is known of the task's doings may have been before this one came.
 */
static void accepted(const struct sw_finder *f, struct queue *q, uint64_t from, uint64_t at,
		     const struct sw_finding_task *task)
{
	struct sw_meanwhile m = q->late_for;
	uint64_t unsure = since(from, since(q->late_ts, m.known_ns));

	if (from > q->late_ts)
		return;
	m.slept_ns = since(m.slept_ns, unsure);
	m.stopped_ns = since(m.stopped_ns, unsure);
	m.known_ns = since(m.known_ns, unsure);
	if (!finder__is_late(f, since(q->late_ts, from), &m))
		return;
	q->calls++;
	name_task(q, task);
	if (since(at, from) > q->worst_call.worst)
		q->worst_call = (struct hit){
			.what = SW_CASE_NO_WAITER_QUEUED,
			.severity = SW_WARNING,
			.worst = since(at, from),
			.ts = from,
			.task = *task,
		};
}

int queue__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	const struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);
	struct queue *q = s->watch ? s->watch->queue : NULL;
	uint64_t from;

	if (!q || r->op != SW_OP_ACCEPT || r->hdr.flags & (SW_F_NO_RESULT | SW_F_UNENDED))
		return 0;
	/* Who sleeps has found it empty, and who fails, too. */
	if (r->hdr.flags & SW_F_WAITED || r->result == -EAGAIN)
		arrivals__empty(&q->lying, r->begin);
	if (r->result < 0)
		return 0;
	from = arrivals__take(&q->lying);
	q->accepted_at = 0;
	if (!from)
		return 0;
	if (from <= q->late_ts) {
		accepted(f, q, from, r->hdr.ts, &task);
	} else {
		q->accepted_from = from;
		q->accepted_at = r->hdr.ts;
		q->accepted_tid = r->tid;
	}
	return 0;
}

int queue__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct hit hit = {
		.what = SW_CASE_NO_WAITER_QUEUED,
		.severity = SW_WARNING,
		.ts = r->wakeup_ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};
	struct queue *q;
	bool of_call; /* which was told to be over before it */

	if (!s->watch || r->op != SW_OP_ACCEPT || r->result < 0)
		return 0;
	q = queue_of(s->watch);
	if (!q)
		return -ENOMEM;
	q->accepted_ts = r->hdr.ts;
	if (hit.ts && q->idle_ts > hit.ts)
		hit.ts = q->idle_ts;
	q->idle_ts = 0;
	hit.worst = since(r->hdr.ts, hit.ts);
	hit.meanwhile = meanwhile_of(f, r, hit.ts);
	of_call = q->accepted_at && q->accepted_at >= hit.ts && q->accepted_tid == r->tid;
	q->accepted_at = 0;
	/* One that was woken by it and came late is slow-run's and slow-read's matter. */
	if (!hit.ts || r->run_ts || !finder__is_late(f, hit.worst, &hit.meanwhile))
		return 0;
	late(q, &hit);
	q->late_ts = r->hdr.ts;
	q->late_for = hit.meanwhile;
	if (of_call)
		accepted(f, q, q->accepted_from, r->hdr.ts, &hit.task);
	return 0;
}

int queue__first_read(struct sw_finder *f, const struct sw_socket *sk, struct hit *hit,
		      uint64_t now, bool *taken_over)
{
	const struct sw_socket *listener =
		f->sockets ? sw_sockets__find(f->sockets, sk->parent) : NULL;
	struct watch *w = listener ? finder__watch(f, listener->id) : NULL;
	struct queue *q = w ? queue_of(w) : NULL;
	struct hit of_listener = *hit;

	if (w && !q)
		return -ENOMEM;
	*taken_over = true;
	/* Of a listener that accepts where it is seen, the connection's own time begins
	 * with the accept, whichever it was. */
	if (q && q->accepted_ts > hit->ts)
		hit->ts = q->accepted_ts;
	if (since(now, hit->ts) < FIRST_READ * f->limits.slow_read_ns)
		return 0;
	*taken_over = q && !q->accepted_ts;
	if (!*taken_over)
		return 0;
	of_listener.what = SW_CASE_NO_WAITER_QUEUED;
	of_listener.worst = since(now, hit->ts);
	late(q, &of_listener);
	return 0;
}

int queue__end(struct sw_finder *f, struct watch *w, const struct sw_socket *sk, uint64_t now)
{
	struct queue *q = w->queue;
	struct row *row;
	int err;

	(void)now;
	if (!q || q->full || (!q->count && !q->by_length.worst))
		return 0;
	if (!q->count)
		late(q, &q->by_length);
	/* Of the same accept an io has more to tell. */
	if (since(q->worst_call.worst, q->worst.worst) > SAME_CALL_NS)
		q->worst = q->worst_call;
	row = finder__row(f, w, sk, SW_FINDING_NO_WAITER, &q->worst.task);
	if (!row)
		return -ENOMEM;
	q->worst.n = q->calls > q->count ? q->calls : q->count;
	err = row__hit(row, sk, &q->worst);
	for (unsigned int i = 0; !err && i < q->n_tasks; i++)
		err = row__name(row, &q->tasks[i]);
	return err;
}
