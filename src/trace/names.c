/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/table.h"

struct socket_names {
	uint64_t sock;
	UT_hash_handle hh;
	struct sw_rec_socket socket;
	struct sw_rec_unix *un; /* owned; NULL: none */
};

struct stack_names {
	struct stack_names *next;
	uint32_t pid, number;
	size_t len;
	char names[];
};

struct sw_names {
	struct socket_names *sockets;
	struct stack_names *stacks;
};

struct sw_names *sw_names__new(void)
{
	return calloc(1, sizeof(struct sw_names));
}

static void drop(struct sw_names *n, struct socket_names *s)
{
	HASH_DEL(n->sockets, s);
	free(s->un);
	free(s);
}

void sw_names__free(struct sw_names *n)
{
	struct socket_names *s, *next;

	if (!n)
		return;
	HASH_ITER(hh, n->sockets, s, next)
		drop(n, s);
	for (struct stack_names *k = n->stacks, *after; k; k = after) {
		after = k->next;
		free(k);
	}
	free(n);
}

static struct socket_names *find(const struct sw_names *n, uint64_t sock)
{
	struct socket_names *s;

	HASH_FIND(hh, n->sockets, &sock, sizeof(sock), s);
	return s;
}

static int learn(struct sw_names *n, const struct sw_rec_socket *rec)
{
	struct socket_names *s = find(n, rec->sock);

	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		s->sock = rec->sock;
		HASH_ADD(hh, n->sockets, sock, sizeof(s->sock), s);
		if (!s->hh.tbl) {
			free(s);
			return -ENOMEM;
		}
	}
	s->socket = *rec;
	return 0;
}

static int learn_unix(struct sw_names *n, const struct sw_rec_unix *rec)
{
	struct socket_names *s = find(n, rec->sock);

	if (!s)
		return 0;
	if (!s->un)
		s->un = malloc(sizeof(*s->un));
	if (!s->un)
		return -ENOMEM;
	*s->un = *rec;
	return 0;
}

int sw_names__record(struct sw_names *n, const void *rec, size_t len)
{
	struct socket_names *s;
	union sw_event ev;
	uint8_t kind;

	if (len < sizeof(struct sw_rec))
		return 0;
	kind = ((const uint8_t *)rec)[offsetof(struct sw_rec, kind)];
	if (kind != SW_REC_SOCKET && kind != SW_REC_UNIX && kind != SW_REC_DESTROY)
		return 0;
	if (sw_event__decode(rec, len, &ev))
		return 0;
	if (kind == SW_REC_SOCKET)
		return learn(n, &ev.socket_rec);
	if (kind == SW_REC_UNIX)
		return learn_unix(n, &ev.unix_rec);
	s = find(n, ev.destroy_rec.sock);
	if (s)
		drop(n, s);
	return 0;
}

int sw_names__stack(struct sw_names *n, uint32_t pid, uint32_t number, const char *names,
		    size_t len)
{
	struct stack_names *k = malloc(sizeof(*k) + len);

	if (!k)
		return -ENOMEM;
	k->next = n->stacks;
	k->pid = pid;
	k->number = number;
	k->len = len;
	memcpy(k->names, names, len);
	n->stacks = k;
	return 0;
}

int sw_names__write(const struct sw_names *n, struct sw_writer *w)
{
	const struct socket_names *s;
	int err = 0;

	for (const struct stack_names *k = n->stacks; !err && k; k = k->next)
		err = sw_writer__stack(w, k->pid, k->number, k->names, k->len);
	for (s = n->sockets; !err && s; s = s->hh.next) {
		err = sw_writer__record(w, &s->socket, sizeof(s->socket));
		if (!err && s->un)
			err = sw_writer__record(w, s->un, sizeof(*s->un));
	}
	return err;
}
