// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Several streams of records into one.
 *
 * A stream keeps the bytes of its records in an arena, in the order in which
 * they came, and an index of them in order of time: a ring of {ts, where}.  The
 * arena only grows at its end.  When it is full, the records that are still
 * pending are copied to another one, which drops the holes; so each byte is
 * copied about once, and nothing depends on records leaving in the order in
 * which they came.
 *
 * The streams that have records are in a binary heap by the time of their
 * first one.
 */
#include "merge.h"

#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

#define ARENA_MIN 4096u
#define INDEX_MIN 64u
/* What only a burst needed is given back once an eighth of the arena was enough for so many
 * times in a row that all was taken, or that the arena was full.  So much is kept. */
#define CALM_EMPTY 64u
#define CALM_FULL 4u
#define ARENA_KEPT (256u << 10)
#define ALIGN 8u
#define NOT_IN_HEAP UINT32_MAX

struct entry {
	uint64_t ts;
	uint32_t offset; /* in the arena */
	uint32_t len : 29;
	uint32_t rank : 3; /* see ranks[] */
};

#define LEN_MAX ((1u << 29) - 1)

struct stream {
	char *arena;
	char *spare;	   /* where the next compaction goes: as large, or NULL */
	uint32_t cap;	   /* bytes of the arena */
	uint32_t used;	   /* ... of those, up to the newest record */
	uint32_t live;	   /* ... of those, of records that are pending */
	uint32_t most;	   /* of `live`, since the arena was empty, or full */
	uint32_t calm;	   /* how often in a row an eighth of the arena was enough */
	uint32_t heap_pos; /* where in the heap, or NOT_IN_HEAP */
	struct entry *index;
	uint32_t index_cap; /* a power of two */
	uint32_t head;	    /* runs freely: masked when used */
	uint32_t count;
};

struct node {
	uint64_t ts;
	uint32_t stream;
	uint32_t rank;
};

static const unsigned char ranks[SW_REC_COUNT] = {
#define KIND(id, name, fields, what, rank, ...) [SW_REC_##id] = rank,
	SW_KINDS(KIND)
#undef KIND
};

struct sw_merge {
	struct stream *streams;
	struct node *heap;
	unsigned int n_streams;
	unsigned int heap_len;
	size_t pending;
};

struct sw_merge *sw_merge__new(unsigned int streams)
{
	struct sw_merge *m = calloc(1, sizeof(*m));
	size_t n = streams ? streams : 1; /* calloc(0) may be NULL */

	if (!m)
		return NULL;
	m->streams = calloc(n, sizeof(*m->streams));
	m->heap = calloc(n, sizeof(*m->heap));
	if (!m->streams || !m->heap) {
		sw_merge__free(m);
		errno = ENOMEM;
		return NULL;
	}
	m->n_streams = streams;
	for (unsigned int i = 0; i < streams; i++)
		m->streams[i].heap_pos = NOT_IN_HEAP;
	return m;
}

void sw_merge__free(struct sw_merge *m)
{
	if (!m)
		return;
	for (unsigned int i = 0; i < m->n_streams; i++) {
		free(m->streams[i].arena);
		free(m->streams[i].spare);
		free(m->streams[i].index);
	}
	free(m->streams);
	free(m->heap);
	free(m);
}

static uint32_t aligned(uint32_t len)
{
	return (len + ALIGN - 1) & ~(ALIGN - 1);
}

static struct entry *stream__entry(const struct stream *s, uint32_t i)
{
	return &s->index[(s->head + i) & (s->index_cap - 1)];
}

static int stream__set_index(struct stream *s, uint32_t cap)
{
	struct entry *index;

	if (cap > UINT32_MAX / 2)
		return -ENOMEM;
	index = malloc((size_t)cap * sizeof(*index));
	if (!index)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->count; i++)
		index[i] = *stream__entry(s, i);
	free(s->index);
	s->index = index;
	s->index_cap = cap;
	s->head = 0;
	return 0;
}

static int stream__grow_index(struct stream *s)
{
	return stream__set_index(s, s->index_cap ? s->index_cap * 2 : INDEX_MIN);
}

/* To a quarter in use, if there is memory for it. */
static void stream__shrink_index(struct stream *s)
{
	uint32_t cap = INDEX_MIN;

	while (cap / 4 < s->count)
		cap *= 2;
	if (cap < s->index_cap)
		stream__set_index(s, cap);
}

/* Copies what is pending to `to`, in order of time, without holes. */
static void stream__compact_into(struct stream *s, char *to)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		struct entry *e = stream__entry(s, i);

		memcpy(to + used, s->arena + e->offset, e->len);
		e->offset = used;
		used += aligned(e->len);
	}
	s->used = used;
}

/* An eighth was enough again, and that `times` in a row. */
static bool stream__is_calm(struct stream *s, uint32_t times)
{
	const bool enough = s->cap > ARENA_KEPT && s->most <= s->cap / 8;

	s->most = s->live;
	s->calm = enough ? s->calm + 1 : 0;
	if (s->calm < times)
		return false;
	s->calm = 0;
	return true;
}

/* Nothing is pending. */
static void stream__start_over(struct stream *s)
{
	if (stream__is_calm(s, CALM_EMPTY)) {
		free(s->arena);
		free(s->spare);
		free(s->index);
		s->arena = s->spare = NULL;
		s->index = NULL;
		s->cap = s->index_cap = s->head = 0;
	}
	s->used = 0;
}

/* Room for n bytes more, with the records that were taken out of the way. */
static int stream__make_room(struct stream *s, uint32_t n)
{
	const uint64_t needed = (uint64_t)s->live + n;
	uint64_t cap = s->cap ? s->cap : ARENA_MIN;
	char *arena;

	if (stream__is_calm(s, CALM_FULL)) {
		cap = ARENA_KEPT;
		stream__shrink_index(s);
	}
	/* At least half of an arena is free after this, or it would be full
	 * again, and copied again, soon. */
	while (needed * 2 > cap)
		cap *= 2;
	if (cap > UINT32_MAX)
		return -ENOMEM;

	if (cap == s->cap && s->spare) {
		arena = s->spare;
		s->spare = NULL;
	} else {
		arena = malloc(cap);
		if (!arena)
			return -ENOMEM;
	}
	if (s->arena)
		stream__compact_into(s, arena);
	free(s->spare); /* of the size before, if there is one */
	s->spare = NULL;
	if (cap == s->cap)
		s->spare = s->arena;
	else
		free(s->arena);
	s->arena = arena;
	s->cap = (uint32_t)cap;
	return 0;
}

/* Behind all that are not later. Nearly always that is the end. */
static uint32_t stream__insert(struct stream *s, struct entry e)
{
	uint32_t i = s->count++;

	for (; i && stream__entry(s, i - 1)->ts > e.ts; i--)
		*stream__entry(s, i) = *stream__entry(s, i - 1);
	*stream__entry(s, i) = e;
	return i;
}

/* Of the first record of a stream. */
static struct node node__of(const struct sw_merge *m, uint32_t stream)
{
	const struct entry *e = stream__entry(&m->streams[stream], 0);

	return (struct node){e->ts, stream, e->rank};
}

static bool node__before(const struct node *a, const struct node *b)
{
	if (a->ts != b->ts)
		return a->ts < b->ts;
	return a->rank != b->rank ? a->rank < b->rank : a->stream < b->stream;
}

static void heap__set(struct sw_merge *m, uint32_t pos, struct node node)
{
	m->heap[pos] = node;
	m->streams[node.stream].heap_pos = pos;
}

static void heap__up(struct sw_merge *m, uint32_t pos, struct node node)
{
	while (pos) {
		uint32_t parent = (pos - 1) / 2;

		if (!node__before(&node, &m->heap[parent]))
			break;
		heap__set(m, pos, m->heap[parent]);
		pos = parent;
	}
	heap__set(m, pos, node);
}

static void heap__down(struct sw_merge *m, uint32_t pos, struct node node)
{
	for (;;) {
		uint32_t child = pos * 2 + 1;

		if (child >= m->heap_len)
			break;
		if (child + 1 < m->heap_len &&
		    node__before(&m->heap[child + 1], &m->heap[child]))
			child++;
		if (!node__before(&m->heap[child], &node))
			break;
		heap__set(m, pos, m->heap[child]);
		pos = child;
	}
	heap__set(m, pos, node);
}

int sw_merge__push(struct sw_merge *m, unsigned int stream, const void *rec, size_t len)
{
	struct sw_rec head;
	struct stream *s;
	struct entry e;
	uint32_t size;

	if (stream >= m->n_streams || len < sizeof(head) || len > LEN_MAX)
		return -EINVAL;
	s = &m->streams[stream];
	size = aligned((uint32_t)len);
	if (!s->count)
		stream__start_over(s);
	if (s->count == s->index_cap && stream__grow_index(s))
		return -ENOMEM;
	if (s->cap - s->used < size && stream__make_room(s, size))
		return -ENOMEM;

	memcpy(s->arena + s->used, rec, len);
	e.offset = s->used;
	e.len = (uint32_t)len & LEN_MAX;
	memcpy(&head, rec, sizeof(head));
	e.ts = head.ts;
	/* Now that it is at hand: when it is the first of its stream, it may no longer be. */
	e.rank = (head.kind < SW_REC_COUNT ? ranks[head.kind] : 0) & 7;
	s->used += size;
	s->live += size;
	if (s->live > s->most)
		s->most = s->live;
	m->pending++;

	if (!stream__insert(s, e)) {
		/* It is the stream's first now. */
		if (s->heap_pos == NOT_IN_HEAP)
			s->heap_pos = m->heap_len++;
		heap__up(m, s->heap_pos, node__of(m, stream));
	}
	return 0;
}

const void *sw_merge__pop(struct sw_merge *m, uint64_t until, size_t *len)
{
	struct node top;
	struct stream *s;
	struct entry e;

	if (!m->heap_len || m->heap[0].ts > until)
		return NULL;
	top = m->heap[0];
	s = &m->streams[top.stream];
	e = *stream__entry(s, 0);
	s->head++;
	s->count--;
	s->live -= aligned(e.len);
	m->pending--;

	if (s->count) {
		heap__down(m, 0, node__of(m, top.stream));
	} else {
		s->heap_pos = NOT_IN_HEAP;
		if (--m->heap_len)
			heap__down(m, 0, m->heap[m->heap_len]);
	}
	/* The bytes stay where they are until a push needs their place. */
	*len = e.len;
	return s->arena + e.offset;
}

size_t sw_merge__pending(const struct sw_merge *m)
{
	return m->pending;
}
