// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "slowest.h"

bool sw_slowest__has_room(const struct sw_slowest *s, uint64_t total_ns)
{
	return s->n < SW_SLOWEST || total_ns > s->list[SW_SLOWEST - 1].total_ns;
}

/* First to run, then to have taken it: the same one has then taken longer. */
static bool is_same(const struct sw_slow *a, const struct sw_slow *b)
{
	return a->wakeup_ts == b->wakeup_ts && a->socket == b->socket && a->tid == b->tid;
}

void sw_slowest__add(struct sw_slowest *s, const struct sw_slow *slow)
{
	unsigned int i;

	for (i = 0; i < s->n && !is_same(&s->list[i], slow); i++)
		;
	if (i < s->n && s->list[i].total_ns >= slow->total_ns)
		return;
	if (i == SW_SLOWEST)
		i--; /* the least goes */
	else if (i == s->n)
		s->n++;
	for (; i && s->list[i - 1].total_ns < slow->total_ns; i--)
		s->list[i] = s->list[i - 1];
	s->list[i] = *slow;
}
