/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_TMPFILE, fallocate() */
#endif
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE (64u << 10) /* bytes that are read, or written, in one call */

struct run {
	off_t from, to; /* in the file */
};

struct sw_spill {
	int fd;
	off_t end;	   /* of the file, without what is in `out` */
	struct sw_buf out; /* not yet written */
	struct run *runs;  /* the last one is being written between begin() and end() */
	size_t n, cap;
	bool failed; /* no memory for one more */
};

/* Reads one run. */
struct cursor {
	struct run left; /* not yet read */
	struct sw_buf in;
	size_t at;	   /* in `in`, of the frame */
	struct sw_frame f; /* of the piece at hand */
};

int sw_spill__open(const char *folder, struct sw_spill **out)
{
	struct sw_spill *s = calloc(1, sizeof(*s));
	char *name = NULL;
	int err = ENOMEM;

	if (!s)
		return -ENOMEM;
	s->fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	/* Not every file system has files without a name. */
	if (s->fd < 0 && asprintf(&name, "%s/sockwake.XXXXXX", folder) >= 0) {
		s->fd = mkostemp(name, O_CLOEXEC);
		err = errno;
		if (s->fd >= 0)
			unlink(name);
		free(name);
	}
	if (s->fd < 0) {
		free(s);
		return -err;
	}
	*out = s;
	return 0;
}

void sw_spill__free(struct sw_spill *s)
{
	if (!s)
		return;
	close(s->fd);
	sw_buf__free(&s->out);
	free(s->runs);
	free(s);
}

static int spill__flush(struct sw_spill *s)
{
	size_t done = 0;

	if (s->out.failed || s->failed)
		return -ENOMEM;
	while (done < s->out.len) {
		ssize_t n = pwrite(s->fd, s->out.data + done, s->out.len - done, s->end);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		done += (size_t)n;
		s->end += n;
	}
	sw_buf__reset(&s->out);
	return 0;
}

void sw_spill__begin(struct sw_spill *s)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		void *more = realloc(s->runs, cap * sizeof(*s->runs));

		if (!more) {
			s->failed = true;
			return;
		}
		s->runs = more;
		s->cap = cap;
	}
	s->runs[s->n++] = (struct run){s->end, s->end};
}

int sw_spill__put(struct sw_spill *s, const void *frame, size_t len)
{
	sw_buf__put(&s->out, frame, len);
	return s->out.len >= AT_ONCE || s->out.failed ? spill__flush(s) : 0;
}

int sw_spill__end(struct sw_spill *s)
{
	int err = spill__flush(s);

	if (!err)
		s->runs[s->n - 1].to = s->end;
	return err;
}

size_t sw_spill__runs(const struct sw_spill *s)
{
	return s->n;
}

/* At least `want` bytes are there behind `at`.  Returns 0 or -errno. */
static int cursor__fill(struct cursor *c, int fd, size_t want)
{
	size_t have = c->in.len - c->at;

	if (have >= want)
		return 0;
	if (c->at)
		memmove(c->in.data, c->in.data + c->at, have);
	c->in.len = have;
	c->at = 0;
	if (sw_buf__reserve(&c->in, (want > AT_ONCE ? want : AT_ONCE) - have))
		return -ENOMEM;
	while (c->in.len < want) {
		size_t room = c->in.cap - c->in.len;
		off_t left = c->left.to - c->left.from;
		ssize_t n = pread(fd, c->in.data + c->in.len,
				  (off_t)room < left ? room : (size_t)left, c->left.from);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		c->in.len += (size_t)n;
		c->left.from += n;
	}
	return 0;
}

/* Returns 1, 0 when the run is over, or -errno. */
static int cursor__load(struct cursor *c, int fd)
{
	int err;

	if (c->at == c->in.len && c->left.from == c->left.to)
		return 0;
	err = cursor__fill(c, fd, sizeof(c->f));
	if (err)
		return err;
	memcpy(&c->f, c->in.data + c->at, sizeof(c->f));
	err = cursor__fill(c, fd, sizeof(c->f) + c->f.len);
	return err ? err : 1;
}

static int cursor__next(struct cursor *c, int fd)
{
	c->at += sizeof(c->f) + c->f.len;
	return cursor__load(c, fd);
}

/* Of two equal ones the earlier run's comes first. */
static bool before(const struct cursor *a, const struct cursor *b)
{
	if (a->f.ts != b->f.ts)
		return a->f.ts < b->f.ts;
	if (a->f.order != b->f.order)
		return a->f.order < b->f.order;
	return a < b;
}

/* Moves the i-th down to where it belongs. */
static void heap__sink(struct cursor **heap, size_t n, size_t i)
{
	struct cursor *c = heap[i];

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && before(heap[child + 1], heap[child]))
			child++;
		if (!before(heap[child], c))
			break;
		heap[i] = heap[child];
	}
	heap[i] = c;
}

/* Takes pieces with their frames. */
typedef int (*frame_sink)(void *arg, const void *frame, const struct sw_frame *f);

static int merge_heap(struct cursor **heap, size_t n, int fd, frame_sink sink, void *arg)
{
	for (size_t i = n / 2; i--;)
		heap__sink(heap, n, i);
	while (n) {
		struct cursor *c = heap[0];
		int err = sink(arg, c->in.data + c->at, &c->f);

		if (err)
			return err;
		err = cursor__next(c, fd);
		if (err < 0)
			return err;
		if (!err)
			heap[0] = heap[--n];
		if (n)
			heap__sink(heap, n, 0);
	}
	return 0;
}

static int merge_runs(const struct run *runs, size_t n, int fd, frame_sink sink, void *arg)
{
	struct cursor *cursors = calloc(n, sizeof(*cursors)), **heap = calloc(n, sizeof(*heap));
	size_t filled = 0;
	int err = cursors && heap ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < n; i++) {
		cursors[i].left = runs[i];
		err = cursor__load(&cursors[i], fd);
		if (err > 0) {
			heap[filled++] = &cursors[i];
			err = 0;
		}
	}
	if (!err)
		err = merge_heap(heap, filled, fd, sink, arg);
	for (size_t i = 0; cursors && i < n; i++)
		sw_buf__free(&cursors[i].in);
	free(cursors);
	free(heap);
	return err;
}

static int put_frame(void *arg, const void *frame, const struct sw_frame *f)
{
	return sw_spill__put(arg, frame, sizeof(*f) + f->len);
}

int sw_spill__fold(struct sw_spill *s, size_t fan)
{
	struct run *old = s->runs;
	size_t n = s->n;
	int err = 0;

	s->runs = NULL;
	s->n = s->cap = 0;
	for (size_t i = 0; !err && i < n; i += fan) {
		size_t count = n - i < fan ? n - i : fan;

		sw_spill__begin(s);
		err = merge_runs(old + i, count, s->fd, put_frame, s);
		if (!err)
			err = sw_spill__end(s);
		/* What was read is not needed again; not every file system can give it back. */
		if (!err)
			(void)!fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					 old[i].from, old[i + count - 1].to - old[i].from);
	}
	free(old);
	return err;
}

struct pieces {
	sw_sorter_sink sink;
	void *arg;
};

static int put_piece(void *arg, const void *frame, const struct sw_frame *f)
{
	const struct pieces *p = arg;

	return p->sink(p->arg, (const char *)frame + sizeof(*f), f->len);
}

int sw_spill__merge(struct sw_spill *s, sw_sorter_sink sink, void *arg)
{
	struct pieces p = {sink, arg};

	return merge_runs(s->runs, s->n, s->fd, put_piece, &p);
}
