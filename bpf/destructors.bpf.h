/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The ends of sockets, which are told and end what is known of them. */
#ifndef SW_DESTRUCTORS_BPF_H
#define SW_DESTRUCTORS_BPF_H

#include "callbacks.bpf.h"

/* What is known of a socket goes, and nobody is told. */
static __always_inline void forget_socket(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct socket_entry *e = bpf_map_lookup_elem(&sockets, &key);

	if (e)
		socket_drop(e, sk, number_of(sk));
}

/* The end of a socket. One that was never seen ends unseen. */
static __always_inline int on_destroy(struct sock *sk, __u32 hook)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct sw_count *n = count_of(hook, cpu);
	__u64 key = (__u64)sk;
	struct sw_rec_destroy *r;
	struct socket_entry *e;
	void *ring;
	__u64 id;

	if (by_task())
		disown(key);
	if (!settings.tell_ends && hook != SW_HOOK_DEF_DESTRUCT) {
		forget_socket(sk);
		return 0;
	}
	if (!hit(n, cpu))
		return 0;
	e = bpf_map_lookup_elem(&sockets, &key);
	if (!e) {
		COUNT(n->filtered);
		return 0;
	}
	id = e->id;
	socket_drop(e, sk, number_of(sk));
	r = ring_reserve(&ring, cpu, sizeof(*r));
	if (!r) {
		COUNT(n->lost[SW_LOST_RING]);
		return 0;
	}
	rec_header(&r->hdr, bpf_ktime_get_ns(), SW_REC_DESTROY, hook, sizeof(*r), cpu);
	r->sock = id;
	ring_submit(ring, r, cpu);
	return 0;
}

#define DESTRUCTOR(id, fn)                                              \
	SEC("kprobe/" #fn) int BPF_KPROBE(kprobe_##fn, struct sock *sk) \
	{                                                               \
		return on_destroy(sk, SW_HOOK_##id);                    \
	}                                                               \
	SEC("fentry/" #fn) int BPF_PROG(fentry_##fn, struct sock *sk)   \
	{                                                               \
		return on_destroy(sk, SW_HOOK_##id);                    \
	}

/* By tracepoints alone TCP's sockets are seen to end, all but for what waits for RCU: what
 * is known of them goes; it is not told, as of all other sockets it is not seen. */
SEC("tp_btf/tcp_destroy_sock") int BPF_PROG(tp_tcp_destroy_sock, struct sock *sk)
{
	if (by_task())
		disown((__u64)sk);
	forget_socket(sk);
	return 0;
}

DESTRUCTOR(DEF_DESTRUCT, sock_def_destruct)
DESTRUCTOR(DESTRUCT, sk_destruct)

/* Its argument is &sk->sk_rcu; where sk_destruct() was seen before, there is no
 * entry left and nothing is told twice. */
static __always_inline int on_rcu_destruct(void *head)
{
	return on_destroy(head - bpf_core_field_offset(struct sock, sk_rcu),
			  SW_HOOK_RCU_DESTRUCT);
}

SEC("kprobe/__sk_destruct") int BPF_KPROBE(kprobe___sk_destruct, void *head)
{
	return on_rcu_destruct(head);
}

SEC("fentry/__sk_destruct") int BPF_PROG(fentry___sk_destruct, struct callback_head *head)
{
	return on_rcu_destruct(head);
}

#endif
