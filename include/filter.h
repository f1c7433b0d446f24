/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the kernel half lets through.  The user half fills this in before the
 * programs are loaded; it is read-only after that, so the verifier drops the
 * code of every filter that is not in use.  Processes and ports, which can be
 * many, are in maps beside it.
 */
#ifndef SW_FILTER_H
#define SW_FILTER_H

#include "bounds.h"

/*
 * The filters.  What happens to a socket is traced if each of the first that is in use wants
 * the socket, and, if one of the second is in use, one of these wants its task.
 *
 * FILTER(x, name, letter, value, help): x is the user's of the table.  A row is
 *   the option --NAME, which sw_filters__NAME() takes    (src/cmd/filters.c);
 *   the kernel half's wanted_by_NAME()                   (bpf/wanted.bpf.h; tasks: bpf/task.bpf.h);
 *   wants_NAME(), applied after the fact                 (src/core/select.c),
 * and one that lacks either of them does not build.
 */
#define SW_SOCKET_FILTERS(FILTER, x)                                                               \
	FILTER(x, family, 0, "FAMILY,...", "only these: inet, inet6, unix, netlink, packet, ...")  \
	FILTER(x, proto, 0, "PROTO,...",                                                           \
	       "only these: tcp, udp, mptcp, stream, dgram, seqpacket, ...")                       \
	FILTER(x, port, 0, "PORT,...", "only inet sockets with one of these at either end")        \
	FILTER(x, lport, 0, "PORT,...", "only with one of these at the local end")                 \
	FILTER(x, rport, 0, "PORT,...", "only with one of these at the remote end")

#define SW_TASK_FILTERS(FILTER, x)                                                                 \
	FILTER(x, pid, 'p', "PID,...", "only sockets of these processes, and their wake-ups")      \
	FILTER(x, comm, 0, "NAME,...", "only sockets of tasks with these names")

/* How a port's row in the ports map reads: key = side << 16 | port. */
enum sw_port_side {
	SW_PORT_ANY = 1,   /* --port: either end */
	SW_PORT_LOCAL = 2, /* --lport */
	SW_PORT_REMOTE = 3 /* --rport */
};

/* One port that was asked for; the user half's. */
struct sw_port_filter {
	enum sw_port_side side;
	__u16 port;
};

/* A protocol is named by sk_protocol or, outside inet, by sk_type. */
enum sw_proto_kind {
	SW_PROTO_INET = 1, /* value is sk_protocol, family inet or inet6 */
	SW_PROTO_TYPE = 2, /* value is sk_type, any family but those two */
	SW_PROTO_ANY = 3   /* value is sk_protocol, any family */
};

struct sw_proto_filter {
	__u16 kind;  /* enum sw_proto_kind */
	__u16 value;
};

struct sw_filter {
	__u64 families; /* bit per address family; 0: all */
	__u8 by_pid;	/* only tasks in the pids map (OR by_comm) */
	__u8 follow;	/* children of those tasks too */
	__u8 by_port;	/* the ports map has SW_PORT_ANY rows */
	__u8 by_lport;	/* ... SW_PORT_LOCAL rows */
	__u8 by_rport;	/* ... SW_PORT_REMOTE rows */
	__u8 n_protos;
	__u8 n_comms;
	__u8 pad;
	struct sw_proto_filter protos[SW_MAX_PROTOS];
	char comms[SW_MAX_COMMS][SW_COMM_LEN];
};

static inline __attribute__((always_inline)) int sw_filter_by_task(const volatile struct sw_filter *f)
{
	return f->by_pid || f->n_comms;
}

#endif
