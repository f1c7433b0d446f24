// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What an event says: what it is, who caused it, and what came of it. */
#include "text.h"

#include "base/escape.h"
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
static void put_waker(struct sw_buf *out, const struct sw_rec_wakeup *r, enum text_brevity brief)
{
	sw_buf__puts(out, "by ");
	if (r->hdr.flags & SW_F_CAUSE) {
		text_task(out, r->pid, r->tid, r->comm);
		/* Its own packet, which the softirq carried over. */
		if (r->context != SW_CTX_TASK && !brief)
			sw_buf__printf(out, " (%s)", sw_context_name(r->context));
		return;
	}
	if (sw_wakeup__has_origin(r))
		text_task(out, r->origin_pid, r->origin_tid, r->origin_comm);
	else
		sw_buf__puts(out, "?");
	if (brief) {
		if (r->context == SW_CTX_SOFTIRQ || r->context == SW_CTX_HARDIRQ)
			sw_buf__printf(out, " (%s)", sw_context_name(r->context));
		return;
	}
	sw_buf__puts(out, " (");
	put_context(out, r);
	sw_buf__puts(out, ")");
}

void text_who(struct sw_buf *out, const union sw_event *ev, enum text_brevity brief)
{
	struct sw_task task;

	if (ev->hdr.kind == SW_REC_WAKEUP) {
		put_waker(out, &ev->wakeup_rec, brief);
	} else if (sw_event__task(ev, &task)) {
		/* Who did it, and not whom it happened to. */
		if (ev->hdr.kind != SW_REC_WOKEN && ev->hdr.kind != SW_REC_RUN)
			sw_buf__puts(out, "by ");
		text_task(out, task.pid, task.tid, task.comm);
	}
}

void text_what(struct sw_buf *out, const struct sw_socket *sk, const struct sw_told *told)
{
	const union sw_event *ev = told->ev;

	/* Without a default, so that a new kind does not compile before it has its words. */
	switch ((enum sw_rec_kind)ev->hdr.kind) {
	case SW_REC_WAKEUP:
		text_wakeup(out, sk, &ev->wakeup_rec, told);
		break;
	case SW_REC_WOKEN:
		text_late(out, &ev->woken_rec);
		break;
	case SW_REC_RUN:
		text_run(out, &ev->run_rec);
		break;
	case SW_REC_IO:
		text_io(out, &ev->io_rec);
		break;
	case SW_REC_WAIT:
		text_wait(out, &ev->wait_rec);
		break;
	case SW_REC_DESTROY: /* its word says all */
	case SW_REC_SOCKET:
	case SW_REC_UNIX:
	case SW_REC_NONE:
	case SW_REC_COUNT:
		break;
	}
}
