/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Pieces collect in memory; when that is full they are sorted and written out as one run.
 * At the end the runs are merged, in several passes if there are very many.
 */
#include "base/sorter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/spill.h"

#define FAN 64	/* runs that are merged at once */
#define BIG (1u << 30) /* no piece is longer */

/* Of a piece in memory. */
struct entry {
	uint64_t ts, order;
	size_t at; /* of its frame */
};

struct sw_sorter {
	const char *folder; /* borrowed */
	size_t bytes;
	struct sw_buf held; /* pieces with their frames */
	struct entry *entries;
	size_t n, cap;
	struct sw_spill *spill; /* NULL: nothing was written out */
};

size_t sw_frame__open(struct sw_buf *b, uint64_t ts, uint64_t order)
{
	const struct sw_frame f = {.ts = ts, .order = order};
	size_t at = b->len;

	sw_buf__put(b, &f, sizeof(f));
	return at;
}

void sw_frame__close(struct sw_buf *b, size_t frame)
{
	uint32_t len;

	if (b->failed)
		return;
	len = (uint32_t)(b->len - frame - sizeof(struct sw_frame));
	memcpy(b->data + frame + offsetof(struct sw_frame, len), &len, sizeof(len));
}

struct sw_sorter *sw_sorter__new(size_t bytes, const char *folder)
{
	struct sw_sorter *s = calloc(1, sizeof(*s));
	const char *set = getenv("TMPDIR");

	if (!s)
		return NULL;
	s->bytes = bytes;
	s->folder = folder ? folder : set && *set ? set : "/tmp";
	return s;
}

void sw_sorter__free(struct sw_sorter *s)
{
	if (!s)
		return;
	sw_spill__free(s->spill);
	sw_buf__free(&s->held);
	free(s->entries);
	free(s);
}

const char *sw_sorter__folder(const struct sw_sorter *s)
{
	return s->folder;
}

/* Their places tell what came first. */
static int by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->ts != y->ts)
		return x->ts < y->ts ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static struct sw_frame frame_at(const struct sw_sorter *s, size_t at)
{
	struct sw_frame f;

	memcpy(&f, s->held.data + at, sizeof(f));
	return f;
}

/* All that is in memory becomes a run. */
static int sorter__spill(struct sw_sorter *s)
{
	int err = 0;

	if (!s->n)
		return 0;
	if (!s->spill)
		err = sw_spill__open(s->folder, &s->spill);
	if (err)
		return err;
	qsort(s->entries, s->n, sizeof(*s->entries), by_key);
	sw_spill__begin(s->spill);
	for (size_t i = 0; !err && i < s->n; i++) {
		size_t at = s->entries[i].at;

		err = sw_spill__put(s->spill, s->held.data + at,
				    sizeof(struct sw_frame) + frame_at(s, at).len);
	}
	if (!err)
		err = sw_spill__end(s->spill);
	sw_buf__reset(&s->held);
	s->n = 0;
	return err;
}

static int sorter__hold(struct sw_sorter *s, const struct sw_frame *f, const void *frame)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		void *more = realloc(s->entries, cap * sizeof(*s->entries));

		if (!more)
			return -ENOMEM;
		s->entries = more;
		s->cap = cap;
	}
	s->entries[s->n++] = (struct entry){f->ts, f->order, s->held.len};
	sw_buf__put(&s->held, frame, sizeof(*f) + f->len);
	return s->held.failed ? -ENOMEM : 0;
}

int sw_sorter__add(struct sw_sorter *s, const void *frames, size_t len)
{
	const char *p = frames;

	while (len) {
		struct sw_frame f;
		int err = 0;

		if (len < sizeof(f))
			return -EINVAL;
		memcpy(&f, p, sizeof(f));
		if (f.len > BIG || f.len > len - sizeof(f))
			return -EINVAL;
		if (s->n && s->held.len + sizeof(f) + f.len > s->bytes)
			err = sorter__spill(s);
		if (!err)
			err = sorter__hold(s, &f, p);
		if (err)
			return err;
		p += sizeof(f) + f.len;
		len -= sizeof(f) + f.len;
	}
	return 0;
}

static int drain_memory(struct sw_sorter *s, sw_sorter_sink sink, void *arg)
{
	int err = 0;

	if (!s->n)
		return 0;
	qsort(s->entries, s->n, sizeof(*s->entries), by_key);
	for (size_t i = 0; !err && i < s->n; i++) {
		size_t at = s->entries[i].at;

		err = sink(arg, s->held.data + at + sizeof(struct sw_frame), frame_at(s, at).len);
	}
	return err;
}

int sw_sorter__drain(struct sw_sorter *s, sw_sorter_sink sink, void *arg)
{
	int err;

	if (!s->spill)
		return drain_memory(s, sink, arg);
	err = sorter__spill(s);
	if (err)
		return err;
	/* The merge needs room of its own. */
	sw_buf__free(&s->held);
	free(s->entries);
	s->entries = NULL;
	s->cap = 0;
	while (sw_spill__runs(s->spill) > FAN) {
		err = sw_spill__fold(s->spill, FAN);
		if (err)
			return err;
	}
	return sw_spill__merge(s->spill, sink, arg);
}
