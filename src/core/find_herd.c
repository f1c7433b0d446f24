// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Several tasks for what one takes: herd.  Remembers the wake-ups that woke somebody. */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

/* --- wake-ups that woke somebody --- */

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
	const enum sw_cause cause = recent ? sw_cause_of(recent->hook) : SW_CAUSE_COUNT;

	if (cause == SW_CAUSE_READABLE)
		return op != SW_OP_SEND;
	if (cause == SW_CAUSE_WRITABLE)
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
		.hook = SW_HOOK_COUNT,
	};
	return recent;
}

/* --- tasks that were woken --- */

/* A connection is for one task: who is woken beyond those that there are goes away
 * with nothing, or blocks again. */
static int herd_at_listener(struct sw_finder *f, const struct sighting *s, uint32_t tasks)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	struct hit hit = {
		.what = SW_CASE_HERD_WOKEN,
		.severity = SW_WARNING,
		.worst = tasks,
		.ts = r->hdr.ts,
		.n = 1,
	};
	struct sw_finding_task first = task_of(s->woken[0].pid, s->woken[0].tid, s->woken[0].comm);
	struct row *row = finder__row(f, s->watch, s->sk, SW_FINDING_HERD, &first);
	int err = row ? row__hit(row, s->sk, &hit) : -ENOMEM;

	for (unsigned int i = 0; !err && i < s->n_woken; i++) {
		const struct sw_rec_woken *woken = &s->woken[i];
		struct sw_finding_task task = task_of(woken->pid, woken->tid, woken->comm);

		if (!(woken->hdr.flags & SW_F_AWAKE))
			err = row__name(row, &task);
	}
	return err;
}

static uint32_t count_woken(const struct sighting *s, const struct sw_rec_woken **first)
{
	uint32_t tasks = 0;

	for (unsigned int i = 0; i < s->n_woken; i++) {
		if (s->woken[i].hdr.flags & SW_F_AWAKE)
			continue;
		if (!tasks++)
			*first = &s->woken[i];
	}
	return tasks;
}

/* --- tasks that came, whoever woke them --- */

#define TRIED_MAX 32
/* After a task has accepted one it looks whether there is another. */
#define LAST_LOOK_NS 1000000

/* What tasks came away with from a listener, in a row since its last wake-up. */
struct tries {
	uint64_t wakeup_ts;
	bool found; /* it is a herd */
	unsigned int n;
	struct tried {
		struct sw_finding_task task;
		uint64_t accepted_ts;
		uint64_t nothing_for; /* the wake-up that it came for in vain */
	} tried[TRIED_MAX];
};

/* Listeners whose tries are kept: those of more are not. */

static int tries__begin(struct sw_finder *f, struct watch *w, uint64_t wakeup_ts)
{
	if (!w->tries) {
		if (f->n_tries == SW_TRIES_MAX)
			return 0;
		w->tries = calloc(1, sizeof(*w->tries));
		if (!w->tries)
			return -ENOMEM;
		f->n_tries++;
	}
	w->tries->wakeup_ts = wakeup_ts;
	w->tries->found = false;
	return 0;
}

/* NULL: too many. */
static struct tried *tries__of(struct tries *t, const struct sw_finding_task *task)
{
	unsigned int i;

	for (i = 0; i < t->n && !same_task(&t->tried[i].task, task); i++)
		;
	if (i == TRIED_MAX)
		return NULL;
	if (i == t->n)
		t->tried[t->n++] = (struct tried){ .task = *task };
	return &t->tried[i];
}

static int found_chain(struct sw_finder *f, const struct sighting *s, struct tries *t,
		       unsigned int came, const struct tried *last)
{
	struct recent *recent = recent__find(s->watch, t->wakeup_ts);
	struct hit hit = {
		.what = recent && recent->herd ? SW_CASE_HERD_WOKEN : SW_CASE_HERD_CHAIN,
		.severity = SW_WARNING,
		.worst = came,
		.ts = t->wakeup_ts,
		.n = !t->found && !(recent && recent->herd),
		.task = last->task,
	};
	struct row *row = finder__row(f, s->watch, s->sk, SW_FINDING_HERD, &last->task);
	int err = row ? row__hit(row, s->sk, &hit) : -ENOMEM;

	t->found = true;
	for (unsigned int i = 0; !err && i < t->n; i++)
		if (t->tried[i].nothing_for == t->wakeup_ts)
			err = row__name(row, &t->tried[i].task);
	return err;
}

/* An accept by a task that need not have been woken by the callback itself. */
static int tried(struct sw_finder *f, const struct sighting *s, const struct sw_finding_task *task,
		 int64_t result)
{
	struct tries *t = s->watch ? s->watch->tries : NULL;
	struct tried *one = t ? tries__of(t, task) : NULL;
	unsigned int in_vain = 0, came = 0;
	uint64_t now = s->ev->hdr.ts;

	if (!one)
		return 0;
	if (result >= 0) {
		one->accepted_ts = now;
		return 0;
	}
	if (since(now, one->accepted_ts) < LAST_LOOK_NS)
		return 0;
	one->nothing_for = t->wakeup_ts;
	for (unsigned int i = 0; i < t->n; i++) {
		bool nothing = t->tried[i].nothing_for == t->wakeup_ts;

		in_vain += nothing;
		came += nothing || t->tried[i].accepted_ts >= t->wakeup_ts;
	}
	return in_vain < 2 ? 0 : found_chain(f, s, t, came, one);
}

/* --- the checks --- */

int herd__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	bool at_listener = is_readable(r) && sw_socket__is_listener(s->sk, r->state);
	const struct sw_rec_woken *first = NULL;
	uint32_t tasks = count_woken(s, &first);
	bool herd = at_listener && tasks >= 2 && tasks > r->rx_queued;

	if (s->watch && at_listener && tries__begin(f, s->watch, r->hdr.ts))
		return -ENOMEM;
	if (!tasks)
		return 0;
	if (s->watch) {
		struct recent *recent = recent__add(s->watch, first, tasks);

		if (!recent)
			return -ENOMEM;
		recent->hook = r->hdr.hook;
		recent->herd = herd;
		s->watch->woke += is_readable(r);
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
static int got_nothing(struct sw_finder *f, const struct sighting *s, uint64_t wakeup_ts,
		       unsigned int op, const struct sw_finding_task *task)
{
	struct recent *recent = recent__find(s->watch, wakeup_ts);
	struct hit hit = {
		.what = SW_CASE_HERD_WOKEN,
		.severity = SW_WARNING,
		.ts = wakeup_ts,
		.task = *task,
	};

	if (!recent || recent->tasks < 2 || !recent__answered_by(recent, op))
		return 0;
	hit.worst = recent->tasks;
	hit.n = !recent->herd;
	recent->herd = true;
	return finder__found(f, s->watch, s->sk, &hit);
}

int herd__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);
	int err = 0;

	if (r->op != SW_OP_ACCEPT || (r->result < 0 && r->result != -EAGAIN) ||
	    (r->hdr.flags & (SW_F_NO_RESULT | SW_F_UNENDED)))
		return 0;
	if (r->result == -EAGAIN)
		err = got_nothing(f, s, r->wakeup_ts, r->op, &task);
	return err ? err : tried(f, s, &task, r->result);
}

int herd__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);
	int err = 0;

	if (r->result < 0 && r->result != -EAGAIN)
		return 0;
	if (r->result == -EAGAIN)
		err = got_nothing(f, s, r->wakeup_ts, r->op, &task);
	return err || r->op != SW_OP_ACCEPT ? err : tried(f, s, &task, r->result);
}

/* Two tasks that share a listener are a pair, and no herd. */
bool herd__matters(const struct sw_finding *told)
{
	return told->worst > 2 || told->n_tasks > 2;
}
