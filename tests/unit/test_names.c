// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The tables against the headers that the numbers come from. */
#include "test.h"

#include <limits.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/names.h"

struct row {
	unsigned int number;
	const char *name;
};

static void check(const struct row *rows, size_t n, const char *(*name)(unsigned int))
{
	for (size_t i = 0; i < n; i++) {
		const char *got = name(rows[i].number);

		if (!got || strcmp(got, rows[i].name))
			fail_row(i, "%u: want %s, got %s", rows[i].number, rows[i].name,
				 got ? got : "(none)");
	}
}

static void check_beyond(const char *(*name)(unsigned int), unsigned int last)
{
	assert_non_null(name(last));
	for (unsigned int i = last + 1; i < last + 2000; i++)
		assert_null(name(i));
	assert_null(name(INT_MAX));
	assert_null(name(UINT_MAX));
}

static void test_families(void **state)
{
	static const struct row rows[] = {
		{ AF_UNSPEC, "unspec" },
		{ AF_UNIX, "unix" },
		{ AF_INET, "inet" },
		{ AF_AX25, "ax25" },
		{ AF_IPX, "ipx" },
		{ AF_APPLETALK, "appletalk" },
		{ AF_NETROM, "netrom" },
		{ AF_BRIDGE, "bridge" },
		{ AF_ATMPVC, "atmpvc" },
		{ AF_X25, "x25" },
		{ AF_INET6, "inet6" },
		{ AF_ROSE, "rose" },
		{ AF_DECnet, "decnet" },
		{ AF_NETBEUI, "netbeui" },
		{ AF_SECURITY, "security" },
		{ AF_KEY, "key" },
		{ AF_NETLINK, "netlink" },
		{ AF_PACKET, "packet" },
		{ AF_ASH, "ash" },
		{ AF_ECONET, "econet" },
		{ AF_ATMSVC, "atmsvc" },
		{ AF_RDS, "rds" },
		{ AF_SNA, "sna" },
		{ AF_IRDA, "irda" },
		{ AF_PPPOX, "pppox" },
		{ AF_WANPIPE, "wanpipe" },
		{ AF_LLC, "llc" },
		{ AF_IB, "ib" },
		{ AF_MPLS, "mpls" },
		{ AF_CAN, "can" },
		{ AF_TIPC, "tipc" },
		{ AF_BLUETOOTH, "bluetooth" },
		{ AF_IUCV, "iucv" },
		{ AF_RXRPC, "rxrpc" },
		{ AF_ISDN, "isdn" },
		{ AF_PHONET, "phonet" },
		{ AF_IEEE802154, "ieee802154" },
		{ AF_CAIF, "caif" },
		{ AF_ALG, "alg" },
		{ AF_NFC, "nfc" },
		{ AF_VSOCK, "vsock" },
		{ AF_KCM, "kcm" },
		{ AF_QIPCRTR, "qipcrtr" },
		{ AF_SMC, "smc" },
		{ AF_XDP, "xdp" },
		{ AF_MCTP, "mctp" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_family_name);
	check_beyond(sw_family_name, AF_MCTP);
	/* Every number up to the last has a name: no row was left out, here or there. */
	assert_int_equal(ARRAY_SIZE(rows), AF_MCTP + 1);
}

static void test_types(void **state)
{
	static const struct row rows[] = {
		{ SOCK_STREAM, "stream" },
		{ SOCK_DGRAM, "dgram" },
		{ SOCK_RAW, "raw" },
		{ SOCK_RDM, "rdm" },
		{ SOCK_DCCP, "dccp" },
		{ SOCK_PACKET, "packet" },
		{ SOCK_SEQPACKET, "seqpacket" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_type_name);
	assert_null(sw_type_name(0));
	assert_null(sw_type_name(7));
	check_beyond(sw_type_name, SOCK_PACKET);
}

static void test_inet_protos(void **state)
{
	static const struct row rows[] = {
		{ IPPROTO_IP, "ip" },
		{ IPPROTO_ICMP, "icmp" },
		{ IPPROTO_IGMP, "igmp" },
		{ IPPROTO_IPIP, "ipip" },
		{ IPPROTO_TCP, "tcp" },
		{ IPPROTO_EGP, "egp" },
		{ IPPROTO_PUP, "pup" },
		{ IPPROTO_UDP, "udp" },
		{ IPPROTO_IDP, "idp" },
		{ IPPROTO_TP, "tp" },
		{ IPPROTO_DCCP, "dccp" },
		{ IPPROTO_IPV6, "ipv6" },
		{ IPPROTO_RSVP, "rsvp" },
		{ IPPROTO_GRE, "gre" },
		{ IPPROTO_ESP, "esp" },
		{ IPPROTO_AH, "ah" },
		{ IPPROTO_ICMPV6, "icmpv6" },
		{ 89, "ospf" },
		{ IPPROTO_MTP, "mtp" },
		{ IPPROTO_BEETPH, "beetph" },
		{ IPPROTO_ENCAP, "encap" },
		{ IPPROTO_PIM, "pim" },
		{ IPPROTO_COMP, "comp" },
		{ 112, "vrrp" },
		{ 115, "l2tp" },
		{ IPPROTO_SCTP, "sctp" },
		{ IPPROTO_UDPLITE, "udplite" },
		{ IPPROTO_MPLS, "mpls" },
		{ IPPROTO_ETHERNET, "ethernet" },
		{ IPPROTO_RAW, "raw" },
		{ 256, "smc" },
		{ IPPROTO_MPTCP, "mptcp" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_inet_proto_name);
	assert_null(sw_inet_proto_name(3));
	check_beyond(sw_inet_proto_name, IPPROTO_MPTCP);
}

static void test_ethertypes(void **state)
{
	static const struct row rows[] = {
		{ ETH_P_ALL, "all" },
		{ ETH_P_IP, "ip" },
		{ ETH_P_ARP, "arp" },
		{ ETH_P_IPV6, "ipv6" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_ethertype_name);
	assert_null(sw_ethertype_name(0));
	assert_null(sw_ethertype_name(ETH_P_LLDP));
}

static void test_netlink_protos(void **state)
{
	static const struct row rows[] = {
		{ NETLINK_ROUTE, "route" },
		{ NETLINK_UNUSED, "unused" },
		{ NETLINK_USERSOCK, "usersock" },
		{ NETLINK_FIREWALL, "firewall" },
		{ NETLINK_SOCK_DIAG, "sock_diag" },
		{ NETLINK_NFLOG, "nflog" },
		{ NETLINK_XFRM, "xfrm" },
		{ NETLINK_SELINUX, "selinux" },
		{ NETLINK_ISCSI, "iscsi" },
		{ NETLINK_AUDIT, "audit" },
		{ NETLINK_FIB_LOOKUP, "fib_lookup" },
		{ NETLINK_CONNECTOR, "connector" },
		{ NETLINK_NETFILTER, "netfilter" },
		{ NETLINK_IP6_FW, "ip6_fw" },
		{ NETLINK_DNRTMSG, "dnrtmsg" },
		{ NETLINK_KOBJECT_UEVENT, "kobject_uevent" },
		{ NETLINK_GENERIC, "generic" },
		{ NETLINK_SCSITRANSPORT, "scsitransport" },
		{ NETLINK_ECRYPTFS, "ecryptfs" },
		{ NETLINK_RDMA, "rdma" },
		{ NETLINK_CRYPTO, "crypto" },
		{ NETLINK_SMC, "smc" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_netlink_proto_name);
	assert_null(sw_netlink_proto_name(17));
	check_beyond(sw_netlink_proto_name, NETLINK_SMC);
}

static void test_states(void **state)
{
	static const struct row rows[] = {
		{ TCP_ESTABLISHED, "ESTABLISHED" },
		{ TCP_SYN_SENT, "SYN_SENT" },
		{ TCP_SYN_RECV, "SYN_RECV" },
		{ TCP_FIN_WAIT1, "FIN_WAIT1" },
		{ TCP_FIN_WAIT2, "FIN_WAIT2" },
		{ TCP_TIME_WAIT, "TIME_WAIT" },
		{ TCP_CLOSE, "CLOSE" },
		{ TCP_CLOSE_WAIT, "CLOSE_WAIT" },
		{ TCP_LAST_ACK, "LAST_ACK" },
		{ TCP_LISTEN, "LISTEN" },
		{ TCP_CLOSING, "CLOSING" },
		{ 12, "NEW_SYN_RECV" },
		{ 13, "BOUND_INACTIVE" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_state_name);
	assert_null(sw_state_name(0));
	check_beyond(sw_state_name, 13);
}

static void test_bands(void **state)
{
	static const struct row rows[] = {
		{ POLL_IN, "POLL_IN" },	  { POLL_OUT, "POLL_OUT" }, { POLL_MSG, "POLL_MSG" },
		{ POLL_ERR, "POLL_ERR" }, { POLL_PRI, "POLL_PRI" }, { POLL_HUP, "POLL_HUP" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), sw_band_name);
	assert_null(sw_band_name(0));
	check_beyond(sw_band_name, POLL_HUP);
}

static void test_errnos(void **state)
{
	(void)state;
	assert_string_equal(sw_errno_name(EPERM), "EPERM");
	assert_string_equal(sw_errno_name(EAGAIN), "EAGAIN");
	assert_string_equal(sw_errno_name(EINTR), "EINTR");
	assert_string_equal(sw_errno_name(ECONNRESET), "ECONNRESET");
	assert_string_equal(sw_errno_name(EHWPOISON), "EHWPOISON");
	assert_string_equal(sw_errno_name(512), "ERESTARTSYS");
	assert_string_equal(sw_errno_name(513), "ERESTARTNOINTR");
	assert_string_equal(sw_errno_name(514), "ERESTARTNOHAND");
	assert_string_equal(sw_errno_name(515), "ENOIOCTLCMD");
	assert_string_equal(sw_errno_name(516), "ERESTART_RESTARTBLOCK");
	assert_string_equal(sw_errno_name(524), "ENOTSUPP");
	assert_string_equal(sw_errno_name(529), "EIOCBQUEUED");
	assert_null(sw_errno_name(0));
	assert_null(sw_errno_name(-EAGAIN));
	assert_null(sw_errno_name(INT_MIN));
	assert_null(sw_errno_name(INT_MAX));
	assert_null(sw_errno_name(511));
	assert_null(sw_errno_name(517));
	assert_null(sw_errno_name(530));
}

static void check_back(const char *(*name)(unsigned int),
		       int (*number)(const char *, unsigned int *), unsigned int want_names)
{
	static const char *const unknown[] = { "", "INET", "TCP", "Stream", "tcp ", "nosuch",
					       "1", "ine", "inett" };
	unsigned int names = 0, got = 12345;

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		assert_int_equal(number(unknown[i], &got), -ENOENT);
		assert_int_equal(got, 12345);
	}
	for (unsigned int i = 0; i < 1000; i++) {
		if (!name(i))
			continue;
		names++;
		assert_int_equal(number(name(i), &got), 0);
		assert_int_equal(got, i);
	}
	assert_int_equal(names, want_names);
}

static void test_numbers(void **state)
{
	(void)state;
	check_back(sw_family_name, sw_family_number, 46);
	check_back(sw_type_name, sw_type_number, 7);
	check_back(sw_inet_proto_name, sw_inet_proto_number, 32);
}

static void test_lists(void **state)
{
	unsigned int n, number;

	(void)state;
	for (n = 0; sw_family_name_at(n); n++)
		assert_string_equal(sw_family_name_at(n), sw_family_name(n));
	assert_int_equal(n, 46);
	assert_null(sw_family_name_at(UINT_MAX));

	assert_string_equal(sw_proto_name_at(0), "stream");
	for (n = 0; sw_proto_name_at(n); n++) {
		const char *name = sw_proto_name_at(n);

		assert_true(!sw_type_number(name, &number) ||
			    !sw_inet_proto_number(name, &number));
		for (unsigned int i = 0; i < n; i++)
			assert_string_not_equal(name, sw_proto_name_at(i));
	}
	/* 7 types and 32 protocols, of which "raw" and "dccp" are both */
	assert_int_equal(n, 37);
	assert_null(sw_proto_name_at(UINT_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),       cmocka_unit_test(test_types),
		cmocka_unit_test(test_inet_protos),    cmocka_unit_test(test_netlink_protos),
		cmocka_unit_test(test_ethertypes),
		cmocka_unit_test(test_states),	       cmocka_unit_test(test_bands),
		cmocka_unit_test(test_errnos),	       cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
