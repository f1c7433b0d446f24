/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Every switch of every task, by one program for all who look at that: a second
 * one would cost each switch more than what it does.
 */
#ifndef SW_SWITCH_BPF_H
#define SW_SWITCH_BPF_H

#include "ends.bpf.h"

static __always_inline int on_switch(bool preempt, __u64 prev, __u64 next, const enum way way)
{
	if (settings.accept_switches)
		accept_switches(preempt, prev, next);
	if (settings.accept_sleeps)
		accept_sleeps(preempt, next);
	if (settings.causality)
		tasks_switch(preempt, prev, next, way);
	return 0;
}

/* (bool preempt, struct task_struct *prev, struct task_struct *next, …) */
SEC("raw_tp/sched_switch") int sched_switch(struct bpf_raw_tracepoint_args *ctx)
{
	return on_switch(ctx->args[0], ctx->args[1], ctx->args[2], BY_CALL);
}

WITH_CASTS(SEC("raw_tp/sched_switch")
	   int sched_switch_cast(struct bpf_raw_tracepoint_args *ctx) {
		   return on_switch(ctx->args[0], ctx->args[1], ctx->args[2], CAST);
	   })

#endif
