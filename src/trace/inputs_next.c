/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The records of several files by time, in bounded memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/input.h"

/* Of all files together, what may be held in memory before those are parked whose next
 * record is furthest away: the files of one trace come one after the other. */
#define HELD_BYTES (48u << 20)
/* But if those are wanted again before so many records have passed, they are of one time, and
 * more is held, up to this for each: `record` needs less. */
#define SOON 50000
#define EACH_BYTES (2u << 20)

static void count_bytes(struct sw_inputs *in, struct input *i)
{
	size_t now = sw_reader__bytes(i->r);

	in->bytes += now - i->bytes;
	i->bytes = now;
}

/* Others make room for the one that is wanted now. */
static void make_room(struct sw_inputs *in, const struct input *now)
{
	while (in->bytes > in->limit) {
		struct input *last = NULL;

		for (unsigned int k = 0; k < in->n; k++) {
			struct input *i = &in->inputs[k];

			if (i != now && i->rec && !i->parked && (!last || i->ts > last->ts))
				last = i;
		}
		if (!last || !sw_reader__park(last->r))
			return;
		last->parked = true;
		last->since = in->passed;
		count_bytes(in, last);
	}
}

/* The next record, or of one that was parked the one that it had. */
static int advance(struct sw_inputs *in, struct input *i)
{
	int n = sw_reader__next(i->r, &i->rec, &i->len);

	i->parked = false;
	if (n < 1) {
		i->rec = NULL;
		sw_reader__park(i->r);
	} else if (i->shift || i->group) {
		sw_input__move(i);
	}
	if (i->rec)
		memcpy(&i->ts, i->rec, sizeof(i->ts));
	count_bytes(in, i);
	make_room(in, i);
	return n < 0 ? n : 0;
}

/* Of two at one time the earlier trace's, or file's, comes first. */
static bool is_before(const struct input *a, const struct input *b)
{
	return a->ts != b->ts ? a->ts < b->ts : a < b;
}

/* Moves the k-th down to where it belongs. */
static void sink(struct sw_inputs *in, unsigned int k)
{
	struct input *i = in->heap[k];

	for (unsigned int child; (child = 2 * k + 1) < in->n_heap; k = child) {
		if (child + 1 < in->n_heap && is_before(in->heap[child + 1], in->heap[child]))
			child++;
		if (!is_before(in->heap[child], i))
			break;
		in->heap[k] = in->heap[child];
	}
	in->heap[k] = i;
}

/* The first one's record is another, or there is none. */
static void settle_first(struct sw_inputs *in)
{
	if (!in->heap[0]->rec)
		in->heap[0] = in->heap[--in->n_heap];
	if (in->n_heap)
		sink(in, 0);
}

static int begin(struct sw_inputs *in)
{
	int err;

	in->begun = true;
	in->limit = HELD_BYTES;
	in->heap = calloc(in->n ?: 1, sizeof(struct input *));
	if (!in->heap)
		return -ENOMEM;
	/* Of several there are enough to keep the machine busy. */
	if (in->n == 1)
		sw_reader__read_ahead(in->inputs[0].r);
	for (unsigned int k = 0; k < in->n; k++) {
		err = advance(in, &in->inputs[k]);
		if (err)
			return err;
		if (in->inputs[k].rec)
			in->heap[in->n_heap++] = &in->inputs[k];
	}
	for (unsigned int k = in->n_heap / 2; k--;)
		sink(in, k);
	return 0;
}

int sw_inputs__next(struct sw_inputs *in, const void **rec, size_t *len)
{
	int err = 0;

	sw_inputs__settle(in);
	if (!in->begun) {
		err = begin(in);
	} else if (in->last) {
		err = advance(in, in->last);
		if (!err)
			settle_first(in);
	}
	in->last = NULL;
	while (!err && in->n_heap) {
		struct input *first = in->heap[0];

		if (first->parked) {
			if (in->passed - first->since < SOON &&
			    in->limit < HELD_BYTES + (size_t)in->n * EACH_BYTES)
				in->limit += EACH_BYTES;
			err = advance(in, first);
			if (!err)
				settle_first(in);
			continue;
		}
		in->last = first;
		in->passed++;
		*rec = first->rec;
		*len = first->len;
		return 1;
	}
	return err;
}
