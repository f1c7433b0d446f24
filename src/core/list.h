/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* All entries of a table that is bounded: for sorting, and to find one that goes. */
#ifndef SW_CORE_LIST_H
#define SW_CORE_LIST_H

#include <stdint.h>

struct sw_list {
	void **items; /* owned, and what they point to is not */
	unsigned int n, cap;
	unsigned int hand; /* where the next one that goes is looked for */
};

/* Room for one more.  Returns 0 or -ENOMEM. */
int sw_list__reserve(struct sw_list *list);

/* Takes an item out, and frees it. */
void sw_list__remove(struct sw_list *list, void *item);

/* The one that goes: of a few in turn, the one whose worst is the least.  There is one. */
void *sw_list__least(struct sw_list *list, uint64_t (*worst)(const void *item));

/* As qsort(), whose items are pointers here.  Returns how many there are. */
unsigned int sw_list__sort(struct sw_list *list, int (*by)(const void *, const void *));

#endif
