// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What is wrong with a wake-up, and with what came of it: no-waiter, herd, spurious, backlog. */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

/* --- no-waiter -------------------------------------------------------------------- */

int no_waiter__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	struct hit hit = { .severity = SW_INFO, .ts = r->hdr.ts };

	if (!is_readable(r) || r->waiters || (r->hdr.flags & SW_F_NO_QUEUE) ||
	    sw_socket__is_listener(s->sk, r->state))
		return 0;
	/* What comes while that is unanswered is taken with it. */
	if (s->watch && !s->watch->no_waiter_ts)
		s->watch->no_waiter_ts = r->hdr.ts;
	return finder__found(f, SW_FINDING_NO_WAITER, s->sk, &hit);
}

/* How long it lay there. */
int no_waiter__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct hit hit = {
		.worst = since(r->hdr.ts, r->wakeup_ts),
		.ts = r->wakeup_ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};
	bool answers;
	struct row *row;

	if (!s->watch || !s->watch->no_waiter_ts || r->op == SW_OP_SEND)
		return 0;
	answers = r->wakeup_ts == s->watch->no_waiter_ts;
	if (answers || s->watch->no_waiter_ts <= r->begin)
		s->watch->no_waiter_ts = 0;
	if (!answers || r->result < 0)
		return 0;
	hit.severity = hit.worst >= f->limits.slow_read_ns ? SW_WARNING : SW_INFO;
	row = finder__row(f, SW_FINDING_NO_WAITER, s->sk);
	if (!row)
		return -ENOMEM;
	row__hit(row, &hit, 0);
	return row__name(row, &hit.task);
}

/* --- herd ------------------------------------------------------------------------- */

struct recent *recent__find(struct watch *w, uint64_t wakeup_ts)
{
	if (!w || !w->recent || !wakeup_ts)
		return NULL;
	for (unsigned int i = 0; i < RECENT; i++)
		if (w->recent[i].ts == wakeup_ts)
			return &w->recent[i];
	return NULL;
}

bool recent__answered_by(const struct recent *recent, unsigned int op)
{
	if (recent && recent->cause == SW_CAUSE_READABLE)
		return op != SW_OP_SEND;
	if (recent && recent->cause == SW_CAUSE_WRITABLE)
		return op == SW_OP_SEND;
	return true;
}

/* NULL: out of memory. */
static struct recent *recent__add(struct watch *w, const struct sw_rec_woken *first,
				  uint32_t tasks)
{
	struct recent *recent;

	/* Most sockets of a busy machine never wake anybody: their task is awake. */
	if (!w->recent)
		w->recent = calloc(RECENT, sizeof(*w->recent));
	if (!w->recent)
		return NULL;
	recent = &w->recent[w->recent_at++ % RECENT];
	*recent = (struct recent){
		.ts = first->wakeup_ts,
		.woken_ts = first->woken_ts,
		.tasks = tasks,
		.cause = SW_CAUSE_COUNT,
	};
	return recent;
}

/* A connection is for one task: who is woken beyond those that there are goes away
 * with nothing, or blocks again. */
static int herd_at_listener(struct sw_finder *f, const struct sighting *s, uint32_t tasks)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	struct hit hit = { .severity = SW_WARNING, .worst = tasks, .ts = r->hdr.ts };
	struct row *row = finder__row(f, SW_FINDING_HERD, s->sk);
	int err = 0;

	if (!row)
		return -ENOMEM;
	row__hit(row, &hit, 1);
	for (unsigned int i = 0; !err && i < s->n_woken; i++) {
		const struct sw_rec_woken *woken = &s->woken[i];
		struct sw_finding_task task = task_of(woken->pid, woken->tid, woken->comm);

		if (!(woken->hdr.flags & SW_F_AWAKE))
			err = row__name(row, &task);
	}
	return err;
}

int herd__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	const struct sw_rec_woken *first = NULL;
	uint32_t tasks = 0;
	bool herd;

	for (unsigned int i = 0; i < s->n_woken; i++) {
		if (s->woken[i].hdr.flags & SW_F_AWAKE)
			continue;
		if (!tasks++)
			first = &s->woken[i];
	}
	if (!tasks)
		return 0;
	herd = tasks >= 2 && tasks > r->rx_queued && is_readable(r) &&
	       sw_socket__is_listener(s->sk, r->state);
	if (s->watch) {
		struct recent *recent = recent__add(s->watch, first, tasks);

		if (!recent)
			return -ENOMEM;
		recent->cause = cause_of(r);
		recent->herd = herd;
	}
	return herd ? herd_at_listener(f, s, tasks) : 0;
}

/* One that comes too late to be told with its wake-up. */
int herd__woken(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_woken *r = &s->ev->woken_rec;
	struct recent *recent = recent__find(s->watch, r->wakeup_ts);

	(void)f; /* it is found when the task gets nothing */
	if (!s->watch || !r->wakeup_ts || (r->hdr.flags & SW_F_AWAKE))
		return 0;
	if (recent)
		recent->tasks++;
	else if (!recent__add(s->watch, r, 1))
		return -ENOMEM;
	return 0;
}

/* A task that was woken, or tried without, got nothing. */
static int herd_got_nothing(struct sw_finder *f, const struct sighting *s, uint64_t wakeup_ts,
			    unsigned int op, const struct sw_finding_task *task)
{
	struct recent *recent = recent__find(s->watch, wakeup_ts);
	struct hit hit = { .severity = SW_WARNING, .ts = wakeup_ts, .task = *task };
	struct row *row;

	if (!recent || recent->tasks < 2 || !recent__answered_by(recent, op))
		return 0;
	row = finder__row(f, SW_FINDING_HERD, s->sk);
	if (!row)
		return -ENOMEM;
	hit.worst = recent->tasks;
	row__hit(row, &hit, recent->herd ? 0 : 1);
	recent->herd = true;
	return row__name(row, task);
}

int herd__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);

	if (r->op != SW_OP_ACCEPT || r->result != -EAGAIN ||
	    (r->hdr.flags & (SW_F_NO_RESULT | SW_F_UNENDED)))
		return 0;
	return herd_got_nothing(f, s, r->wakeup_ts, r->op, &task);
}

int herd__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);

	if (r->result != -EAGAIN)
		return 0;
	return herd_got_nothing(f, s, r->wakeup_ts, r->op, &task);
}

/* --- spurious --------------------------------------------------------------------- */

/* So many of them are no accident. */
#define SPURIOUS_MANY 100

int spurious__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	const struct recent *recent = recent__find(s->watch, r->wakeup_ts);
	struct hit hit = {
		.severity = SW_INFO,
		.worst = since(r->hdr.ts, recent ? recent->woken_ts : r->run_ts),
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
	};
	struct row *row;

	/* Of several, one gets something: that is a herd.  A wake-up too long ago to
	 * be remembered did wake this task, so much is known. */
	if (r->result != -EAGAIN || !r->run_ts || (recent && recent->tasks >= 2) ||
	    !recent__answered_by(recent, r->op))
		return 0;
	row = finder__row(f, SW_FINDING_SPURIOUS, s->sk);
	if (!row)
		return -ENOMEM;
	if (row->told.count + 1 >= SPURIOUS_MANY)
		hit.severity = SW_WARNING;
	row__hit(row, &hit, 1);
	return row__name(row, &hit.task);
}

/* --- backlog ---------------------------------------------------------------------- */

int backlog__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	struct hit hit = { .severity = SW_WARNING, .ts = r->hdr.ts };

	if (!is_readable(r) || !r->tx_queued || !sw_socket__is_listener(s->sk, r->state))
		return 0;
	hit.worst = (uint64_t)r->rx_queued * 100 / r->tx_queued;
	if (hit.worst < f->limits.backlog_percent)
		return 0;
	if (hit.worst >= 100)
		hit.severity = SW_CRITICAL;
	return finder__found(f, SW_FINDING_BACKLOG, s->sk, &hit);
}
