/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The scheduler's part: tasks go to sleep for sockets, are woken in callbacks,
 * and run.  This runs for every wake-up and (switch.bpf.h) every switch of every
 * task: what is not marked must cost next to nothing.
 */
#ifndef SW_SCHED_BPF_H
#define SW_SCHED_BPF_H

#include "errors.bpf.h"
#include "origins.bpf.h"

/* --- woken -------------------------------------------------------------------- */

/* An int that became a byte: see vmlinux.h. */
#define READ_FLAG(task, field)                                                          \
	({                                                                              \
		__u32 _v = 0;                                                           \
		bpf_probe_read_kernel(&_v, bpf_core_field_size((task)->field) == 1 ? 1 : 4, \
				      (void *)(task) +                                  \
					      bpf_core_field_offset(struct task_struct, field)); \
		_v;                                                                     \
	})

/* On a CPU and not about to leave it: no switch will follow. */
static __always_inline bool is_running(struct task_struct *task)
{
	return READ_FLAG(task, on_cpu) && READ_FLAG(task, on_rq);
}

/* Where exits are not seen: does the frame's callback still run?  found: what the wait
 * queue says of the task.  Of an old one that is asked once: it may have been kept from the
 * CPU, but is mostly over. */
static __always_inline bool is_within(void *ctx, struct frame *f, __u64 task, __u32 found,
				      __u64 now)
{
	__u64 age = now - f->ts;
	int inside;

	if (found & VIA_PROVEN && !f->woke && age < PROVEN_NS)
		return true;
	if (f->hook == SW_HOOK_DEF_READABLE)
		inside = context_called_by(ctx, SW_CODE_READABLE, SW_CODE_WAKE_SYNC);
	else
		inside = context_called_by(ctx, SW_CODE_WAKEUP, SW_CODE_WAKE);
	if (inside <= 0 && age > BELIEVED_NS)
		f->task = 0;
	/* The stack may show another callback, of which nothing was told as the kernel had to
	 * skip the program that would have: nobody is woken twice by one, and who is not on the
	 * queue is woken soon.  (Asked before the stack is, it takes 5.10's verifier minutes.) */
	return inside > 0 && f->last != last_of(task) && (found || age <= UNPROVEN_NS);
}

/*
 * By what way this callback woke this task; confirmed if the task was found to
 * wait for this very socket.  False: it was not this callback's doing, or that
 * is not to be known.
 */
static __always_inline bool attribute(void *ctx, struct frame *f, __u64 task,
				      const struct task_entry *e, const enum way way, __u64 now,
				      __u32 *via, bool *confirmed)
{
	bool blocked = e && e->begin && !e->end && e->sk; /* in a call on a socket */
	bool own;
	__u64 wq, sk = f->sk;
	__u32 found;

	*confirmed = true;
	*via = SW_VIA_BLOCKING;
	if (settings.closes_frames && blocked && e->sk == sk)
		return true;
	wq = WORD_AT(way, sk + bpf_core_field_offset(struct sock, sk_wq));
	found = !wq ? 0 : way == CAST ? sleeper_via_cast(wq, task) : sleeper_via(wq, task);
	own = blocked && e->sk == sk;
	/* RCU's, where a read-side section that was preempted ends in the callback, or a
	 * kworker: they wait on no socket's queue, and the stack need not be asked. */
	if (!own && (!found || found & VIA_MAYBE) &&
	    is_kernel_thread(TO(way, struct task_struct, task), way))
		return false;
	if (!settings.closes_frames && !is_within(ctx, f, task, found, now))
		return false;
	found &= ~VIA_PROVEN;
	if (own)
		return true;
	*via = found & ~VIA_MAYBE;
	if (found && !(found & VIA_MAYBE))
		return true;
	/* Its exit may have been missed. */
	if (now - f->ts > OPEN_NS)
		return false;
	*confirmed = false;
	if (frame_kind_of(f->hook) == FRAME_SIGNAL) {
		*via = SW_VIA_ASYNC;
		return true;
	}
	/* A task that sleeps for another socket was not woken for this one. */
	if (blocked)
		return false;
	/* What it polls is not known, but how. */
	if (!found)
		*via = e && e->begin && !e->end ? CALL_VIA(e->call) : SW_VIA_OTHER;
	return true;
}

static __always_inline int on_waking(void *ctx, __u64 key, const enum way way)
{
	__u32 cpu = bpf_get_smp_processor_id(), context, via;
	struct task_struct *task = TO(way, struct task_struct, key);
	__u64 now;
	struct task_entry *e;
	struct frame *f;
	bool confirmed;

	f = frame_here(bpf_get_current_task(), cpu, &context);
	e = task_entry(key);
	if (!f && !e)
		return 0;
	now = bpf_ktime_get_ns();
	if ((way == CAST ? task->__state : state_of(task)) & TASK_RTLOCK_WAIT)
		return 0;
	if (e)
		e->waked = now;
	if (!f || !attribute(ctx, f, key, e, way, now, &via, &confirmed)) {
		if (settings.errors_late && e)
			woken_by_error(ctx, key, e, cpu, now, way);
		return 0;
	}
	if (e)
		task_rename(e, task, way);
	else
		e = task_entry_make(key, way, SW_HOOK_WOKEN, cpu, WHEN_WOKEN);
	if (!e)
		return 0;
	e->waked = now; /* it may be new */
	e->signalled = via == SW_VIA_ASYNC;
	f->woke++;
	f->last = last_of(key);
	if (settings.tell_woken)
		tell_woken(f, e, cpu, now, via, confirmed ? SW_F_CONFIRMED : 0);
	*(volatile __u32 *)&e->waking = 1;
	task_woken(e, f, now);
	e->run_ts = is_running(task) ? now : 0;
	*(volatile __u32 *)&e->waking = 0;
	COUNT(e->turns); /* see run_meanwhile() */
	/* By a signal it is ended as by any other, whichever socket sent that. */
	if (via != SW_VIA_ASYNC && e->begin && !e->end && !e->ended_by) {
		e->ended_sock = f->id;
		e->ended_by = f->ts;
	}
	if (e->run_ts && settings.tell_run)
		tell_run(e, cpu, now);
	return 0;
}

SEC("raw_tp/sched_waking") int sched_waking(struct bpf_raw_tracepoint_args *ctx)
{
	return on_waking(ctx, ctx->args[0], BY_CALL);
}

WITH_CASTS(SEC("raw_tp/sched_waking")
	   int sched_waking_cast(struct bpf_raw_tracepoint_args *ctx) {
		   return on_waking(ctx, ctx->args[0], CAST);
	   })

/* --- run, sleep ----------------------------------------------------------------- */

/* From being woken on, it waits for a CPU: until when it slept that runs now. */
static __always_inline __u64 asleep_till(const struct task_entry *e, __u64 since, __u64 now)
{
	return e->waked > since && e->waked < now ? e->waked : now;
}

/* It was off the CPU until now. */
static __always_inline void off_ends(struct task_entry *e, __u64 now)
{
	struct task_off *off = &e->offs[e->offs_n & (TASK_OFFS - 1)];

	if (!off->from || off->till)
		return;
	off->till = off->why == OFF_ASLEEP ? asleep_till(e, off->from, now) : now;
	e->offs_n++;
}

static __always_inline void off_begins(struct task_entry *e, bool preempt, long state)
{
	struct task_off *off = &e->offs[e->offs_n & (TASK_OFFS - 1)];

	off->from = bpf_ktime_get_ns();
	off->till = 0;
	/* A spinlock's wait, on PREEMPT_RT, is nothing that the task does. */
	if (state & TASK_RTLOCK_WAIT)
		state = 0;
	off->why = preempt || !state			? OFF_WAITING :
		   state & (TASK_STOPPED | TASK_TRACED | TASK_FROZEN) ? OFF_STOPPED :
								OFF_ASLEEP;
	if (e->run_ts)
		e->off_since = off->from;
}

/*
 * A task may be told to be woken before it is seen to go to sleep, on another CPU at the same
 * time or still on its own.  If nothing has woken it since, nor has it left the CPU between
 * the two, nothing else can have ended that sleep.  before: when it got a CPU last before now.
 */
static __always_inline void woken_early(struct task_entry *e, __u64 before)
{
	if (e->ended_by || !e->wake_sock)
		return;
	if (e->waked == e->woken_ts && before <= e->woken_ts && !e->taken && !e->signalled) {
		e->ended_sock = e->wake_sock;
		e->ended_by = e->wakeup_ts;
	} else if (!IS_ON_FD(e->call) && e->run_ts == e->woken_ts) {
		e->taken = 1; /* so it had polled again: see may_be_early() */
	}
}

/* The wake-up that found it on its CPU may be the one that will end the sleep that begins now. */
static __always_inline bool may_be_early(const struct task_entry *e)
{
	return e->run_ts == e->woken_ts && e->waked == e->woken_ts && e->ran <= e->woken_ts &&
	       e->enter <= e->woken_ts;
}

static __always_inline void task_runs(__u64 task, __u32 cpu, const enum way way)
{
	struct task_entry *e = task_entry(task);
	__u64 now, before;

	if (!e)
		return;
	now = bpf_ktime_get_ns();
	before = e->ran;
	e->ran = now;
	off_ends(e, now);
	if (e->wake_sock && !e->run_ts) {
		if (now < e->woken_ts) /* as another CPU tells it */
			now = e->woken_ts;
		e->run_ts = now;
		task_rename(e, TO(way, struct task_struct, task), way);
		if (settings.tell_run)
			tell_run(e, cpu, now);
	}
	if (e->off_since) {
		e->off_ns += now - e->off_since;
		e->off_since = 0;
	}
	if (!e->begin || e->end)
		return;
	e->end = now;
	e->asleep += now > e->slept_at ? asleep_till(e, e->slept_at, now) - e->slept_at : 0;
	woken_early(e, before);
	/* Else its call tells the end, with the result. */
	if (!settings.call_ends && !told_by_length(e->call))
		tell_wait(e, task, cpu, now, 0, SW_F_NO_RESULT);
}

/*
 * An error's wake-up is noted late (errors.bpf.h): the task may run by then, and sleep again.
 * Each of the two writes first, and then looks; between that stands an atomic addition, which
 * is a barrier.
 */
static __always_inline void run_meanwhile(struct task_entry *e, __u32 cpu)
{
	COUNT(e->turns);
	/* One that is not through yet will look after this: see on_waking(). */
	if (*(volatile __u32 *)&e->waking || !e->wake_sock || e->run_ts ||
	    !ran_since(e, e->woken_ts))
		return;
	e->run_ts = ran_since(e, e->woken_ts);
	if (settings.tell_run)
		tell_run(e, cpu, e->run_ts);
}

/* The current task goes to sleep in a call that waits for sockets: in which, and
 * for which one. */
static __always_inline void task_sleeps(__u64 key, const enum way way, __u32 cpu)
{
	struct task_struct *task = current_task(way);
	__u8 call = call_of_task(task, way);
	__u64 now, id = 0, sk = 0;
	__u32 lost;
	struct task_entry *e;
	int fd;

	if (!call || call == CALL_OPAQUE)
		return;
	if (IS_ON_FD(call)) {
		struct pt_regs *regs = regs_of(task, way);

		fd = SYSCALL_ARG1(regs);
		sk = way == CAST ? sock_of_task_fd_cast(task, fd) :
				   (__u64)sock_of_task_fd(task, fd);
		if (!sk || !socket_wanted(TO(way, struct sock, sk), way))
			return;
	} else if (by_task() && !current_wanted()) {
		return;
	}
	e = task_entry_make(key, way, SW_HOOK_WAIT, cpu, WHEN_ASLEEP);
	if (!e)
		return;
	if (!e->offs_n && !e->offs[0].from) /* it was not known until now */
		off_begins(e, false, TASK_INTERRUPTIBLE);
	now = bpf_ktime_get_ns();
	/* Another sleep in the same call. */
	if (e->begin && e->call == call && e->sk == sk) {
		e->slept_at = now;
		e->sleeps++;
		e->ended_by = 0;
		e->end = 0;
		run_meanwhile(e, cpu);
		return;
	}
	/* Who polls again has done with what it was woken for. */
	if (!IS_ON_FD(call) && e->run_ts && !may_be_early(e))
		e->taken = 1;
	/* accept(2) on TCP is waits.bpf.h's, which also reports calls that return at once. */
	if (sk && !(call == ON_FD(ACCEPT) && is_inet(family_of(sk)))) {
		id = socket_id((void *)sk, BY_CALL, cookie_of((void *)sk), cpu, SW_HOOK_WAIT, &lost);
		if (!id) {
			hit_lost(SW_HOOK_WAIT, cpu, lost);
			return;
		}
	}
	e->end = 0;
	e->sk = sk;
	e->sock = id;
	e->ended_by = 0;
	e->call = call;
	e->slept_at = now;
	e->asleep = 0;
	e->sleeps = 1;
	e->begin = now;
	task_rename(e, task, way);
	run_meanwhile(e, cpu);
}

/* prev is the current task. */
static __always_inline void tasks_switch(bool preempt, __u64 prev, __u64 next, const enum way way)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct task_entry *e;
	long state;

	if (!is_active(cpu))
		return;
	task_runs(next, cpu, way);
	e = task_entry(prev);
	if (!e && preempt)
		return;
	state = way == CAST ? AS(struct task_struct, prev)->__state : state_of((void *)prev);
	if (e)
		off_begins(e, preempt, state);
	if (preempt)
		return;
	if (state & TASK_INTERRUPTIBLE)
		task_sleeps(prev, way, cpu);
	else if (state & TASK_DEAD && e)
		task_entry_drop(prev);
}

#endif
