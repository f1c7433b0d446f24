/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who a socket is: the records that say so, and what tells that they would say something
 * else by now. */
#ifndef SW_NAMES_BPF_H
#define SW_NAMES_BPF_H

#include "wanted.bpf.h"

struct sockaddr_vm {
	__u16 family;
	__u16 reserved;
	__u32 port;
	__u32 cid;
	__u32 rest;
};

struct vsock_ends {
	struct sockaddr_vm local, remote;
};

/*
 * struct vsock_sock mostly is a module's, whose types can only be had while it is loaded and
 * with more capabilities than we need.  Since 5.5 (commit c0cfa2d8a788 "vsock: add
 * multi-transports support") it begins with the sock, a pointer and both addresses, each of
 * which says its family: what has not got that there is not taken for one.
 */
static __always_inline bool read_vsock_ends(struct sock *sk, struct vsock_ends *ends)
{
	const void *from = (const void *)sk + bpf_core_type_size(struct sock) + sizeof(void *);

	if (bpf_probe_read_kernel(ends, sizeof(*ends), from))
		return false;
	return ends->local.family == AF_VSOCK && ends->remote.family == AF_VSOCK;
}

/* A number that changes when any name of the socket does. */
static __always_inline __u64 signature_of(struct sock *sk, const enum way way, __u16 family)
{
	struct sock___ino *with_ino = (void *)sk;
	__u64 sig = 0;

	/* Whichever says cheapest that it got, or lost, its file. */
	if (bpf_core_field_exists(with_ino->sk_ino))
		sig = ARG(way, with_ino, sk_ino);
	else
		sig = WORD_AT(way, (__u64)sk + bpf_core_field_offset(struct sock, sk_socket));
	if (is_inet(family)) {
		sig = sig * 31 + ARG(way, sk, __sk_common.skc_addrpair);
		sig = sig * 31 + ARG(way, sk, __sk_common.skc_portpair);
		if (family == AF_INET6)
			sig = sig * 31 +
			      ARG(way, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[3]);
	} else if (family == AF_UNIX) {
		struct unix_sock *u = (struct unix_sock *)sk;

		sig = sig * 31 + (__u64)BPF_CORE_READ(u, addr);
		sig = sig * 31 + (__u64)BPF_CORE_READ(u, peer);
	} else if (family == AF_PACKET && bpf_core_type_exists(struct packet_sock)) {
		struct packet_sock *po = (struct packet_sock *)sk;

		/* It hears packets before it is bound. */
		sig = sig * 31 + BPF_CORE_READ(po, num);
		sig = sig * 31 + BPF_CORE_READ(po, ifindex);
	} else if (family == AF_VSOCK) {
		struct vsock_ends ends;

		if (read_vsock_ends(sk, &ends))
			sig = sig * 31 + ((__u64)ends.remote.port << 32 | ends.local.port);
	}
	return sig | 1;
}

/*
 * The name of an AF_UNIX socket, without an abstract one's leading NUL.  Its memory is
 * as long as the name, so no byte after that is read.  The kernel counts the family (2
 * bytes), and the NUL that it puts at the end of a path or finds before an abstract name.
 */
static __always_inline __u16 unix_name(struct unix_sock *u, __u8 path[SW_UNIX_PATH],
				       bool *abstract)
{
	struct unix_address *addr = BPF_CORE_READ(u, addr);
	char *from, first = 0;
	__u64 len;

	if (!addr || BPF_CORE_READ(addr, len) < 3)
		return 0;
	len = BPF_CORE_READ(addr, len) - 3;
	from = (void *)addr + bpf_core_field_offset(struct unix_address, name) + 2;
	bpf_probe_read_kernel(&first, sizeof(first), from);
	*abstract = !first;
	/* All 64 bits, which the verifier follows, and not a copy of half of them. */
	asm volatile("" : "+r"(len));
	if (len > SW_UNIX_PATH)
		len = SW_UNIX_PATH;
	bpf_probe_read_kernel(path, len, from + !first);
	return len;
}

static __always_inline bool send_unix_names(struct sock *sk, __u64 id, __u32 cpu, __u64 ts,
					    __u8 hook)
{
	struct unix_sock *u = (struct unix_sock *)sk, *peer;
	struct sw_rec_unix *r;
	bool abstract = false;
	void *ring;

	r = ring_reserve(&ring, cpu, sizeof(*r));
	if (!r)
		return false;
	__builtin_memset(r, 0, sizeof(*r));
	rec_header(&r->hdr, ts, SW_REC_UNIX, hook, sizeof(*r), cpu);
	r->sock = id;
	r->llen = unix_name(u, r->lpath, &abstract);
	if (abstract)
		r->hdr.flags |= SW_F_ABSTRACT_LOCAL;
	abstract = false;
	peer = (struct unix_sock *)BPF_CORE_READ(u, peer);
	if (peer)
		r->rlen = unix_name(peer, r->rpath, &abstract);
	if (abstract)
		r->hdr.flags |= SW_F_ABSTRACT_REMOTE;
	ring_submit(ring, r, cpu);
	return true;
}

static __always_inline void vsock_names(struct sock *sk, struct sw_rec_socket *r)
{
	struct vsock_ends ends;

	if (!read_vsock_ends(sk, &ends))
		return;
	if (ends.local.port != VSOCK_NO_PORT) {
		r->lid = ends.local.port;
		*(__u32 *)r->laddr = ends.local.cid;
	}
	if (ends.remote.port != VSOCK_NO_PORT) {
		r->rid = ends.remote.port;
		*(__u32 *)r->raddr = ends.remote.cid;
	}
}

static __always_inline void packet_names(struct sock *sk, struct sw_rec_socket *r)
{
	struct packet_sock *po = (struct packet_sock *)sk;
	struct net_device *dev = BPF_CORE_READ(po, prot_hook.dev);

	r->protocol = bpf_ntohs(BPF_CORE_READ(po, num));
	r->lid = BPF_CORE_READ(po, ifindex);
	if (dev)
		bpf_probe_read_kernel_str(r->laddr, sizeof(r->laddr), &dev->name);
}

/* Sends the socket's names. 0: the ring was full.  A global function, see
 * read.bpf.h. */
__noinline int send_names(__u64 sock, __u64 id, __u64 cookie, __u32 hook, __u64 parent)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct sock *sk = (struct sock *)sock;
	__u64 ts = bpf_ktime_get_ns();
	struct sw_rec_socket *r;
	__u16 family;
	void *ring;

	r = ring_reserve(&ring, cpu, sizeof(*r));
	if (!r)
		return 0;
	__builtin_memset(r, 0, sizeof(*r));
	rec_header(&r->hdr, ts, SW_REC_SOCKET, hook, sizeof(*r), cpu);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	r->sock = id;
	r->parent = parent;
	r->cookie = cookie ?: BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	r->inode = inode_of(sk);
	r->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	r->family = family;
	r->type = BPF_CORE_READ(sk, sk_type);
	r->protocol = BPF_CORE_READ(sk, sk_protocol);
	if (is_inet(family)) {
		r->lport = local_port(sk, BY_CALL);
		r->rport = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
		if (family == AF_INET) {
			BPF_CORE_READ_INTO((__u32 *)r->laddr, sk, __sk_common.skc_rcv_saddr);
			BPF_CORE_READ_INTO((__u32 *)r->raddr, sk, __sk_common.skc_daddr);
		} else {
			BPF_CORE_READ_INTO(&r->laddr, sk,
					   __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
			BPF_CORE_READ_INTO(&r->raddr, sk,
					   __sk_common.skc_v6_daddr.in6_u.u6_addr8);
		}
	} else if (family == AF_NETLINK && bpf_core_type_exists(struct netlink_sock)) {
		struct netlink_sock *nlk = (struct netlink_sock *)sk;

		r->lid = BPF_CORE_READ(nlk, portid);
		r->rid = BPF_CORE_READ(nlk, dst_portid);
	} else if (family == AF_PACKET && bpf_core_type_exists(struct packet_sock)) {
		packet_names(sk, r);
	} else if (family == AF_VSOCK) {
		vsock_names(sk, r);
	}
	ring_submit(ring, r, cpu);
	if (family == AF_UNIX && bpf_core_type_exists(struct unix_sock))
		return send_unix_names(sk, id, cpu, ts, hook);
	return 1;
}

#endif
