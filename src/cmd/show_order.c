/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* In what order timelines are shown. */
#include <stdlib.h>

#include "cmd/show.h"

static int by_id(const void *a, const void *b)
{
	uint64_t x = (*(struct sw_socket *const *)a)->id, y = (*(struct sw_socket *const *)b)->id;

	return x < y ? -1 : x > y;
}

static int by_events(const void *a, const void *b)
{
	uint64_t x = (*(struct sw_socket *const *)a)->events;
	uint64_t y = (*(struct sw_socket *const *)b)->events;

	return x != y ? (x > y ? -1 : 1) : by_id(a, b);
}

static int by_first(const void *a, const void *b)
{
	uint64_t x = (*(struct sw_socket *const *)a)->first_ts;
	uint64_t y = (*(struct sw_socket *const *)b)->first_ts;

	return x != y ? (x < y ? -1 : 1) : by_id(a, b);
}

static int by_last(const void *a, const void *b)
{
	uint64_t x = (*(struct sw_socket *const *)a)->last_ts;
	uint64_t y = (*(struct sw_socket *const *)b)->last_ts;

	return x != y ? (x > y ? -1 : 1) : by_id(a, b);
}

static const struct {
	const char *name;
	int (*compare)(const void *a, const void *b);
} orders[] = {
	[SW_BY_ID] = {"id", by_id}, /* 1, 2, ... */
	[SW_BY_EVENTS] = {"events", by_events}, /* the most first */
	[SW_BY_FIRST] = {"first", by_first}, /* by their first event */
	[SW_BY_LAST] = {"last", by_last}, /* by their last event, the latest first */
};

const char *sw_timelines__order_name(unsigned int order)
{
	return order < sizeof(orders) / sizeof(*orders) ? orders[order].name : NULL;
}

void sw_timelines__sort(struct sw_socket **list, size_t n, enum sw_timelines_order order)
{
	qsort(list, n, sizeof(*list), orders[order].compare);
}
