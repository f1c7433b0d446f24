// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "core/list.h"

#include <errno.h>
#include <stdlib.h>

/* Of so many the least remarkable goes. */
#define LOOK_AT 16

int sw_list__reserve(struct sw_list *list)
{
	unsigned int cap = list->cap ? list->cap * 2 : 16;
	void *more;

	if (list->n < list->cap)
		return 0;
	more = realloc(list->items, cap * sizeof(*list->items));
	if (!more)
		return -ENOMEM;
	list->items = more;
	list->cap = cap;
	return 0;
}

void sw_list__remove(struct sw_list *list, void *item)
{
	for (unsigned int i = 0; i < list->n; i++)
		if (list->items[i] == item) {
			list->items[i] = list->items[--list->n];
			break;
		}
	free(item);
}

/* The next places to look at. */
static unsigned int turn(const struct sw_list *list, unsigned int i)
{
	return (list->hand + i) % list->n;
}

void *sw_list__least(struct sw_list *list, uint64_t (*worst)(const void *item))
{
	unsigned int least = turn(list, 0);

	for (unsigned int i = 1; i < LOOK_AT && i < list->n; i++)
		if (worst(list->items[turn(list, i)]) < worst(list->items[least]))
			least = turn(list, i);
	list->hand = turn(list, LOOK_AT);
	return list->items[least];
}

unsigned int sw_list__sort(struct sw_list *list, int (*by)(const void *, const void *))
{
	if (list->n) /* qsort() may not be given NULL */
		qsort(list->items, list->n, sizeof(*list->items), by);
	return list->n;
}
