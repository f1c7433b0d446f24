/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Does a task sleep on a wait queue, and by what way?  While a task is being
 * woken its entry is still on the queue: who is found there was woken through it.
 *
 * Global functions (see read.bpf.h), each in two ways of reading.
 */
#ifndef SW_SLEEPERS_BPF_H
#define SW_SLEEPERS_BPF_H

#include "frames.bpf.h"

#define MAX_OUTER_EPOLLS 4 /* epolls that watch an epoll, looked at */
/* Not confirmed: a request of io_uring waits there, of whichever task. */
#define VIA_MAYBE 0x80
/* The entry itself shows that it was woken by way of this queue a moment ago. */
#define VIA_PROVEN 0x40

static __always_inline bool is_plain_waiter(__u64 func)
{
	return func == settings.fn_autoremove || func == settings.fn_woken ||
	       func == settings.fn_receiver || func == settings.fn_default;
}

/* head: the address of a list of wait_queue_entry whose `private` is a task. */
static __always_inline bool sleeps_on(__u64 head, __u64 task, const enum way way)
{
	__u64 next = (__u64)VIA(way, TO(way, struct list_head, head), next);
	int i;

	for (i = 0; i < SW_MAX_WAITERS; i++) {
		struct wait_queue_entry *entry;
		__u64 self = next;

		if (!next || next == head)
			return false;
		entry = TO(way, struct wait_queue_entry, ENTRY_OF(next));
		if (WORD_AT(way, ENTRY_OF(next) +
					bpf_core_field_offset(struct wait_queue_entry, private)) ==
		    task)
			return true;
		next = (__u64)VIA(way, entry, entry.next);
		if (next == self)
			return false;
	}
	return false;
}

__noinline int task_sleeps_on(__u64 head, __u64 task)
{
	return sleeps_on(head, task, BY_CALL);
}

__noinline int task_sleeps_on_cast(__u64 head, __u64 task)
{
	return sleeps_on(head, task, CAST);
}

static __always_inline bool on_queue(__u64 head, __u64 task, const enum way way)
{
	return way == CAST ? task_sleeps_on_cast(head, task) : task_sleeps_on(head, task);
}

static __always_inline bool waits_in_epoll(__u64 ep, __u64 task, const enum way way)
{
	return on_queue(ep + bpf_core_field_offset(struct eventpoll, wq.head), task, way);
}

/* In an epoll that watches this one. */
static __always_inline bool waits_outside(__u64 ep, __u64 task, const enum way way)
{
	__u64 head = ep + bpf_core_field_offset(struct eventpoll, poll_wait.head);
	__u64 next = (__u64)VIA(way, TO(way, struct list_head, head), next);
	int i;

	for (i = 0; i < MAX_OUTER_EPOLLS; i++) {
		struct wait_queue_entry *entry;
		__u64 outer;

		if (!next || next == head)
			return false;
		entry = TO(way, struct wait_queue_entry, ENTRY_OF(next));
		if ((__u64)VIA(way, entry, func) == settings.fn_ep_poll) {
			outer = epoll_of(ENTRY_OF(next), way);
			if (outer && waits_in_epoll(outer, task, way))
				return true;
		}
		next = (__u64)VIA(way, entry, entry.next);
	}
	return false;
}

__noinline int task_waits_outside(__u64 ep, __u64 task)
{
	return waits_outside(ep, task, BY_CALL);
}

__noinline int task_waits_outside_cast(__u64 ep, __u64 task)
{
	return waits_outside(ep, task, CAST);
}

#define WQ_FLAG_WOKEN 0x02 /* include/linux/wait.h */

/* woken_wake_function() says so in its entry before it wakes the task. */
static __always_inline bool plain_proven(__u64 at, __u64 func, const enum way way)
{
	return func == settings.fn_woken &&
	       VIA(way, TO(way, struct wait_queue_entry, at), flags) & WQ_FLAG_WOKEN;
}

/* __pollwake() says so before it wakes the task, which takes it back before it sleeps. */
static __always_inline bool poll_proven(__u64 private, const enum way way)
{
	return VIA(way, TO(way, struct poll_wqueues, private), triggered);
}

/* ep_poll_callback() puts its item last on the list of the ready ones, and then wakes. */
static __always_inline bool epoll_proven(__u64 at, __u64 ep, const enum way way)
{
	struct eppoll_entry *pe = TO(way, struct eppoll_entry,
				     at - bpf_core_field_offset(struct eppoll_entry, wait));
	__u64 item = (__u64)VIA(way, pe, base);

	return WORD_AT(way, ep + bpf_core_field_offset(struct eventpoll, rdllist.prev)) ==
	       item + bpf_core_field_offset(struct epitem, rdllink);
}

/* 0: no; 1 or 1 | VIA_PROVEN: the entry is the task's, by whichever way. */
static __always_inline __u32 entry_is_for(__u64 at, __u64 func, __u64 task, const enum way way)
{
	__u64 private = WORD_AT(way, at + bpf_core_field_offset(struct wait_queue_entry, private));
	const bool prove = !settings.closes_frames;
	__u64 ep;

	if (is_plain_waiter(func)) {
		if (private != task)
			return 0;
		return prove && plain_proven(at, func, way) ? 1 | VIA_PROVEN : 1;
	}
	if (func == settings.fn_pollwake) {
		if (WORD_AT(way, private + bpf_core_field_offset(struct poll_wqueues,
								 polling_task)) != task)
			return 0;
		/* By calls it would be too much for the verifier of 5.10. */
		return prove && way == CAST && poll_proven(private, way) ? 1 | VIA_PROVEN : 1;
	}
	if (func != settings.fn_ep_poll)
		return 0;
	ep = epoll_of(at, way);
	if (!ep)
		return 0;
	if (waits_in_epoll(ep, task, way))
		return prove && epoll_proven(at, ep, way) ? 1 | VIA_PROVEN : 1;
	return way == CAST ? task_waits_outside_cast(ep, task) : task_waits_outside(ep, task);
}

/* By what way the task waits on the queue of a socket (its struct socket_wq):
 * enum sw_via, or 0, with VIA_MAYBE or VIA_PROVEN. */
static __always_inline __u32 find_sleeper(__u64 wait_queue, __u64 task, const enum way way)
{
	__u64 head = wait_queue + bpf_core_field_offset(struct socket_wq, wait.head);
	__u64 next = (__u64)VIA(way, TO(way, struct list_head, head), next);
	__u32 maybe = 0;
	int i;

	for (i = 0; i < SW_MAX_WAITERS; i++) {
		struct wait_queue_entry *entry;
		__u64 func, self = next;
		__u32 is = 0;

		if (!next || next == head)
			return maybe;
		entry = TO(way, struct wait_queue_entry, ENTRY_OF(next));
		func = (__u64)VIA(way, entry, func);
		if (func && func == settings.fn_io_poll_wake)
			maybe = SW_VIA_IO_URING | VIA_MAYBE;
		else if (func)
			is = entry_is_for(ENTRY_OF(next), func, task, way);
		if (is)
			return (is & VIA_PROVEN) | (func == settings.fn_ep_poll  ? SW_VIA_EPOLL :
						    func == settings.fn_pollwake ? SW_VIA_POLL :
										   SW_VIA_BLOCKING);
		next = (__u64)VIA(way, entry, entry.next);
		if (next == self)
			return maybe;
	}
	return maybe;
}

__noinline __u32 sleeper_via(__u64 wait_queue, __u64 task)
{
	return find_sleeper(wait_queue, task, BY_CALL);
}

__noinline __u32 sleeper_via_cast(__u64 wait_queue, __u64 task)
{
	return find_sleeper(wait_queue, task, CAST);
}

#endif
