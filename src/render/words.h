/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the fields of an event mean, in words that every format uses. */
#ifndef SW_RENDER_WORDS_H
#define SW_RENDER_WORDS_H

#include "core/trace.h"

/* By enum sw_hook: the kernel function, and what a hit tells the waiters. */
const char *sw_hook_name(unsigned int hook);
enum sw_cause sw_hook_cause(unsigned int hook);
/* By enum sw_cause, sw_context, sw_how, sw_op, sw_ended, sw_via and sw_loss. */
const char *sw_cause_name(unsigned int cause);
const char *sw_context_name(unsigned int context);
const char *sw_how_name(unsigned int how);
const char *sw_op_name(unsigned int op);
const char *sw_ended_name(unsigned int ended);
const char *sw_via_name(unsigned int via);
const char *sw_loss_name(unsigned int loss);
const char *sw_loss_meaning(unsigned int loss);

/* The signal that an async wake-up is about. */
const char *sw_how_signal(unsigned int how);

/* Who was on the CPU. */
enum sw_waker {
	SW_WAKER_TASK,	    /* any other task */
	SW_WAKER_IDLE,	    /* the idle task: nothing ran */
	SW_WAKER_KSOFTIRQD, /* the thread that serves softirqs when there are many */
	SW_WAKER_NAPI,	    /* a thread that serves a device's packets (threaded NAPI) */
};
enum sw_waker sw_wakeup__waker(const struct sw_rec_wakeup *r);

/*
 * "cause", "bystander" or "unknown": whether the task on the CPU caused the
 * wake-up.  An interrupt on top of a task may be that task's own doing (a send
 * on a local connection ends in a softirq) or have nothing to do with it.
 */
const char *sw_wakeup__role(const struct sw_rec_wakeup *r);
/* The task that caused it is known, and not the one on the CPU. */
bool sw_wakeup__has_origin(const struct sw_rec_wakeup *r);

/* What the call returned to its program: 0 or -errno, never the kernel's own
 * numbers (a call that a signal interrupts ends in -ERESTARTSYS here). */
int64_t sw_wait__result(const struct sw_rec_wait *r);
/* Likewise; bytes or the new fd when it went well. */
int64_t sw_io__result(const struct sw_rec_io *r);

/* How long was traced, in ns; where that is not known, from the first event to
 * the last.  start_ns: when tracing began, or 0. */
uint64_t sw_trace_duration(uint64_t start_ns, const struct sw_trace_info *info,
			   const struct sw_trace_totals *totals);

#endif
