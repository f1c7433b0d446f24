/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Sockets: their ids, their names, and whether the filter wants them.
 *
 * A socket gets an id when it is first seen and loses it in sk_destruct(), so
 * that a struct sock that is used again is another socket.  Its names travel
 * once, in a record of their own, and again when they change.
 */
#ifndef SW_SOCKET_BPF_H
#define SW_SOCKET_BPF_H

#include "owners.bpf.h"

struct socket_entry {
	__u64 id;
	__u64 signature; /* of the names that were sent last; 0: none yet */
	__u64 inode;	 /* 0: not known yet */
	__u64 lport;	 /* inet; 0: not bound yet */
	__u64 cookie;	 /* where no destructor can be seen, what tells sockets apart */
	__u64 parent;	 /* the id of the listener that it came from; 0: not known */
	/* Of the oldest wake-up that nobody has answered: by recv or accept, by send. */
	__u64 readable_ts, writable_ts;
	__u64 latest_ts; /* of the latest one */
	/* Where what the oldest and the latest told of ends, and the one before that: TCP's
	 * sequence numbers; of other sockets, how many have been told of. */
	__u32 readable_end, latest_end, latest_from;
	__u32 blocked;	   /* a send found no room, and none has succeeded since */
	__u32 tries;	   /* calls in a row that took nothing */
	__u32 seen;	   /* TCP: up to there takes were seen, or it was so when it fired */
	__u32 fires, takes; /* where there are no sequence numbers, see took_from() */
	__u64 tries_since; /* ns */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_SOCKETS);
	__type(key, __u64); /* struct sock * */
	__type(value, struct socket_entry);
} sockets SEC(".maps");

/*
 * Which hashes there are entries of: one load tells that a socket has none.  By
 * cookie where those are made, as the address of a typed socket is no number; an
 * entry that has none yet has not been woken.
 */
#define SOCKET_MARKS 65536 /* a power of two */
static __u8 socket_marks[SOCKET_MARKS];

static __always_inline __u8 *socket_mark(struct sock *sk, __u64 cookie)
{
	__u64 hash = settings.cookie_ids ? cookie : number_of(sk) >> 6;

	return &socket_marks[(hash ^ hash >> 16) & (SOCKET_MARKS - 1)];
}

/* Which hashes, by address, there are entries of that ever waited for room to be
 * used: nearly all sends are of sockets that have it. */
static __u8 room_marks[SOCKET_MARKS];

static __always_inline __u8 *room_mark(__u64 sk)
{
	return &room_marks[(sk >> 6 ^ sk >> 22) & (SOCKET_MARKS - 1)];
}

/*
 * What was last found in there, by cookie: a number that no two sockets ever
 * have.  Plain memory, as a call of a helper costs more than all the rest of it.
 * CPUs and interrupts may write one place at once: `check` tells what is whole.
 */
#define NOTES 8192 /* a power of two */

struct socket_note {
	__u64 cookie;
	__u64 signature;
	__u64 id;
	__u64 check; /* the others, combined */
};

static struct socket_note notes[NOTES];

/* key: enum sw_port_side << 16 | port */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_PORTS);
	__type(key, __u32);
	__type(value, __u8);
} ports SEC(".maps");

/* The local port: a connection that was reset has given up its number, but
 * still knows what it sent from. */
static __always_inline __u16 local_port(struct sock *sk, const enum way way)
{
	__u16 num = ARG(way, sk, __sk_common.skc_num);
	struct inet_sock *inet = (struct inet_sock *)sk;

	if (num)
		return num;
	return bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
}

static __always_inline bool port_wanted(__u32 side, __u16 port)
{
	__u32 key = side << 16 | port;

	return bpf_map_lookup_elem(&ports, &key);
}

static __always_inline bool proto_wanted(struct sock *sk, const enum way way, bool inet)
{
	__u16 protocol = ARG(way, sk, sk_protocol);
	__u16 type = ARG(way, sk, sk_type);
	int i;

	for (i = 0; i < SW_MAX_PROTOS; i++) {
		__u16 kind, value;

		if (i >= filter.n_protos)
			break;
		kind = filter.protos[i].kind;
		value = filter.protos[i].value;
		if (kind == SW_PROTO_INET && inet && value == protocol)
			return true;
		if (kind == SW_PROTO_TYPE && !inet && value == type)
			return true;
		if (kind == SW_PROTO_ANY && value == protocol)
			return true;
	}
	return false;
}

/* Every filter there is, cheapest first. */
static __always_inline bool socket_wanted(struct sock *sk, const enum way way)
{
	__u16 family;
	bool inet;

	if (!settings.filtered)
		return true;
	family = ARG(way, sk, __sk_common.skc_family);
	inet = is_inet(family);
	if (filter.families && (family >= 64 || !(filter.families >> family & 1)))
		return false;
	if (filter.n_protos && !proto_wanted(sk, way, inet))
		return false;
	if (filter.by_port || filter.by_lport || filter.by_rport) {
		__u16 lport, rport;

		if (!inet)
			return false;
		lport = local_port(sk, way);
		rport = bpf_ntohs(ARG(way, sk, __sk_common.skc_dport));
		if (filter.by_port && !port_wanted(SW_PORT_ANY, lport) &&
		    !port_wanted(SW_PORT_ANY, rport))
			return false;
		if (filter.by_lport && !port_wanted(SW_PORT_LOCAL, lport))
			return false;
		if (filter.by_rport && !port_wanted(SW_PORT_REMOTE, rport))
			return false;
	}
	if (by_task() && !owner_wanted(sk, way))
		return false;
	return true;
}

/* include/uapi/linux/vm_sockets.h */
#define VSOCK_NO_PORT 0xffffffff

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
 * queue.bpf.h. */
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

/*
 * What tells a socket from the next one in the same place, where no destructor
 * can be seen.  It is 0 until somebody asks for it; the hooks that can, do.
 */
static __always_inline __u64 cookie_of(struct sock *sk)
{
	return settings.cookie_ids ? BPF_CORE_READ(sk, __sk_common.skc_cookie.counter) : 0;
}

/* Times are unique on a CPU (an interrupt's is later), so with the CPU's
 * number they make an id that is unique in the trace. */
static __always_inline __u64 new_socket_id(__u32 cpu)
{
	return (bpf_ktime_get_ns() - settings.start_ns) << 10 | (cpu & 1023);
}

/* Another socket is in the same place. */
static __always_inline void socket_anew(struct socket_entry *e, __u32 cpu)
{
	e->id = new_socket_id(cpu);
	e->inode = 0;
	e->parent = 0;
	e->readable_ts = 0;
	e->writable_ts = 0;
	e->blocked = 0;
	e->tries = 0;
	e->fires = 0;
	e->takes = 0;
}

/*
 * The id of a socket whose names have been sent.  Returns 0 and the cause in
 * *lost when there was no room for either.
 */
static __always_inline __u64 socket_id(struct sock *sk, const enum way way, __u64 cookie,
				       __u32 cpu, __u32 hook, __u32 *lost)
{
	__u64 key = (__u64)sk, sig;
	struct socket_entry *e;

	e = bpf_map_lookup_elem(&sockets, &key);
	if (!e) {
		struct socket_entry fresh = {.id = new_socket_id(cpu), .cookie = cookie};

		*socket_mark(sk, cookie) = 1;
		bpf_map_update_elem(&sockets, &key, &fresh, BPF_NOEXIST);
		e = bpf_map_lookup_elem(&sockets, &key);
		if (!e) {
			*lost = SW_LOST_SOCKETS;
			return 0;
		}
	} else if (e->cookie != cookie) {
		/* Another socket in the same place, whose predecessor's end was
		 * not seen; or the same one, which now has a cookie. */
		if (e->cookie) {
			socket_anew(e, cpu);
			e->lport = 0;
		}
		e->cookie = cookie;
		e->signature = 0;
		*socket_mark(sk, cookie) = 1;
	}
	sig = signature_of(sk, way, ARG(way, sk, __sk_common.skc_family));
	if (e->signature != sig) {
		__u16 lport = is_inet(BPF_CORE_READ(sk, __sk_common.skc_family)) ?
				      local_port(sk, BY_CALL) :
				      0;
		__u64 inode = inode_of(sk);

		/* A socket gets its inode once and loses it once, and stays bound to
		 * its port: else the end of a predecessor was not seen (the kernel
		 * misses a probe now and then, and says so). */
		if ((inode && e->inode && inode != e->inode) ||
		    (lport && e->lport && lport != e->lport)) {
			socket_anew(e, cpu);
		}
		if (inode)
			e->inode = inode;
		if (lport)
			e->lport = lport;
		if (!send_names(number_of(sk), e->id, cookie, hook, e->parent)) {
			*lost = SW_LOST_RING;
			return 0;
		}
		e->signature = sig;
	}
	return e->id;
}

/*
 * A socket that a typed argument points to: the helper makes cookies only for
 * such, and only those are noted.
 */
static __always_inline __u64 sure_cookie(struct sock *sk)
{
	return sk->__sk_common.skc_cookie.counter ?: bpf_get_socket_cookie(sk);
}

/* ... and what cookie_of() gives, made if need be. */
static __always_inline __u64 identity_of(struct sock *sk)
{
	return settings.cookie_ids ? sure_cookie(sk) : 0;
}

/* Where the calls that make sockets are not traced, a socket belongs to the tasks that use
 * it.  With a cookie, as nobody tells of its end. */
static __always_inline void own_used(struct sock *sk)
{
	if (!settings.own_by_io)
		return;
#ifdef SW_CASTS
	if (!settings.pidns && !filter.n_comms && !pid_marked(bpf_get_current_task_btf()))
		return;
#endif
	if (!current_wanted())
		return;
	identity_of(sk);
	own(sk);
}

static __always_inline __u64 noted_socket_id(struct sock *sk, __u32 cpu, __u32 hook, __u32 *lost)
{
	__u64 sig = signature_of(sk, CAST, sk->__sk_common.skc_family), cookie = sure_cookie(sk);
	struct socket_note *note = &notes[cookie & (NOTES - 1)];
	/* Read once: what was checked is what is returned. */
	__u64 id = *(volatile __u64 *)&note->id;

	if (note->cookie == cookie && note->signature == sig && note->check == (cookie ^ sig ^ id))
		return id;
	id = socket_id(sk, CAST, settings.cookie_ids ? cookie : 0, cpu, hook, lost);
	if (id) {
		note->cookie = cookie;
		note->signature = sig;
		note->id = id;
		note->check = cookie ^ sig ^ id;
	}
	return id;
}

#endif
