// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One trace as it is read: sockets are kept, counts are made, a sink is fed. */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>

#include "timeline.h"

/* Every kind begins with its socket's key, so that it is read at one place. */
#define KIND(id, name, fields)                                             \
	_Static_assert(offsetof(struct sw_rec_##name, sock) ==             \
			       offsetof(struct sw_rec_destroy, sock),      \
		       #name ": sock comes first");
SW_KINDS(KIND)
#undef KIND

struct sw_trace {
	const struct sw_trace_info *info; /* borrowed */
	struct sw_sockets *sockets;
	struct sw_timeline *timeline; /* borrowed; NULL: none */
	sw_trace_sink sink;
	void *arg;

	uint64_t by_kind[SW_REC_COUNT];
	uint64_t malformed;
	uint64_t first_ts, last_ts;

	/* Without a timeline: sockets that were destroyed last, a ring. */
	struct sw_socket *linger[SW_TRACE_LINGER];
	unsigned int linger_at;
};

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
	t->info = info;
	t->sink = sink;
	t->arg = arg;
	return t;
}

void sw_trace__free(struct sw_trace *t)
{
	if (!t)
		return;
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

struct sw_sockets *sw_trace__sockets(struct sw_trace *t)
{
	return t->sockets;
}

static void trace__linger(struct sw_trace *t, struct sw_socket *sk)
{
	struct sw_socket **place = &t->linger[t->linger_at++ % SW_TRACE_LINGER];

	if (*place)
		sw_sockets__drop(t->sockets, *place);
	*place = sk;
}

/* A wake-up, a wait or the end of a socket. */
static int trace__event(struct sw_trace *t, struct sw_socket *sk, const union sw_event *ev)
{
	uint64_t ts = ev->hdr.ts;
	bool ends = ev->hdr.kind == SW_REC_DESTROY && !sk->destroyed;
	int err = 0;

	/* Almost in order is what is promised: the first need not be the earliest. */
	if (!t->first_ts || ts < t->first_ts)
		t->first_ts = ts;
	if (ts > t->last_ts)
		t->last_ts = ts;
	if (!sk->events++ || ts < sk->first_ts)
		sk->first_ts = ts;
	if (ts > sk->last_ts)
		sk->last_ts = ts;
	if (ev->hdr.kind == SW_REC_WAKEUP)
		sk->state = ev->wakeup_rec.state;
	if (ends)
		sk->destroyed = true;

	if (t->timeline)
		sw_timeline__add(t->timeline, sk, ev);
	if (t->sink)
		err = t->sink(t->arg, sk, ev);
	if (ends && !t->timeline)
		trace__linger(t, sk);
	return err;
}

int sw_trace__feed(struct sw_trace *t, const void *rec, size_t len)
{
	struct sw_socket *sk;
	union sw_event ev;

	if (sw_event__decode(rec, len, &ev)) {
		t->malformed++;
		return 0;
	}
	sk = sw_sockets__get(t->sockets, ev.destroy_rec.sock);
	if (!sk)
		return -ENOMEM;
	t->by_kind[ev.hdr.kind]++;
	switch (ev.hdr.kind) {
	case SW_REC_SOCKET:
		return sw_socket__learn(sk, &ev.socket_rec);
	case SW_REC_UNIX:
		return sw_socket__learn_unix(sk, &ev.unix_rec);
	default:
		return trace__event(t, sk, &ev);
	}
}

void sw_trace__totals(const struct sw_trace *t, struct sw_trace_totals *out)
{
	*out = (struct sw_trace_totals){
		.malformed = t->malformed,
		.sockets = sw_sockets__seen(t->sockets),
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
}
