/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Who waits on a socket's wait queue, read without its lock: a snapshot at the entry of the
 * callback.
 */
#ifndef SW_WAITERS_BPF_H
#define SW_WAITERS_BPF_H

#include "task.bpf.h"

#define WQ_FLAG_EXCLUSIVE 0x01 /* include/linux/wait.h */

/* The entries of a wait queue, and in bits 16 to 30 the exclusive ones among
 * them.  MORE may be set. */
static __always_inline __u32 walk_waiters(__u64 wait_queue, const enum way way)
{
	__u64 head = wait_queue + bpf_core_field_offset(struct socket_wq, wait.head);
	struct socket_wq *wq = TO(way, struct socket_wq, wait_queue);
	__u64 next = (__u64)VIA(way, wq, wait.head.next);
	__u32 waiters = 0;
	int i;

	for (i = 0; i < SW_MAX_WAITERS; i++) {
		struct wait_queue_entry *entry;
		__u64 func, real, self = next;

		if (!next || next == head)
			return waiters;
		entry = TO(way, struct wait_queue_entry,
			   next - bpf_core_field_offset(struct wait_queue_entry, entry));
		/* A bookmark (until 6.11) has no function.  Calculated rather than
		 * branched upon, which would double the verifier's ways. */
		func = (__u64)VIA(way, entry, func);
		real = (func | -func) >> 63;
		waiters += real + ((real & VIA(way, entry, flags) & WQ_FLAG_EXCLUSIVE) << 16);
		next = (__u64)VIA(way, entry, entry.next);
		if (next == self) /* taken off the queue meanwhile */
			return waiters;
	}
	return next && next != head ? waiters | MORE : waiters;
}

__noinline __u32 count_waiters(__u64 wait_queue)
{
	return walk_waiters(wait_queue, BY_CALL);
}

__noinline __u32 count_waiters_cast(__u64 wait_queue)
{
	return walk_waiters(wait_queue, CAST);
}

/* Its wait queue, as a number; 0: it has none. */
static __always_inline __u64 wait_queue_of(struct sock *sk, const enum way way)
{
	return WORD_AT(way, (__u64)sk + bpf_core_field_offset(struct sock, sk_wq));
}

/* Who waits on a queue, as far as that was looked at. */
enum waiting { NOBODY, EPOLLS, TASKS_TOO };

struct waiters {
	__u32 count; /* as count_waiters() has it */
	enum waiting who;
	__u32 flags; /* of the record: SW_F_NO_QUEUE, SW_F_MORE_WAITERS */
};

/* None or one, as nearly always, without the call. */
static __always_inline bool few_waiters(__u64 wait_queue, struct waiters *w)
{
	__u64 head = wait_queue + bpf_core_field_offset(struct socket_wq, wait.head);
	struct socket_wq *wq = AS(struct socket_wq, wait_queue);
	__u64 next = (__u64)wq->wait.head.next;
	struct wait_queue_entry *entry;

	if (next == head)
		return true;
	entry = AS(struct wait_queue_entry,
		   next - bpf_core_field_offset(struct wait_queue_entry, entry));
	if ((__u64)entry->entry.next != head || !entry->func)
		return false;
	w->count = 1 | (entry->flags & WQ_FLAG_EXCLUSIVE) << 16;
	if ((__u64)entry->func == settings.fn_ep_poll)
		w->who = EPOLLS;
	return true;
}

static __always_inline void read_waiters(struct sock *sk, const enum way way, struct waiters *w)
{
	const __u64 wq = wait_queue_of(sk, way);

	w->count = 0;
	w->who = TASKS_TOO;
	w->flags = wq ? 0 : SW_F_NO_QUEUE;
	if (!wq || (way == CAST && few_waiters(wq, w)))
		return;
	w->count = way == CAST ? count_waiters_cast(wq) : count_waiters(wq);
	if (w->count & MORE)
		w->flags = SW_F_MORE_WAITERS;
	w->count &= ~MORE;
}

/* From an entry's place in the list to the entry. */
#define ENTRY_OF(next) ((next) - bpf_core_field_offset(struct wait_queue_entry, entry))

/* The epoll behind an entry whose function is ep_poll_callback(). */
static __always_inline __u64 epoll_of(__u64 entry, const enum way way)
{
	struct eppoll_entry *pe = TO(way, struct eppoll_entry,
				     entry - bpf_core_field_offset(struct eppoll_entry, wait));
	__u64 item = (__u64)VIA(way, pe, base);

	return WORD_AT(way, item + bpf_core_field_offset(struct epitem, ep));
}

#endif
