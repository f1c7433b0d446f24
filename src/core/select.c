/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "select.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool sw_select__all(const struct sw_select *s)
{
	static const struct sw_filter none;

	return !memcmp(&s->set->filter, &none, sizeof(none)) && !s->set->asked && !s->from &&
	       !s->to && !s->socket;
}

static bool is_inet(const struct sw_socket *sk)
{
	return sk->family == AF_INET || sk->family == AF_INET6;
}

static bool wants_family(const struct sw_filter_set *set, const struct sw_socket *sk)
{
	uint64_t families = set->filter.families;

	return !families || (sk->family < 64 && families >> sk->family & 1);
}

static bool wants_proto(const struct sw_filter_set *set, const struct sw_socket *sk)
{
	const struct sw_filter *f = &set->filter;

	for (unsigned int i = 0; i < f->n_protos; i++) {
		uint16_t value = f->protos[i].value;

		switch (f->protos[i].kind) {
		case SW_PROTO_INET:
			if (is_inet(sk) && sk->protocol == value)
				return true;
			break;
		case SW_PROTO_TYPE:
			if (!is_inet(sk) && sk->type == value)
				return true;
			break;
		default:
			if (sk->protocol == value)
				return true;
			break;
		}
	}
	return !f->n_protos;
}

static bool has_port(const struct sw_filter_set *set, enum sw_port_side side, uint16_t port)
{
	for (unsigned int i = 0; i < set->n_ports; i++)
		if (set->ports[i].side == side && set->ports[i].port == port)
			return true;
	return false;
}

static bool wants_port(const struct sw_filter_set *set, const struct sw_socket *sk)
{
	return !set->filter.by_port ||
	       (is_inet(sk) && (has_port(set, SW_PORT_ANY, sk->lport) ||
				has_port(set, SW_PORT_ANY, sk->rport)));
}

static bool wants_lport(const struct sw_filter_set *set, const struct sw_socket *sk)
{
	return !set->filter.by_lport ||
	       (is_inet(sk) && has_port(set, SW_PORT_LOCAL, sk->lport));
}

static bool wants_rport(const struct sw_filter_set *set, const struct sw_socket *sk)
{
	return !set->filter.by_rport ||
	       (is_inet(sk) && has_port(set, SW_PORT_REMOTE, sk->rport));
}

bool sw_filter_set__wants(const struct sw_filter_set *set, const struct sw_socket *sk)
{
#define WANTS(x, name, letter, value, help) \
	if (!wants_##name(set, sk))         \
		return false;
	SW_SOCKET_FILTERS(WANTS, _)
#undef WANTS
	return true;
}

static bool same_text(const struct sw_buf *b, const char *text)
{
	return !b->failed && b->len == strlen(text) && b->len && !memcmp(b->data, text, b->len);
}

static bool is_socket(const char *which, const struct sw_socket *sk)
{
	struct sw_buf b = {0};
	uint64_t number;
	char *end;
	bool is;

	number = strtoull(which, &end, 10);
	if (*which >= '0' && *which <= '9' && !*end)
		return sk->id == number || (sk->inode && sk->inode == number);
	sw_socket__local(sk, &b);
	is = same_text(&b, which);
	if (!is) {
		sw_buf__reset(&b);
		sw_socket__remote(sk, &b);
		is = same_text(&b, which);
	}
	sw_buf__free(&b);
	return is;
}

static bool wants_pid(const struct sw_filter_set *set, uint32_t pid, const char *comm)
{
	(void)comm;
	for (unsigned int i = 0; i < set->n_pids; i++)
		if ((uint32_t)set->pids[i] == pid)
			return true;
	return false;
}

static bool wants_comm(const struct sw_filter_set *set, uint32_t pid, const char *comm)
{
	(void)pid;
	for (unsigned int i = 0; i < set->filter.n_comms; i++)
		if (!strncmp(set->filter.comms[i], comm, SW_COMM_LEN))
			return true;
	return false;
}

static bool is_task(const struct sw_select *s, uint32_t pid, const char *comm)
{
#define WANTS(x, name, letter, value, help) \
	if (wants_##name(s->set, pid, comm)) \
		return true;
	SW_TASK_FILTERS(WANTS, _)
#undef WANTS
	return false;
}

/* Does this event tie its socket to one of the selected tasks? */
static bool picks(const struct sw_select *s, const struct sw_told *told)
{
	struct sw_task task;

	for (unsigned int i = 0; i < told->n_woken; i++)
		if (is_task(s, told->woken[i].pid, told->woken[i].comm))
			return true;
	/* Who is on the CPU at a wake-up may have nothing to do with the socket. */
	return told->ev->hdr.kind != SW_REC_WAKEUP && sw_event__task(told->ev, &task) &&
	       is_task(s, task.pid, task.comm);
}

static bool wants_task(const struct sw_select *s, struct sw_socket *sk, const struct sw_told *told)
{
	const struct sw_rec_wakeup *r = &told->ev->wakeup_rec;

	if (!sw_filter_by_task(&s->set->filter))
		return true;
	if (!sk->picked)
		sk->picked = picks(s, told);
	return sk->picked ||
	       (told->ev->hdr.kind == SW_REC_WAKEUP && is_task(s, r->pid, r->comm));
}

bool sw_select__wants(void *arg, struct sw_socket *sk, struct sw_told *told)
{
	const struct sw_select *s = arg;
	const struct sw_rec *hdr = &told->ev->hdr;

	if ((s->from && hdr->ts < s->from) || (s->to && hdr->ts > s->to))
		return false;
	if (!sw_filter_set__wants(s->set, sk) || !wants_task(s, sk, told))
		return false;
	if (s->socket && !is_socket(s->socket, sk))
		return false;
	if (!s->set->asked)
		return true;
	if (!(s->set->asked >> SW_HOOK_WOKEN & 1))
		told->n_woken = 0;
	return hdr->hook < SW_HOOK_COUNT && s->set->asked >> hdr->hook & 1;
}
