/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Connections that a listener tells of, before accept(2) returns them. */
#ifndef SW_CONNECTIONS_BPF_H
#define SW_CONNECTIONS_BPF_H

#include "socket.bpf.h"

/*
 * The connection that a listener tells of: the last one in its queue (of AF_UNIX, the
 * socket that its message belongs to).  0: none.  It is wanted if the listener is: its
 * first data may come before accept(2) returns.  A global function, see read.bpf.h.
 */
__noinline __u64 last_connection(__u64 listener)
{
	struct sock *sk = (struct sock *)listener, *child = NULL;
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (is_inet(family) && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP) {
		struct inet_connection_sock *csk = (struct inet_connection_sock *)listener;

		child = BPF_CORE_READ(csk, icsk_accept_queue.rskq_accept_tail, sk);
	} else if (family == AF_UNIX && BPF_CORE_READ(sk, sk_receive_queue.qlen)) {
		child = BPF_CORE_READ(sk, sk_receive_queue.prev, sk);
	}
	/* Where no ends are seen, what has no cookie may be something else any moment. */
	if (child && settings.cookie_ids && !cookie_of(child))
		return 0;
	if (child && by_task() && socket_owned(sk))
		own(child);
	return (__u64)child;
}

/* A connection is known by its listener, whose id that is, from the start. */
__noinline int adopt(__u64 key, __u64 id)
{
	struct sock *sk = (struct sock *)key;
	__u32 cpu = bpf_get_smp_processor_id();
	__u64 cookie = cookie_of(sk);
	struct socket_entry *e;

	e = bpf_map_lookup_elem(&sockets, &key);
	if (!e)
		e = socket_add(sk, cookie, cpu);
	if (!e) {
		lose_one(SW_LOST_SOCKETS);
		return 0;
	}
	if (e->cookie != cookie) {
		socket_anew(e, cpu);
		e->lport = 0;
		socket_moves(e, sk, cookie);
	}
	e->parent = id;
	e->signature = 0; /* its names are sent again when it is woken */
	return send_names(key, e->id, cookie, SW_HOOK_DEF_READABLE, id);
}

#endif
