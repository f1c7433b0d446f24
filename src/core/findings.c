// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Gathers what the checks find, and says what it is called. */
#include "finder.h"

#include <errno.h>
#include <stdlib.h>

static const struct {
	const char *name, *meaning, *advice;
	enum sw_finding_unit unit;
} kinds[SW_FINDING_COUNT] = {
#define FINDING(id, name, unit, meaning, advice) \
	[SW_FINDING_##id] = { #name, meaning, advice, SW_UNIT_##unit },
	SW_FINDINGS(FINDING)
#undef FINDING
};

static const struct {
	uint8_t record;
	finder_check check;
} checks[] = {
#define CHECK(record, finding, function) { SW_REC_##record, function },
	SW_CHECKS(CHECK)
#undef CHECK
};

const char *sw_finding_name(enum sw_finding_kind kind)
{
	return kinds[kind].name;
}

enum sw_finding_unit sw_finding_unit(enum sw_finding_kind kind)
{
	return kinds[kind].unit;
}

const char *sw_finding_meaning(enum sw_finding_kind kind)
{
	return kinds[kind].meaning;
}

const char *sw_finding_advice(enum sw_finding_kind kind)
{
	return kinds[kind].advice;
}

const char *sw_severity_name(enum sw_severity severity)
{
	static const char *const names[] = {
		[SW_INFO] = "info", [SW_WARNING] = "warning", [SW_CRITICAL] = "critical",
	};

	return names[severity];
}

enum sw_cause cause_of(const struct sw_rec_wakeup *r)
{
	static const uint8_t causes[SW_HOOK_COUNT] = {
#define HOOK(id, name, cause, dflt) [SW_HOOK_##id] = SW_CAUSE_##cause,
		SW_HOOKS(HOOK)
#undef HOOK
	};

	return causes[r->hdr.hook];
}

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

/* --- what was found --------------------------------------------------------------- */

static struct row *row__new(struct sw_finder *f, enum sw_finding_kind kind, uint64_t key)
{
	struct row *row;

	if (f->n_rows == f->cap) {
		unsigned int cap = f->cap ? f->cap * 2 : 16;
		void *more = realloc(f->list, cap * sizeof(*f->list));

		if (!more)
			return NULL;
		f->list = more;
		f->cap = cap;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->key = key;
	row->told.kind = kind;
	HASH_ADD(hh, f->rows, key, sizeof(row->key), row);
	if (!row->hh.tbl) {
		free(row);
		return NULL;
	}
	f->list[f->n_rows++] = row;
	return row;
}

#define KIND_BITS 4
_Static_assert(SW_FINDING_COUNT <= 1 << KIND_BITS, "a kind fits its bits of a key");

struct row *finder__row(struct sw_finder *f, enum sw_finding_kind kind,
			const struct sw_socket *sk)
{
	uint64_t key = sk->id << KIND_BITS | kind;
	struct row *row;

	HASH_FIND(hh, f->rows, &key, sizeof(key), row);
	if (!row && f->n_rows >= SW_FINDINGS_MAX) {
		/* The one of all other sockets: no socket has the id 0. */
		key = kind;
		HASH_FIND(hh, f->rows, &key, sizeof(key), row);
		return row ? row : row__new(f, kind, key);
	}
	if (!row) {
		row = row__new(f, kind, key);
		if (!row)
			return NULL;
		row->told.socket = sk->id;
		row->renamed = ~sk->renamed;
	}
	if (row->renamed != sk->renamed) {
		if (sw_socket__describe(sk, row->told.name))
			return NULL;
		row->renamed = sk->renamed;
	}
	return row;
}

void row__hit(struct row *row, const struct hit *hit, uint64_t n)
{
	struct sw_finding *told = &row->told;

	if (!told->count || hit->worst > told->worst) {
		told->worst = hit->worst;
		told->worst_ts = hit->ts;
		told->worst_task = hit->task;
		told->off_ns = hit->off_ns;
		told->others = hit->others;
	}
	if (hit->severity > told->severity)
		told->severity = hit->severity;
	told->count += n;
}

int row__reserve(struct row *row)
{
	if (!row->more)
		row->more = malloc(SW_FINDING_MORE * sizeof(*row->more));
	return row->more ? 0 : -ENOMEM;
}

int row__name(struct row *row, const struct sw_finding_task *task)
{
	struct sw_finding *told = &row->told;
	uint64_t key = (uint64_t)task->pid << 32 | task->tid;
	unsigned int i;

	for (i = 0; i < told->n_tasks; i++)
		if (told->tasks[i].pid == task->pid && told->tasks[i].tid == task->tid)
			return 0;
	if (told->n_tasks < SW_FINDING_TASKS) {
		told->tasks[told->n_tasks++] = *task;
		return 0;
	}
	for (i = 0; i < told->more_tasks; i++)
		if (row->more[i] == key)
			return 0;
	if (told->more_tasks == SW_FINDING_MORE)
		return 0;
	if (row__reserve(row))
		return -ENOMEM;
	row->more[told->more_tasks++] = key;
	return 0;
}

int finder__found(struct sw_finder *f, enum sw_finding_kind kind, const struct sw_socket *sk,
		  const struct hit *hit)
{
	struct row *row = finder__row(f, kind, sk);

	if (!row)
		return -ENOMEM;
	row__hit(row, hit, 1);
	return hit->task.tid ? row__name(row, &hit->task) : 0;
}

/* --- sockets ---------------------------------------------------------------------- */

/* *out is NULL, without an error, where there are too many, or this one is gone. */
static int watch__get(struct sw_finder *f, const struct sw_socket *sk, struct watch **out)
{
	struct watch *w = f->last;

	if (!w || w->id != sk->id) {
		HASH_FIND(hh, f->watched, &sk->id, sizeof(sk->id), w);
		if (!w && !sk->destroyed && HASH_COUNT(f->watched) < SW_WATCHED_MAX) {
			w = calloc(1, sizeof(*w));
			if (!w)
				return -ENOMEM;
			w->id = sk->id;
			HASH_ADD(hh, f->watched, id, sizeof(w->id), w);
			if (!w->hh.tbl) {
				free(w);
				return -ENOMEM;
			}
		}
		f->last = w;
	}
	*out = w;
	return 0;
}

static void watch__drop(struct sw_finder *f, struct watch *w)
{
	if (f->last == w)
		f->last = NULL;
	accepts__end(w);
	HASH_DEL(f->watched, w);
	free(w->recent);
	free(w);
}

void sw_finder__free(struct sw_finder *f)
{
	struct watch *w, *next_watch;
	struct row *row, *next_row;

	if (!f)
		return;
	/* The last of each takes the table itself with it. */
	HASH_ITER(hh, f->watched, w, next_watch)
		watch__drop(f, w);
	HASH_ITER(hh, f->rows, row, next_row) {
		HASH_DEL(f->rows, row);
		free(row->more);
		free(row);
	}
	free(f->list);
	free(f);
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

	if (told->ev->hdr.kind == SW_REC_DESTROY) {
		if (!err && s.watch)
			watch__drop(f, s.watch);
		return err;
	}
	for (const finder_check *c = f->checks[told->ev->hdr.kind]; !err && *c; c++)
		err = (*c)(f, &s);
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct sw_finding *x = &(*(struct row *const *)a)->told;
	const struct sw_finding *y = &(*(struct row *const *)b)->told;

	/* What was looked at and found to be well goes last, and is not told of. */
	if (!x->count != !y->count)
		return x->count ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->worst != y->worst)
		return x->worst > y->worst ? -1 : 1;
	return x->socket < y->socket ? -1 : x->socket > y->socket;
}

unsigned int sw_finder__end(struct sw_finder *f, const struct sw_finding *const **out)
{
	unsigned int n = f->n_rows;
	struct watch *w;

	for (w = f->watched; w; w = w->hh.next)
		accepts__end(w);
	if (n) /* qsort() may not be given NULL */
		qsort(f->list, n, sizeof(*f->list), compare);
	while (n && !f->list[n - 1]->told.count)
		n--;
	*out = (const struct sw_finding *const *)(void *)f->list;
	return n;
}
