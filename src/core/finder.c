// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Keeps what is known of each socket, and has the checks look at each record. */
#include "finder.h"

#include <errno.h>
#include <stdlib.h>

static const struct {
	uint8_t record;
	finder_check check;
} checks[] = {
#define CHECK(record, function) { SW_REC_##record, function },
	SW_CHECKS(CHECK)
#undef CHECK
};

typedef int (*finder_ending)(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
			     uint64_t now);

static const finder_ending endings[] = {
#define ENDING(function) function,
	SW_ENDINGS(ENDING)
#undef ENDING
};

struct sw_finder *sw_finder__new(const struct sw_thresholds *t)
{
	struct sw_finder *f = calloc(1, sizeof(*f));
	unsigned int n[SW_REC_COUNT] = {0};

	if (!f)
		return NULL;
	f->limits = (struct sw_thresholds){
		.slow_run_ns = t->slow_run_ns ?: SW_SLOW_RUN_NS,
		.slow_read_ns = t->slow_read_ns ?: SW_SLOW_READ_NS,
		.stuck_ns = t->stuck_ns ?: SW_STUCK_NS,
		.write_stall_ns = t->write_stall_ns ?: SW_WRITE_STALL_NS,
		.backlog_percent = t->backlog_percent ?: SW_BACKLOG_PERCENT,
	};
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		f->checks[checks[i].record][n[checks[i].record]++] = checks[i].check;
	return f;
}

void sw_finder__set_trace(struct sw_finder *f, struct sw_trace *t)
{
	f->sockets = sw_trace__sockets(t);
	f->ends_unseen = !sw_trace__sees_ends(t);
}

void sw_finder__on_worst(struct sw_finder *f, sw_finder_hook hook, void *arg)
{
	f->on_worst = hook;
	f->on_worst_arg = arg;
}

void sw_finder__free(struct sw_finder *f)
{
	struct watch *w, *next;

	if (!f)
		return;
	/* The last one takes the table itself with it. */
	HASH_ITER(hh, f->watched, w, next)
		watch__drop(f, w);
	rows__free(f);
	runs__free(f);
	free(f);
}

static int watch__judge(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
			uint64_t now)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(endings) / sizeof(*endings); i++)
		err = endings[i](f, w, sk, now);
	return err;
}

/* Who has to do with it, to be named where a record does not name anybody. */
static void watch__learn_owner(struct watch *w, const struct sighting *s)
{
	const union sw_event *ev = s->ev;

	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		for (unsigned int i = 0; i < s->n_woken; i++)
			if (!(s->woken[i].hdr.flags & SW_F_AWAKE))
				w->owner = task_of(s->woken[i].pid, s->woken[i].tid,
						   s->woken[i].comm);
		break;
	case SW_REC_WAIT:
		w->owner = task_of(ev->wait_rec.pid, ev->wait_rec.tid, ev->wait_rec.comm);
		break;
	case SW_REC_IO:
		w->owner = task_of(ev->io_rec.pid, ev->io_rec.tid, ev->io_rec.comm);
		break;
	default:
		break;
	}
}

int sw_finder__feed(struct sw_finder *f, const struct sw_socket *sk, const struct sw_told *told)
{
	struct sighting s = {
		.sk = sk,
		.ev = told->ev,
		.woken = told->woken,
		.n_woken = told->n_woken,
	};
	int err = watch__get(f, sk, &s.watch);

	finder__learn_service(f, sk);
	if (told->ev->hdr.ts > f->last_ts)
		f->last_ts = told->ev->hdr.ts;
	if (told->ev->hdr.kind == SW_REC_DESTROY) {
		if (err || !s.watch)
			return err;
		err = watch__judge(f, s.watch, sk, told->ev->hdr.ts);
		watch__drop(f, s.watch);
		return err;
	}
	for (const finder_check *c = f->checks[told->ev->hdr.kind]; !err && *c; c++)
		err = (*c)(f, &s);
	if (!err && s.watch)
		watch__learn_owner(s.watch, &s);
	return err;
}

uint64_t sw_finder__unwatched(const struct sw_finder *f)
{
	return f->unwatched;
}

void sw_finder__forget(struct sw_finder *f, const struct sw_socket *sk)
{
	struct watch *w = finder__watch(f, sk->id);

	if (w)
		watch__drop(f, w);
}

int sw_finder__end(struct sw_finder *f, uint64_t end_ns, const struct sw_trace_totals *totals)
{
	uint64_t now = end_ns > f->last_ts ? end_ns : f->last_ts;
	struct watch *w, *next;
	int err = 0;

	f->ended = true;
	if (totals) {
		f->lost_deeds = totals->lost_deeds;
		f->ends_unseen |= totals->lost_ends;
	}
	HASH_ITER(hh, f->watched, w, next) {
		const struct sw_socket *sk = f->sockets ? sw_sockets__find(f->sockets, w->key) : NULL;

		/* Of one that the trace has dropped not even the name is known. */
		if (sk && !err)
			err = watch__judge(f, w, sk, now);
		watch__drop(f, w);
	}
	return err;
}

/* Of some kinds only what was found again and again, or is bad, is worth telling. */
static bool matters(const struct sw_finder *f, const struct sw_finding *told)
{
	if (told->kind == SW_FINDING_HERD)
		return herd__matters(told);
	return told->kind != SW_FINDING_SLOW_RUN || slow_run__matters(f, told);
}

unsigned int sw_finder__findings(struct sw_finder *f, const struct sw_finding *const **out)
{
	return rows__sort(f, matters, out);
}
