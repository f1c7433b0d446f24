// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What happened to the few sockets that matter, around their worst moments. */
#include "moments.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

/* The last events of one socket. */
struct sw_recent {
	struct sw_socket *sk; /* whose it is, to take itself away from it */
	uint64_t count;	      /* events so far: the number of the next */
	struct sw_moment_event events[SW_MOMENT_RECENT]; /* by number, as a ring */
	struct sw_moment_event first; /* the oldest wake-up since data was last taken */
	bool has_first;
	unsigned int followed; /* moments that still take its events */
	struct sw_recent *prev, *next; /* the one that had an event last comes first */
};

struct place {
	struct sw_moment moment; /* n == 0: free */
	const struct sw_finding *of; /* whose severity may still grow */
	uint64_t total_ns;	     /* of a slow wake-up */
	struct sw_recent *follows;   /* NULL: no event belongs to it any more */
	unsigned int left;	     /* events that still belong to it */
};

/* The places of findings come first, those of slow wake-ups behind them. */
#define PLACES (SW_MOMENTS_MAX + SW_MOMENTS_SLOW)

struct sw_moments {
	struct sw_recent *recent; /* a list */
	unsigned int n_recent;
	struct place places[PLACES];
};

struct sw_moments *sw_moments__new(void)
{
	return calloc(1, sizeof(struct sw_moments));
}

static void place__unfollow(struct place *p)
{
	if (p->follows)
		p->follows->followed--;
	p->follows = NULL;
}

static void recent__free(struct sw_moments *m, struct sw_recent *r)
{
	for (unsigned int i = 0; r->followed && i < PLACES; i++)
		if (m->places[i].follows == r)
			place__unfollow(&m->places[i]);
	r->sk->recent = NULL;
	DL_DELETE(m->recent, r);
	m->n_recent--;
	free(r);
}

void sw_moments__free(struct sw_moments *m)
{
	if (!m)
		return;
	while (m->recent)
		recent__free(m, m->recent);
	free(m);
}

void sw_moments__drop(struct sw_moments *m, struct sw_socket *sk)
{
	if (sk->recent)
		recent__free(m, sk->recent);
}

/* Made on first sight, for which the socket that was silent for longest may have to go. */
static struct sw_recent *recent__get(struct sw_moments *m, struct sw_socket *sk)
{
	struct sw_recent *r = sk->recent;

	if (r) {
		DL_DELETE(m->recent, r);
		DL_PREPEND(m->recent, r);
		return r;
	}
	if (m->n_recent == SW_MOMENTS_SOCKETS)
		recent__free(m, m->recent->prev);
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->sk = sk;
	sk->recent = r;
	DL_PREPEND(m->recent, r);
	m->n_recent++;
	return r;
}

static void fill(struct sw_moment_event *e, uint64_t number, const struct sw_told *told)
{
	e->number = number;
	memcpy(&e->ev, told->ev, sizeof(e->ev));
	e->n_woken = told->n_woken;
	for (unsigned int i = 0; i < told->n_woken && i < SW_MOMENT_WOKEN; i++)
		e->woken[i] = told->woken[i];
}

static void copy_socket(struct sw_moment *m, const struct sw_socket *sk)
{
	m->sk = *sk;
	/* The copy owns nothing. */
	memset(&m->sk.hh, 0, sizeof(m->sk.hh));
	memset(&m->sk.shown, 0, sizeof(m->sk.shown));
	m->sk.shown_valid = false;
	m->sk.rendered = NULL;
	m->sk.recent = NULL;
	if (sk->un) {
		m->un = *sk->un;
		m->sk.un = &m->un;
	}
}

static void place__add(struct place *p, const struct sw_moment_event *e)
{
	if (p->moment.n < SW_MOMENT_EVENTS)
		p->moment.events[p->moment.n++] = *e;
}

/* What is remembered from one event before the moment on; if that is long ago, the wake-up
 * that it began with, and the last events. */
static void place__capture(struct place *p, struct sw_recent *r, uint64_t ts)
{
	const struct sw_moment_event *last = &r->events[(r->count - 1) % SW_MOMENT_RECENT];
	uint64_t begin = r->count > SW_MOMENT_RECENT ? r->count - SW_MOMENT_RECENT : 0, i;

	place__unfollow(p);
	copy_socket(&p->moment, r->sk);
	p->moment.ts = ts;
	p->moment.n = 0;
	for (i = begin; i < r->count; i++)
		if (r->events[i % SW_MOMENT_RECENT].ev.hdr.ts >= ts)
			break;
	/* Times may be those of no event: then it is the last ones that matter. */
	if (i < r->count && i > begin)
		begin = i - 1;
	if (r->has_first && r->first.number < begin && r->first.ev.hdr.ts >= ts)
		place__add(p, &r->first);
	for (i = begin; i < r->count; i++)
		place__add(p, &r->events[i % SW_MOMENT_RECENT]);
	p->follows = r;
	p->left = last->ev.hdr.kind == SW_REC_IO ? SW_MOMENT_AFTER_TAKEN : SW_MOMENT_AFTER;
	r->followed++;
}

static void follow(struct sw_moments *m, struct sw_recent *r, const struct sw_moment_event *e)
{
	for (unsigned int i = 0; i < PLACES; i++) {
		struct place *p = &m->places[i];

		if (p->follows != r)
			continue;
		place__add(p, e);
		if (!--p->left)
			place__unfollow(p);
	}
}

/* The place of a slow wake-up: that of its socket, else a free one, else that of the least
 * slow; NULL if it is not slow enough for any. */
static struct place *slow_place(struct sw_moments *m, uint64_t id, uint64_t total_ns)
{
	struct place *least = NULL;

	for (unsigned int i = SW_MOMENTS_MAX; i < PLACES; i++) {
		struct place *p = &m->places[i];

		if (p->moment.n && p->moment.sk.id == id) {
			least = p;
			break;
		}
		if (!least || p->total_ns < least->total_ns)
			least = p;
	}
	return total_ns > least->total_ns ? least : NULL;
}

static void consider_slow(struct sw_moments *m, struct sw_recent *r, const union sw_event *ev)
{
	uint64_t wakeup_ts = 0;
	struct place *p;

	if (ev->hdr.kind == SW_REC_RUN)
		wakeup_ts = ev->run_rec.wakeup_ts;
	else if (ev->hdr.kind == SW_REC_IO && ev->io_rec.result >= 0)
		wakeup_ts = ev->io_rec.wakeup_ts;
	if (!wakeup_ts || wakeup_ts >= ev->hdr.ts)
		return;
	p = slow_place(m, r->sk->id, ev->hdr.ts - wakeup_ts);
	if (!p)
		return;
	p->total_ns = ev->hdr.ts - wakeup_ts;
	place__capture(p, r, wakeup_ts);
}

/* From a wake-up on that nobody has answered yet. */
static void keep_first(struct sw_recent *r, const struct sw_moment_event *e)
{
	bool accepted = e->ev.hdr.kind == SW_REC_WAIT && e->ev.wait.op == SW_OP_ACCEPT;

	if (e->ev.hdr.kind == SW_REC_IO || accepted)
		r->has_first = false;
	if (e->ev.hdr.kind != SW_REC_WAKEUP || r->has_first)
		return;
	r->first = *e;
	r->has_first = true;
}

int sw_moments__feed(struct sw_moments *m, struct sw_socket *sk, const struct sw_told *told)
{
	struct sw_recent *r = recent__get(m, sk);
	struct sw_moment_event *e;

	if (!r)
		return -ENOMEM;
	e = &r->events[r->count % SW_MOMENT_RECENT];
	fill(e, r->count++, told);
	if (r->followed)
		follow(m, r, e);
	consider_slow(m, r, told->ev);
	/* The call that takes the data is still part of what began with them. */
	keep_first(r, e);
	return 0;
}

/* The place of a finding: its own, else a free one, else that of a less severe one. */
static struct place *place_for(struct sw_moments *m, const struct sw_finding *f)
{
	struct place *best = NULL;

	for (unsigned int i = 0; i < SW_MOMENTS_MAX; i++) {
		struct place *p = &m->places[i];

		if (p->of == f)
			return p;
		if (!best || (best->of && (!p->of || p->of->severity < best->of->severity)))
			best = p;
	}
	return !best->of || best->of->severity < f->severity ? best : NULL;
}

void sw_moments__found(void *moments, const struct sw_finding *f, const struct sw_socket *sk)
{
	struct sw_moments *m = moments;
	struct place *p = sk->recent ? place_for(m, f) : NULL;

	if (!p)
		return;
	p->of = f;
	place__capture(p, sk->recent, f->worst_ts);
}

bool sw_moment__is_earlier(const struct sw_moment *m)
{
	return m->n && m->ts && m->ts < m->events[0].ev.hdr.ts;
}

const struct sw_moment *sw_moments__of(const struct sw_moments *m, const struct sw_finding *f)
{
	for (unsigned int i = 0; i < SW_MOMENTS_MAX; i++)
		if (m->places[i].of == f)
			return &m->places[i].moment;
	return NULL;
}

const struct sw_moment *sw_moments__slow(const struct sw_moments *m, unsigned int i)
{
	const struct place *slow = &m->places[SW_MOMENTS_MAX];

	for (unsigned int k = 0; k < SW_MOMENTS_SLOW; k++) {
		unsigned int slower = 0;

		for (unsigned int j = 0; j < SW_MOMENTS_SLOW; j++)
			slower += slow[j].total_ns > slow[k].total_ns ||
				  (slow[j].total_ns == slow[k].total_ns && j < k);
		if (slower == i)
			return slow[k].moment.n ? &slow[k].moment : NULL;
	}
	return NULL;
}

struct sw_told sw_moment_event__told(const struct sw_moment_event *e, union sw_event *ev)
{
	memcpy(ev, &e->ev, sizeof(e->ev));
	return (struct sw_told){.ev = ev, .woken = e->woken, .n_woken = e->n_woken};
}
