// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Who accepts a listener's connections: uneven-accept. */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

/* Fewer say nothing about who gets how many. */
#define FEWEST 20

struct share {
	struct sw_finding_task task;
	uint64_t n[2]; /* by enum source */
	uint64_t last_ts;
};

/*
 * The same accept may be seen twice: as a wait, and as what came of a wake-up.  Of
 * TCP each accept is a wait, where they are seen; of AF_UNIX only those that slept.
 */
enum source { WAITS, IOS };

struct accepts {
	uint64_t total[2];
	/* Readable wake-ups, and those that found several on the listener's queue. */
	uint64_t wakeups, shared;
	unsigned int n, cap;
	struct share *shares;
};

static int accepts__of(struct watch *w, struct accepts **out)
{
	if (!w->accepts)
		w->accepts = calloc(1, sizeof(*w->accepts));
	*out = w->accepts;
	return *out ? 0 : -ENOMEM;
}

/* Tasks that are told apart; those beyond the bounds count in the total only. */
static int share__get(struct sw_finder *f, struct accepts *a, const struct sw_finding_task *task,
		      struct share **out)
{
	unsigned int i;

	*out = NULL;
	for (i = 0; i < a->n; i++)
		if (a->shares[i].task.tid == task->tid && a->shares[i].task.pid == task->pid)
			break;
	if (i == a->n && (i == SW_ACCEPT_TASKS || f->n_shares == SW_ACCEPT_SHARES))
		return 0;
	if (i == a->cap) {
		unsigned int cap = a->cap ? a->cap * 2 : 4;
		void *more = realloc(a->shares, cap * sizeof(*a->shares));

		if (!more)
			return -ENOMEM;
		a->shares = more;
		a->cap = cap;
	}
	if (i == a->n) {
		f->n_shares++;
		a->shares[a->n++] = (struct share){ .task = *task };
	}
	*out = &a->shares[i];
	return 0;
}

static int accepted(struct sw_finder *f, const struct sighting *s, enum source source,
		    const struct sw_finding_task *task)
{
	struct accepts *a;
	struct share *share;
	int err;

	if (!s->watch)
		return 0;
	err = accepts__of(s->watch, &a);
	if (!err)
		err = share__get(f, a, task, &share);
	if (err)
		return err;
	a->total[source]++;
	if (share) {
		share->n[source]++;
		share->last_ts = s->ev->hdr.ts;
		memcpy(share->task.comm, task->comm, SW_COMM_LEN);
	}
	return 0;
}

/* Who waits in vain is seen on the queue only. */
int uneven_accept__wakeup(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wakeup *r = &s->ev->wakeup_rec;
	struct accepts *a;
	int err;

	(void)f;
	if (!s->watch || !is_readable(r) || !sw_socket__is_listener(s->sk, r->state))
		return 0;
	err = accepts__of(s->watch, &a);
	if (err)
		return err;
	a->wakeups++;
	/* Exclusively: of others, each is woken, and known by that; and one task may well have
	 * several entries. */
	a->shared += r->exclusive >= 2;
	return 0;
}

int uneven_accept__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);

	(void)f;
	if (r->op != SW_OP_ACCEPT || r->result < 0 ||
	    (r->hdr.flags & (SW_F_NO_RESULT | SW_F_UNENDED)))
		return 0;
	return accepted(f, s, WAITS, &task);
}

int uneven_accept__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);

	(void)f;
	if (r->op != SW_OP_ACCEPT || r->result < 0)
		return 0;
	return accepted(f, s, IOS, &task);
}

static int compare(const void *a, const void *b, enum source source)
{
	const struct share *x = a, *y = b;

	if (x->n[source] != y->n[source])
		return x->n[source] > y->n[source] ? -1 : 1;
	return x->task.tid < y->task.tid ? -1 : x->task.tid > y->task.tid;
}

static int by_waits(const void *a, const void *b)
{
	return compare(a, b, WAITS);
}

static int by_ios(const void *a, const void *b)
{
	return compare(a, b, IOS);
}

/*
 * The busiest has more than half, and more than twice its fair share; of two tasks,
 * where that cannot be, more than twice as many as the other.
 */
static bool is_uneven(uint64_t busiest, uint64_t total, unsigned int tasks)
{
	return busiest * 2 > total && busiest * (tasks < 3 ? 3 : tasks) > total * 2;
}

/* By one task alone, and others wait beside it. */
static bool is_all_to_one(const struct accepts *a, unsigned int tasks)
{
	return tasks == 1 && a->shared * 2 > a->wakeups;
}

int uneven_accept__end(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
		       uint64_t now)
{
	struct accepts *a = w->accepts;
	struct hit hit = { .severity = SW_INFO };
	enum source source;
	unsigned int n = 0;
	struct row *row;
	int err;

	(void)now;
	if (!a || !a->n)
		return 0;
	source = a->total[WAITS] >= a->total[IOS] ? WAITS : IOS;
	qsort(a->shares, a->n, sizeof(*a->shares), source == WAITS ? by_waits : by_ios);
	while (n < a->n && a->shares[n].n[source])
		n++;
	hit.n = a->total[source];
	if (hit.n < FEWEST ||
	    !(is_all_to_one(a, n) || (n > 1 && is_uneven(a->shares->n[source], hit.n, n))))
		return 0;
	hit.what = n == 1 ? SW_CASE_UNEVEN_ACCEPT_ALL : SW_CASE_UNEVEN_ACCEPT_MOST;
	hit.worst = a->shares->n[source] * 100 / hit.n;
	hit.ts = a->shares->last_ts;
	hit.task = a->shares->task;
	row = finder__row(f, w, sk, SW_FINDING_UNEVEN_ACCEPT, &hit.task);
	err = row ? row__hit(row, sk, &hit) : -ENOMEM;
	for (unsigned int i = 0; !err && i < n; i++)
		err = row__name(row, &a->shares[i].task);
	return err;
}

void accepts__free(struct sw_finder *f, struct accepts *a)
{
	if (!a)
		return;
	f->n_shares -= a->n;
	free(a->shares);
	free(a);
}
