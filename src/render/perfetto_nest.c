/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "render/perfetto_nest.h"

/* Whether it had to be cut for this one's sake. */
static bool cut(struct sw_pf_span *s, const struct sw_pf_span *other)
{
	if (other->begin < s->begin && s->begin < other->end && other->end < s->end)
		s->begin = other->end;
	else if (s->begin < other->begin && other->begin < s->end && s->end < other->end)
		s->end = other->begin;
	else
		return false;
	return true;
}

static void remember(struct sw_pf_nest *n, const struct sw_pf_span *s)
{
	unsigned int oldest = 0;

	if (n->n < SW_PF_REMEMBERED) {
		n->last[n->n++] = *s;
		return;
	}
	/* The one that ended first goes: most likely nothing will reach back to it. */
	for (unsigned int i = 1; i < n->n; i++)
		if (n->last[i].end < n->last[oldest].end)
			oldest = i;
	if (n->last[oldest].end > n->floor)
		n->floor = n->last[oldest].end;
	n->last[oldest] = *s;
}

bool sw_pf_nest__place(struct sw_pf_nest *n, struct sw_pf_span *slice)
{
	struct sw_pf_span s = *slice;
	bool again;

	if (s.begin < n->floor)
		s.begin = n->floor;
	/* Each cut makes it shorter, down to an edge of one of the others. */
	do {
		again = false;
		for (unsigned int i = 0; i < n->n && s.begin < s.end; i++)
			again |= cut(&s, &n->last[i]);
	} while (again && s.begin < s.end);
	if (s.begin >= s.end)
		return false;
	remember(n, &s);
	*slice = s;
	return true;
}

uint64_t sw_pf_nest__end(const struct sw_pf_nest *n)
{
	uint64_t end = n->floor;

	for (unsigned int i = 0; i < n->n; i++)
		if (n->last[i].end > end)
			end = n->last[i].end;
	return end;
}
