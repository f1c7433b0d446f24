// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One JSON object a line. The names are a contract: more may be added, none changed. */
#include "render.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/names.h"
#include "words.h"

static struct sw_json ndjson__begin(struct sw_buf *out, const char *type)
{
	struct sw_json j = { .out = out };

	sw_json__open(&j, NULL, '{');
	sw_json__str(&j, "type", type);
	return j;
}

static void ndjson__end(struct sw_json *j)
{
	sw_json__close(j, '}');
	sw_buf__putc(j->out, '\n');
}

static void put_part(struct sw_json *j, const char *key, struct sw_buf *raw,
		     const struct sw_socket *sk,
		     void (*part)(const struct sw_socket *sk, struct sw_buf *b))
{
	sw_buf__reset(raw);
	part(sk, raw);
	if (raw->failed)
		j->out->failed = true;
	else
		sw_json__bytes(j, key, raw->data, raw->len);
}

/* The members that name a socket. They change rarely, so they are kept with it. */
static void socket__members(struct sw_socket *sk)
{
	struct sw_json j = { .out = &sk->shown };
	struct sw_buf raw = { 0 };

	sw_buf__reset(&sk->shown);
	sw_json__u64(&j, "socket", sk->id);
	if (sk->cookie)
		sw_json__u64(&j, "cookie", sk->cookie);
	sw_json__u64(&j, "inode", sk->inode);
	if (sk->known) {
		put_part(&j, "family", &raw, sk, sw_socket__family);
		put_part(&j, "proto", &raw, sk, sw_socket__proto);
		put_part(&j, "local", &raw, sk, sw_socket__local);
		put_part(&j, "remote", &raw, sk, sw_socket__remote);
		sw_json__u64(&j, "netns", sk->netns);
	} else {
		sw_json__bool(&j, "known", false);
	}
	sw_buf__free(&raw);
	sk->shown_valid = !sk->shown.failed;
}

static void put_socket(struct sw_buf *out, struct sw_socket *sk)
{
	if (!sk->shown_valid)
		socket__members(sk);
	if (sk->shown.failed)
		out->failed = true;
	else
		sw_buf__put(out, sk->shown.data, sk->shown.len);
}

static void put_task(struct sw_json *j, uint32_t pid, uint32_t tid,
		     const char comm[SW_COMM_LEN])
{
	sw_json__u64(j, "pid", pid);
	sw_json__u64(j, "tid", tid);
	sw_json__str(j, "comm", comm);
}

/*
 * Wake-ups may come a million times a second, so their line is put together
 * from pieces whose lengths the compiler knows.  A word is one of ours: it
 * needs no escaping.
 */
#define PIECE(out, text) sw_buf__put(out, text, sizeof(text) - 1)
#define NUMBER(out, before, n)            \
	do {                              \
		PIECE(out, before);       \
		sw_buf__u64(out, n);      \
	} while (0)
#define WORD(out, before, word)           \
	do {                              \
		PIECE(out, before "\"");  \
		sw_buf__puts(out, word);  \
		PIECE(out, "\"");         \
	} while (0)

static void put_state(struct sw_buf *out, const struct sw_socket *sk, unsigned int state)
{
	const char *name = sw_socket__state_name(sk, state);

	if (name) {
		WORD(out, ",\"state\":", name);
	} else {
		NUMBER(out, ",\"state\":\"", state);
		PIECE(out, "\"");
	}
}

static void put_waker(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	NUMBER(out, ",\"waker\":{\"pid\":", r->pid);
	NUMBER(out, ",\"tid\":", r->tid);
	PIECE(out, ",\"comm\":\"");
	sw_escape_json(out, r->comm, strlen(r->comm));
	WORD(out, "\",\"context\":", sw_context_name(r->context));
	WORD(out, ",\"role\":", sw_wakeup__role(r));
	PIECE(out, "}");
}

static void put_waiters(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	NUMBER(out, ",\"waiters\":", r->waiters);
	NUMBER(out, ",\"exclusive\":", r->exclusive);
	if (r->hdr.flags & SW_F_MORE_WAITERS)
		PIECE(out, ",\"waiters_more\":true");
	if (r->hdr.flags & SW_F_NO_QUEUE)
		PIECE(out, ",\"queue\":false");
}

static void put_queues(struct sw_buf *out, const struct sw_socket *sk,
		       const struct sw_rec_wakeup *r)
{
	bool listener = sw_socket__is_listener(sk, r->state);

	NUMBER(out, ",\"rx_queued\":", listener ? 0 : r->rx_queued);
	NUMBER(out, ",\"tx_queued\":", listener ? 0 : r->tx_queued);
	if (listener) {
		NUMBER(out, ",\"backlog\":", r->rx_queued);
		NUMBER(out, ",\"backlog_max\":", r->tx_queued);
	}
	if (r->hdr.flags & SW_F_MORE_QUEUED)
		PIECE(out, ",\"rx_queued_more\":true");
}

static void put_async(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	const char *band = sw_band_name(r->band);

	WORD(out, ",\"how\":", sw_how_name(r->how));
	WORD(out, ",\"signal\":", sw_how_signal(r->how));
	if (band) {
		WORD(out, ",\"band\":", band);
	} else {
		NUMBER(out, ",\"band\":\"", r->band);
		PIECE(out, "\"");
	}
	if (r->hdr.flags & SW_F_SIGNALLED)
		PIECE(out, ",\"signalled\":true");
	else
		PIECE(out, ",\"signalled\":false");
}

static void ndjson__wakeup(struct sw_buf *out, struct sw_socket *sk,
			   const struct sw_rec_wakeup *r)
{
	enum sw_cause cause = sw_hook_cause(r->hdr.hook);

	NUMBER(out, "{\"type\":\"wakeup\",\"ts\":", r->hdr.ts);
	NUMBER(out, ",\"cpu\":", r->hdr.cpu);
	WORD(out, ",\"callback\":", sw_hook_name(r->hdr.hook));
	WORD(out, ",\"cause\":", sw_cause_name(cause));
	PIECE(out, ",");
	put_socket(out, sk);
	put_state(out, sk, r->state);
	put_waker(out, r);
	put_waiters(out, r);
	put_queues(out, sk, r);
	if (cause == SW_CAUSE_ASYNC)
		put_async(out, r);
	PIECE(out, "}\n");
}

static void ndjson__wait(struct sw_buf *out, struct sw_socket *sk, const struct sw_rec_wait *r)
{
	struct sw_json j = ndjson__begin(out, "wait");

	sw_json__u64(&j, "ts", r->begin);
	sw_json__u64(&j, "end", r->end);
	sw_json__u64(&j, "duration_ns", r->end - r->begin);
	sw_json__u64(&j, "cpu", r->hdr.cpu);
	sw_json__str(&j, "callback", sw_hook_name(r->hdr.hook));
	sw_json__str(&j, "op", sw_op_name(r->op));
	if (!(r->hdr.flags & SW_F_NO_RESULT))
		sw_json__s64(&j, "result", sw_wait__result(r));
	sw_json__bool(&j, "waited", r->hdr.flags & SW_F_WAITED);
	put_task(&j, r->pid, r->tid, r->comm);
	PIECE(out, ",");
	put_socket(out, sk);
	ndjson__end(&j);
}

static void ndjson__destroy(struct sw_buf *out, struct sw_socket *sk,
			    const struct sw_rec_destroy *r)
{
	struct sw_json j = ndjson__begin(out, "destroy");

	sw_json__u64(&j, "ts", r->hdr.ts);
	sw_json__u64(&j, "cpu", r->hdr.cpu);
	sw_json__str(&j, "callback", sw_hook_name(r->hdr.hook));
	PIECE(out, ",");
	put_socket(out, sk);
	ndjson__end(&j);
}

static void ndjson__event(struct sw_buf *out, const struct sw_render_opts *o,
			  struct sw_socket *sk, const union sw_event *ev)
{
	(void)o;
	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		ndjson__wakeup(out, sk, &ev->wakeup_rec);
		break;
	case SW_REC_WAIT:
		ndjson__wait(out, sk, &ev->wait_rec);
		break;
	case SW_REC_DESTROY:
		ndjson__destroy(out, sk, &ev->destroy_rec);
		break;
	default:
		break;
	}
}

static void put_optional(struct sw_json *j, const char *key, const char *v)
{
	if (v && *v)
		sw_json__str(j, key, v);
}

static void ndjson__begin_trace(struct sw_buf *out, const struct sw_render_opts *o,
				const struct sw_trace_info *info)
{
	struct sw_json j = ndjson__begin(out, "header");

	(void)o;
	sw_json__str(&j, "version", info->version);
	sw_json__str(&j, "host", info->host);
	sw_json__str(&j, "kernel", info->kernel);
	sw_json__str(&j, "arch", info->arch);
	sw_json__u64(&j, "monotonic_ns", info->monotonic_ns);
	sw_json__u64(&j, "realtime_ns", info->realtime_ns);
	sw_json__open(&j, "hooks", '[');
	for (unsigned int i = 0; i < info->n_hooks; i++) {
		const struct sw_hook_info *h = &info->hooks[i];

		if (!h->asked)
			continue;
		sw_json__open(&j, NULL, '{');
		sw_json__str(&j, "name", h->name);
		sw_json__str(&j, "attach", h->attach);
		put_optional(&j, "target", h->target);
		sw_json__bool(&j, "exact", h->exact);
		put_optional(&j, "note", h->note);
		sw_json__close(&j, '}');
	}
	sw_json__close(&j, ']');
	ndjson__end(&j);
}

/* Every cause of loss, or only those that there were. */
static void put_lost(struct sw_json *j, const uint64_t lost[SW_LOST_COUNT], bool all)
{
	sw_json__open(j, "lost", '{');
	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		if (all || lost[i])
			sw_json__u64(j, sw_loss_name(i), lost[i]);
	sw_json__close(j, '}');
}

static void put_hook_counts(struct sw_json *j, const struct sw_hook_info *h)
{
	uint64_t lost[SW_LOST_COUNT];

	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		lost[i] = h->count.lost[i];
	sw_json__open(j, NULL, '{');
	sw_json__str(j, "name", h->name);
	sw_json__str(j, "attach", h->attach);
	sw_json__u64(j, "hits", h->count.hits);
	sw_json__u64(j, "delivered", h->count.delivered);
	sw_json__u64(j, "filtered", h->count.filtered);
	put_lost(j, lost, false);
	sw_json__close(j, '}');
}

static void ndjson__summary(struct sw_buf *out, const struct sw_render_opts *o,
			    const struct sw_trace_info *info,
			    const struct sw_trace_totals *totals)
{
	struct sw_json j = ndjson__begin(out, "summary");

	sw_json__u64(&j, "duration_ns", sw_trace_duration(o->start_ns, info, totals));
	sw_json__u64(&j, "sockets", totals->sockets);
	sw_json__open(&j, "events", '{');
	sw_json__u64(&j, "wakeup", totals->by_kind[SW_REC_WAKEUP]);
	sw_json__u64(&j, "wait", totals->by_kind[SW_REC_WAIT]);
	sw_json__u64(&j, "destroy", totals->by_kind[SW_REC_DESTROY]);
	sw_json__close(&j, '}');
	put_lost(&j, totals->lost, true);
	sw_json__u64(&j, "filtered", totals->filtered);
	sw_json__u64(&j, "hits", totals->hits);
	sw_json__u64(&j, "delivered", totals->delivered);
	sw_json__open(&j, "hooks", '[');
	for (unsigned int i = 0; i < info->n_hooks; i++)
		if (info->hooks[i].asked)
			put_hook_counts(&j, &info->hooks[i]);
	sw_json__close(&j, ']');
	sw_json__u64(&j, "malformed", totals->malformed);
	sw_json__bool(&j, "complete", totals->complete);
	ndjson__end(&j);
}

const struct sw_renderer sw_render_ndjson = {
	.name = "ndjson",
	.begin = ndjson__begin_trace,
	.event = ndjson__event,
	.summary = ndjson__summary,
};
