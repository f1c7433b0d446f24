/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/histories.h"

#include <stdlib.h>

#include "bounds.h"

static void periods__free(struct sw_period *p)
{
	struct sw_period *before;

	for (; p; p = before) {
		before = p->before;
		sw_image__put(p->image);
		free(p);
	}
}

static void history__free(struct sw_histories *h, struct sw_history *one)
{
	HASH_DEL(h->all, one);
	periods__free(one->latest);
	free(one);
}

void sw_histories__forget_all(struct sw_histories *h)
{
	struct sw_history *one, *next;

	HASH_ITER(hh, h->all, one, next)
	history__free(h, one);
}

struct sw_history *sw_histories__find(const struct sw_histories *h, uint32_t pid)
{
	const uint64_t key = pid;
	struct sw_history *one;

	HASH_FIND(hh, h->all, &key, sizeof(key), one);
	return one;
}

struct sw_history *sw_histories__set(struct sw_histories *h, uint32_t pid, uint64_t from,
				     struct sw_image *image)
{
	struct sw_period *period = calloc(1, sizeof(*period));
	struct sw_history *one = sw_histories__find(h, pid);

	if (!period)
		goto no_memory;
	if (!one) {
		if (HASH_COUNT(h->all) >= SW_PROCESSES_MAX)
			sw_histories__forget_all(h);
		one = calloc(1, sizeof(*one));
		if (!one)
			goto no_memory;
		one->pid = pid;
		HASH_ADD(hh, h->all, pid, sizeof(one->pid), one);
		if (!one->hh.tbl) {
			free(one);
			goto no_memory;
		}
	}
	period->from = from;
	period->image = image;
	period->before = one->latest;
	one->latest = period;
	one->ended = 0;
	return one;
no_memory:
	free(period);
	sw_image__put(image);
	return NULL;
}

void sw_histories__sweep_one(struct sw_histories *h, struct sw_history *one, uint64_t horizon)
{
	struct sw_period *period = one->latest;

	if (one->ended && one->ended < horizon) {
		history__free(h, one);
		return;
	}
	while (period->before && period->from > horizon)
		period = period->before;
	periods__free(period->before);
	period->before = NULL;
}

void sw_histories__sweep(struct sw_histories *h, uint64_t horizon)
{
	struct sw_history *one, *next;

	HASH_ITER(hh, h->all, one, next)
	sw_histories__sweep_one(h, one, horizon);
}

struct sw_period *sw_history__at(const struct sw_history *one, uint64_t ts)
{
	struct sw_period *period = one->latest;

	while (period && period->from > ts)
		period = period->before;
	return period;
}
