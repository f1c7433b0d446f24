/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which callback is running: opened at its entry, closed at its exit, and asked
 * when a task is woken.
 *
 * A frame belongs to a task and a level.  A CPU's interrupts each end before
 * what they interrupted goes on, so for softirqs and hardirqs a place for each
 * CPU will do; a task may be preempted within a callback and go on elsewhere, so
 * its frame is found by its task_struct (idle tasks share the pid 0).  Callbacks
 * do not nest within a level, but for the ones that signal, which have a place of
 * their own.
 *
 * Where exits are not seen (tracepoints), a frame ends at the next callback of its level,
 * also one that is filtered, and a wake-up belongs to it only if the wait queue, or else
 * the stack, shows that it comes from within the callback.
 */
#ifndef SW_FRAMES_BPF_H
#define SW_FRAMES_BPF_H

#include "calls.bpf.h"

struct frame {
	__u64 task; /* struct task_struct *; 0: closed */
	__u64 sk;   /* struct sock * */
	__u64 id;   /* the socket's */
	__u64 ts;   /* of the wake-up's record */
	__u32 hook;
	__u32 data_end; /* where what it tells of ends: see took_from() */
	__u32 woke;	/* tasks */
	__u32 last;	/* of them: half its address, see last_of() */
};

static __always_inline __u32 last_of(__u64 task)
{
	return task >> 6;
}

#define TASK_FRAMES SW_TASK_FRAMES
#define BELIEVED_NS 200000 /* where exits are not seen */
#define OPEN_NS 50000000   /* ... and where they are: one may be missed */
#define PROVEN_NS 5000	   /* the wait queue's word is enough */
#define UNPROVEN_NS 10000  /* the stack's alone is not after that */

enum frame_kind { FRAME_WAKE, FRAME_SIGNAL, FRAME_KINDS };

static struct frame task_frames[TASK_FRAMES][2][FRAME_KINDS] __attribute__((aligned(64)));
/* By CPU; softirq, hardirq. */
static struct frame irq_frames[SW_MAX_CPUS][2][FRAME_KINDS] __attribute__((aligned(64)));

static __always_inline __u32 task_hash(__u64 task)
{
	return SW_TASK_HASH(task);
}

static __always_inline enum frame_kind frame_kind_of(__u32 hook)
{
	return hook == SW_HOOK_WAKE_ASYNC || hook == SW_HOOK_SEND_SIGURG ? FRAME_SIGNAL :
									   FRAME_WAKE;
}

/* The task's frame of this kind, or NULL. */
static __always_inline struct frame *task_frame(__u64 task, enum frame_kind kind)
{
	__u32 i = task_hash(task) & (TASK_FRAMES - 1);

	if (task_frames[i][0][kind].task == task)
		return &task_frames[i][0][kind];
	if (task_frames[i][1][kind].task == task)
		return &task_frames[i][1][kind];
	return NULL;
}

static __always_inline struct frame *irq_frame(__u32 cpu, __u32 context, enum frame_kind kind)
{
	return &irq_frames[cpu & (SW_MAX_CPUS - 1)][context == SW_CTX_HARDIRQ][kind];
}

/* Where a new one goes: over the same task's, if that was not closed; else where
 * there is room; else over another task's, which then attributes nothing. */
static __always_inline struct frame *place_of(__u64 task, __u32 cpu, __u32 context,
					      enum frame_kind kind)
{
	__u32 i = task_hash(task) & (TASK_FRAMES - 1);
	struct frame *f;

	if (context == SW_CTX_SOFTIRQ || context == SW_CTX_HARDIRQ)
		return irq_frame(cpu, context, kind);
	f = task_frame(task, kind);
	if (f)
		return f;
	f = &task_frames[i][task_frames[i][0][kind].task != 0][kind];
	/* Where exits are not seen, most are over. */
	if (f->task && settings.closes_frames && settings.tell_woken)
		hit_lost(SW_HOOK_WOKEN, cpu, SW_LOST_TASKS);
	return f;
}

static __always_inline void frame_open(struct frame *f, __u64 task, struct sock *sk, __u64 id,
				       __u64 ts, __u32 hook, __u32 data_end)
{
	f->sk = (__u64)sk;
	f->id = id;
	f->ts = ts;
	f->hook = hook;
	f->data_end = data_end;
	f->woke = 0;
	f->last = 0;
	f->task = task;
}

/* The frame of this level is closed; of this hook alone, or of any (SW_HOOK_COUNT). */
static __always_inline int frame_close_kind(__u32 hook, enum frame_kind kind)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u64 task = bpf_get_current_task();
	struct frame *irq = irq_frame(cpu, SW_CTX_SOFTIRQ, kind);
	struct frame *hardirq = irq_frame(cpu, SW_CTX_HARDIRQ, kind);
	struct frame *f = task_frame(task, kind);
	__u32 context;

	/* Nearly always the level need not be asked for: a call. */
	if (!f && !irq->task && !hardirq->task)
		return 0;
	context = context_of(cpu);
	if (context == SW_CTX_SOFTIRQ)
		f = irq;
	else if (context == SW_CTX_HARDIRQ)
		f = hardirq;
	if (f && f->task == task && (hook == SW_HOOK_COUNT || f->hook == hook))
		f->task = 0;
	return 0;
}

/* At the exit of a callback. */
static __always_inline int frame_close(__u32 hook)
{
	return frame_close_kind(hook, frame_kind_of(hook));
}

/* A callback begins that opens none: where exits are not seen, the one before is over. */
static __always_inline void frame_over(void)
{
	if (settings.causality && !settings.closes_frames)
		frame_close_kind(SW_HOOK_COUNT, FRAME_WAKE);
}

/* The callback that runs here and now, or NULL; *context as context_of(). */
static __always_inline struct frame *frame_here(__u64 task, __u32 cpu, __u32 *context)
{
	struct frame *soft = irq_frame(cpu, SW_CTX_SOFTIRQ, FRAME_WAKE);
	struct frame *hard = irq_frame(cpu, SW_CTX_HARDIRQ, FRAME_WAKE);
	struct frame *wake = task_frame(task, FRAME_WAKE);
	struct frame *signal = task_frame(task, FRAME_SIGNAL);

	*context = SW_CTX_UNKNOWN;
	if (!wake && !signal && !soft[FRAME_WAKE].task && !soft[FRAME_SIGNAL].task &&
	    !hard[FRAME_WAKE].task && !hard[FRAME_SIGNAL].task)
		return NULL;
	*context = context_of(cpu);
	if (*context == SW_CTX_SOFTIRQ || *context == SW_CTX_HARDIRQ) {
		struct frame *f = *context == SW_CTX_SOFTIRQ ? soft : hard;

		wake = f[FRAME_WAKE].task == task ? &f[FRAME_WAKE] : NULL;
		signal = f[FRAME_SIGNAL].task == task ? &f[FRAME_SIGNAL] : NULL;
	}
	return signal ?: wake;
}

#endif
