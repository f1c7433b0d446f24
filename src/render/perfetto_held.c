/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "render/perfetto_held.h"

#include <errno.h>
#include <stdlib.h>

#define BITS 14
_Static_assert(SW_PF_HELD == 1 << BITS, "a chain for each");

/* A stranger may make keys that all fall into one chain. */
#define LOOK_AT 32

/* Numbers of places, and 1; 0: none. */
struct place {
	struct sw_pf_key key;
	uint32_t next, before; /* in its chain */
	bool used; /* of one that was ever added */
	max_align_t thing[];
};

struct sw_pf_held {
	sw_pf_let_go let_go;
	void *arg;
	size_t size;	/* of a place */
	uint64_t added; /* the next one's place, in turn */
	uint64_t room;	/* places that there are: SW_PF_HELD at last */
	uint32_t chains[SW_PF_HELD];
	char *places;
};

struct sw_pf_held *sw_pf_held__new(size_t size, sw_pf_let_go let_go, void *arg)
{
	struct sw_pf_held *h = calloc(1, sizeof(*h));
	const size_t align = _Alignof(max_align_t);

	if (!h)
		return NULL;
	h->size = sizeof(struct place) + (size + align - 1) / align * align;
	h->let_go = let_go;
	h->arg = arg;
	return h;
}

static int make_room(struct sw_pf_held *h)
{
	uint64_t room = h->room ? h->room * 2 : 64;
	void *more;

	if (h->added < h->room || h->room == SW_PF_HELD)
		return 0;
	more = realloc(h->places, room * h->size);
	if (!more)
		return -ENOMEM;
	h->places = more;
	h->room = room;
	return 0;
}

void sw_pf_held__free(struct sw_pf_held *h)
{
	if (!h)
		return;
	free(h->places);
	free(h);
}

static struct place *place_at(const struct sw_pf_held *h, uint32_t i)
{
	return (struct place *)(h->places + i * h->size);
}

static size_t chain_of(const struct sw_pf_key *k)
{
	uint64_t x = k->socket * 0x9e3779b97f4a7c15ULL;

	x = (x ^ k->wakeup_ts) * 0x9e3779b97f4a7c15ULL;
	x = (x ^ k->tid) * 0x9e3779b97f4a7c15ULL;
	return x >> (64 - BITS);
}

static void unlink_place(struct sw_pf_held *h, struct place *p)
{
	if (p->before)
		place_at(h, p->before - 1)->next = p->next;
	else
		h->chains[chain_of(&p->key)] = p->next;
	if (p->next)
		place_at(h, p->next - 1)->before = p->before;
	p->used = false;
}

static void let_go(struct sw_pf_held *h, struct place *p, struct sw_buf *out)
{
	if (!p->used)
		return;
	unlink_place(h, p);
	h->let_go(h->arg, out, p->thing);
}

void *sw_pf_held__add(struct sw_pf_held *h, const struct sw_pf_key *key, struct sw_buf *out)
{
	uint32_t at = (uint32_t)(h->added % SW_PF_HELD), *chain = &h->chains[chain_of(key)];
	struct place *p;

	if (make_room(h)) {
		out->failed = true;
		return NULL;
	}
	p = place_at(h, at);
	if (h->added++ >= SW_PF_HELD)
		let_go(h, p, out);
	p->key = *key;
	p->used = true;
	p->before = 0;
	p->next = *chain;
	if (p->next)
		place_at(h, p->next - 1)->before = at + 1;
	*chain = at + 1;
	return p->thing;
}

void *sw_pf_held__find(const struct sw_pf_held *h, const struct sw_pf_key *key)
{
	uint32_t at = h->chains[chain_of(key)];

	for (unsigned int i = 0; at && i < LOOK_AT; i++) {
		struct place *p = place_at(h, at - 1);

		if (p->key.socket == key->socket && p->key.wakeup_ts == key->wakeup_ts &&
		    p->key.tid == key->tid)
			return p->thing;
		at = p->next;
	}
	return NULL;
}

void sw_pf_held__take(struct sw_pf_held *h, void *thing)
{
	unlink_place(h, (struct place *)((char *)thing - offsetof(struct place, thing)));
}

void sw_pf_held__end(struct sw_pf_held *h, struct sw_buf *out)
{
	uint64_t i = h->added > SW_PF_HELD ? h->added - SW_PF_HELD : 0;

	for (; i < h->added; i++)
		let_go(h, place_at(h, (uint32_t)(i % SW_PF_HELD)), out);
}
