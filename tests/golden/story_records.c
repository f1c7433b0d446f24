// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* From the steps of a story to the records that a kernel would give. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "story.h"

static void set_address(uint16_t family, const char *text, uint8_t addr[16], uint16_t *port)
{
	char host[INET6_ADDRSTRLEN];

	if (sscanf(text, "%45s %hu", host, port) != 2 || inet_pton(family, host, addr) != 1) {
		fprintf(stderr, "driver: no address: %s\n", text);
		exit(2);
	}
}

static size_t make_socket(union sw_event *ev, const struct story_names *n)
{
	struct sw_rec_socket *r = &ev->socket_rec;

	r->cookie = n->cookie;
	r->inode = n->inode;
	r->netns = n->netns;
	r->family = n->family;
	r->type = n->type;
	r->protocol = n->protocol;
	r->lid = n->lid;
	r->rid = n->rid;
	if (n->family == AF_INET || n->family == AF_INET6) {
		set_address(n->family, n->local, r->laddr, &r->lport);
		set_address(n->family, n->remote, r->raddr, &r->rport);
	}
	return sizeof(*r);
}

static size_t make_unix(union sw_event *ev, const struct story_names *n)
{
	struct sw_rec_unix *r = &ev->unix_rec;

	r->llen = n->llen;
	r->rlen = n->rlen;
	memcpy(r->lpath, n->llen ? n->local : "", n->llen);
	memcpy(r->rpath, n->rlen ? n->remote : "", n->rlen);
	return sizeof(*r);
}

static size_t make_wakeup(union sw_event *ev, const struct story_step *s)
{
	struct sw_rec_wakeup *r = &ev->wakeup_rec;

	r->pid = s->task->pid;
	r->tid = s->task->tid;
	strncpy(r->comm, s->task->comm, sizeof(r->comm) - 1);
	if (s->task->kthread)
		r->hdr.flags |= SW_F_KTHREAD;
	if (s->origin) {
		r->hdr.flags |= SW_F_BYSTANDER;
		r->origin_pid = s->origin->pid;
		r->origin_tid = s->origin->tid;
		strncpy(r->origin_comm, s->origin->comm, sizeof(r->origin_comm) - 1);
	}
	r->rx_queued = s->rx;
	r->tx_queued = s->tx;
	r->waiters = s->waiters;
	r->exclusive = s->exclusive;
	r->state = s->state;
	r->context = s->context;
	r->how = s->how;
	r->band = s->band;
	return sizeof(*r);
}

static size_t make_wait(union sw_event *ev, const struct story_step *s, uint64_t start)
{
	struct sw_rec_wait *r = &ev->wait_rec;

	r->end = r->hdr.ts - 500; /* what the call did after it */
	r->begin = r->end - s->waited_us * 1000;
	r->result = s->result;
	r->pid = s->task->pid;
	r->tid = s->task->tid;
	strncpy(r->comm, s->task->comm, sizeof(r->comm) - 1);
	r->op = s->op;
	r->ended = s->ended;
	r->wakeup_ts = s->wakeup_us ? start + s->wakeup_us * 1000 : 0;
	r->asleep = s->asleep_us * 1000;
	r->sleeps = s->sleeps;
	if (s->ended == SW_ENDED_OPEN)
		r->end = r->hdr.ts;
	return sizeof(*r);
}

static size_t make_woken(union sw_event *ev, const struct story_step *s, uint64_t start)
{
	struct sw_rec_woken *r = &ev->woken_rec;

	r->wakeup_ts = start + s->wakeup_us * 1000;
	r->woken_ts = r->hdr.ts;
	r->hdr.ts = r->wakeup_ts + 1;
	r->pid = s->task->pid;
	r->tid = s->task->tid;
	strncpy(r->comm, s->task->comm, sizeof(r->comm) - 1);
	r->via = s->via;
	return sizeof(*r);
}

static size_t make_run(union sw_event *ev, const struct story_step *s, uint64_t start)
{
	struct sw_rec_run *r = &ev->run_rec;

	r->wakeup_ts = start + s->wakeup_us * 1000;
	r->woken_ts = start + s->run_us * 1000;
	r->pid = s->task->pid;
	r->tid = s->task->tid;
	strncpy(r->comm, s->task->comm, sizeof(r->comm) - 1);
	return sizeof(*r);
}

static size_t make_io(union sw_event *ev, const struct story_step *s, uint64_t start)
{
	struct sw_rec_io *r = &ev->io_rec;

	r->begin = r->hdr.ts - s->took_us * 1000;
	r->result = s->result;
	r->wakeup_ts = s->wakeup_us ? start + s->wakeup_us * 1000 : 0;
	r->run_ts = s->run_us ? start + s->run_us * 1000 : 0;
	r->off_ns = s->off_us * 1000;
	r->others = s->others;
	r->slept = s->slept_us * 1000;
	r->stopped = s->stopped_us * 1000;
	r->known_ms = s->known_ms;
	r->tries = s->tries;
	r->pid = s->task->pid;
	r->tid = s->task->tid;
	r->op = s->op;
	strncpy(r->comm, s->task->comm, sizeof(r->comm) - 1);
	return sizeof(*r);
}

size_t story_record(union sw_event *ev, const struct story_step *s, uint64_t start)
{
	size_t n = sizeof(ev->hdr);

	memset(ev, 0, sizeof(*ev));
	ev->hdr = (struct sw_rec){
		.ts = start + s->us * 1000,
		.kind = s->kind,
		.hook = s->hook,
		.cpu = s->cpu,
		.flags = s->flags,
	};
	ev->destroy_rec.sock = s->sock;
	if (s->kind == SW_REC_SOCKET)
		n = make_socket(ev, s->names);
	else if (s->kind == SW_REC_UNIX)
		n = make_unix(ev, s->names);
	else if (s->kind == SW_REC_WAKEUP)
		n = make_wakeup(ev, s);
	else if (s->kind == SW_REC_WAIT)
		n = make_wait(ev, s, start);
	else if (s->kind == SW_REC_WOKEN)
		n = make_woken(ev, s, start);
	else if (s->kind == SW_REC_RUN)
		n = make_run(ev, s, start);
	else if (s->kind == SW_REC_IO)
		n = make_io(ev, s, start);
	else if (s->kind == SW_REC_DESTROY)
		n = sizeof(ev->destroy_rec);
	ev->hdr.size = (__u16)n;
	return n;
}
