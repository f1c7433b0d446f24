// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One trace as it is read: sockets are kept, counts are made, a sink is fed. */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"

/*
 * Wake-ups that wait for the tasks that they woke.  A WOKEN record's time is its
 * wake-up's and one, so that none is to come once the time has gone beyond that;
 * as many as CPUs wake something within a nanosecond may be held at once.
 */
#define HELD 8
/* Of one wake-up: no more than these are kept together, whatever a file says. */
#define WOKEN_MAX 4096

struct held {
	struct sw_socket *sk; /* alive, so that nobody drops it */
	union sw_event ev;
	struct sw_rec_woken *woken; /* owned; its room is used again */
	unsigned int n_woken, cap;
};

struct sw_trace {
	const struct sw_trace_info *info; /* borrowed */
	struct sw_sockets *sockets;
	struct sw_timeline *timeline; /* borrowed; NULL: none */
	sw_trace_sink sink;
	void *arg;
	sw_trace_filter wants; /* NULL: all is wanted */
	void *wants_arg;

	uint64_t by_kind[SW_REC_COUNT];
	uint64_t malformed, late;
	uint64_t fed_ts; /* of the records so far, the latest */
	uint64_t first_ts, last_ts;

	struct held places[HELD];
	struct held *held[HELD]; /* all of `places`: the first n_held in use, by time */
	unsigned int n_held;

	/* Without a timeline: sockets that were destroyed last, a ring. */
	struct sw_socket *linger[SW_TRACE_LINGER];
	unsigned int linger_at;
};

static bool trace__full(void *arg)
{
	struct sw_trace *t = arg;

	return t->timeline && sw_timeline__drop_one(t->timeline);
}

/* Else a socket that is gone cannot be told from one that is idle. */
static bool sees_ends(const struct sw_trace_info *info)
{
	bool sees = !info->n_hooks;

	for (unsigned int i = 0; i < info->n_hooks; i++) {
		const char *attach = info->hooks[i].attach ?: "none";

		if (sw_cause_of((uint8_t)i) == SW_CAUSE_DESTROY && strcmp(attach, "none"))
			sees = true;
	}
	return sees;
}

bool sw_trace__sees_ends(const struct sw_trace *t)
{
	return sees_ends(t->info);
}

struct sw_trace *sw_trace__new(const struct sw_trace_info *info, sw_trace_sink sink, void *arg)
{
	struct sw_trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->sockets = sw_sockets__new();
	if (!t->sockets) {
		free(t);
		return NULL;
	}
	sw_sockets__on_full(t->sockets, trace__full, t);
	if (!sees_ends(info))
		sw_sockets__limit(t->sockets, SW_SOCKETS_ENDLESS);
	t->info = info;
	t->sink = sink;
	t->arg = arg;
	for (unsigned int i = 0; i < HELD; i++)
		t->held[i] = &t->places[i];
	return t;
}

void sw_trace__free(struct sw_trace *t)
{
	if (!t)
		return;
	for (unsigned int i = 0; i < HELD; i++)
		free(t->places[i].woken);
	sw_sockets__free(t->sockets);
	free(t);
}

void sw_trace__set_timeline(struct sw_trace *t, struct sw_timeline *tl)
{
	struct sw_socket *sk, *next;

	if (t->timeline == tl)
		return;
	t->timeline = tl;
	/* What sockets know of another timeline is void, and so is their lingering. */
	memset(t->linger, 0, sizeof(t->linger));
	for (sk = sw_sockets__next(t->sockets, NULL); sk; sk = next) {
		next = sw_sockets__next(t->sockets, sk);
		sk->kept = 0;
		if (sk->destroyed)
			sw_sockets__drop(t->sockets, sk);
	}
}

void sw_trace__set_filter(struct sw_trace *t, sw_trace_filter wants, void *arg)
{
	t->wants = wants;
	t->wants_arg = arg;
}

struct sw_sockets *sw_trace__sockets(struct sw_trace *t)
{
	return t->sockets;
}

const struct sw_trace_info *sw_trace__info(const struct sw_trace *t)
{
	return t->info;
}

static void trace__linger(struct sw_trace *t, struct sw_socket *sk)
{
	struct sw_socket **place = &t->linger[t->linger_at++ % SW_TRACE_LINGER];

	if (*place)
		sw_sockets__drop(t->sockets, *place);
	*place = sk;
}

/* Counts one record that happened to a socket, and stores it. */
static void trace__keep(struct sw_trace *t, struct sw_socket *sk, const union sw_event *ev)
{
	uint64_t ts = ev->hdr.ts;

	/* Almost in order is what is promised: the first need not be the earliest. */
	if (!t->first_ts || ts < t->first_ts)
		t->first_ts = ts;
	if (ts > t->last_ts)
		t->last_ts = ts;
	if (!sk->events++ || ts < sk->first_ts)
		sk->first_ts = ts;
	if (ts > sk->last_ts)
		sk->last_ts = ts;
	if (t->timeline)
		sw_timeline__add(t->timeline, sk, ev);
}

static int trace__tell(struct sw_trace *t, struct sw_socket *sk, struct sw_told *told)
{
	const union sw_event *ev = told->ev;
	bool ends = ev->hdr.kind == SW_REC_DESTROY && !sk->destroyed;
	int err = 0;

	if (ev->hdr.kind == SW_REC_WAKEUP)
		sk->state = ev->wakeup_rec.state;
	if (ends)
		sk->destroyed = true;
	if (t->wants && !t->wants(t->wants_arg, sk, told))
		goto unwanted;
	t->by_kind[ev->hdr.kind]++;
	trace__keep(t, sk, ev);
	for (unsigned int i = 0; i < told->n_woken; i++) {
		union sw_event woken = { .woken_rec = told->woken[i] };

		t->by_kind[SW_REC_WOKEN]++;
		trace__keep(t, sk, &woken);
	}
	if (t->sink)
		err = t->sink(t->arg, sk, told);
	sw_sockets__shown(t->sockets, sk);
unwanted:
	if (ends && !t->timeline)
		trace__linger(t, sk);
	return err;
}

/* Tells the i-th of those held, which is one no longer. */
static int trace__let_go(struct sw_trace *t, unsigned int i)
{
	struct held *h = t->held[i];
	struct sw_told told = { &h->ev, h->n_woken ? h->woken : NULL, h->n_woken };

	h->sk->holds--;
	t->n_held--;
	memmove(&t->held[i], &t->held[i + 1], (t->n_held - i) * sizeof(h));
	t->held[t->n_held] = h;
	return trace__tell(t, h->sk, &told);
}

/* Tells those held whose WOKEN records would be older than `ts`. */
static int trace__pass(struct sw_trace *t, uint64_t ts)
{
	int err = 0;

	while (!err && t->n_held && t->held[0]->ev.hdr.ts < ts &&
	       ts - t->held[0]->ev.hdr.ts > 1)
		err = trace__let_go(t, 0);
	return err;
}

static int trace__let_all_go(struct sw_trace *t)
{
	int err = 0;

	while (!err && t->n_held)
		err = trace__let_go(t, 0);
	return err;
}

static int trace__hold(struct sw_trace *t, struct sw_socket *sk, const union sw_event *ev)
{
	struct held *h;
	unsigned int i;
	int err;

	if (t->n_held == HELD) {
		err = trace__let_go(t, 0);
		if (err)
			return err;
	}
	h = t->held[t->n_held];
	h->sk = sk;
	sk->holds++;
	h->ev.wakeup_rec = ev->wakeup_rec;
	h->n_woken = 0;
	for (i = t->n_held; i && t->held[i - 1]->ev.hdr.ts > ev->hdr.ts; i--)
		t->held[i] = t->held[i - 1];
	t->held[i] = h;
	t->n_held++;
	return 0;
}

static int held__join(struct held *h, const struct sw_rec_woken *woken)
{
	if (h->n_woken == h->cap) {
		unsigned int cap = h->cap ? h->cap * 2 : 4;
		void *more = realloc(h->woken, cap * sizeof(*h->woken));

		if (!more)
			return -ENOMEM;
		h->woken = more;
		h->cap = cap;
	}
	h->woken[h->n_woken++] = *woken;
	return 0;
}

static int trace__woken(struct sw_trace *t, struct sw_socket *sk, const union sw_event *ev)
{
	struct sw_told told = { .ev = ev };

	for (unsigned int i = 0; i < t->n_held; i++) {
		struct held *h = t->held[i];
		int err;

		if (h->sk != sk || h->ev.hdr.ts != ev->woken_rec.wakeup_ts)
			continue;
		if (h->n_woken < WOKEN_MAX)
			return held__join(h, &ev->woken_rec);
		err = trace__let_go(t, i);
		if (err)
			return err;
		break;
	}
	return trace__tell(t, sk, &told);
}

static int trace__event(struct sw_trace *t, struct sw_socket *sk, const union sw_event *ev)
{
	struct sw_told told = { .ev = ev };

	if (ev->hdr.kind == SW_REC_WOKEN)
		return trace__woken(t, sk, ev);
	/* One that was overtaken by the end of its socket may be dropped any time. */
	if (ev->hdr.kind == SW_REC_WAKEUP && !sk->destroyed)
		return trace__hold(t, sk, ev);
	return trace__tell(t, sk, &told);
}

int sw_trace__feed(struct sw_trace *t, const void *rec, size_t len)
{
	struct sw_socket *sk;
	union sw_event ev;
	int err;

	if (sw_event__decode(rec, len, &ev)) {
		t->malformed++;
		return 0;
	}
	if (ev.hdr.ts < t->fed_ts)
		t->late++;
	else
		t->fed_ts = ev.hdr.ts;
	/* Before the socket is looked up, as telling may drop some. */
	err = ev.hdr.kind == SW_REC_DESTROY ? trace__let_all_go(t) : trace__pass(t, ev.hdr.ts);
	if (err)
		return err;
	sk = sw_sockets__get(t->sockets, ev.destroy_rec.sock);
	if (!sk)
		return -ENOMEM;
	switch (ev.hdr.kind) {
	case SW_REC_SOCKET:
		t->by_kind[SW_REC_SOCKET]++;
		return sw_socket__learn(sk, &ev.socket_rec);
	case SW_REC_UNIX:
		t->by_kind[SW_REC_UNIX]++;
		return sw_socket__learn_unix(sk, &ev.unix_rec);
	default:
		return trace__event(t, sk, &ev);
	}
}

int sw_trace__settle(struct sw_trace *t, uint64_t until)
{
	return until == UINT64_MAX ? trace__let_all_go(t) : trace__pass(t, until);
}

/* Of a record that cannot be read nobody knows what it told. */
static void count_lost_kinds(const struct sw_trace *t, struct sw_trace_totals *out)
{
	out->lost_ends = out->lost_deeds = out->malformed;
	for (unsigned int i = 0; i < t->info->n_hooks; i++)
		for (unsigned int k = 0; k < SW_LOST_COUNT; k++) {
			if (!t->info->hooks[i].count.lost[k] || k == SW_LOST_ORIGINS ||
			    k == SW_LOST_STACKS)
				continue;
			if (sw_cause_of((uint8_t)i) == SW_CAUSE_DESTROY)
				out->lost_ends = true;
			else
				out->lost_deeds = true;
		}
}

void sw_trace__totals(const struct sw_trace *t, struct sw_trace_totals *out)
{
	*out = (struct sw_trace_totals){
		.malformed = t->malformed,
		.late = t->late,
		.sockets = sw_sockets__seen(t->sockets),
		.forgotten = sw_sockets__forgotten(t->sockets),
		.first_ts = t->first_ts,
		.last_ts = t->last_ts,
	};
	memcpy(out->by_kind, t->by_kind, sizeof(out->by_kind));
	for (unsigned int i = 0; i < t->info->n_hooks; i++) {
		const struct sw_count *c = &t->info->hooks[i].count;

		out->hits += c->hits;
		out->delivered += c->delivered;
		out->filtered += c->filtered;
		for (unsigned int k = 0; k < SW_LOST_COUNT; k++) {
			out->lost[k] += c->lost[k];
			out->lost_all += c->lost[k];
		}
	}
	out->complete = !out->lost_all && !out->malformed;
	count_lost_kinds(t, out);
}
