// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Who accepts a listener's connections: uneven-accept. */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

/* Fewer say nothing about who gets how many. */
#define FEWEST 20
/* Tasks told apart; those beyond count in the total only. */
#define TASKS_MAX 256

struct share {
	struct sw_finding_task task;
	uint64_t n[2]; /* by enum source */
	uint64_t last_ts;
};

/*
 * The same accept may be seen twice: as a wait, and as what came of a wake-up.
 * Waits are the better source, as they are told of every accept.
 */
enum source { WAITS, IOS };

struct accepts {
	struct row *row; /* NULL: not enough of them yet */
	uint64_t total[2];
	unsigned int n, cap;
	struct share *shares;
};

static int share__get(struct accepts *a, const struct sw_finding_task *task, struct share **out)
{
	unsigned int i;

	*out = NULL;
	for (i = 0; i < a->n; i++)
		if (a->shares[i].task.tid == task->tid && a->shares[i].task.pid == task->pid)
			break;
	if (i == TASKS_MAX)
		return 0;
	if (i == a->cap) {
		unsigned int cap = a->cap ? a->cap * 2 : 4;
		void *more = realloc(a->shares, cap * sizeof(*a->shares));

		if (!more)
			return -ENOMEM;
		a->shares = more;
		a->cap = cap;
	}
	if (i == a->n)
		a->shares[a->n++] = (struct share){ .task = *task };
	*out = &a->shares[i];
	return 0;
}

/* Whatever needs memory is done here, as the end is no place to run out of it. */
static int accepted(struct sw_finder *f, const struct sighting *s, enum source source,
		    const struct sw_finding_task *task)
{
	struct accepts *a;
	struct share *share;
	struct row *row;
	int err;

	if (!s->watch)
		return 0;
	if (!s->watch->accepts)
		s->watch->accepts = calloc(1, sizeof(*a));
	a = s->watch->accepts;
	if (!a)
		return -ENOMEM;
	err = share__get(a, task, &share);
	if (err)
		return err;
	a->total[source]++;
	if (share) {
		share->n[source]++;
		share->last_ts = s->ev->hdr.ts;
		memcpy(share->task.comm, task->comm, SW_COMM_LEN);
	}
	if (a->row || a->n < 2 || a->total[source] < FEWEST)
		return 0;
	row = finder__row(f, SW_FINDING_UNEVEN_ACCEPT, s->sk);
	if (!row || row__reserve(row))
		return -ENOMEM;
	a->row = row;
	return 0;
}

int uneven_accept__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);

	if (r->op != SW_OP_ACCEPT || r->result < 0 ||
	    (r->hdr.flags & (SW_F_NO_RESULT | SW_F_UNENDED)))
		return 0;
	return accepted(f, s, WAITS, &task);
}

int uneven_accept__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct sw_finding_task task = task_of(r->pid, r->tid, r->comm);

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

static void judge(struct accepts *a)
{
	enum source source = a->total[WAITS] ? WAITS : IOS;
	const struct share *busiest = a->shares;
	struct hit hit = { .severity = SW_INFO };
	uint64_t total = a->total[source];
	unsigned int n = 0;

	qsort(a->shares, a->n, sizeof(*a->shares), source == WAITS ? by_waits : by_ios);
	while (n < a->n && a->shares[n].n[source])
		n++;
	if (total < FEWEST || n < 2 || !is_uneven(busiest->n[source], total, n))
		return;
	hit.worst = busiest->n[source] * 100 / total;
	hit.ts = busiest->last_ts;
	hit.task = busiest->task;
	row__hit(a->row, &hit, total);
	for (unsigned int i = 0; i < n; i++)
		row__name(a->row, &a->shares[i].task); /* it has the room */
}

void accepts__end(struct watch *w)
{
	struct accepts *a = w->accepts;

	if (!a)
		return;
	if (a->row)
		judge(a);
	free(a->shares);
	free(a);
	w->accepts = NULL;
}
