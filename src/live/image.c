/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAPS_MAX 8192 /* of one process */

/* Bytes, of all there are: a traced process decides how many it has. */
static size_t held;

static size_t size_of(const struct sw_mapping *m)
{
	return sizeof(*m) + strlen(m->path) + 1;
}

size_t sw_image__held(void)
{
	return held;
}

void sw_image__put(struct sw_image *image)
{
	if (!image || --image->refs)
		return;
	for (size_t i = 0; i < image->n; i++) {
		held -= size_of(&image->maps[i]);
		free(image->maps[i].path);
	}
	free(image->maps);
	free(image);
}

struct sw_image *sw_image__new(uint32_t id)
{
	struct sw_image *image = calloc(1, sizeof(*image));

	if (image) {
		image->id = id;
		image->refs = 1;
	}
	return image;
}

bool sw_mapping__overlaps(const struct sw_mapping *m, uint64_t start, uint64_t end)
{
	return m->start < end && start < m->end;
}

int sw_image__add(struct sw_image *image, const struct sw_mapping *m)
{
	struct sw_mapping *to;

	if (image->n == MAPS_MAX)
		return -E2BIG;
	if (image->n == image->cap) {
		size_t cap = image->cap ? image->cap * 2 : 8;
		void *more = realloc(image->maps, cap * sizeof(*image->maps));

		if (!more)
			return -ENOMEM;
		image->maps = more;
		image->cap = cap;
	}
	to = &image->maps[image->n];
	*to = *m;
	to->path = strdup(m->path);
	if (!to->path)
		return -ENOMEM;
	held += size_of(to);
	image->n++;
	return 0;
}

struct sw_image *sw_image__without(uint32_t id, const struct sw_image *from, uint64_t start,
				   uint64_t end)
{
	struct sw_image *image = sw_image__new(id);

	for (size_t i = 0; image && i < from->n; i++)
		if (!sw_mapping__overlaps(&from->maps[i], start, end))
			sw_image__add(image, &from->maps[i]);
	return image;
}

struct sw_mapping *sw_image__find(struct sw_image *image, uint64_t address)
{
	for (size_t i = 0; i < image->n; i++)
		if (address >= image->maps[i].start && address < image->maps[i].end)
			return &image->maps[i];
	return NULL;
}

bool sw_mapping__same_file(const struct sw_mapping *a, const struct sw_mapping *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor &&
	       a->start - a->offset == b->start - b->offset && !strcmp(a->path, b->path);
}

bool sw_image__same(const struct sw_image *a, const struct sw_image *b)
{
	if (!a || !b || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->maps[i].start != b->maps[i].start || a->maps[i].end != b->maps[i].end ||
		    !sw_mapping__same_file(&a->maps[i], &b->maps[i]))
			return false;
	return true;
}
