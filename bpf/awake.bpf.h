/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The task at the head of the wait queue that a callback finds awake: it was woken
 * before, or has not gone to sleep yet, so the scheduler has nothing to tell.
 */
#ifndef SW_AWAKE_BPF_H
#define SW_AWAKE_BPF_H

#include "tasks.bpf.h"

#define TASK_RUNNING 0

/* The task that waits first, if it waits by itself; *via as enum sw_via.  Its entry
 * is on its stack, and the queue is not locked: see still_first(). */
static __always_inline __u64 first_waiter(__u64 head, const enum way way, __u64 *first, __u32 *via)
{
	__u64 next = WORD_AT(way, head), func, private;

	*first = next;
	if (!next || next == head)
		return 0;
	func = WORD_AT(way, ENTRY_OF(next) + bpf_core_field_offset(struct wait_queue_entry, func));
	private = WORD_AT(way, ENTRY_OF(next) +
				      bpf_core_field_offset(struct wait_queue_entry, private));
	*via = SW_VIA_BLOCKING;
	if (func && is_plain_waiter(func))
		return private;
	*via = SW_VIA_POLL;
	if (func && func == settings.fn_pollwake)
		return WORD_AT(way, private + bpf_core_field_offset(struct poll_wqueues,
								    polling_task));
	return 0;
}

/* Else what was read of the entry may be what its stack holds by now. */
static __always_inline bool still_first(__u64 head, __u64 first, const enum way way)
{
	return WORD_AT(way, head) == first;
}

/* Returns the task that was told of, or 0. */
static __always_inline __u64 tell_awake_by(__u64 wait_queue, __u64 id, __u64 ts, __u32 cpu,
					 const enum way way)
{
	struct task_struct *task;
	struct sw_rec_woken *r;
	__u64 head = wait_queue + bpf_core_field_offset(struct socket_wq, wait.head);
	__u64 found, first;
	__u32 via = 0;
	void *ring;

	found = first_waiter(head, way, &first, &via);
	if (!found || state_of((void *)found) != TASK_RUNNING || !still_first(head, first, way))
		return 0;
	r = record_of(&ring, cpu, SW_HOOK_WOKEN, sizeof(*r));
	if (!r)
		return 0;
	rec_header(&r->hdr, ts + 1, SW_REC_WOKEN, SW_HOOK_WOKEN, sizeof(*r), cpu);
	r->hdr.flags = SW_F_CONFIRMED | SW_F_AWAKE;
	r->sock = id;
	r->wakeup_ts = ts;
	r->woken_ts = ts;
	task = (void *)found;
	read_task(task, &r->pid, &r->tid, r->comm);
	r->via = via;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	ring_submit(ring, r, cpu);
	return found;
}

__noinline __u64 tell_awake(__u64 wait_queue, __u64 id, __u64 ts, __u32 cpu)
{
	return tell_awake_by(wait_queue, id, ts, cpu, BY_CALL);
}

__noinline __u64 tell_awake_cast(__u64 wait_queue, __u64 id, __u64 ts, __u32 cpu)
{
	return tell_awake_by(wait_queue, id, ts, cpu, CAST);
}

#endif
