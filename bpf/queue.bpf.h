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
#define AF_VSOCK 40

#define SOCK_STREAM 1
#define SOCK_DGRAM 2

#define SOCK_STREAM 1
#define SOCK_RAW 3

#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
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

static __always_inline void tcp_queues(struct sock *sk, const enum way way, __u8 state,
				       struct sw_rec_wakeup *r)
{
	struct tcp_sock *tp;
	__u32 rx;

	if (state == TCP_LISTEN) {
		r->rx_queued = ARG(way, sk, sk_ack_backlog);
		r->tx_queued = ARG(way, sk, sk_max_ack_backlog);
		return;
	}
	r->rx_queued = 0;
	r->tx_queued = 0;
	if (state == TCP_SYN_SENT || state == TCP_SYN_RECV)
		return;
	tp = TO(way, struct tcp_sock, sk);
	rx = VIA(way, tp, rcv_nxt) - VIA(way, tp, copied_seq);
	/* The peer's FIN has a sequence number and is no byte (tcp_inq()). */
	if (rx && ARG(way, sk, __sk_common.skc_flags) & (1UL << SOCK_DONE))
		rx--;
	r->rx_queued = rx;
	/* What is closed has thrown it away, and may have gone on in its numbers. */
	if (state != TCP_CLOSE)
		r->tx_queued = VIA(way, tp, write_seq) - VIA(way, tp, snd_una);
}

/* Has TCP's sequence numbers, which tell what was taken and what came. */
static __always_inline bool has_sequence(struct sock *sk, const enum way way, __u8 state)
{
	return is_inet(ARG(way, sk, __sk_common.skc_family)) &&
	       ARG(way, sk, sk_protocol) == IPPROTO_TCP && state != TCP_LISTEN;
}

/*
 * What follows up to the next such line are global functions: the verifier looks
 * at each once, by itself, and not once for each way that leads to it.  (Loops
 * in the middle of a program made it take five times as long.)  Such functions
 * take and return numbers only.
 */

/* A pointer that the verifier knows is not a number to it, until it was read
 * from memory. */
static __always_inline __u64 number_of(const void *pointer)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

/* Likewise, where there is memory of ours that nothing else writes meanwhile. */
static __always_inline __u64 number_by(const void *pointer, void *ours)
{
	*(volatile __u64 *)ours = (__u64)pointer;
	return *(volatile __u64 *)ours;
}

#define MORE (1u << 31) /* the walk ended before the queue did */

/* How much of a queued message is left to read. */
enum queued {
	QUEUED_WHOLE,
	QUEUED_UDP,   /* all of it; the reader has a queue of its own besides */
	QUEUED_UNIX,  /* a stream's reader may have taken a part */
	QUEUED_MPTCP, /* likewise; and the reader had such a queue */
};

static __always_inline __u32 bytes_taken(__u64 cb, const enum way way, __u32 kind)
{
	if (kind == QUEUED_UNIX && bpf_core_type_exists(struct unix_skb_parms)) {
		struct unix_skb_parms *p = TO(way, struct unix_skb_parms, cb);

		return VIA(way, p, consumed);
	}
	if (kind == QUEUED_MPTCP && bpf_core_type_exists(struct mptcp_skb_cb)) {
		struct mptcp_skb_cb *p = TO(way, struct mptcp_skb_cb, cb);

		return VIA(way, p, offset);
	}
	return 0;
}

/* Adds up one queue, of `room` messages at most; MORE is set if there are others. */
static __always_inline __u32 add_queue(__u64 head, const enum way way, __u32 kind, __u32 *room)
{
	__u64 next = WORD_AT(way, head); /* of sk_buff_head and sk_buff, it comes first */
	__u32 bytes = 0;
	int i;

	for (i = 0; i < SW_MAX_QUEUED_SKBS; i++) {
		struct sk_buff *skb;

		if (!next || next == head)
			return bytes & ~MORE;
		if (!*room)
			return bytes | MORE;
		--*room;
		skb = TO(way, struct sk_buff, next);
		bytes += VIA(way, skb, len) -
			 bytes_taken(next + bpf_core_field_offset(struct sk_buff, cb), way, kind);
		next = WORD_AT(way, next);
	}
	return next && next != head ? bytes | MORE : bytes & ~MORE;
}

/*
 * The bytes that a reader would get, where no protocol counts them: what the kernel
 * charges to the socket (or for AF_UNIX to the sender) has its own overhead in it.
 */
static __always_inline __u32 add_queues(__u64 sock, const enum way way, __u32 kind)
{
	__u32 room = SW_MAX_QUEUED_SKBS, older = 0, bytes;
	__u64 own = 0;

	/* What is read first comes first. */
	if (kind == QUEUED_UDP && bpf_core_field_exists(struct udp_sock, reader_queue))
		own = bpf_core_field_offset(struct udp_sock, reader_queue);
	if (kind == QUEUED_MPTCP && bpf_core_field_exists(struct mptcp_sock, receive_queue))
		own = bpf_core_field_offset(struct mptcp_sock, receive_queue);
	if (own)
		older = add_queue(sock + own, way, kind, &room);
	bytes = add_queue(sock + bpf_core_field_offset(struct sock, sk_receive_queue), way, kind,
			  &room);
	return ((bytes & ~MORE) + (older & ~MORE)) | ((bytes | older) & MORE);
}

__noinline __u32 queued_bytes(__u64 sock, __u32 kind)
{
	return add_queues(sock, BY_CALL, kind);
}

__noinline __u32 queued_bytes_cast(__u64 sock, __u32 kind)
{
	return add_queues(sock, CAST, kind);
}

/* What was written and the peer has not acknowledged. */
__noinline __u32 mptcp_sent_bytes(__u64 sock)
{
	struct mptcp_sock *msk = (struct mptcp_sock *)sock;

	if (!bpf_core_type_exists(struct mptcp_sock))
		return 0;
	return BPF_CORE_READ(msk, write_seq) - BPF_CORE_READ(msk, snd_una);
}

/* A listener's queue: in the lower half its length, in the upper its limit. */
__noinline __u64 mptcp_backlog(__u64 sock)
{
	struct mptcp_sock *msk = (struct mptcp_sock *)sock;
	struct sock *first;

	if (!bpf_core_type_exists(struct mptcp_sock))
		return 0;
	first = BPF_CORE_READ(msk, first);
	if (!first)
		return 0;
	return BPF_CORE_READ(first, sk_ack_backlog) |
	       (__u64)BPF_CORE_READ(first, sk_max_ack_backlog) << 32;
}

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

/* --- end of the global functions, but for wanted_on_queue() below --- */

static __always_inline void mptcp_queues(__u64 sock, struct sw_rec_wakeup *r)
{
	__u64 backlog;
	__u32 bytes;

	r->rx_queued = 0;
	r->tx_queued = 0;
	if (r->state == TCP_SYN_SENT || r->state == TCP_SYN_RECV)
		return;
	if (r->state == TCP_LISTEN) {
		backlog = mptcp_backlog(sock);
		r->rx_queued = backlog;
		r->tx_queued = backlog >> 32;
		return;
	}
	bytes = queued_bytes(sock, QUEUED_MPTCP);
	if (bytes & MORE)
		r->hdr.flags |= SW_F_MORE_QUEUED;
	r->rx_queued = bytes & ~MORE;
	r->tx_queued = mptcp_sent_bytes(sock);
}

/* How a socket's queue is to be added up that is not TCP's. */
static __always_inline __u32 queued_as(__u16 family, __u16 type, __u16 protocol)
{
	if (family == AF_UNIX)
		return QUEUED_UNIX;
	if (is_inet(family) && protocol == IPPROTO_UDP && type == SOCK_DGRAM)
		return QUEUED_UDP;
	return QUEUED_WHOLE;
}

static __always_inline void read_queues(struct sock *sk, const enum way way, __u16 family,
					struct sw_rec_wakeup *r)
{
	__u16 protocol = ARG(way, sk, sk_protocol), type = ARG(way, sk, sk_type);
	__u32 bytes, kind;
	__u64 sock;

	/* A raw socket may have TCP's number, and is none. */
	if (is_inet(family) && protocol == IPPROTO_TCP && type == SOCK_STREAM) {
		tcp_queues(sk, way, r->state, r);
		return;
	}
	sock = number_by(sk, &r->rx_queued); /* both words, which are not filled yet */
	if (is_inet(family) && protocol == IPPROTO_MPTCP && type == SOCK_STREAM) {
		mptcp_queues(sock, r);
		return;
	}
	if (family == AF_VSOCK && r->state == TCP_LISTEN) {
		r->rx_queued = ARG(way, sk, sk_ack_backlog);
		r->tx_queued = ARG(way, sk, sk_max_ack_backlog);
		return;
	}
	if (family == AF_UNIX && r->state == TCP_LISTEN) {
		r->rx_queued = BPF_CORE_READ(sk, sk_receive_queue.qlen);
		r->tx_queued = ARG(way, sk, sk_max_ack_backlog);
		return;
	}
	/* sk_wmem_alloc starts at one (sk_alloc()). */
	r->tx_queued = ARG(way, sk, sk_wmem_alloc.refs.counter) - 1;
	kind = queued_as(family, type, protocol);
	bytes = way == CAST ? queued_bytes_cast(sock, kind) : queued_bytes(sock, kind);
	if (bytes & MORE)
		r->hdr.flags |= SW_F_MORE_QUEUED;
	r->rx_queued = bytes & ~MORE;
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
