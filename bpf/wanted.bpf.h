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

#endif
