// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One JSON object a line. The names are a contract: more may be added, none changed. */
#include "render.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/names.h"
#include "ndjson.h"
#include "words.h"

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

	if (!sw_socket__has_state(sk))
		return;
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
	if (!sw_wakeup__has_origin(r))
		return;
	NUMBER(out, ",\"origin\":{\"pid\":", r->origin_pid);
	NUMBER(out, ",\"tid\":", r->origin_tid);
	PIECE(out, ",\"comm\":\"");
	sw_escape_json(out, r->origin_comm, strlen(r->origin_comm));
	PIECE(out, "\"}");
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

static void put_names(struct sw_buf *out, uint32_t pid, uint32_t tid,
		      const char comm[SW_COMM_LEN])
{
	NUMBER(out, "\"pid\":", pid);
	NUMBER(out, ",\"tid\":", tid);
	PIECE(out, ",\"comm\":\"");
	sw_escape_json(out, comm, strlen(comm));
	PIECE(out, "\"");
}

/* Without the braces, as it is an element of a wake-up or a line of its own. */
static void put_woken(struct sw_buf *out, const struct sw_rec_woken *r)
{
	put_names(out, r->pid, r->tid, r->comm);
	WORD(out, ",\"via\":", sw_via_name(r->via));
	if (r->hdr.flags & SW_F_CONFIRMED)
		PIECE(out, ",\"confirmed\":true");
	else
		PIECE(out, ",\"confirmed\":false");
	if (r->hdr.flags & SW_F_AWAKE)
		PIECE(out, ",\"awake\":true");
	NUMBER(out, ",\"woken_ts\":", r->woken_ts);
}

static void put_all_woken(struct sw_buf *out, const struct sw_told *told)
{
	PIECE(out, ",\"woken\":[");
	for (unsigned int i = 0; i < told->n_woken; i++) {
		if (i)
			PIECE(out, ",");
		PIECE(out, "{");
		put_woken(out, &told->woken[i]);
		PIECE(out, "}");
	}
	PIECE(out, "]");
}

static void put_stack(struct sw_buf *out, const char *key, const struct sw_stack *s)
{
	const char *name;

	if (!s)
		return;
	sw_buf__puts(out, key);
	name = s->names;
	for (unsigned int i = 0; i < s->frames; i++, name += strlen(name) + 1) {
		sw_buf__puts(out, i ? ",\"" : "\"");
		sw_escape_json(out, name, strlen(name));
		sw_buf__putc(out, '"');
	}
	sw_buf__putc(out, ']');
}

/* Of the waker. */
static void put_stacks(struct sw_buf *out, const struct sw_render_opts *o,
		       const union sw_event *ev)
{
	struct sw_waker_stacks s;

	if (!sw_stacks__of(o->stacks, ev, &s))
		return;
	put_stack(out, ",\"kernel_stack\":[", s.kernel);
	put_stack(out, ",\"user_stack\":[", s.user);
}

static void ndjson__wakeup(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk,
			   const struct sw_rec_wakeup *r, const struct sw_told *told)
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
	put_all_woken(out, told);
	put_queues(out, sk, r);
	if (cause == SW_CAUSE_ASYNC)
		put_async(out, r);
	put_stacks(out, o, told->ev);
	PIECE(out, "}\n");
}

static void ndjson__wait(struct sw_buf *out, struct sw_socket *sk, const struct sw_rec_wait *r)
{
	struct sw_json j = ndjson__begin(out, "wait");

	sw_json__u64(&j, "ts", r->begin);
	sw_json__u64(&j, "end", r->end);
	sw_json__u64(&j, "duration_ns", r->end - r->begin);
	if (r->sleeps) {
		sw_json__u64(&j, "asleep_ns", r->asleep);
		sw_json__u64(&j, "sleeps", r->sleeps);
	}
	sw_json__u64(&j, "cpu", r->hdr.cpu);
	sw_json__str(&j, "callback", sw_hook_name(r->hdr.hook));
	sw_json__str(&j, "op", sw_op_name(r->op));
	if (!(r->hdr.flags & SW_F_NO_RESULT))
		sw_json__s64(&j, "result", sw_wait__result(r));
	sw_json__bool(&j, "waited", r->hdr.flags & SW_F_WAITED);
	sw_json__str(&j, "ended_by", sw_ended_name(r->ended));
	if (r->hdr.flags & SW_F_UNENDED)
		sw_json__bool(&j, "ended", false);
	if (r->wakeup_ts)
		sw_json__u64(&j, "wakeup_ts", r->wakeup_ts);
	ndjson__task(&j, r->pid, r->tid, r->comm);
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

/* A woken task that came too late to be told with its wake-up. */
static void ndjson__woken(struct sw_buf *out, const struct sw_socket *sk,
			  const struct sw_rec_woken *r)
{
	NUMBER(out, "{\"type\":\"woken\",\"ts\":", r->wakeup_ts);
	NUMBER(out, ",\"socket\":", sk->id);
	NUMBER(out, ",\"wakeup_ts\":", r->wakeup_ts);
	PIECE(out, ",");
	put_woken(out, r);
	PIECE(out, "}\n");
}

static void ndjson__run(struct sw_buf *out, const struct sw_render_opts *o,
			const struct sw_socket *sk, const union sw_event *ev)
{
	const struct sw_rec_run *r = &ev->run_rec;

	NUMBER(out, "{\"type\":\"run\",\"ts\":", r->hdr.ts);
	NUMBER(out, ",\"cpu\":", r->hdr.cpu);
	PIECE(out, ",");
	put_names(out, r->pid, r->tid, r->comm);
	NUMBER(out, ",\"socket\":", sk->id);
	NUMBER(out, ",\"wakeup_ts\":", r->wakeup_ts);
	NUMBER(out, ",\"woken_ts\":", r->woken_ts);
	NUMBER(out, ",\"delay_ns\":", r->hdr.ts - r->woken_ts);
	put_stacks(out, o, ev);
	PIECE(out, "}\n");
}

static void ndjson__io(struct sw_buf *out, const struct sw_render_opts *o,
		       const struct sw_socket *sk, const union sw_event *ev)
{
	const struct sw_rec_io *r = &ev->io_rec;
	int64_t result = sw_io__result(r);

	NUMBER(out, "{\"type\":\"io\",\"ts\":", r->begin);
	NUMBER(out, ",\"end\":", r->hdr.ts);
	NUMBER(out, ",\"cpu\":", r->hdr.cpu);
	WORD(out, ",\"op\":", sw_op_name(r->op));
	if (result < 0)
		NUMBER(out, ",\"result\":-", 0 - (uint64_t)result);
	else
		NUMBER(out, ",\"result\":", (uint64_t)result);
	PIECE(out, ",");
	put_names(out, r->pid, r->tid, r->comm);
	NUMBER(out, ",\"socket\":", sk->id);
	if (r->wakeup_ts)
		NUMBER(out, ",\"wakeup_ts\":", r->wakeup_ts);
	if (r->tries)
		NUMBER(out, ",\"tries\":", r->tries);
	if (r->run_ts) {
		NUMBER(out, ",\"run_ts\":", r->run_ts);
		NUMBER(out, ",\"off_cpu_ns\":", r->off_ns);
		NUMBER(out, ",\"others\":", r->others);
	}
	if (r->hdr.flags & SW_F_NO_BEGIN)
		PIECE(out, ",\"begin_known\":false");
	if (r->hdr.flags & SW_F_PARTIAL)
		PIECE(out, ",\"partial\":true");
	if (r->hdr.flags & SW_F_HUNG_UP)
		PIECE(out, ",\"hung_up\":true");
	put_stacks(out, o, ev);
	PIECE(out, "}\n");
}

static void ndjson__event(struct sw_buf *out, const struct sw_render_opts *o,
			  struct sw_socket *sk, const struct sw_told *told)
{
	const union sw_event *ev = told->ev;

	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		ndjson__wakeup(out, o, sk, &ev->wakeup_rec, told);
		break;
	case SW_REC_WAIT:
		ndjson__wait(out, sk, &ev->wait_rec);
		break;
	case SW_REC_DESTROY:
		ndjson__destroy(out, sk, &ev->destroy_rec);
		break;
	case SW_REC_WOKEN:
		ndjson__woken(out, sk, &ev->woken_rec);
		break;
	case SW_REC_RUN:
		ndjson__run(out, o, sk, ev);
		break;
	case SW_REC_IO:
		ndjson__io(out, o, sk, ev);
		break;
	default:
		break;
	}
}

const struct sw_renderer sw_render_ndjson = {
	.name = "ndjson",
	.begin = ndjson__begin_trace,
	.event = ndjson__event,
	.summary = ndjson__summary,
};
