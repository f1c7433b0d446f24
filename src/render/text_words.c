// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What an event says, in words. */
#include "text.h"

#include <limits.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "base/human.h"
#include "base/names.h"
#include "words.h"

enum sw_cause text_cause(const union sw_event *ev)
{
	switch (ev->hdr.kind) {
	case SW_REC_WAIT:
		return ev->wait_rec.op == SW_OP_ACCEPT ? SW_CAUSE_ACCEPT : SW_CAUSE_WAIT;
	case SW_REC_DESTROY:
		return SW_CAUSE_DESTROY;
	default:
		return sw_hook_cause(ev->hdr.hook);
	}
}

const char *text_word(const union sw_event *ev)
{
	switch (ev->hdr.kind) {
	case SW_REC_DESTROY:
		return "closed";
	case SW_REC_IO:
		return sw_op_name(ev->io_rec.op);
	default:
		return sw_cause_name(text_cause(ev));
	}
}

void text_task(struct sw_buf *out, uint32_t pid, uint32_t tid, const char comm[SW_COMM_LEN])
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

/* In what context, and whose the CPU was. */
static void put_context(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	bool in_task = r->context == SW_CTX_TASK, unknown = r->context == SW_CTX_UNKNOWN;

	if (!in_task && !unknown)
		sw_buf__puts(out, sw_context_name(r->context));
	switch (sw_wakeup__waker(r)) {
	case SW_WAKER_IDLE:
		sw_buf__puts(out, unknown ? "while the cpu was idle" : " on idle cpu");
		return;
	case SW_WAKER_KSOFTIRQD:
	case SW_WAKER_NAPI:
		sw_buf__puts(out, in_task || unknown ? "in " : " in ");
		sw_escape_text(out, r->comm, strlen(r->comm));
		return;
	case SW_WAKER_TASK:
		sw_buf__puts(out, in_task ? "run by " : unknown ? "while " : " over ");
		text_task(out, r->pid, r->tid, r->comm);
		sw_buf__puts(out, unknown ? " ran" : "");
		return;
	}
}

/* A task that only had the CPU must not read as if it was the cause. */
static void put_waker(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	sw_buf__puts(out, "by ");
	if (r->hdr.flags & SW_F_CAUSE) {
		text_task(out, r->pid, r->tid, r->comm);
		/* Its own packet, which the softirq carried over. */
		if (r->context != SW_CTX_TASK)
			sw_buf__printf(out, " (%s)", sw_context_name(r->context));
		return;
	}
	if (sw_wakeup__has_origin(r))
		text_task(out, r->origin_pid, r->origin_tid, r->origin_comm);
	else
		sw_buf__puts(out, "?");
	sw_buf__puts(out, " (");
	put_context(out, r);
	sw_buf__puts(out, ")");
}

void text_who(struct sw_buf *out, const union sw_event *ev)
{
	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		put_waker(out, &ev->wakeup_rec);
		break;
	case SW_REC_WAIT:
		sw_buf__puts(out, "by ");
		text_task(out, ev->wait_rec.pid, ev->wait_rec.tid, ev->wait_rec.comm);
		break;
	case SW_REC_WOKEN:
		text_task(out, ev->woken_rec.pid, ev->woken_rec.tid, ev->woken_rec.comm);
		break;
	case SW_REC_RUN:
		text_task(out, ev->run_rec.pid, ev->run_rec.tid, ev->run_rec.comm);
		break;
	case SW_REC_IO:
		sw_buf__puts(out, "by ");
		text_task(out, ev->io_rec.pid, ev->io_rec.tid, ev->io_rec.comm);
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
		      const struct sw_rec_wakeup *r, bool brief)
{
	const char *queued = brief ? "" : " queued";
	const char *more = r->hdr.flags & SW_F_MORE_QUEUED ? "over " : "";

	if (sw_socket__is_listener(sk, r->state)) {
		sw_buf__printf(out, "%u/%u%s", r->rx_queued, r->tx_queued, queued);
	} else if (cause == SW_CAUSE_WRITABLE) {
		sw_buf__puts(out, "Send-Q "); /* as ss calls it */
		sw_human_bytes(out, r->tx_queued);
	} else if (cause == SW_CAUSE_READABLE || r->rx_queued) {
		sw_buf__puts(out, more);
		sw_human_bytes(out, r->rx_queued);
		sw_buf__puts(out, queued);
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

static void put_via(struct sw_buf *out, const struct sw_rec_woken *w)
{
	static const char *const words[] = {
		[SW_VIA_OTHER] = "",		 [SW_VIA_BLOCKING] = "",
		[SW_VIA_POLL] = " via poll",	 [SW_VIA_EPOLL] = " via epoll",
		[SW_VIA_IO_URING] = " via io_uring", [SW_VIA_ASYNC] = " by signal",
	};
	_Static_assert(sizeof(words) / sizeof(*words) == SW_VIA_ASYNC + 1, "a word for each way");

	sw_buf__puts(out, words[w->via]);
}

/* "woke nginx[12] via epoll", "woke 7: a[1], b[2], c[3], …" */
static void put_woken(struct sw_buf *out, const struct sw_told *told)
{
	const struct sw_rec_woken *w = told->woken;

	if (told->n_woken == 1) {
		if (w->hdr.flags & SW_F_AWAKE)
			sw_buf__puts(out, "found awake ");
		else
			sw_buf__puts(out, w->hdr.flags & SW_F_CONFIRMED ? "woke " : "probably woke ");
		text_task(out, w->pid, w->tid, w->comm);
		put_via(out, w);
		return;
	}
	sw_buf__printf(out, "woke %u: ", told->n_woken);
	for (unsigned int i = 0; i < told->n_woken && i < TEXT_WOKEN_SHOWN; i++) {
		if (i)
			sw_buf__puts(out, ", ");
		text_task(out, w[i].pid, w[i].tid, w[i].comm);
	}
	if (told->n_woken > TEXT_WOKEN_SHOWN)
		sw_buf__puts(out, ", \u2026");
	put_via(out, w);
}

static void put_wakeup(struct sw_buf *out, const struct sw_socket *sk,
		       const struct sw_rec_wakeup *r, const struct sw_told *told)
{
	enum sw_cause cause = sw_hook_cause(r->hdr.hook);
	size_t from = out->len;
	const char *state;

	if (cause == SW_CAUSE_ASYNC) {
		put_signal(out, r);
		if (told->n_woken) {
			sw_buf__puts(out, ", ");
			put_woken(out, told);
		}
		return;
	}
	/* Here the state is the news. */
	if (cause == SW_CAUSE_STATE || cause == SW_CAUSE_ERROR) {
		state = sw_socket__state_name(sk, r->state);
		if (state)
			sw_buf__puts(out, state);
		put_comma(out, from);
		from = out->len;
	}
	/* Whom it woke is the news. */
	put_queue(out, sk, cause, r, told->n_woken);
	put_comma(out, from);
	if (told->n_woken)
		put_woken(out, told);
	else
		put_waiters(out, r);
}

/* "EAGAIN", "error 555" */
static void put_error(struct sw_buf *out, int64_t result)
{
	/* A file may hold any number, also the one that has no positive. */
	const uint64_t error = 0 - (uint64_t)result;
	const char *name = error <= INT_MAX ? sw_errno_name((int)error) : NULL;

	if (name)
		sw_buf__puts(out, name);
	else
		sw_buf__printf(out, "error %llu", (unsigned long long)error);
}

/* A wait in accept is told also when there was none. */
static void put_accept(struct sw_buf *out, const struct sw_rec_wait *r)
{
	int64_t result = sw_wait__result(r);

	/* Not "after", which says that it went well. */
	if (r->hdr.flags & SW_F_NO_RESULT) {
		sw_buf__puts(out, "slept ");
		sw_human_duration(out, r->end - r->begin);
		return;
	}
	if (result) {
		put_error(out, result);
		sw_buf__putc(out, ' ');
	}
	if (r->hdr.flags & SW_F_WAITED) {
		sw_buf__puts(out, "after ");
		sw_human_duration(out, r->end - r->begin);
	} else {
		sw_buf__puts(out, "at once");
	}
}

/* "slept 1.2 ms in recv, until woken", "slept 12 ms in send, 5 times within 192 ms" */
static void put_wait(struct sw_buf *out, const struct sw_rec_wait *r)
{
	static const char *const endings[] = {
		[SW_ENDED_UNKNOWN] = "",
		[SW_ENDED_WAKEUP] = ", until woken",
		[SW_ENDED_TIMEOUT] = ", until it timed out",
		[SW_ENDED_SIGNAL] = ", until a signal",
		[SW_ENDED_OPEN] = " and still does",
	};
	_Static_assert(sizeof(endings) / sizeof(*endings) == SW_ENDED_OPEN + 1, "words for each end");
	int64_t result = sw_wait__result(r);

	if (r->op == SW_OP_ACCEPT && r->ended != SW_ENDED_OPEN) {
		put_accept(out, r);
		return;
	}
	sw_buf__puts(out, r->ended == SW_ENDED_OPEN ? "sleeps " : "slept ");
	sw_human_duration(out, r->sleeps ? r->asleep : r->end - r->begin);
	sw_buf__puts(out, " in ");
	sw_buf__puts(out, sw_op_name(r->op));
	if (r->sleeps > 1) {
		sw_buf__printf(out, ", %u times within ", r->sleeps);
		sw_human_duration(out, r->end - r->begin);
	}
	sw_buf__puts(out, endings[r->ended]);
	if (!(r->hdr.flags & SW_F_NO_RESULT) && result && r->ended != SW_ENDED_TIMEOUT) {
		sw_buf__puts(out, ": ");
		put_error(out, result);
	}
}

static void put_run(struct sw_buf *out, const struct sw_rec_run *r)
{
	sw_human_duration(out, r->hdr.ts - r->woken_ts);
	sw_buf__puts(out, " after it was woken");
}

/* Off the CPU for this part of the time is worth a word. */
#define OFF_PART 4

/* "36 B, 7 us after it ran" */
/* "100th such call in a row": what answers no wake-up is told for another reason. */
static void put_unanswering(struct sw_buf *out, const struct sw_rec_io *r)
{
	if (r->tries) {
		sw_buf__puts(out, ", such calls in a row: ");
		sw_human_count(out, r->tries);
	} else if (r->op == SW_OP_SEND) {
		sw_buf__puts(out, r->result < 0 ? ", no room" : ", room again");
	}
}

static void put_io(struct sw_buf *out, const struct sw_rec_io *r)
{
	uint64_t since = r->run_ts ? r->run_ts : r->wakeup_ts;
	/* A call that slept began before: its end is what the wake-up led to. */
	uint64_t gap = r->hdr.ts - since;
	int64_t result = sw_io__result(r);

	if (result < 0)
		put_error(out, result);
	else if (r->op == SW_OP_ACCEPT)
		sw_buf__printf(out, "fd %lld", (long long)result);
	else if (r->op == SW_OP_POLL)
		sw_buf__puts(out, "at once");
	else
		sw_human_bytes(out, (uint64_t)result);
	if (!r->wakeup_ts) {
		put_unanswering(out, r);
		return;
	}
	sw_buf__puts(out, ", ");
	sw_human_duration(out, gap);
	sw_buf__puts(out, r->run_ts ? " after it ran" : " after the wake-up");
	if (r->others)
		sw_buf__printf(out, " and %u other call%s", r->others, r->others == 1 ? "" : "s");
	if (r->off_ns > gap / OFF_PART) {
		sw_buf__puts(out, ", off cpu for ");
		sw_human_duration(out, r->off_ns);
	}
}

static void put_late(struct sw_buf *out, const struct sw_rec_woken *r)
{
	sw_human_duration(out, r->woken_ts - r->wakeup_ts);
	sw_buf__puts(out, " after the wake-up");
	put_via(out, r);
}

void text_what(struct sw_buf *out, const struct sw_socket *sk, const struct sw_told *told)
{
	const union sw_event *ev = told->ev;

	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		put_wakeup(out, sk, &ev->wakeup_rec, told);
		break;
	case SW_REC_WOKEN:
		put_late(out, &ev->woken_rec);
		break;
	case SW_REC_RUN:
		put_run(out, &ev->run_rec);
		break;
	case SW_REC_IO:
		put_io(out, &ev->io_rec);
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
