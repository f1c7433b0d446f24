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
	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		put_waker(out, &ev->wakeup_rec, brief);
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

void text_what(struct sw_buf *out, const struct sw_socket *sk, const struct sw_told *told)
{
	const union sw_event *ev = told->ev;

	switch (ev->hdr.kind) {
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
	default:
		break;
	}
}
