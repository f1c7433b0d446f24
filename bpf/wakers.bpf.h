/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whose doing a wake-up in a softirq is.  A send on a local connection ends in a
 * softirq on top of the sender, and so does any packet that comes while an innocent
 * task has the CPU: the sender is in a call on the socket at the other end.
 */
#ifndef SW_WAKERS_BPF_H
#define SW_WAKERS_BPF_H

#include "frames.bpf.h"

/* Is `peer` the other end of `sk`?  Ports, as each has its own in host order. */
static __always_inline bool is_peer(__u64 sk, __u64 peer, const enum way way)
{
	struct sock *a = TO(way, struct sock, sk), *b = TO(way, struct sock, peer);
	__u16 lport, rport, peer_lport, peer_rport;

	lport = VIA(way, a, __sk_common.skc_num);
	peer_rport = bpf_ntohs(VIA(way, b, __sk_common.skc_dport));
	if (!lport || lport != peer_rport)
		return false;
	if (VIA(way, a, __sk_common.skc_state) == TCP_LISTEN)
		return true;
	rport = bpf_ntohs(VIA(way, a, __sk_common.skc_dport));
	peer_lport = VIA(way, b, __sk_common.skc_num);
	/* A datagram socket that is not connected hears everyone. */
	if (!rport)
		return true;
	if (rport != peer_lport)
		return false;
	if (VIA(way, a, __sk_common.skc_family) == AF_INET &&
	    VIA(way, b, __sk_common.skc_family) == AF_INET)
		return VIA(way, a, __sk_common.skc_daddr) ==
			       VIA(way, b, __sk_common.skc_rcv_saddr) &&
		       VIA(way, a, __sk_common.skc_rcv_saddr) ==
			       VIA(way, b, __sk_common.skc_daddr);
	return true;
}

/* SW_F_CAUSE, SW_F_BYSTANDER, or 0. */
static __always_inline __u32 role_for(__u64 sk, struct task_struct *task, const enum way way)
{
	__u8 call = call_of_task(task, way);
	struct pt_regs *regs;
	__u64 peer;
	int fd;

	if (call & CALL_OPAQUE)
		return 0;
	if (!call || !IS_ON_FD(call))
		return SW_F_BYSTANDER;
	regs = regs_of(task, way);
	fd = SYSCALL_ARG1(regs);
	peer = way == CAST ? sock_of_task_fd_cast(task, fd) : (__u64)sock_of_task_fd(task, fd);
	if (!peer)
		return SW_F_BYSTANDER;
	if (peer == sk || is_peer(sk, peer, way))
		return SW_F_CAUSE;
	/* Where a datagram of a socket that is not connected goes is in the call. */
	if (CALL_OP(call) == SW_OP_SEND &&
	    !(way == CAST ? AS(struct sock, peer)->__sk_common.skc_dport :
			    BPF_CORE_READ((struct sock *)peer, __sk_common.skc_dport)))
		return 0;
	return SW_F_BYSTANDER;
}

__noinline __u32 role_by_call(__u64 sk)
{
	return role_for(sk, (void *)bpf_get_current_task(), BY_CALL);
}

#ifdef SW_CASTS
__noinline __u32 role_cast(__u64 sk)
{
	return role_for(sk, bpf_get_current_task_btf(), CAST);
}
#endif

static __always_inline __u32 role_of(__u64 sk, const enum way way, const struct sw_rec_wakeup *r)
{
	/* Nothing but an idle CPU. */
	if (!r->pid && !settings.pidns)
		return SW_F_BYSTANDER;
#ifdef SW_CASTS
	if (way == CAST)
		return role_cast(sk);
#endif
	return role_by_call(sk);
}

#endif
