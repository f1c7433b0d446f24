// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The sockets of a trace, under small numbers. */
#include "sockets.h"

#include <errno.h>
#include <stdlib.h>

/* Names as renderers write them are long: those of so many are kept. */
#define SHOWN_MAX 4096
/* One that goes is looked for among so many, and chosen from so many that may go. */
#define LOOK_AT 64
#define CHOOSE_FROM 16

struct sw_sockets {
	struct sw_socket *head;
	struct sw_socket *last; /* the one asked for last: events come in runs */
	uint64_t seen;
	sw_sockets_hook on_drop; /* NULL: nobody wants to know */
	void *arg;
	uint64_t limit, forgotten;
	uint64_t asked; /* how often */
	struct sw_socket *hand; /* the next one to be looked at; NULL: the first */
	sw_sockets_full on_full; /* NULL: nobody can help */
	void *full_arg;
	struct sw_socket *shown[SHOWN_MAX]; /* in turn */
	unsigned int shown_turn;
};

struct sw_sockets *sw_sockets__new(void)
{
	struct sw_sockets *s = calloc(1, sizeof(*s));

	if (s)
		s->limit = SW_SOCKETS_MAX;
	return s;
}

static void socket__free(struct sw_socket *sk)
{
	free(sk->un);
	sw_buf__free(&sk->shown);
	free(sk);
}

void sw_sockets__free(struct sw_sockets *s)
{
	struct sw_socket *sk, *next;

	if (!s)
		return;
	for (sk = s->head; sk; sk = next) {
		next = sk->hh.next;
		/* The last one takes the table itself with it. */
		HASH_DEL(s->head, sk);
		socket__free(sk);
	}
	free(s);
}

static bool may_go(const struct sw_socket *sk)
{
	return !sk->destroyed && !sk->holds && !sk->kept;
}

/* Of a few, in turn, the one goes that was not asked for for longest.  False: all that were
 * met have to stay. */
static bool sockets__forget_one(struct sw_sockets *s)
{
	struct sw_socket *sk = s->hand ?: s->head, *goes = NULL;
	unsigned int met = 0, may = 0;

	for (; sk && met < LOOK_AT && may < CHOOSE_FROM; sk = sk->hh.next ?: s->head, met++) {
		if (!may_go(sk))
			continue;
		may++;
		if (!goes || sk->used < goes->used)
			goes = sk;
	}
	s->hand = sk;
	if (goes)
		sw_sockets__forget(s, goes);
	return goes;
}

static struct sw_socket *sockets__add(struct sw_sockets *s, uint64_t key)
{
	struct sw_socket *sk;

	while (HASH_COUNT(s->head) >= s->limit && !sockets__forget_one(s))
		if (!s->on_full || !s->on_full(s->full_arg))
			break;
	sk = calloc(1, sizeof(*sk));
	if (!sk)
		return NULL;
	sk->key = key;
	HASH_ADD(hh, s->head, key, sizeof(sk->key), sk);
	if (!sk->hh.tbl) {
		free(sk);
		errno = ENOMEM;
		return NULL;
	}
	sk->id = ++s->seen;
	return sk;
}

struct sw_socket *sw_sockets__get(struct sw_sockets *s, uint64_t key)
{
	struct sw_socket *sk = s->last;

	if (sk && sk->key == key)
		return sk;
	HASH_FIND(hh, s->head, &key, sizeof(key), sk);
	if (!sk)
		sk = sockets__add(s, key);
	if (!sk)
		return NULL;
	sk->used = ++s->asked;
	return s->last = sk;
}

struct sw_socket *sw_sockets__find(const struct sw_sockets *s, uint64_t key)
{
	struct sw_socket *sk;

	HASH_FIND(hh, s->head, &key, sizeof(key), sk);
	return sk;
}

void sw_sockets__drop(struct sw_sockets *s, struct sw_socket *sk)
{
	if (s->last == sk)
		s->last = NULL;
	if (s->hand == sk)
		s->hand = sk->hh.next;
	if (sk->shown_at)
		s->shown[sk->shown_at - 1] = NULL;
	if (s->on_drop)
		s->on_drop(s->arg, sk);
	HASH_DEL(s->head, sk);
	socket__free(sk);
}

void sw_sockets__forget(struct sw_sockets *s, struct sw_socket *sk)
{
	s->forgotten++;
	sw_sockets__drop(s, sk);
}

uint64_t sw_sockets__forgotten(const struct sw_sockets *s)
{
	return s->forgotten;
}

void sw_sockets__limit(struct sw_sockets *s, uint64_t most)
{
	s->limit = most;
}

void sw_sockets__on_full(struct sw_sockets *s, sw_sockets_full full, void *arg)
{
	s->on_full = full;
	s->full_arg = arg;
}

void sw_sockets__shown(struct sw_sockets *s, struct sw_socket *sk)
{
	struct sw_socket **place;

	if (sk->shown_at || !sk->shown.cap)
		return;
	place = &s->shown[s->shown_turn];
	if (*place) {
		sw_buf__free(&(*place)->shown);
		(*place)->shown_valid = false;
		(*place)->shown_at = 0;
	}
	*place = sk;
	sk->shown_at = (uint16_t)(++s->shown_turn);
	s->shown_turn %= SHOWN_MAX;
}

void sw_sockets__on_drop(struct sw_sockets *s, sw_sockets_hook hook, void *arg)
{
	s->on_drop = hook;
	s->arg = arg;
}

uint64_t sw_sockets__seen(const struct sw_sockets *s)
{
	return s->seen;
}

uint64_t sw_sockets__held(const struct sw_sockets *s)
{
	return HASH_COUNT(s->head);
}

struct sw_socket *sw_sockets__next(const struct sw_sockets *s, const struct sw_socket *sk)
{
	/* uthash keeps the order in which they were added, which is that of ids. */
	return sk ? sk->hh.next : s->head;
}
