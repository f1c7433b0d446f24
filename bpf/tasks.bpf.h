/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is known of a task: the wait that it is in, the wake-up that woke it, and
 * what it did since.  A task gets an entry when it first sleeps for a socket, or
 * is woken by one, and keeps it until it ends; all others cost one load.
 */
#ifndef SW_TASKS_BPF_H
#define SW_TASKS_BPF_H

#include "sleepers.bpf.h"

#define TASK_INTERRUPTIBLE 1
#define TASK_STOPPED 4
#define TASK_TRACED 8
#define TASK_DEAD 0x80
#define TASK_FROZEN 0x8000 /* since 6.1 */
#define TASK_RTLOCK_WAIT 0x1000

static __always_inline long state_of(struct task_struct *task)
{
	struct task_struct___old_state *old = (void *)task;

	if (bpf_core_field_exists(task->__state))
		return BPF_CORE_READ(task, __state);
	return BPF_CORE_READ(old, state);
}

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_TASKS);
	__type(key, __u64); /* struct task_struct * */
	__type(value, struct task_entry);
} tasks SEC(".maps");

/* How many entries there are of each hash. */
__s32 task_marks[SW_TASK_MARKS];

static __always_inline __s32 *task_mark(__u64 task)
{
	return &task_marks[task_hash(task) & (SW_TASK_MARKS - 1)];
}

static __always_inline struct task_entry *task_entry(__u64 task)
{
	return *task_mark(task) ? bpf_map_lookup_elem(&tasks, &task) : NULL;
}

static __always_inline void task_names(struct task_entry *e, struct task_struct *task,
				       const enum way way)
{
	if (way == CAST && !settings.pidns)
		load_task(task, &e->pid, &e->tid, e->comm);
	else
		read_task(task, &e->pid, &e->tid, e->comm);
}

/* A name may change while a task lives. */
static __always_inline void task_rename(struct task_entry *e, struct task_struct *task,
					const enum way way)
{
	if (way == CAST) {
		const __u64 *name = (const __u64 *)task->comm;

		((__u64 *)e->comm)[0] = name[0];
		((__u64 *)e->comm)[1] = name[1];
		return;
	}
	BPF_CORE_READ_INTO(&e->comm, task, comm);
}

/* New ones are made here, and copied: so whoever finds one finds it named.  By CPU, and
 * by program, as none runs twice on a CPU. */
enum task_maker { WHEN_WOKEN, WHEN_ASLEEP, WHEN_TAKING, WHEN_ACCEPTING, TASK_MAKERS };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TASK_MAKERS);
	__type(key, __u32);
	__type(value, struct task_entry);
} fresh_tasks SEC(".maps");

/* The task's, made if need be.  The loss is of the hook that wanted it. */
static __always_inline struct task_entry *task_entry_make(__u64 key, const enum way way,
							  __u32 hook, __u32 cpu,
							  enum task_maker maker)
{
	struct task_entry *e = task_entry(key), *fresh;
	__u32 place = maker;

	if (e)
		return e;
	fresh = bpf_map_lookup_elem(&fresh_tasks, &place);
	if (!fresh)
		return NULL;
	task_names(fresh, TO(way, struct task_struct, key), way);
	fresh->made = bpf_ktime_get_ns();
	if (!bpf_map_update_elem(&tasks, &key, fresh, BPF_NOEXIST)) {
		COUNT(*task_mark(key));
		COUNT(used[SW_TABLE_TASKS]);
	}
	e = bpf_map_lookup_elem(&tasks, &key);
	if (!e)
		hit_lost(hook, cpu, SW_LOST_TASKS);
	return e;
}

/* By task. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_HELD_WAITS);
	__type(key, __u64); /* struct task_struct * */
	__type(value, struct held_wait);
} held_waits SEC(".maps");

static __always_inline void task_entry_drop(__u64 task)
{
	struct task_entry *e = task_entry(task);

	if (e && e->early)
		bpf_map_delete_elem(&held_waits, &task);
	if (!bpf_map_delete_elem(&tasks, &task)) {
		ADD(*task_mark(task), -1);
		ADD(used[SW_TABLE_TASKS], -1);
	}
}

/* Room for a record of a hook, its hit counted; NULL: counted as lost. */
static __always_inline void *record_of(void **ring, __u32 cpu, __u32 hook, __u64 size)
{
	struct sw_count *n = count_of(hook, cpu);
	void *r;

	if (!hit(n, cpu))
		return NULL;
	r = ring_reserve(ring, cpu, size);
	if (!r)
		COUNT(n->lost[SW_LOST_RING]);
	return r;
}

#define COPY_NAMES(r, e)                                                   \
	do {                                                               \
		(r)->pid = (e)->pid;                                       \
		(r)->tid = (e)->tid;                                       \
		((__u64 *)(r)->comm)[0] = ((const __u64 *)(e)->comm)[0]; \
		((__u64 *)(r)->comm)[1] = ((const __u64 *)(e)->comm)[1]; \
	} while (0)

static __always_inline void tell_run(struct task_entry *e, __u32 cpu, __u64 now)
{
	struct sw_rec_run *r;
	void *ring;

	r = record_of(&ring, cpu, SW_HOOK_RUN, sizeof(*r));
	if (!r)
		return;
	rec_header(&r->hdr, now, SW_REC_RUN, SW_HOOK_RUN, sizeof(*r), cpu);
	r->sock = e->wake_sock;
	r->wakeup_ts = e->wakeup_ts;
	r->woken_ts = e->woken_ts;
	COPY_NAMES(r, e);
	ring_submit(ring, r, cpu);
}

/* When it got a CPU last, if that was since then; else 0. */
static __always_inline __u64 ran_since(const struct task_entry *e, __u64 ts)
{
	return e->ran >= ts ? e->ran : 0;
}

/* The wake-up of a frame woke it; it does not run yet. */
static __always_inline void task_woken(struct task_entry *e, const struct frame *f, __u64 now)
{
	e->wake_sk = f->sk;
	e->wake_sock = f->id;
	e->wakeup_ts = f->ts;
	e->wake_end = f->data_end;
	e->woken_ts = now;
	e->off_ns = 0;
	e->off_since = 0;
	e->others = 0;
	e->taken = 0;
}

static __always_inline void tell_woken(const struct frame *f, const struct task_entry *e,
				       __u32 cpu, __u64 now, __u32 via, __u16 flags)
{
	struct sw_rec_woken *r;
	void *ring;

	r = record_of(&ring, cpu, SW_HOOK_WOKEN, sizeof(*r));
	if (!r)
		return;
	rec_header(&r->hdr, f->ts + 1, SW_REC_WOKEN, SW_HOOK_WOKEN, sizeof(*r), cpu);
	r->hdr.flags = flags;
	r->sock = f->id;
	r->wakeup_ts = f->ts;
	r->woken_ts = now;
	COPY_NAMES(r, e);
	r->via = via;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	ring_submit(ring, r, cpu);
}

#define EINTR 4
#define EAGAIN 11
#define ETIMEDOUT 110

/* By what the call returned, where no wake-up ended the wait. */
static __always_inline __u8 ending_of(__u32 op, __s64 result, __u16 flags)
{
	if (flags & SW_F_NO_RESULT)
		return SW_ENDED_UNKNOWN;
	if (result == -EINTR || (result <= -512 && result >= -516)) /* -ERESTART… */
		return SW_ENDED_SIGNAL;
	if (result == -EAGAIN || result == -ETIMEDOUT || (op == SW_OP_POLL && !result))
		return SW_ENDED_TIMEOUT;
	return SW_ENDED_UNKNOWN;
}

/* flags: what is known beside the result. */
static __always_inline void wait_record(const struct task_entry *e, const struct held_wait *w,
					__u64 sock, __u64 wakeup_ts, bool woken, __u32 cpu)
{
	__u32 op = CALL_OP(w->call);
	struct sw_rec_wait *r;
	void *ring;

	r = record_of(&ring, cpu, SW_HOOK_WAIT, sizeof(*r));
	if (!r)
		return;
	rec_header(&r->hdr, w->told, SW_REC_WAIT, SW_HOOK_WAIT, sizeof(*r), cpu);
	r->hdr.flags = w->flags | SW_F_WAITED;
	r->sock = sock;
	r->begin = w->begin;
	r->end = w->end;
	r->result = w->result;
	COPY_NAMES(r, e);
	r->op = op;
	r->ended = woken ? SW_ENDED_WAKEUP : ending_of(op, w->result, w->flags);
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	r->wakeup_ts = wakeup_ts;
	r->asleep = w->asleep;
	r->sleeps = w->sleeps;
	__builtin_memset(r->pad2, 0, sizeof(r->pad2));
	ring_submit(ring, r, cpu);
}

/* The socket is not known whose error may have ended it: see errors.bpf.h, where that is
 * set first, and then looked for what is held. */
static __noinline int hold_wait(struct task_entry *e, __u64 task, const struct held_wait *w,
				__u32 cpu)
{
	if (bpf_map_update_elem(&held_waits, &task, w, BPF_ANY)) {
		hit_lost(SW_HOOK_WAIT, cpu, SW_LOST_TASKS);
		return 0;
	}
	COUNT(e->turns);
	if (*(volatile __u64 *)&e->ended_by && !bpf_map_delete_elem(&held_waits, &task))
		wait_record(e, w, e->ended_sock, e->ended_by, true, cpu);
	return 0;
}

/* The wait is over, and told unless it was of an accept that others tell, or a
 * poll that no socket ended. */
static __always_inline void tell_wait(struct task_entry *e, __u64 task, __u32 cpu, __u64 now,
				      __s64 result, __u16 flags)
{
	__u32 op = CALL_OP(e->call);
	struct held_wait w = {
		.begin = e->begin,
		.end = e->end ?: now,
		.asleep = e->asleep + (e->end ? 0 : now - e->slept_at),
		.told = now,
		.result = result,
		.sleeps = e->sleeps,
		.call = e->call,
		.flags = flags,
	};
	__u64 sock;

	e->begin = 0;
	if (!settings.tell_wait || (op == SW_OP_ACCEPT && !e->sock))
		return;
	if (op == SW_OP_POLL && !e->ended_by) {
		if (e->early)
			hold_wait(e, task, &w, cpu);
		return;
	}
	/* Not the one that woke it last: a task that polls may be woken once more before
	 * it leaves.  And a queue may be that of two sockets (MPTCP's and its subflows'). */
	sock = op == SW_OP_POLL ? e->ended_sock : e->sock;
	wait_record(e, &w, sock, e->ended_by && e->ended_sock == sock ? e->ended_by : 0,
		    e->ended_by, cpu);
}

#endif
