/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/filters.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/names.h"
#include "base/parse.h"

static int complain(const char *problem, const char *item, const char *remedy)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, item, strlen(item));
	sw_error("%s '%.*s'%s%s", problem, (int)b.len, b.data ? b.data : "", *remedy ? ": " : "",
		 remedy);
	sw_buf__free(&b);
	return -EINVAL;
}

/* Calls `take` for each part between commas; an empty part is an error. */
static int each(struct sw_filter_set *f, const char *list, const char *what,
		int (*take)(struct sw_filter_set *f, const char *item))
{
	char *copy = strdup(list), *next = copy, *item;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (!err && (item = strsep(&next, ",")))
		err = *item ? take(f, item) : complain(what, list, "an item is empty");
	free(copy);
	return err;
}

static int take_pid(struct sw_filter_set *f, const char *item)
{
	uint64_t pid;

	if (sw_parse_u64(item, 1, INT_MAX, &pid))
		return complain("not a process number:", item, "");
	if (f->n_pids == SW_MAX_PIDS)
		return complain("too many processes, at", item, "");
	f->pids[f->n_pids++] = (pid_t)pid;
	f->filter.by_pid = 1;
	return 0;
}

int sw_filters__pid(void *filters, const char *value)
{
	return each(filters, value, "--pid", take_pid);
}

static int take_comm(struct sw_filter_set *f, const char *item)
{
	size_t n = strlen(item);

	if (f->filter.n_comms == SW_MAX_COMMS)
		return complain("too many task names, at", item, "");
	/* The kernel keeps 15 bytes of a name. */
	if (n > SW_COMM_LEN - 1)
		n = SW_COMM_LEN - 1;
	memcpy(f->filter.comms[f->filter.n_comms++], item, n);
	return 0;
}

int sw_filters__comm(void *filters, const char *value)
{
	return each(filters, value, "--comm", take_comm);
}

static int take_family(struct sw_filter_set *f, const char *item)
{
	unsigned int family;
	uint64_t n;

	if (sw_family_number(item, &family)) {
		if (sw_parse_u64(item, 1, 63, &n))
			return complain("unknown address family", item,
					"try inet, inet6, unix, netlink, packet, vsock, or a "
					"number");
		family = (unsigned int)n;
	}
	f->filter.families |= 1ull << family;
	return 0;
}

int sw_filters__family(void *filters, const char *value)
{
	return each(filters, value, "--family", take_family);
}

static int take_proto(struct sw_filter_set *f, const char *item)
{
	struct sw_proto_filter p;
	unsigned int number;
	uint64_t n;

	if (!sw_inet_proto_number(item, &number))
		p.kind = SW_PROTO_INET;
	else if (!sw_type_number(item, &number))
		p.kind = SW_PROTO_TYPE;
	else if (!sw_parse_u64(item, 0, UINT16_MAX, &n))
		p.kind = SW_PROTO_ANY, number = (unsigned int)n;
	else
		return complain("unknown protocol", item,
				"try tcp, udp, mptcp, icmp, stream, dgram, seqpacket, or a number");
	p.value = (uint16_t)number;
	if (f->filter.n_protos == SW_MAX_PROTOS)
		return complain("too many protocols, at", item, "");
	f->filter.protos[f->filter.n_protos++] = p;
	return 0;
}

int sw_filters__proto(void *filters, const char *value)
{
	return each(filters, value, "--proto", take_proto);
}

static int take_a_port(struct sw_filter_set *f, const char *item, enum sw_port_side side)
{
	uint64_t port;

	if (sw_parse_u64(item, 1, UINT16_MAX, &port))
		return complain("not a port:", item, "a port is a number from 1 to 65535");
	if (f->n_ports == SW_MAX_PORTS)
		return complain("too many ports, at", item, "");
	f->ports[f->n_ports].side = side;
	f->ports[f->n_ports++].port = (uint16_t)port;
	if (side == SW_PORT_ANY)
		f->filter.by_port = 1;
	else if (side == SW_PORT_LOCAL)
		f->filter.by_lport = 1;
	else
		f->filter.by_rport = 1;
	return 0;
}

static int take_port(struct sw_filter_set *f, const char *item)
{
	return take_a_port(f, item, SW_PORT_ANY);
}

static int take_lport(struct sw_filter_set *f, const char *item)
{
	return take_a_port(f, item, SW_PORT_LOCAL);
}

static int take_rport(struct sw_filter_set *f, const char *item)
{
	return take_a_port(f, item, SW_PORT_REMOTE);
}

int sw_filters__port(void *filters, const char *value)
{
	return each(filters, value, "--port", take_port);
}

int sw_filters__lport(void *filters, const char *value)
{
	return each(filters, value, "--lport", take_lport);
}

int sw_filters__rport(void *filters, const char *value)
{
	return each(filters, value, "--rport", take_rport);
}

static const struct {
	const char *function, *cause;
} events[SW_HOOK_COUNT] = {
#define HOOK(id, name, why, dflt) [SW_HOOK_##id] = {#name, #why},
	SW_HOOKS(HOOK)
#undef HOOK
};

static int take_event(struct sw_filter_set *f, const char *item)
{
	uint32_t found = 0;
	int i;

	for (i = 0; i < SW_HOOK_COUNT; i++)
		if (!strcmp(item, events[i].function) || !strcasecmp(item, events[i].cause))
			found |= 1u << i;
	if (!found)
		return complain("unknown event", item,
				"try " SW_EVENT_NAMES "or a function that 'sockwake doctor' lists");
	f->asked |= found;
	return 0;
}

int sw_filters__events(void *filters, const char *value)
{
	return each(filters, value, "--events", take_event);
}
