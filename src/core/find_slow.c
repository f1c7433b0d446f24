// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Tasks that were woken and came late: slow-run, slow-read. */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

/* --- slow-run --- */

/* So many times the limit is no mere delay. */
#define SLOW_RUN_CRITICAL 100
/*
 * On a machine that is in use some wake-up out of thousands comes late.  It matters if
 * that is one in so many of those that ran tasks of this name, or so many times the limit.
 */
#define ONE_IN 100
#define ONCE_TIMES 10

static uint64_t name_key(const char comm[SW_COMM_LEN])
{
	return finder__hash(HASH_BEGIN, comm, strnlen(comm, SW_COMM_LEN));
}

static struct runs *runs__find(const struct sw_finder *f, uint64_t key)
{
	struct runs *runs;

	HASH_FIND(hh, f->runs, &key, sizeof(key), runs);
	return runs;
}

static int count_run(struct sw_finder *f, const char comm[SW_COMM_LEN], bool slow)
{
	uint64_t key = name_key(comm);
	struct runs *runs = runs__find(f, key);

	if (!runs && HASH_COUNT(f->runs) < SW_RUNS_MAX) {
		runs = calloc(1, sizeof(*runs));
		if (!runs)
			return -ENOMEM;
		runs->key = key;
		HASH_ADD(hh, f->runs, key, sizeof(runs->key), runs);
		if (!runs->hh.tbl) {
			free(runs);
			return -ENOMEM;
		}
	}
	if (runs) {
		runs->count++;
		runs->slow += slow;
	}
	return 0;
}

void runs__free(struct sw_finder *f)
{
	struct runs *runs, *next;

	HASH_ITER(hh, f->runs, runs, next) {
		HASH_DEL(f->runs, runs);
		free(runs);
	}
}

bool slow_run__matters(const struct sw_finder *f, const struct sw_finding *told)
{
	const struct runs *runs = runs__find(f, name_key(told->worst_task.comm));

	return !runs || runs->slow * ONE_IN >= runs->count ||
	       told->worst / ONCE_TIMES >= f->limits.slow_run_ns;
}

/*
 * Who was woken on the way to sleep has run, for the scheduler, at that moment; when it
 * was on a CPU again shows in the end of its wait.
 */
int slow_run__wait(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_wait *r = &s->ev->wait_rec;

	if (r->wakeup_ts && r->ended == SW_ENDED_WAKEUP)
		ran__note(f, &(struct ran){r->pid, r->tid, r->wakeup_ts, r->end});
	return 0;
}

int slow_run__run(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_run *r = &s->ev->run_rec;
	struct hit hit = {
		.what = SW_CASE_SLOW_RUN_LATE,
		.severity = SW_WARNING,
		.worst = since(r->hdr.ts, r->woken_ts),
		.ts = r->hdr.ts,
		.n = 1,
		.task = task_of(r->pid, r->tid, r->comm),
	};
	bool slow = hit.worst >= f->limits.slow_run_ns;
	int err = count_run(f, r->comm, slow);

	ran__note(f, &(struct ran){r->pid, r->tid, r->woken_ts, r->hdr.ts});
	if (err || !slow)
		return err;
	if (hit.worst / SLOW_RUN_CRITICAL >= f->limits.slow_run_ns)
		hit.severity = SW_CRITICAL;
	return finder__found(f, s->watch, s->sk, &hit);
}

/* --- slow-read --- */

/*
 * Since when the task could have taken it.  If another has taken data since the
 * wake-up, what there is now came later.
 */
static uint64_t could_since(const struct sw_finder *f, const struct sighting *s)
{
	const struct unread *u = s->watch ? &s->watch->unread : NULL;
	const struct sw_rec_io *r = &s->ev->io_rec;
	const struct ran *ran = ran__of(f, r->pid, r->tid);
	uint64_t run_ts = r->run_ts;

	if (ran && ran->woken_ts == r->wakeup_ts && ran->run_ts > run_ts)
		run_ts = ran->run_ts;
	if (r->op != SW_OP_RECV || !u || u->taken_ts <= r->wakeup_ts)
		return run_ts;
	return !u->ts ? r->hdr.ts : u->ts > run_ts ? u->ts : run_ts;
}

/* One that lost its CPU for most of that time is the machine's matter, not its own. */
static bool is_slow(const struct sw_finder *f, const struct hit *hit)
{
	const struct sw_meanwhile *m = &hit->meanwhile;
	bool preempted = m->known &&
			 since(hit->off_ns, m->slept_ns + m->stopped_ns) * 2 >= hit->worst;

	return hit->worst / (preempted ? BUSY_TIMES : 1) >= f->limits.slow_read_ns;
}

/*
 * Not of a send: who was woken as there is room, or for something else, may have
 * nothing to send for as long as it likes.  And the end of a stream is no data.
 */
int slow_read__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct hit hit = {
		.what = SW_CASE_SLOW_READ_WORKED,
		.severity = SW_WARNING,
		.worst = since(r->hdr.ts, could_since(f, s)),
		.ts = r->hdr.ts,
		.n = 1,
		.task = task_of(r->pid, r->tid, r->comm),
		.off_ns = r->off_ns,
	};

	hit.meanwhile = meanwhile_of(f, r, r->run_ts);
	if (!r->run_ts || r->result < 0 || (r->op != SW_OP_RECV && r->op != SW_OP_ACCEPT) ||
	    (r->op == SW_OP_RECV && !r->result) || !is_slow(f, &hit) ||
	    !recent__answered_by(recent__find(s->watch, r->wakeup_ts), r->op))
		return 0;
	if (r->off_ns * 2 >= hit.worst)
		hit.what = SW_CASE_SLOW_READ_OFF_CPU;
	return finder__found(f, s->watch, s->sk, &hit);
}
