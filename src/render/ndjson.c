// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One JSON object a line. The names are a contract: more may be added, none changed. */
#include "render.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/names.h"
#include "members.h"
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

/* What a line is made of. */
struct line {
	struct sw_buf *out;
	const struct sw_render_opts *o;
	struct sw_socket *sk;
	const struct sw_told *told;
};

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

/* --- members, by their forms: see members.h ------------------------------------------- */

#define PUT_NUMBER(l, key, value) NUMBER((l)->out, ",\"" #key "\":", value)
#define PUT_SIGNED(l, key, value)                \
	do {                                     \
		PIECE((l)->out, ",\"" #key "\":"); \
		sw_buf__s64((l)->out, value);    \
	} while (0)
#define PUT_HOOK(l, key, value)	 WORD((l)->out, ",\"" #key "\":", sw_hook_name(value))
#define PUT_OP(l, key, value)	 WORD((l)->out, ",\"" #key "\":", sw_op_name(value))
#define PUT_ENDED(l, key, value) WORD((l)->out, ",\"" #key "\":", sw_ended_name(value))
#define PUT_VIA(l, key, value)	 WORD((l)->out, ",\"" #key "\":", sw_via_name(value))
#define PUT_BOOL(l, key, value)                                \
	do {                                                   \
		if (value)                                     \
			PIECE((l)->out, ",\"" #key "\":true");  \
		else                                           \
			PIECE((l)->out, ",\"" #key "\":false"); \
	} while (0)
#define PUT_TRUE(l, key, value)	  PIECE((l)->out, ",\"" #key "\":true")
#define PUT_FALSE(l, key, value)  PIECE((l)->out, ",\"" #key "\":false")
#define PUT_TASK(l, key, value)	  put_task((l)->out, (value)->pid, (value)->tid, (value)->comm)
#define PUT_SOCKET(l, key, value) NUMBER((l)->out, ",\"socket\":", (l)->sk->id)
#define PUT_NAMED(l, key, value)  put_named(l)
#define PUT_STACKS(l, key, value) put_stacks((l)->out, (l)->o, (l)->told->ev)
#define PUT_ABSENT(l, key, value)
#define MEMBER(form, key, column, value, when, meaning) \
	if (when) {                                     \
		PUT_##form(l, key, value);              \
	}

static void put_task(struct sw_buf *out, uint32_t pid, uint32_t tid, const char comm[SW_COMM_LEN])
{
	NUMBER(out, ",\"pid\":", pid);
	NUMBER(out, ",\"tid\":", tid);
	PIECE(out, ",\"comm\":\"");
	sw_escape_json(out, comm, strlen(comm));
	PIECE(out, "\"");
}

static void put_named(const struct line *l)
{
	PIECE(l->out, ",");
	put_socket(l->out, l->sk);
}

static void put_all_woken(const struct line *l)
{
	PIECE(l->out, ",\"woken\":[");
	for (unsigned int i = 0; i < l->told->n_woken; i++) {
		const struct sw_rec_woken *r = &l->told->woken[i];
		size_t at;

		if (i)
			PIECE(l->out, ",");
		at = l->out->len;
		SW_WOKEN_TASK_MEMBERS(MEMBER)
		if (!l->out->failed)
			l->out->data[at] = '{'; /* of what stands before a member */
		PIECE(l->out, "}");
	}
	PIECE(l->out, "]");
}

/* --- lines ----------------------------------------------------------------------------- */

static void put_wakeup(const struct line *l, const struct sw_rec_wakeup *r)
{
	struct sw_buf *out = l->out;
	enum sw_cause cause = sw_hook_cause(r->hdr.hook);

	NUMBER(out, "{\"type\":\"wakeup\",\"ts\":", r->hdr.ts);
	NUMBER(out, ",\"cpu\":", r->hdr.cpu);
	WORD(out, ",\"callback\":", sw_hook_name(r->hdr.hook));
	WORD(out, ",\"cause\":", sw_cause_name(cause));
	put_named(l);
	put_state(out, l->sk, r->state);
	put_waker(out, r);
	put_waiters(out, r);
	put_all_woken(l);
	put_queues(out, l->sk, r);
	if (cause == SW_CAUSE_ASYNC)
		put_async(out, r);
	put_stacks(out, l->o, l->told->ev);
	PIECE(out, "}\n");
}

#define LINE(name, members)                                                    \
	static void put_##name(const struct line *l, const struct sw_rec_##name *r) \
	{                                                                      \
		PIECE(l->out, "{\"type\":\"" #name "\"");                      \
		members(MEMBER)                                                \
		PIECE(l->out, "}\n");                                          \
	}
LINE(wait, SW_WAIT_MEMBERS)
LINE(destroy, SW_DESTROY_MEMBERS)
LINE(run, SW_RUN_MEMBERS)
LINE(io, SW_IO_MEMBERS)
/* One that came too late for its wake-up's line. */
LINE(woken, SW_WOKEN_MEMBERS)

static void ndjson__event(struct sw_buf *out, const struct sw_render_opts *o,
			  struct sw_socket *sk, const struct sw_told *told)
{
	const struct line l = {out, o, sk, told};

	switch (told->ev->hdr.kind) {
#define KIND(id, name, fields, what, ...)                       \
	SW_IF_##what(case SW_REC_##id:                          \
		     put_##name(&l, &told->ev->name##_rec);     \
		     break;)
		SW_KINDS(KIND)
#undef KIND
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
