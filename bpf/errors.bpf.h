/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whom an error wakes, where the tracepoint that tells of it (inet_sk_error_report) comes
 * after the callback: who is woken within sock_def_error_report() is kept in mind, and is
 * of the socket that the next such tracepoint on that CPU, over that task, names.  Of tasks
 * that have not slept for a socket since the trace began nothing is known.
 */
#ifndef SW_ERRORS_BPF_H
#define SW_ERRORS_BPF_H

#include "callers.bpf.h"
#include "tasks.bpf.h"

#define EARLY SW_EARLY

struct early {
	__u64 waker; /* struct task_struct *; 0: none */
	__u64 task;  /* 0: it is told already */
	__u64 ts;
	__u64 via;
};

static struct early earlies[SW_MAX_CPUS][EARLY];
static __u32 earlies_n[SW_MAX_CPUS];

/* When the first of them was woken; 0: nobody was. */
static __always_inline __u64 first_early(__u32 cpu)
{
	const struct early *all = earlies[cpu & (SW_MAX_CPUS - 1)];
	__u64 waker = bpf_get_current_task(), first = 0;
	int i;

	for (i = 0; i < EARLY; i++)
		if (all[i].waker == waker && (!first || all[i].ts < first))
			first = all[i].ts;
	return first;
}

/* What was held is copied here, as the stack has no room for it: by CPU, and by who does
 * it, as neither runs twice on a CPU. */
enum early_teller { AT_WAKING, AT_REPORT, EARLY_TELLERS };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EARLY_TELLERS);
	__type(key, __u32);
	__type(value, struct held_wait);
} held_copies SEC(".maps");

/* The wait is over; told if it was not meanwhile. */
static __always_inline void tell_held(const struct task_entry *e, __u64 task,
				      const struct held_wait *found, const struct frame *f,
				      __u32 cpu, enum early_teller teller)
{
	__u32 place = teller;
	struct held_wait *held = bpf_map_lookup_elem(&held_copies, &place);

	if (!held)
		return;
	*held = *found;
	if (!bpf_map_delete_elem(&held_waits, &task))
		wait_record(e, held, f->id, f->ts, true, cpu);
}

/* The task was woken by the error of that frame. */
static __always_inline void tell_early(struct task_entry *e, __u64 task, const struct frame *f,
				       const struct early *early, __u32 cpu, bool confirmed,
				       enum early_teller teller)
{
	__u64 now = early->ts;
	struct held_wait *found;

	if (settings.tell_woken)
		tell_woken(f, e, cpu, now, early->via, confirmed ? SW_F_CONFIRMED : 0);
	/* First: task_runs() looks at it when it finds a wake-up. */
	e->run_ts = ran_since(e, now);
	task_woken(e, f, now);
	e->signalled = 0;
	if (e->run_ts && settings.tell_run)
		tell_run(e, cpu, e->run_ts);
	if (!e->ended_by) {
		e->ended_sock = f->id;
		*(volatile __u64 *)&e->ended_by = f->ts;
	}
	COUNT(e->turns);
	/* It may have done with its poll by now, or sleep again: one of the two tells it. */
	found = e->early == now ? bpf_map_lookup_elem(&held_waits, &task) : NULL;
	if (found)
		tell_held(e, task, found, f, cpu, teller);
	if (e->ended_by == f->ts && e->begin && e->slept_at > now)
		e->ended_by = 0;
}

/* The socket that a task blocks on has its error, or a message of one, before anybody is
 * told of it; a listener that is shut down has none, and is closed by then.  What a task
 * polls is not known. */
static __always_inline bool may_have_failed(const struct task_entry *e, const enum way way)
{
	struct sock *sk = TO(way, struct sock, e->sk);

	return !e->begin || e->end || !e->sk || VIA(way, sk, sk_err) ||
	       VIA(way, sk, sk_error_queue.qlen) ||
	       (CALL_OP(e->call) == SW_OP_ACCEPT &&
		VIA(way, sk, __sk_common.skc_state) == TCP_CLOSE);
}

/*
 * A task that blocks in a call on a socket waits for that alone, so all is known; the
 * tracepoint will give its wake-up that time.  For what else it is kept in mind.
 */
static __always_inline void woken_by_error(void *ctx, __u64 task, struct task_entry *e, __u32 cpu,
					   __u64 now, const enum way way)
{
	struct frame f = {.hook = SW_HOOK_DEF_ERROR_REPORT};
	__u32 i = cpu & (SW_MAX_CPUS - 1);
	struct early *early;

	/* A timer's interrupt wakes whoever sleeps for so long, and tells of no error. */
	if (context_of(cpu) == SW_CTX_HARDIRQ || !may_have_failed(e, way) ||
	    context_called_by(ctx, SW_CODE_ERROR, SW_CODE_WAKE) <= 0)
		return;
	early = &earlies[i][earlies_n[i]++ & (EARLY - 1)];
	if (early->waker && early->task)
		hit_lost(SW_HOOK_WOKEN, cpu, SW_LOST_TASKS);
	early->ts = now;
	early->via = CALL_VIA(e->call);
	early->task = task;
	early->waker = bpf_get_current_task();
	if (e->early)
		bpf_map_delete_elem(&held_waits, &task);
	e->early = now;
	if (!e->begin || e->end || !e->sock || !is_inet(family_of(e->sk)))
		return;
	f.sk = e->sk;
	f.id = e->sock;
	f.ts = first_early(cpu) - 1;
	early->task = 0;
	tell_early(e, task, &f, early, cpu, true, AT_WAKING);
}

/* The socket is known now. */
static __noinline int tell_earlies(__u64 sk, __u64 id, __u64 ts, __u32 cpu)
{
	struct frame f = {.sk = sk, .id = id, .ts = ts, .hook = SW_HOOK_DEF_ERROR_REPORT};
	struct early *all = earlies[cpu & (SW_MAX_CPUS - 1)];
	__u64 waker = bpf_get_current_task();
	struct task_entry *e;
	int i;

	for (i = 0; i < EARLY; i++) {
		if (all[i].waker != waker)
			continue;
		all[i].waker = 0;
		e = all[i].task ? task_entry(all[i].task) : NULL;
		if (!e)
			continue;
		/* One that blocks on another socket was not woken for this one. */
		if ((e->begin || e->early == all[i].ts) && (!e->begin || !e->sk || e->sk == sk))
			tell_early(e, all[i].task, &f, &all[i], cpu, e->sk == sk, AT_REPORT);
		if (e->early == all[i].ts)
			e->early = 0;
	}
	return 0;
}

#endif
