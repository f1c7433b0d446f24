/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The filter options, as every command that filters has them. */
#ifndef SW_CMD_FILTERS_H
#define SW_CMD_FILTERS_H

#include <linux/types.h>
#include <stdint.h>
#include <sys/types.h>

#include "cmd/options.h"
#include "filter.h"
#include "hooks.h"

struct sw_filters {
	struct sw_filter filter;
	pid_t pids[SW_MAX_PIDS];
	unsigned int n_pids;
	struct sw_port_filter ports[SW_MAX_PORTS];
	unsigned int n_ports;
	uint32_t asked; /* hooks that --events names; 0: the default ones */
};

/* Each takes `struct sw_filters *`. */
int sw_filters__pid(void *filters, const char *value);
int sw_filters__comm(void *filters, const char *value);
int sw_filters__family(void *filters, const char *value);
int sw_filters__proto(void *filters, const char *value);
int sw_filters__port(void *filters, const char *value);
int sw_filters__lport(void *filters, const char *value);
int sw_filters__rport(void *filters, const char *value);
int sw_filters__events(void *filters, const char *value);

/* The table's rows; at: where in the settings the filters are. */
#define SW_FILTER_OPTIONS(at)                                                                   \
	{"pid", 'p', "PID,...", "only sockets of these processes, and their wake-ups",      \
	 sw_filters__pid, at},                                                                     \
	{"comm", 0, "NAME,...", "only sockets of tasks with these names", sw_filters__comm, at}, \
	{"family", 0, "FAMILY,...", "only these: inet, inet6, unix, netlink, packet, ...",       \
	 sw_filters__family, at},                                                                  \
	{"proto", 0, "PROTO,...", "only these: tcp, udp, mptcp, stream, dgram, seqpacket, ...",  \
	 sw_filters__proto, at},                                                                   \
	{"port", 0, "PORT,...", "only inet sockets with one of these at either end",       \
	 sw_filters__port, at},                                                                    \
	{"lport", 0, "PORT,...", "only with one of these at the local end",                \
	 sw_filters__lport, at},                                                                   \
	{"rport", 0, "PORT,...", "only with one of these at the remote end",               \
	 sw_filters__rport, at},                                                                   \
	{"events", 'e', "EVENT,...", "only these: readable, writable, state, error, async, "   \
				     "accept,\n                            destroy, woken, " \
				     "run, wait, io, or functions that 'sockwake\n         " \
				     "                   doctor' lists",                        \
	 sw_filters__events, at}

#endif
