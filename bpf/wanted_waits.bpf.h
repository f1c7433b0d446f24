/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Whether a task that the filter wants waits for a socket. */
#ifndef SW_WANTED_WAITS_BPF_H
#define SW_WANTED_WAITS_BPF_H

#include "waiters.bpf.h"

static __always_inline bool entry_task_wanted(struct wait_queue_entry *entry, __u64 func,
					      __u64 private)
{
	struct task_struct *task = NULL;

	if (func == settings.fn_autoremove || func == settings.fn_woken ||
	    func == settings.fn_receiver || func == settings.fn_default) {
		task = (void *)private;
	} else if (func == settings.fn_pollwake) {
		struct poll_wqueues *pwq = (void *)private;

		task = BPF_CORE_READ(pwq, polling_task);
	}
	return task && task_wanted(task);
}

/* Is a task that the filter wants in epoll_wait(2) on the epoll with this queue?  Whatever
 * its function (one of epoll's own since 5.19), each entry there is a task's. */
__noinline int wanted_in_epoll(__u64 head)
{
	__u64 next = 0;
	int i;

	bpf_probe_read_kernel(&next, sizeof(next), (void *)head);
	for (i = 0; i < SW_MAX_WAITERS; i++) {
		struct wait_queue_entry *entry = (void *)ENTRY_OF(next);
		struct task_struct *task;

		if (!next || next == head)
			break;
		task = BPF_CORE_READ(entry, private);
		if (task && task_wanted(task))
			return 1;
		next = (__u64)BPF_CORE_READ(entry, entry.next);
	}
	return 0;
}

/* Is a task that the filter wants on this wait queue, or in an epoll that is?  Not looked
 * for are those on an epoll of an epoll. */
__noinline int wanted_on_queue(__u64 head)
{
	__u64 next = 0;
	int i;

	bpf_probe_read_kernel(&next, sizeof(next), (void *)head);
	for (i = 0; i < SW_MAX_WAITERS; i++) {
		struct wait_queue_entry *entry = (void *)ENTRY_OF(next);
		__u64 func, private;

		if (!next || next == head)
			break;
		func = (__u64)BPF_CORE_READ(entry, func);
		private = (__u64)BPF_CORE_READ(entry, private);
		if (func && func == settings.fn_ep_poll) {
			__u64 ep = epoll_of((__u64)entry, BY_CALL);

			if (ep && wanted_in_epoll(ep + bpf_core_field_offset(struct eventpoll,
									     wq.head)))
				return 1;
		} else if (func && entry_task_wanted(entry, func, private)) {
			return 1;
		}
		next = (__u64)BPF_CORE_READ(entry, entry.next);
	}
	return 0;
}

static __always_inline bool wanted_waits(struct sock *sk)
{
	__u64 wq = (__u64)BPF_CORE_READ(sk, sk_wq);

	return wq && wanted_on_queue(wq + bpf_core_field_offset(struct socket_wq, wait.head));
}

#endif
