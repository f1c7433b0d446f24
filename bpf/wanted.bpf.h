/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Whether the filters want a socket. */
#ifndef SW_WANTED_BPF_H
#define SW_WANTED_BPF_H

#include "family.bpf.h"

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

static __always_inline bool wanted_by_family(struct sock *sk, const enum way way, __u16 family)
{
	return !filter.families || (family < 64 && filter.families >> family & 1);
}

static __always_inline bool wanted_by_proto(struct sock *sk, const enum way way, __u16 family)
{
	__u16 protocol, type;
	int i;

	if (!filter.n_protos)
		return true;
	protocol = ARG(way, sk, sk_protocol);
	type = ARG(way, sk, sk_type);
	for (i = 0; i < SW_MAX_PROTOS; i++) {
		__u16 kind, value;

		if (i >= filter.n_protos)
			break;
		kind = filter.protos[i].kind;
		value = filter.protos[i].value;
		if (kind == SW_PROTO_INET && is_inet(family) && value == protocol)
			return true;
		if (kind == SW_PROTO_TYPE && !is_inet(family) && value == type)
			return true;
		if (kind == SW_PROTO_ANY && value == protocol)
			return true;
	}
	return false;
}

static __always_inline __u16 remote_port(struct sock *sk, const enum way way)
{
	return bpf_ntohs(ARG(way, sk, __sk_common.skc_dport));
}

static __always_inline bool wanted_by_port(struct sock *sk, const enum way way, __u16 family)
{
	return !filter.by_port ||
	       (is_inet(family) && (port_wanted(SW_PORT_ANY, local_port(sk, way)) ||
				    port_wanted(SW_PORT_ANY, remote_port(sk, way))));
}

static __always_inline bool wanted_by_lport(struct sock *sk, const enum way way, __u16 family)
{
	return !filter.by_lport ||
	       (is_inet(family) && port_wanted(SW_PORT_LOCAL, local_port(sk, way)));
}

static __always_inline bool wanted_by_rport(struct sock *sk, const enum way way, __u16 family)
{
	return !filter.by_rport ||
	       (is_inet(family) && port_wanted(SW_PORT_REMOTE, remote_port(sk, way)));
}

/* Every filter there is, cheapest first. */
static __always_inline bool socket_wanted(struct sock *sk, const enum way way)
{
	__u16 family;

	if (!settings.filtered)
		return true;
	family = ARG(way, sk, __sk_common.skc_family);
#define WANTED(x, name, letter, value, help)      \
	if (!wanted_by_##name(sk, way, family))   \
		return false;
	SW_SOCKET_FILTERS(WANTED, _)
#undef WANTED
	return !by_task() || owner_wanted(sk, way);
}

/* include/uapi/linux/vm_sockets.h */
#define VSOCK_NO_PORT 0xffffffff

#endif
