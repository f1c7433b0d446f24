// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Tasks that try again and again and never get anything: spin.  The kernel half tells
 * of the 100th, 1000th, … such call in a row.
 */
#include <errno.h>

#include "finder.h"

#define FIRST_TOLD 100
/* It goes on for so long; a program may well ask a thousand times within a few milliseconds,
 * or on a slow machine tens of them, as it knows that the answer is near. */
#define LEAST_NS 100000000ULL
/* Calls that are further apart on average are a program's patience, no spinning. */
#define APART_NS 10000000ULL

#define STATE_ESTABLISHED 1
#define STATE_LISTEN 10

static bool is_over(const struct sw_socket *sk)
{
	return sk->state && sk->state != STATE_ESTABLISHED && sk->state != STATE_LISTEN;
}

static enum sw_finding_case case_of(const struct sw_rec_io *r, const struct sw_socket *sk)
{
	if (r->op == SW_OP_POLL)
		return r->hdr.flags & SW_F_HUNG_UP || is_over(sk) ? SW_CASE_SPIN_HUNG_UP :
								    SW_CASE_SPIN_READY;
	if (r->op == SW_OP_ACCEPT && (r->result == -EMFILE || r->result == -ENFILE))
		return SW_CASE_SPIN_NO_FILES;
	if (r->result == -EAGAIN)
		return SW_CASE_SPIN_NOT_READY;
	return r->result < 0 ? SW_CASE_SPIN_FAILED : SW_CASE_SPIN_AT_END;
}

/* Of the same row of calls, each ten times as many, one is counted: the first that went
 * on for long enough. */
static bool is_first(struct watch *w, uint64_t begin)
{
	if (w->spun_since == begin)
		return false;
	w->spun_since = begin;
	return true;
}

int spin__io(struct sw_finder *f, const struct sighting *s)
{
	const struct sw_rec_io *r = &s->ev->io_rec;
	struct hit hit = {
		.what = case_of(r, s->sk),
		.severity = SW_WARNING,
		.worst = r->tries,
		.ts = r->hdr.ts,
		.task = task_of(r->pid, r->tid, r->comm),
		.within_ns = since(r->hdr.ts, r->begin),
	};
	struct row *row;
	int err;

	if (!s->watch || r->tries < FIRST_TOLD || hit.within_ns < LEAST_NS ||
	    hit.within_ns / r->tries > APART_NS)
		return 0;
	hit.n = is_first(s->watch, r->begin);
	row = finder__row(f, s->watch, s->sk, SW_FINDING_SPIN, &hit.task);
	if (!row)
		return -ENOMEM;
	err = row__hit(row, s->sk, &hit);
	return err ? err : row__name(row, &hit.task);
}
