// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Connections that lie in an accept queue for long: no-waiter of a listener.
 *
 * accept(2) is not always seen.  Then the length of the queue tells, wake-up by
 * wake-up, whether anybody accepted in between; and a connection that already had
 * data when it lay there tells by its first read until when it lay there at most.
 */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

/*
 * Where only the first read is seen, what a server does before it (fork, start a
 * thread) is in that time, too; so it has to be so many times the limit.
 */
#define FIRST_READ 5

struct queue {
	uint64_t idle_ts; /* since then, as far as its length tells, nobody accepted */
	uint64_t accepted_ts; /* when somebody was seen to; 0: nobody was */
	uint32_t length;      /* at the last wake-up */
	bool full;	      /* it was nearly full, which is told instead */
	uint64_t count;	      /* connections that waited too long */
	struct hit worst;
	struct hit by_length; /* the worst that only the length tells of; worst 0: none */
	struct sw_finding_task tasks[SW_FINDING_TASKS];
	unsigned int n_tasks;
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

/* It is told at the end, when it is known whether the queue was full. */
static void late(struct queue *q, const struct hit *hit)
{
	unsigned int i;

	q->count++;
	if (hit->worst > q->worst.worst)
		q->worst = *hit;
	for (i = 0; i < q->n_tasks && !same_task(&q->tasks[i], &hit->task); i++)
		;
	if (i == q->n_tasks && i < SW_FINDING_TASKS)
		q->tasks[q->n_tasks++] = hit->task;
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
	/* One that was woken by it and came late is slow-run's and slow-read's matter. */
	if (hit.ts && !r->run_ts && finder__is_late(f, hit.worst, &hit.meanwhile))
		late(q, &hit);
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
	row = finder__row(f, w, sk, SW_FINDING_NO_WAITER, &q->worst.task);
	if (!row)
		return -ENOMEM;
	q->worst.n = q->count;
	err = row__hit(row, sk, &q->worst);
	for (unsigned int i = 0; !err && i < q->n_tasks; i++)
		err = row__name(row, &q->tasks[i]);
	return err;
}
