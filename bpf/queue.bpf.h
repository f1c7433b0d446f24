/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is queued on a socket, and who waits on it.
 *
 * Both are read without the locks that guard them (a probe can't take them):
 * a snapshot at the entry of the callback, as a debugger would see it.
 */
#ifndef SW_QUEUE_BPF_H
#define SW_QUEUE_BPF_H

#include "task.bpf.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_PACKET 17

#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262

/* enum of include/net/tcp_states.h */
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define TCP_SYN_RECV 3
#define TCP_FIN_WAIT2 5
#define TCP_CLOSE 7
#define TCP_CLOSE_WAIT 8
#define TCP_LISTEN 10
#define TCP_CLOSING 11

#define WQ_FLAG_EXCLUSIVE 0x01 /* include/linux/wait.h */

static __always_inline bool is_inet(__u16 family)
{
	return family == AF_INET || family == AF_INET6;
}

static __always_inline void tcp_queues(struct sock *sk, const bool direct, __u8 state,
				       struct sw_rec_wakeup *r)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	__u32 rx;

	if (state == TCP_LISTEN) {
		r->rx_queued = SK(direct, sk, sk_ack_backlog);
		r->tx_queued = SK(direct, sk, sk_max_ack_backlog);
		return;
	}
	r->rx_queued = 0;
	r->tx_queued = 0;
	if (state == TCP_SYN_SENT || state == TCP_SYN_RECV)
		return;
	rx = BPF_CORE_READ(tp, rcv_nxt) - BPF_CORE_READ(tp, copied_seq);
	/* The peer's FIN has a sequence number and is no byte (tcp_inq()). */
	if (rx && SK(direct, sk, __sk_common.skc_flags) & (1UL << SOCK_DONE))
		rx--;
	r->rx_queued = rx;
	r->tx_queued = BPF_CORE_READ(tp, write_seq) - BPF_CORE_READ(tp, snd_una);
}

/* AF_UNIX charges what is queued to the sender, so it is added up here. */
static __always_inline __u32 unix_rx_queued(struct sock *sk, __u16 *flags)
{
	struct sk_buff *head = (void *)sk + bpf_core_field_offset(struct sock, sk_receive_queue);
	struct sk_buff *skb = BPF_CORE_READ(sk, sk_receive_queue.next);
	__u32 bytes = 0;
	int i;

	for (i = 0; i < SW_MAX_UNIX_SKBS; i++) {
		if (!skb || skb == head)
			return bytes;
		bytes += BPF_CORE_READ(skb, len);
		if (bpf_core_type_exists(struct unix_skb_parms)) {
			/* A stream reader may have taken a part of it. */
			struct unix_skb_parms *p =
				(void *)skb + bpf_core_field_offset(struct sk_buff, cb);

			bytes -= BPF_CORE_READ(p, consumed);
		}
		skb = BPF_CORE_READ(skb, next);
	}
	if (skb && skb != head)
		*flags |= SW_F_MORE_QUEUED;
	return bytes;
}

static __always_inline void read_queues(struct sock *sk, const bool direct, __u16 family,
					struct sw_rec_wakeup *r)
{
	__u16 protocol = SK(direct, sk, sk_protocol);

	if (is_inet(family) && (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP)) {
		tcp_queues(sk, direct, r->state, r);
		return;
	}
	/* sk_wmem_alloc starts at one (sk_alloc()). */
	r->tx_queued = SK(direct, sk, sk_wmem_alloc.refs.counter) - 1;
	if (family != AF_UNIX) {
		r->rx_queued = SK(direct, sk, sk_backlog.rmem_alloc.counter);
		return;
	}
	if (r->state == TCP_LISTEN) {
		r->rx_queued = BPF_CORE_READ(sk, sk_receive_queue.qlen);
		r->tx_queued = SK(direct, sk, sk_max_ack_backlog);
		return;
	}
	r->rx_queued = unix_rx_queued(sk, &r->hdr.flags);
}

/* Counts the entries of the socket's wait queue. */
static __always_inline void read_waiters(struct sock *sk, const bool direct,
					 struct sw_rec_wakeup *r)
{
	struct socket_wq *wq = SK(direct, sk, sk_wq);
	__u16 waiters = 0, exclusive = 0;
	__u64 head, next = 0;
	int i;

	r->waiters = 0;
	r->exclusive = 0;
	if (!wq) {
		r->hdr.flags |= SW_F_NO_QUEUE;
		return;
	}
	head = (__u64)wq + bpf_core_field_offset(struct socket_wq, wait.head);
	bpf_probe_read_kernel(&next, sizeof(next), (void *)head);
	for (i = 0; i < SW_MAX_WAITERS; i++) {
		struct wait_queue_entry *entry;
		__u64 self = next;

		if (!next || next == head)
			break;
		entry = (void *)(next - bpf_core_field_offset(struct wait_queue_entry, entry));
		if (BPF_CORE_READ(entry, func)) { /* else a bookmark (until 6.11) */
			waiters++;
			if (BPF_CORE_READ(entry, flags) & WQ_FLAG_EXCLUSIVE)
				exclusive++;
		}
		next = 0;
		BPF_CORE_READ_INTO(&next, entry, entry.next);
		if (next == self) /* taken off the queue meanwhile */
			break;
	}
	if (i == SW_MAX_WAITERS && next && next != head)
		r->hdr.flags |= SW_F_MORE_WAITERS;
	r->waiters = waiters;
	r->exclusive = exclusive;
}

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

/* First the tasks themselves, then (once) those that wait on an epoll. */
static __noinline bool wanted_on_queue(__u64 head, __u64 *epoll)
{
	__u64 next = 0;
	int i;

	*epoll = 0;
	bpf_probe_read_kernel(&next, sizeof(next), (void *)head);
	for (i = 0; i < SW_MAX_WAITERS; i++) {
		struct wait_queue_entry *entry;
		__u64 func = 0, private = 0, self = next;

		if (!next || next == head)
			break;
		entry = (void *)(next - bpf_core_field_offset(struct wait_queue_entry, entry));
		BPF_CORE_READ_INTO(&func, entry, func);
		BPF_CORE_READ_INTO(&private, entry, private);
		if (func && func == settings.fn_ep_poll) {
			struct eppoll_entry *pe =
				(void *)entry - bpf_core_field_offset(struct eppoll_entry, wait);
			__u64 ep = (__u64)BPF_CORE_READ(pe, base, ep);

			if (ep)
				*epoll = ep + bpf_core_field_offset(struct eventpoll, wq.head);
		} else if (func && entry_task_wanted(entry, func, private)) {
			return true;
		}
		next = 0;
		BPF_CORE_READ_INTO(&next, entry, entry.next);
		if (next == self)
			break;
	}
	return false;
}

static __always_inline bool wanted_waits(struct sock *sk)
{
	struct socket_wq *wq = BPF_CORE_READ(sk, sk_wq);
	__u64 epoll = 0, ignored;

	if (!wq)
		return false;
	if (wanted_on_queue((__u64)wq + bpf_core_field_offset(struct socket_wq, wait.head),
			    &epoll))
		return true;
	return epoll && wanted_on_queue(epoll, &ignored);
}

#endif
