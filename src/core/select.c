/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "select.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool sw_select__all(const struct sw_select *s)
{
	static const struct sw_filter none;

	return !memcmp(&s->filter, &none, sizeof(none)) && !s->hooks && !s->from && !s->to &&
	       !s->socket;
}

static bool is_inet(const struct sw_socket *sk)
{
	return sk->family == AF_INET || sk->family == AF_INET6;
}

static bool wants_proto(const struct sw_filter *f, const struct sw_socket *sk)
{
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

static bool wants_port(const struct sw_select *s, const struct sw_socket *sk)
{
	const struct sw_filter *f = &s->filter;
	bool any = !f->by_port, local = !f->by_lport, remote = !f->by_rport;

	if (any && local && remote)
		return true;
	if (!is_inet(sk))
		return false;
	for (unsigned int i = 0; i < s->n_ports; i++) {
		uint16_t port = s->ports[i].port;

		switch (s->ports[i].side) {
		case SW_PORT_ANY:
			any = any || sk->lport == port || sk->rport == port;
			break;
		case SW_PORT_LOCAL:
			local = local || sk->lport == port;
			break;
		case SW_PORT_REMOTE:
			remote = remote || sk->rport == port;
			break;
		}
	}
	return any && local && remote;
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

static bool is_task(const struct sw_select *s, uint32_t pid, const char *comm)
{
	for (unsigned int i = 0; i < s->n_pids; i++)
		if ((uint32_t)s->pids[i] == pid)
			return true;
	for (unsigned int i = 0; i < s->filter.n_comms; i++)
		if (!strncmp(s->filter.comms[i], comm, SW_COMM_LEN))
			return true;
	return false;
}

/* Whose it is, by one that has to do with it. */
static bool picks(const struct sw_select *s, const struct sw_told *told)
{
	const union sw_event *ev = told->ev;

	switch (ev->hdr.kind) {
	case SW_REC_WAKEUP:
		for (unsigned int i = 0; i < told->n_woken; i++)
			if (is_task(s, told->woken[i].pid, told->woken[i].comm))
				return true;
		return false;
	case SW_REC_WAIT:
		return is_task(s, ev->wait_rec.pid, ev->wait_rec.comm);
	case SW_REC_WOKEN:
		return is_task(s, ev->woken_rec.pid, ev->woken_rec.comm);
	case SW_REC_RUN:
		return is_task(s, ev->run_rec.pid, ev->run_rec.comm);
	case SW_REC_IO:
		return is_task(s, ev->io_rec.pid, ev->io_rec.comm);
	default:
		return false;
	}
}

static bool wants_task(const struct sw_select *s, struct sw_socket *sk, const struct sw_told *told)
{
	const struct sw_rec_wakeup *r = &told->ev->wakeup_rec;

	if (!s->filter.by_pid && !s->filter.n_comms)
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
	if (s->filter.families && !(sk->family < 64 && s->filter.families >> sk->family & 1))
		return false;
	if (!wants_proto(&s->filter, sk) || !wants_port(s, sk) || !wants_task(s, sk, told))
		return false;
	if (s->socket && !is_socket(s->socket, sk))
		return false;
	if (!s->hooks)
		return true;
	if (!(s->hooks >> SW_HOOK_WOKEN & 1))
		told->n_woken = 0;
	return hdr->hook < SW_HOOK_COUNT && s->hooks >> hdr->hook & 1;
}
