// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The filters by socket: the kernel half's own code, over made-up kernel structures, and
 * what is applied after the fact must say the same of any socket.
 */
#include "test.h"

#include <arpa/inet.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/select.h"

/* --- what bpf/wanted.bpf.h stands on --- */

#define SW_FAMILY_BPF_H
#define __uint(name, value) int (*name)[value]
#define __type(name, value) value *name
#define SEC(name) __attribute__((unused))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define BPF_MAP_TYPE_HASH 1
#define ARG(way, object, field) ((object)->field)
#define BPF_CORE_READ(object, field) ((object)->field)
#define bpf_ntohs ntohs

enum way { BY_CALL };

struct sock {
	struct {
		__u16 skc_family, skc_num;
		__be16 skc_dport;
	} __sk_common;
	__u16 sk_protocol, sk_type;
};

struct inet_sock {
	struct sock sk;
	__be16 inet_sport;
};

static struct sw_filter_set set;
#define filter set.filter
static struct {
	bool filtered;
} settings;

static bool is_inet(__u16 family)
{
	return family == AF_INET || family == AF_INET6;
}

/* Who owns a socket is not a matter of the socket. */
static bool by_task(void)
{
	return false;
}

static bool owner_wanted(struct sock *sk, enum way way)
{
	(void)sk;
	(void)way;
	return false;
}

/* The map of ports, as sw_live__open() fills it. */
static void *bpf_map_lookup_elem(void *map, const __u32 *key)
{
	(void)map;
	for (unsigned int i = 0; i < set.n_ports; i++)
		if (*key == ((__u32)set.ports[i].side << 16 | set.ports[i].port))
			return &set.ports[i];
	return NULL;
}

#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "../../bpf/wanted.bpf.h"
#undef filter

/* --- sockets and filters that meet now and then --- */

static unsigned int any(unsigned int n)
{
	return (unsigned int)rand() % n;
}

static const __u16 families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, 40, 70 };
static const __u16 protocols[] = { 0, IPPROTO_TCP, IPPROTO_UDP, 1, 262 };
static const __u16 types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET };

static __u16 a_port(void)
{
	return (__u16)(any(4) * 1000 + 80);
}

static void make_socket(struct inet_sock *kernel, struct sw_socket *sk)
{
	*kernel = (struct inet_sock){
		.sk.__sk_common.skc_family = families[any(ARRAY_SIZE(families))],
		.sk.__sk_common.skc_num = any(3) ? a_port() : 0,
		.sk.__sk_common.skc_dport = htons(any(3) ? a_port() : 0),
		.sk.sk_protocol = protocols[any(ARRAY_SIZE(protocols))],
		.sk.sk_type = types[any(ARRAY_SIZE(types))],
		.inet_sport = htons(a_port()),
	};
	/* As its record says: bpf/names.bpf.h. */
	*sk = (struct sw_socket){
		.family = (uint8_t)kernel->sk.__sk_common.skc_family,
		.protocol = kernel->sk.sk_protocol,
		.type = (uint8_t)kernel->sk.sk_type,
		.lport = kernel->sk.__sk_common.skc_num ?: ntohs(kernel->inet_sport),
		.rport = ntohs(kernel->sk.__sk_common.skc_dport),
	};
}

static void add_port(enum sw_port_side side)
{
	set.ports[set.n_ports++] = (struct sw_port_filter){ side, a_port() };
}

#define FILTER_BIT(x, name, letter, value, help) FILTER_##name,
enum { SW_SOCKET_FILTERS(FILTER_BIT, _) FILTERS };

/* A row that this does not know leaves its filter unused, which is a failure below. */
static void use(unsigned int which)
{
	switch (which) {
	case FILTER_family:
		set.filter.families |= 1ull << families[any(5)];
		break;
	case FILTER_proto:
		set.filter.protos[set.filter.n_protos++] = (struct sw_proto_filter){
			.kind = (__u16)(1 + any(3)),
			.value = any(2) ? protocols[any(ARRAY_SIZE(protocols))] :
					  types[any(ARRAY_SIZE(types))],
		};
		break;
	case FILTER_port:
		set.filter.by_port = 1;
		add_port(SW_PORT_ANY);
		break;
	case FILTER_lport:
		set.filter.by_lport = 1;
		add_port(SW_PORT_LOCAL);
		break;
	case FILTER_rport:
		set.filter.by_rport = 1;
		add_port(SW_PORT_REMOTE);
		break;
	}
}

/* Each by itself, and several at once: the two agree, and say both yes and no. */
static void test_both_halves_agree(void **state)
{
	(void)state;
	srand(1);
	for (unsigned int used = 0; used < 1u << FILTERS; used++) {
		unsigned int said[2] = { 0 };

		for (unsigned int i = 0; i < 2000; i++) {
			static const struct sw_filter none;
			struct inet_sock kernel;
			struct sw_socket sk;
			bool wanted;

			memset(&set, 0, sizeof(set));
			for (unsigned int k = 0; k < FILTERS; k++)
				for (unsigned int n = used >> k & 1 ? 1 + any(3) : 0; n; n--)
					use(k);
			settings.filtered = memcmp(&set.filter, &none, sizeof(none)) != 0;
			make_socket(&kernel, &sk);
			wanted = socket_wanted(&kernel.sk, BY_CALL);
			if (sw_filter_set__wants(&set, &sk) != wanted)
				fail_row(used, "family %u, protocol %u, type %u, ports %u and %u: "
					 "the kernel half says %d", sk.family, sk.protocol,
					 sk.type, sk.lport, sk.rport, wanted);
			said[wanted]++;
		}
		assert_true(said[true]);
		assert_true(!used == !said[false]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_halves_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
