/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/images.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bounds.h"
#include "live/histories.h"

/* Records are read some milliseconds late; what was before that is forgotten. */
#define KEPT_NS	      3000000000ull
#define REREAD_NS     10000000ull /* where the kernel does not tell */

/* An event that has to wait for what other CPUs have to tell. */
struct pending {
	struct sw_mmap_event ev;
	char *path;
};

struct sw_images {
	struct sw_mmaps *mmaps; /* NULL: the kernel does not tell */
	sw_images_read read;
	void *arg;
	struct sw_histories processes;
	struct pending *pending;
	size_t n_pending, cap;
	bool overrun; /* more than there is time for: as if the kernel had lost them */
	uint32_t last_id;
	uint64_t known_from; /* before that events were lost */
	uint64_t swept;
};

struct sw_images *sw_images__new(sw_images_read read, void *arg)
{
	struct sw_images *im = calloc(1, sizeof(*im));

	if (!im)
		return NULL;
	im->read = read;
	im->arg = arg;
	if (sw_mmaps__new(&im->mmaps))
		im->mmaps = NULL;
	return im;
}

void sw_images__free(struct sw_images *im)
{
	if (!im)
		return;
	sw_histories__forget_all(&im->processes);
	for (size_t i = 0; i < im->n_pending; i++)
		free(im->pending[i].path);
	free(im->pending);
	sw_mmaps__free(im->mmaps);
	free(im);
}

/* What there was before is not known any more. */
static void begin_anew(struct sw_images *im)
{
	sw_histories__forget_all(&im->processes);
	im->known_from = sw_clock_ns(CLOCK_MONOTONIC);
}

static void keep(void *arg, const struct sw_mmap_event *ev);

/* Did it begin another program, or another process get its number, up to now? */
static bool has_changed(struct sw_images *im, uint32_t pid)
{
	if (im->mmaps)
		sw_mmaps__drain(im->mmaps, keep, im);
	if (im->overrun)
		return true;
	for (size_t i = 0; i < im->n_pending; i++) {
		const struct sw_mmap_event *ev = &im->pending[i].ev;

		if (ev->kind == SW_MMAP_LOST)
			return true;
		if (ev->pid == pid && (ev->kind == SW_MMAP_EXEC || ev->kind == SW_MMAP_FORK))
			return true;
	}
	return false;
}

/* As /proc has it now, if that is what it was. */
static struct sw_image *read_unchanged(struct sw_images *im, uint32_t pid)
{
	struct sw_image *image = im->read(im->arg, ++im->last_id, pid);

	if (image && has_changed(im, pid)) {
		sw_image__put(image);
		return NULL;
	}
	return image;
}

static struct sw_history *read_process(struct sw_images *im, uint32_t pid)
{
	return sw_histories__set(&im->processes, pid, 0, read_unchanged(im, pid));
}

bool sw_images__is_current(struct sw_images *im, uint32_t pid, const struct sw_image *image)
{
	const struct sw_history *p = sw_histories__find(&im->processes, pid);

	return p && !p->ended && p->latest->image == image && !has_changed(im, pid);
}

static void on_fork(struct sw_images *im, const struct sw_mmap_event *ev)
{
	struct sw_history *parent = sw_histories__find(&im->processes, ev->parent);
	struct sw_image *image;

	if (!parent)
		parent = read_process(im, ev->parent);
	image = parent ? parent->latest->image : NULL;
	if (image)
		image->refs++;
	sw_histories__set(&im->processes, ev->pid, ev->ts, image);
}

static void on_map(struct sw_images *im, const struct sw_mmap_event *ev)
{
	struct sw_mapping m = {
		.start = ev->start,
		.end = ev->start + ev->len,
		.offset = ev->offset,
		.inode = ev->inode,
		.major = ev->major,
		.minor = ev->minor,
		.path = (char *)ev->path,
	};
	struct sw_history *p = sw_histories__find(&im->processes, ev->pid);
	struct sw_image *image = p ? p->latest->image : NULL;
	bool in_the_way = false;

	/* What is not known yet is read from /proc, and this with it. */
	if (!image)
		return;
	for (size_t i = 0; i < image->n; i++) {
		if (!sw_mapping__overlaps(&image->maps[i], m.start, m.end))
			continue;
		if (sw_mapping__same_file(&image->maps[i], &m))
			return; /* a part of it, with other permissions */
		in_the_way = true;
	}
	/* Memory without a file matters where it takes the place of one. */
	if (!m.inode && !in_the_way)
		return;
	if (sw_image__held() > SW_IMAGES_BYTES) {
		begin_anew(im);
		return;
	}
	if (in_the_way || image->refs > 1) {
		image = sw_image__without(++im->last_id, image, m.start, m.end);
		if (!image || !sw_histories__set(&im->processes, ev->pid, ev->ts, image))
			return;
	}
	if (m.inode)
		sw_image__add(image, &m);
}

static void take_now(struct sw_images *im, const struct sw_mmap_event *ev)
{
	struct sw_history *p;

	switch (ev->kind) {
	case SW_MMAP_FORK:
		on_fork(im, ev);
		break;
	case SW_MMAP_EXEC:
		sw_histories__set(&im->processes, ev->pid, ev->ts, sw_image__new(++im->last_id));
		break;
	case SW_MMAP_MAP:
		on_map(im, ev);
		break;
	case SW_MMAP_EXIT:
		p = sw_histories__find(&im->processes, ev->pid);
		if (p)
			p->ended = ev->ts;
		break;
	case SW_MMAP_LOST:
		begin_anew(im);
		break;
	}
}

static void keep(void *arg, const struct sw_mmap_event *ev)
{
	struct sw_images *im = arg;
	struct pending *p;

	/* Outside of sockwake's pid namespace. */
	if (ev->kind != SW_MMAP_LOST && (!ev->pid || ev->pid == UINT32_MAX))
		return;
	if (im->n_pending >= SW_MAPS_PENDING) {
		im->overrun = true;
		return;
	}
	if (im->n_pending == im->cap) {
		size_t cap = im->cap ? im->cap * 2 : 256;
		void *more = realloc(im->pending, cap * sizeof(*im->pending));

		if (!more) {
			im->known_from = UINT64_MAX;
			return;
		}
		im->pending = more;
		im->cap = cap;
	}
	p = &im->pending[im->n_pending++];
	p->ev = *ev;
	p->path = ev->path ? strdup(ev->path) : NULL;
}

static int by_time(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->ev.ts != y->ev.ts)
		return x->ev.ts < y->ev.ts ? -1 : 1;
	/* Those of one CPU stay in order. */
	return 0;
}

static void sweep(struct sw_images *im, uint64_t now)
{
	if (now - im->swept < KEPT_NS)
		return;
	im->swept = now;
	sw_histories__sweep(&im->processes, now - KEPT_NS);
}

void sw_images__collect(struct sw_images *im)
{
	if (im->mmaps)
		sw_mmaps__drain(im->mmaps, keep, im);
}

static void lose_pending(struct sw_images *im)
{
	while (im->n_pending)
		free(im->pending[--im->n_pending].path);
	im->overrun = false;
	begin_anew(im);
}

void sw_images__drain(struct sw_images *im, uint64_t until)
{
	size_t done = 0;

	if (!im->mmaps)
		return;
	sw_mmaps__drain(im->mmaps, keep, im);
	if (im->overrun)
		lose_pending(im);
	if (im->n_pending > 1)
		qsort(im->pending, im->n_pending, sizeof(*im->pending), by_time);
	for (; done < im->n_pending && im->pending[done].ev.ts < until; done++) {
		struct pending p = im->pending[done];

		p.ev.path = p.path;
		/* Reading /proc may add to them, or forget all. */
		im->pending[done].ev.kind = SW_MMAP_EXIT;
		im->pending[done].path = NULL;
		if (p.ev.kind != SW_MMAP_MAP || p.path)
			take_now(im, &p.ev);
		free(p.path);
	}
	im->n_pending -= done;
	memmove(im->pending, im->pending + done, im->n_pending * sizeof(*im->pending));
	sweep(im, sw_clock_ns(CLOCK_MONOTONIC));
}

/* Where nobody tells: again, now and then, and another program if its files are others. */
static struct sw_image *reread(struct sw_images *im, uint32_t pid)
{
	uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	struct sw_history *p = sw_histories__find(&im->processes, pid);
	struct sw_image *image;

	if (p && now - p->read < REREAD_NS)
		return p->latest->image;
	image = im->read(im->arg, ++im->last_id, pid);
	if (p && sw_image__same(p->latest->image, image))
		sw_image__put(image);
	else
		p = sw_histories__set(&im->processes, pid, 0, image);
	if (!p)
		return NULL;
	p->read = now;
	sw_histories__sweep_one(&im->processes, p, now);
	return p->latest->image;
}

struct sw_image *sw_images__at(struct sw_images *im, uint32_t pid, uint64_t ts)
{
	struct sw_period *period;
	struct sw_history *p;

	if (!im->mmaps)
		return reread(im, pid);
	if (ts < im->known_from)
		return NULL;
	p = sw_histories__find(&im->processes, pid);
	if (!p)
		p = read_process(im, pid);
	if (!p)
		return NULL;
	period = sw_history__at(p, ts);
	if (!period)
		return NULL;
	/* A child whose parent was not known: /proc says how it is now. */
	if (!period->image && !period->tried && period == p->latest) {
		period->tried = true;
		period->image = read_unchanged(im, pid);
	}
	return period->image;
}
