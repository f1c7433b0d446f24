// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What an event says, in words. */
#include "text.h"

#include <sys/socket.h>

#include "base/escape.h"
#include "base/human.h"
#include "base/names.h"
#include "words.h"

enum sw_cause text_cause(const union sw_event *ev)
{
	switch (ev->hdr.kind) {
	case SW_REC_WAIT:
		return SW_CAUSE_ACCEPT;
	case SW_REC_DESTROY:
		return SW_CAUSE_DESTROY;
	default:
		return sw_hook_cause(ev->hdr.hook);
	}
}

const char *text_state(const struct sw_socket *sk, unsigned int state)
{
	if (sk->type != SOCK_STREAM && sk->type != SOCK_SEQPACKET && sk->type != SOCK_DCCP)
		return NULL;
	return sw_socket__state_name(sk, state);
}

const char *text_cause_word(enum sw_cause cause)
{
	return cause == SW_CAUSE_DESTROY ? "closed" : sw_cause_name(cause);
}

/* "nginx[12]"; of a thread, with its own number; "[?]" from another namespace. */
static void put_task(struct sw_buf *out, uint32_t pid, uint32_t tid,
		     const char comm[SW_COMM_LEN])
{
	sw_escape_text(out, comm, strlen(comm));
	sw_buf__putc(out, '[');
	if (pid)
		sw_buf__u64(out, pid);
	else
		sw_buf__putc(out, '?');
	if (pid && tid != pid) {
		sw_buf__putc(out, '/');
		sw_buf__u64(out, tid);
	}
	sw_buf__putc(out, ']');
}

static void put_waker(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	bool unknown = r->context == SW_CTX_UNKNOWN;

	if (r->context == SW_CTX_TASK) {
		sw_buf__puts(out, "by ");
		put_task(out, r->pid, r->tid, r->comm);
		return;
	}
	/* Below, the task only had the CPU: it must not read as if it was the cause. */
	sw_buf__puts(out, unknown ? "while " : sw_context_name(r->context));
	switch (sw_wakeup__waker(r)) {
	case SW_WAKER_IDLE:
		sw_buf__puts(out, unknown ? "the cpu was idle" : " on idle cpu");
		return;
	case SW_WAKER_KSOFTIRQD:
		sw_buf__puts(out, unknown ? "" : " in ");
		sw_escape_text(out, r->comm, strlen(r->comm));
		break;
	case SW_WAKER_TASK:
		sw_buf__puts(out, unknown ? "" : " over ");
		put_task(out, r->pid, r->tid, r->comm);
		break;
	}
	if (unknown)
		sw_buf__puts(out, " ran");
}

void text_who(struct sw_buf *out, const union sw_event *ev)
{
	const struct sw_rec_wait *w = &ev->wait_rec;

	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		put_waker(out, &ev->wakeup_rec);
		break;
	case SW_REC_WAIT:
		sw_buf__puts(out, "by ");
		put_task(out, w->pid, w->tid, w->comm);
		break;
	default:
		break;
	}
}

static void put_comma(struct sw_buf *out, size_t from)
{
	if (out->len > from)
		sw_buf__puts(out, ", ");
}

/* What there is to read, to write or to accept. */
static void put_queue(struct sw_buf *out, const struct sw_socket *sk, enum sw_cause cause,
		      const struct sw_rec_wakeup *r)
{
	const char *more = r->hdr.flags & SW_F_MORE_QUEUED ? "over " : "";

	if (sw_socket__is_listener(sk, r->state)) {
		sw_buf__printf(out, "%u/%u queued", r->rx_queued, r->tx_queued);
	} else if (cause == SW_CAUSE_WRITABLE) {
		sw_buf__puts(out, "Send-Q "); /* as ss calls it */
		sw_human_bytes(out, r->tx_queued);
	} else if (cause == SW_CAUSE_READABLE || r->rx_queued) {
		sw_buf__puts(out, more);
		sw_human_bytes(out, r->rx_queued);
		sw_buf__puts(out, " queued");
	}
}

static void put_waiters(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	if (r->hdr.flags & SW_F_NO_QUEUE) {
		sw_buf__puts(out, "no wait queue");
		return;
	}
	if (!r->waiters) {
		sw_buf__puts(out, "no waiter");
		return;
	}
	sw_buf__u64(out, r->waiters);
	if (r->hdr.flags & SW_F_MORE_WAITERS)
		sw_buf__putc(out, '+');
	if (r->exclusive == r->waiters)
		sw_buf__puts(out, " exclusive");
	sw_buf__puts(out, r->waiters == 1 ? " waiter" : " waiters");
	if (r->exclusive && r->exclusive != r->waiters)
		sw_buf__printf(out, ", %u exclusive", r->exclusive);
}

static void put_band(struct sw_buf *out, unsigned int band)
{
	const char *name = sw_band_name(band);

	if (name)
		sw_buf__puts(out, name);
	else
		sw_buf__printf(out, "band %u", band);
}

static void put_signal(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	if (r->hdr.flags & SW_F_SIGNALLED) {
		sw_buf__puts(out, sw_how_signal(r->how));
		sw_buf__putc(out, ' ');
		put_band(out, r->band);
	} else {
		sw_buf__puts(out, "no signal (");
		put_band(out, r->band);
		sw_buf__putc(out, ')');
	}
}

static void put_wakeup(struct sw_buf *out, const struct sw_socket *sk,
		       const struct sw_rec_wakeup *r)
{
	enum sw_cause cause = sw_hook_cause(r->hdr.hook);
	size_t from = out->len;
	const char *state;

	if (cause == SW_CAUSE_ASYNC) {
		put_signal(out, r);
		return;
	}
	/* Here the state is the news. */
	if (cause == SW_CAUSE_STATE || cause == SW_CAUSE_ERROR) {
		state = text_state(sk, r->state);
		if (state)
			sw_buf__puts(out, state);
		put_comma(out, from);
		from = out->len;
	}
	put_queue(out, sk, cause, r);
	put_comma(out, from);
	put_waiters(out, r);
}

static void put_wait(struct sw_buf *out, const struct sw_rec_wait *r)
{
	int64_t result = sw_wait__result(r);
	const char *name = sw_errno_name((int)-result);

	/* Not "after", which says that it went well. */
	if (r->hdr.flags & SW_F_NO_RESULT) {
		sw_buf__puts(out, "slept ");
		sw_human_duration(out, r->end - r->begin);
		return;
	}
	if (result && name)
		sw_buf__puts(out, name);
	else if (result)
		sw_buf__printf(out, "error %lld", (long long)-result);
	if (result)
		sw_buf__putc(out, ' ');
	if (r->hdr.flags & SW_F_WAITED) {
		sw_buf__puts(out, "after ");
		sw_human_duration(out, r->end - r->begin);
	} else {
		sw_buf__puts(out, "at once");
	}
}

void text_what(struct sw_buf *out, const struct sw_socket *sk, const union sw_event *ev)
{
	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		put_wakeup(out, sk, &ev->wakeup_rec);
		break;
	case SW_REC_WAIT:
		put_wait(out, &ev->wait_rec);
		break;
	default:
		break;
	}
}

/* Escaped on its way from a scratch buffer; "" is told apart by the caller. */
static void put_escaped(struct sw_buf *out, const struct sw_buf *raw)
{
	if (raw->failed)
		out->failed = true;
	else
		sw_escape_text(out, raw->data, raw->len);
}

void text_socket(struct sw_buf *out, const struct sw_socket *sk, const char *arrow)
{
	struct sw_buf raw = { 0 };
	size_t local;

	if (!sk->known) {
		sw_buf__puts(out, "unknown socket");
		return;
	}
	if (!sw_family_name(sk->family))
		sw_buf__puts(out, "family ");
	/* What "tcp" and "udp" are part of goes without saying. */
	if (sk->family != AF_INET && sk->family != AF_INET6) {
		sw_socket__family(sk, out);
		sw_buf__putc(out, ' ');
	}
	sw_socket__proto(sk, out);

	sw_socket__local(sk, &raw);
	local = raw.len;
	if (local) {
		sw_buf__putc(out, ' ');
		put_escaped(out, &raw);
	}
	sw_buf__reset(&raw);
	sw_socket__remote(sk, &raw);
	if (raw.len) {
		/* A client of AF_UNIX has no name of its own: as ss, write a star. */
		sw_buf__puts(out, local ? " " : " * ");
		sw_buf__puts(out, arrow);
		sw_buf__putc(out, ' ');
		put_escaped(out, &raw);
	}
	sw_buf__free(&raw);
}
