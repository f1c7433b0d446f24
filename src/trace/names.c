/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "core/table.h"

struct socket_names {
	uint64_t sock;
	UT_hash_handle hh;
	struct socket_names *prev, *next; /* by use, the latest last */
	uint64_t file; /* the last one that has them */
	struct sw_rec_socket socket;
	struct sw_rec_unix *un; /* owned; NULL: none */
};

struct stack_names {
	uint64_t key;
	UT_hash_handle hh; /* in the order in which they came */
	uint64_t file;
	uint32_t pid, number;
	size_t len;
	char names[];
};

struct sw_names {
	struct socket_names *sockets, *by_use;
	struct stack_names *stacks;
	size_t stack_bytes;
	uint64_t file;
	uint64_t forgotten;
};

struct sw_names *sw_names__new(void)
{
	struct sw_names *n = calloc(1, sizeof(*n));

	if (n)
		n->file = 1;
	return n;
}

static void drop(struct sw_names *n, struct socket_names *s)
{
	HASH_DEL(n->sockets, s);
	DL_DELETE(n->by_use, s);
	free(s->un);
	free(s);
}

static void drop_stack(struct sw_names *n, struct stack_names *k)
{
	n->stack_bytes -= sizeof(*k) + k->len;
	HASH_DEL(n->stacks, k);
	free(k);
}

void sw_names__free(struct sw_names *n)
{
	struct socket_names *s, *next;
	struct stack_names *k, *after;

	if (!n)
		return;
	HASH_ITER(hh, n->sockets, s, next)
		drop(n, s);
	HASH_ITER(hh, n->stacks, k, after)
		drop_stack(n, k);
	free(n);
}

static struct socket_names *find(const struct sw_names *n, uint64_t sock)
{
	struct socket_names *s;

	HASH_FIND(hh, n->sockets, &sock, sizeof(sock), s);
	return s;
}

static void use(struct sw_names *n, struct socket_names *s)
{
	if (!s->next) /* it is the last already */
		return;
	DL_DELETE(n->by_use, s);
	DL_APPEND(n->by_use, s);
}

static struct socket_names *add(struct sw_names *n, uint64_t sock)
{
	struct socket_names *s;

	if (HASH_COUNT(n->sockets) >= SW_NAMES_SOCKETS) {
		drop(n, n->by_use);
		n->forgotten++;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->sock = sock;
	HASH_ADD(hh, n->sockets, sock, sizeof(s->sock), s);
	if (!s->hh.tbl) {
		free(s);
		return NULL;
	}
	DL_APPEND(n->by_use, s);
	return s;
}

/* Its names come before it in this file, and its listener's too, whose role it has. */
static int write_socket(struct sw_names *n, struct sw_writer *w, struct socket_names *s)
{
	struct socket_names *parent = s->socket.parent ? find(n, s->socket.parent) : NULL;
	int err = 0;

	if (s->file == n->file)
		return 0;
	s->file = n->file;
	if (parent && parent != s)
		err = write_socket(n, w, parent);
	if (!err)
		err = sw_writer__record(w, &s->socket, sizeof(s->socket));
	if (!err && s->un)
		err = sw_writer__record(w, s->un, sizeof(*s->un));
	return err;
}

static int learn(struct sw_names *n, struct sw_writer *w, const struct sw_rec_socket *rec)
{
	struct socket_names *s = find(n, rec->sock), *parent;

	if (!s)
		s = add(n, rec->sock);
	if (!s)
		return -ENOMEM;
	use(n, s);
	s->socket = *rec;
	s->file = n->file; /* this record itself */
	parent = rec->parent ? find(n, rec->parent) : NULL;
	return parent ? write_socket(n, w, parent) : 0;
}

static int learn_unix(struct sw_names *n, struct sw_writer *w, const struct sw_rec_unix *rec)
{
	struct socket_names *s = find(n, rec->sock);
	int err;

	if (!s)
		return 0;
	err = write_socket(n, w, s);
	if (err)
		return err;
	if (!s->un)
		s->un = malloc(sizeof(*s->un));
	if (!s->un)
		return -ENOMEM;
	*s->un = *rec;
	return 0;
}

static uint64_t key_of(uint32_t pid, uint32_t number)
{
	return (uint64_t)pid << 32 | number;
}

static int write_stack(struct sw_names *n, struct sw_writer *w, uint32_t pid, uint32_t number)
{
	uint64_t key = key_of(pid, number);
	struct stack_names *k = NULL;

	if (number)
		HASH_FIND(hh, n->stacks, &key, sizeof(key), k);
	if (!k || k->file == n->file)
		return 0;
	k->file = n->file;
	return sw_writer__stack(w, pid, number, k->names, k->len);
}

static int write_stacks(struct sw_names *n, struct sw_writer *w, const struct sw_rec_wakeup *r)
{
	int err = write_stack(n, w, 0, r->kernel_stack);

	return err ? err : write_stack(n, w, r->pid, r->user_stack);
}

int sw_names__record(struct sw_names *n, struct sw_writer *w, const void *rec, size_t len)
{
	struct socket_names *s;
	union sw_event ev;
	int err;

	if (sw_event__decode(rec, len, &ev))
		return 0;
	if (ev.hdr.kind == SW_REC_SOCKET)
		return learn(n, w, &ev.socket_rec);
	if (ev.hdr.kind == SW_REC_UNIX)
		return learn_unix(n, w, &ev.unix_rec);
	/* Every kind has its socket's key at the same place. */
	s = find(n, ev.destroy_rec.sock);
	if (s) {
		use(n, s);
		err = write_socket(n, w, s);
		if (err)
			return err;
	}
	if (ev.hdr.kind == SW_REC_WAKEUP)
		return write_stacks(n, w, &ev.wakeup_rec);
	if (ev.hdr.kind == SW_REC_DESTROY && s)
		drop(n, s);
	return 0;
}

int sw_names__stack(struct sw_names *n, uint32_t pid, uint32_t number, const char *names,
		    size_t len)
{
	uint64_t key = key_of(pid, number);
	struct stack_names *k;

	HASH_FIND(hh, n->stacks, &key, sizeof(key), k);
	if (k)
		drop_stack(n, k);
	while (n->stacks && n->stack_bytes + sizeof(*k) + len > SW_NAMES_STACK_BYTES)
		drop_stack(n, n->stacks);
	k = malloc(sizeof(*k) + len);
	if (!k)
		return -ENOMEM;
	memset(k, 0, sizeof(*k));
	k->key = key;
	k->pid = pid;
	k->number = number;
	k->file = n->file;
	k->len = len;
	memcpy(k->names, names, len);
	HASH_ADD(hh, n->stacks, key, sizeof(k->key), k);
	if (!k->hh.tbl) {
		free(k);
		return -ENOMEM;
	}
	n->stack_bytes += sizeof(*k) + len;
	return 0;
}

void sw_names__next_file(struct sw_names *n)
{
	n->file++;
}

uint64_t sw_names__forgotten(const struct sw_names *n)
{
	return n->forgotten;
}
