/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is queued on a socket: read without the lock that guards it (a probe can't take it),
 * a snapshot at the entry of the callback, as a debugger would see it.
 */
#ifndef SW_QUEUE_BPF_H
#define SW_QUEUE_BPF_H

#include "protocols.bpf.h"
#include "task.bpf.h"

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

#endif
