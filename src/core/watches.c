/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is kept of each socket that something may be found on, and which of them go. */
#include <errno.h>
#include <stdlib.h>

#include "finder.h"

#define CHOOSE_FROM 16 /* watches, of which one goes */

struct watch *finder__watch(struct sw_finder *f, uint64_t id)
{
	struct watch *w;

	HASH_FIND(hh, f->watched, &id, sizeof(id), w);
	return w;
}

void watch__drop(struct sw_finder *f, struct watch *w)
{
	if (f->last == w)
		f->last = NULL;
	if (f->hand == w)
		f->hand = w->hh.next;
	HASH_DEL(f->watched, w);
	accepts__free(f, w->accepts);
	f->n_tries -= !!w->tries;
	free(w->rows);
	free(w->recent);
	free(w->queue);
	free(w->stall);
	free(w->tries);
	free(w->nothing);
	free(w);
}

/* Of a few, in turn, the one goes that was not asked for for longest. */
static void unwatch_one(struct sw_finder *f)
{
	struct watch *w = f->hand ?: f->watched, *goes = w;

	for (unsigned int met = 0; met < CHOOSE_FROM; met++, w = w->hh.next ?: f->watched)
		if (w->used < goes->used)
			goes = w;
	f->hand = w;
	watch__drop(f, goes);
	f->unwatched++;
}

static struct watch *watch__new(struct sw_finder *f, const struct sw_socket *sk)
{
	struct watch *w;

	if (HASH_COUNT(f->watched) >= SW_WATCHED_MAX)
		unwatch_one(f);
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->id = sk->id;
	w->key = sk->key;
	HASH_ADD(hh, f->watched, id, sizeof(w->id), w);
	if (!w->hh.tbl) {
		free(w);
		return NULL;
	}
	return w;
}

int watch__get(struct sw_finder *f, const struct sw_socket *sk, struct watch **out)
{
	struct watch *w = f->last;

	if (!w || w->id != sk->id) {
		w = finder__watch(f, sk->id);
		if (!w && !sk->destroyed) {
			w = watch__new(f, sk);
			if (!w)
				return -ENOMEM;
		}
		f->last = w;
	}
	if (w)
		w->used = ++f->asked;
	*out = w;
	return 0;
}
