/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whose packets MPTCP has put off.
 *
 * A packet comes to one of a connection's subflows, each a socket of TCP.  What it means
 * for the connection's own socket is done at once, unless a task holds that locked: then
 * by that task, in mptcp_release_cb() or, as far as it is data, mptcp_recvmsg().  So the
 * senders of what came since it was last done at once are kept in mind, one of data and
 * one of acknowledgements; two at a time are none.
 * But room for more data has one sender only: an acknowledgement stands for all before it,
 * so it is the last that acknowledged more than the one before.
 */
#ifndef SW_PEERS_BPF_H
#define SW_PEERS_BPF_H

#include "origin.bpf.h"
#include "queue.bpf.h"

#define TCPHDR_SYN 2 /* include/net/tcp.h */

struct peer {
	__u64 check;
	__u32 token; /* the connection's: another may be in the same place */
	__u32 several;
	struct origin origin;
};

struct peers {
	__u64 msk; /* struct mptcp_sock * */
	struct peer data, acks;
	/* The last packet of any kind; whether it made room is known from what was
	 * acknowledged (`una`) when it came, and is now. */
	__u64 una, subflow;
	struct peer last, room;
};

/* What a callback tells of. */
enum news { OTHER_NEWS, NEWS_OF_DATA, NEWS_OF_ROOM };

#define PEERS SW_PEERS
static struct peers peers[PEERS];

static __always_inline struct peers *peers_of(__u64 msk)
{
	return &peers[(msk >> 6) * 0x9e3779b97f4a7c15ULL >> 55 & (PEERS - 1)];
}

static __always_inline void peer_add(struct peer *p, __u64 msk, __u32 token, bool alone,
				     const struct origin *o)
{
	if (alone || p->token != token) {
		p->token = token;
		p->several = !o->task;
		p->origin = *o;
		p->check = check_of(msk, o);
	} else if (p->origin.task != o->task) {
		p->several = 1;
	}
}

static __always_inline void peers_last(struct peers *all, __u64 msk, __u32 token, __u64 una,
				       __u64 subflow, const struct origin *o)
{
	if (all->una != una)
		all->room = all->last;
	all->una = una;
	peer_add(&all->last, msk, token, true, o);
	/* Two subflows at a time: which of them it was is not to be seen. */
	if (all->subflow != subflow)
		all->last.several = 1;
	all->subflow = subflow;
}

/* The packet of that origin comes to a subflow. */
static __noinline int peers_add(__u64 subflow, __u64 skb, const struct origin *o)
{
	struct inet_connection_sock *icsk = (void *)subflow;
	struct tcp_skb_cb *cb = (void *)skb + bpf_core_field_offset(struct sk_buff, cb);
	struct mptcp_subflow_context *flow;
	struct mptcp_sock *msk;
	struct peers *all;
	__u8 flags = 0;
	__u32 token;
	bool data;

	if (!bpf_core_type_exists(struct mptcp_subflow_context))
		return 0;
	flow = BPF_CORE_READ(icsk, icsk_ulp_data);
	msk = (void *)BPF_CORE_READ(flow, conn);
	if (!msk)
		return 0;
	token = BPF_CORE_READ(msk, token);
	/* u16 since 6.15: of which this is the first half. */
	bpf_probe_read_kernel(&flags, sizeof(flags),
			      (void *)cb + bpf_core_field_offset(struct tcp_skb_cb, tcp_flags));
	data = !(flags & TCPHDR_SYN) && BPF_CORE_READ(cb, end_seq) != BPF_CORE_READ(cb, seq);
	all = peers_of((__u64)msk);
	if (all->msk != (__u64)msk) {
		all->msk = (__u64)msk;
		all->data.token = 0;
		all->acks.token = 0;
		all->last.token = 0;
		all->room.token = 0;
		all->subflow = subflow;
	}
	peer_add(data ? &all->data : &all->acks, (__u64)msk, token,
		 !BPF_CORE_READ((struct sock *)msk, sk_lock.owned), o);
	peers_last(all, (__u64)msk, token, BPF_CORE_READ(msk, snd_una), subflow, o);
	return 0;
}

static __always_inline bool is_subflow(struct sock *sk, const enum way way)
{
	struct tcp_sock *tp = TO(way, struct tcp_sock, sk);

	return bpf_core_field_exists(tp->is_mptcp) && VIA(way, tp, is_mptcp);
}

/* Who sent what a connection is told of late. */
static __always_inline void peers_origin(__u64 key, enum news news, struct origin *o,
					 const enum way way)
{
	struct mptcp_sock *msk = TO(way, struct mptcp_sock, key);
	const struct peers *all = peers_of(key);
	const struct peer *p = news == NEWS_OF_DATA ? &all->data : &all->acks;

	if (news == NEWS_OF_ROOM)
		p = VIA(way, msk, snd_una) != all->una ? &all->last : &all->room;
	*o = p->origin;
	if (all->msk != key || p->token != VIA(way, msk, token) || p->several ||
	    p->check != check_of(key, o)) {
		if (all->msk && all->msk != key)
			lose_one(SW_LOST_ORIGINS);
		origin_forget(o);
	}
}

#endif
