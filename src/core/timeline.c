// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What happened to each socket, in order, in a fixed amount of memory. */
#include "timeline.h"

#include <stdlib.h>

/*
 * The store is a ring of bytes.  Offsets only grow (2^64 bytes are never
 * reached) and are reduced to a place when bytes are copied, in two pieces
 * where the ring ends in between.
 *
 *	tail                                              head
 *	| entry, record | entry, record | … | entry, record |
 */
struct entry {
	struct sw_socket *sk; /* held as long as it has entries */
	uint64_t next;	      /* offset of the socket's next; of the newest: not valid */
};

/* The least that holds any record. */
#define STORE_MIN 4096

/* Where the first entry is put: 0 is where a walk begins. */
#define FIRST sizeof(struct entry)

struct sw_timeline {
	struct sw_sockets *sockets; /* borrowed */
	uint64_t head, tail;
	size_t size;
	uint8_t *store;
};

/* Only what happens is stored, not what sockets are called. */
static const uint16_t record_size[SW_REC_COUNT] = {
#define KIND(id, name, fields, what, ...) \
	SW_IF_##what([SW_REC_##id] = sizeof(struct sw_rec_##name),)
	SW_KINDS(KIND)
#undef KIND
};

_Static_assert(sizeof(struct entry) + sizeof(union sw_event) <= STORE_MIN, "a record fits");

struct sw_timeline *sw_timeline__new(size_t bytes, struct sw_sockets *sockets)
{
	struct sw_timeline *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->size = bytes < STORE_MIN ? STORE_MIN : bytes;
	t->store = malloc(t->size);
	if (!t->store) {
		free(t);
		return NULL;
	}
	t->sockets = sockets;
	t->head = t->tail = FIRST;
	return t;
}

void sw_timeline__free(struct sw_timeline *t)
{
	if (!t)
		return;
	free(t->store);
	free(t);
}

static void store__write(struct sw_timeline *t, uint64_t pos, const void *data, size_t n)
{
	size_t at = pos % t->size;
	size_t first = t->size - at < n ? t->size - at : n;

	memcpy(t->store + at, data, first);
	memcpy(t->store, (const uint8_t *)data + first, n - first);
}

static void store__read(const struct sw_timeline *t, uint64_t pos, void *data, size_t n)
{
	size_t at = pos % t->size;
	size_t first = t->size - at < n ? t->size - at : n;

	memcpy(data, t->store + at, first);
	memcpy((uint8_t *)data + first, t->store, n - first);
}

/* Takes the oldest entry of all out; `spare` is not dropped by that.  Returns whose it was,
 * or NULL: it was dropped. */
static struct sw_socket *evict(struct sw_timeline *t, const struct sw_socket *spare)
{
	struct entry e;
	struct sw_rec hdr;

	store__read(t, t->tail, &e, sizeof(e));
	store__read(t, t->tail + sizeof(e), &hdr, sizeof(hdr));
	t->tail += sizeof(e) + record_size[hdr.kind];
	e.sk->oldest = e.next;
	e.sk->kept--;
	if (!e.sk->kept && e.sk->destroyed && e.sk != spare) {
		sw_sockets__drop(t->sockets, e.sk);
		return NULL;
	}
	return e.sk;
}

bool sw_timeline__drop_one(struct sw_timeline *t)
{
	while (t->tail < t->head) {
		struct sw_socket *sk = evict(t, NULL);

		if (sk && !sk->kept && !sk->holds)
			sw_sockets__forget(t->sockets, sk);
		else if (sk)
			continue;
		return true;
	}
	return false;
}

void sw_timeline__add(struct sw_timeline *t, struct sw_socket *sk, const union sw_event *ev)
{
	size_t n = record_size[ev->hdr.kind];
	struct entry e = { .sk = sk };
	uint64_t pos = t->head;

	if (!n)
		return;
	while (t->size - (t->head - t->tail) < sizeof(e) + n)
		evict(t, sk);

	store__write(t, pos, &e, sizeof(e));
	store__write(t, pos + sizeof(e), ev, n);
	t->head = pos + sizeof(e) + n;
	if (sk->kept++)
		store__write(t, sk->newest + offsetof(struct entry, next), &pos, sizeof(pos));
	else
		sk->oldest = pos;
	sk->newest = pos;
}

bool sw_timeline__next(const struct sw_timeline *t, const struct sw_socket *sk, uint64_t *pos,
		       union sw_event *ev)
{
	struct entry e;

	/* Also when what came next went meanwhile: go on with what is left. */
	if (*pos < sk->oldest)
		*pos = sk->oldest;
	if (!sk->kept || *pos > sk->newest)
		return false;
	store__read(t, *pos, &e, sizeof(e));
	store__read(t, *pos + sizeof(e), &ev->hdr, sizeof(ev->hdr));
	store__read(t, *pos + sizeof(e), ev, record_size[ev->hdr.kind]);
	*pos = *pos == sk->newest ? UINT64_MAX : e.next;
	return true;
}
