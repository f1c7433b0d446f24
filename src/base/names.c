// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel's numbers and their names.  A table is indexed by the number;
 * numbers without a name are NULL.  Written as numbers, since the headers of
 * the machine that builds may be older than the kernel that is traced.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np() */
#endif
#include "names.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

/* include/linux/socket.h */
static const char *const families[] = {
	[0] = "unspec",
	[1] = "unix",
	[2] = "inet",
	[3] = "ax25",
	[4] = "ipx",
	[5] = "appletalk",
	[6] = "netrom",
	[7] = "bridge",
	[8] = "atmpvc",
	[9] = "x25",
	[10] = "inet6",
	[11] = "rose",
	[12] = "decnet",
	[13] = "netbeui",
	[14] = "security",
	[15] = "key",
	[16] = "netlink",
	[17] = "packet",
	[18] = "ash",
	[19] = "econet",
	[20] = "atmsvc",
	[21] = "rds",
	[22] = "sna",
	[23] = "irda",
	[24] = "pppox",
	[25] = "wanpipe",
	[26] = "llc",
	[27] = "ib",
	[28] = "mpls",
	[29] = "can",
	[30] = "tipc",
	[31] = "bluetooth",
	[32] = "iucv",
	[33] = "rxrpc",
	[34] = "isdn",
	[35] = "phonet",
	[36] = "ieee802154",
	[37] = "caif",
	[38] = "alg",
	[39] = "nfc",
	[40] = "vsock",
	[41] = "kcm",
	[42] = "qipcrtr",
	[43] = "smc",
	[44] = "xdp",
	[45] = "mctp",
};

/* include/linux/net.h */
static const char *const types[] = {
	[1] = "stream",
	[2] = "dgram",
	[3] = "raw",
	[4] = "rdm",
	[5] = "seqpacket",
	[6] = "dccp",
	[10] = "packet",
};

/* include/uapi/linux/in.h and in6.h; ospf and vrrp are what raw sockets are for */
static const char *const inet_protos[] = {
	[0] = "ip",
	[1] = "icmp",
	[2] = "igmp",
	[4] = "ipip",
	[6] = "tcp",
	[8] = "egp",
	[12] = "pup",
	[17] = "udp",
	[22] = "idp",
	[29] = "tp",
	[33] = "dccp",
	[41] = "ipv6",
	[46] = "rsvp",
	[47] = "gre",
	[50] = "esp",
	[51] = "ah",
	[58] = "icmpv6",
	[89] = "ospf",
	[92] = "mtp",
	[94] = "beetph",
	[98] = "encap",
	[103] = "pim",
	[108] = "comp",
	[112] = "vrrp",
	[115] = "l2tp",
	[132] = "sctp",
	[136] = "udplite",
	[137] = "mpls",
	[143] = "ethernet",
	[255] = "raw",
	[256] = "smc",
	[262] = "mptcp",
};

/* include/uapi/linux/netlink.h */
static const char *const netlink_protos[] = {
	[0] = "route",
	[1] = "unused",
	[2] = "usersock",
	[3] = "firewall",
	[4] = "sock_diag",
	[5] = "nflog",
	[6] = "xfrm",
	[7] = "selinux",
	[8] = "iscsi",
	[9] = "audit",
	[10] = "fib_lookup",
	[11] = "connector",
	[12] = "netfilter",
	[13] = "ip6_fw",
	[14] = "dnrtmsg",
	[15] = "kobject_uevent",
	[16] = "generic",
	[18] = "scsitransport",
	[19] = "ecryptfs",
	[20] = "rdma",
	[21] = "crypto",
	[22] = "smc",
};

/* include/net/tcp_states.h */
static const char *const states[] = {
	[1] = "ESTABLISHED",
	[2] = "SYN_SENT",
	[3] = "SYN_RECV",
	[4] = "FIN_WAIT1",
	[5] = "FIN_WAIT2",
	[6] = "TIME_WAIT",
	[7] = "CLOSE",
	[8] = "CLOSE_WAIT",
	[9] = "LAST_ACK",
	[10] = "LISTEN",
	[11] = "CLOSING",
	[12] = "NEW_SYN_RECV",
	[13] = "BOUND_INACTIVE",
};

/* include/uapi/asm-generic/siginfo.h */
static const char *const bands[] = {
	[1] = "POLL_IN",
	[2] = "POLL_OUT",
	[3] = "POLL_MSG",
	[4] = "POLL_ERR",
	[5] = "POLL_PRI",
	[6] = "POLL_HUP",
};

/* include/linux/errno.h: never seen by a program, but by a probe. */
static const char *const kernel_errnos[] = {
	[512 - 512] = "ERESTARTSYS",
	[513 - 512] = "ERESTARTNOINTR",
	[514 - 512] = "ERESTARTNOHAND",
	[515 - 512] = "ENOIOCTLCMD",
	[516 - 512] = "ERESTART_RESTARTBLOCK",
	[524 - 512] = "ENOTSUPP",
	[529 - 512] = "EIOCBQUEUED",
};

/* include/uapi/linux/if_ether.h: those that people listen for */
static const struct {
	uint16_t type;
	const char *name;
} ethertypes[] = {
	{0x0003, "all"},
	{0x0800, "ip"},
	{0x0806, "arp"},
	{0x86dd, "ipv6"},
};

static const char *name_of(const char *const *table, size_t n, size_t number)
{
	return number < n ? table[number] : NULL;
}

static int number_of(const char *const *table, size_t n, const char *name, unsigned int *out)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i] && !strcmp(table[i], name)) {
			*out = (unsigned int)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *sw_family_name(unsigned int family)
{
	return name_of(families, ARRAY_SIZE(families), family);
}

const char *sw_type_name(unsigned int type)
{
	return name_of(types, ARRAY_SIZE(types), type);
}

const char *sw_inet_proto_name(unsigned int proto)
{
	return name_of(inet_protos, ARRAY_SIZE(inet_protos), proto);
}

const char *sw_netlink_proto_name(unsigned int p)
{
	return name_of(netlink_protos, ARRAY_SIZE(netlink_protos), p);
}

const char *sw_ethertype_name(unsigned int type)
{
	for (size_t i = 0; i < ARRAY_SIZE(ethertypes); i++)
		if (ethertypes[i].type == type)
			return ethertypes[i].name;
	return NULL;
}

const char *sw_state_name(unsigned int state)
{
	return name_of(states, ARRAY_SIZE(states), state);
}

const char *sw_band_name(unsigned int band)
{
	return name_of(bands, ARRAY_SIZE(bands), band);
}

const char *sw_errno_name(int err)
{
	if (err >= 512)
		return name_of(kernel_errnos, ARRAY_SIZE(kernel_errnos), (size_t)err - 512);
	/* strerrorname_np(0) is "0", which is no name. */
	return err > 0 ? strerrorname_np(err) : NULL;
}

int sw_family_number(const char *name, unsigned int *family)
{
	return number_of(families, ARRAY_SIZE(families), name, family);
}

int sw_type_number(const char *name, unsigned int *type)
{
	return number_of(types, ARRAY_SIZE(types), name, type);
}

int sw_inet_proto_number(const char *name, unsigned int *proto)
{
	return number_of(inet_protos, ARRAY_SIZE(inet_protos), name, proto);
}

const char *sw_family_name_at(unsigned int i)
{
	return name_of(families, ARRAY_SIZE(families), i);
}

const char *sw_proto_name_at(unsigned int i)
{
	unsigned int number;

	for (size_t t = 0; t < ARRAY_SIZE(types); t++)
		if (types[t] && !i--)
			return types[t];
	for (size_t p = 0; p < ARRAY_SIZE(inet_protos); p++) {
		/* "raw" and "dccp" are both a type and a protocol: name them once. */
		if (!inet_protos[p] || !sw_type_number(inet_protos[p], &number))
			continue;
		if (!i--)
			return inet_protos[p];
	}
	return NULL;
}
