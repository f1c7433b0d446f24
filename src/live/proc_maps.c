/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/proc_maps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A process may have as many mappings as it likes, and the kernel takes its time for them. */
#define LINES_MAX 65536

/* True: it is a file's, and can be run; *m has its path in the line. */
static bool parse(char *line, struct sw_mapping *m)
{
	char perms[5];
	int at = 0;

	memset(m, 0, sizeof(*m));
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n",
		   &m->start, &m->end, perms, &m->offset, &m->major, &m->minor, &m->inode,
		   &at) < 7 ||
	    perms[2] != 'x' || !m->inode || !at)
		return false;
	m->path = line + at;
	return true;
}

void sw_proc_maps__read(uint32_t pid, struct sw_buf *text, size_t most)
{
	char path[32], *line = NULL;
	struct sw_mapping m;
	size_t cap = 0;
	ssize_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	for (int i = 0; i < LINES_MAX && (len = getline(&line, &cap, f)) > 0; i++) {
		if (!parse(line, &m))
			continue;
		if (text->len + (size_t)len > most)
			break;
		sw_buf__put(text, line, (size_t)len);
	}
	free(line);
	fclose(f);
}

struct sw_image *sw_proc_maps__image(uint32_t id, const struct sw_buf *text)
{
	struct sw_image *image = sw_image__new(id);
	const char *at = text->data, *end = at + text->len, *newline;
	struct sw_mapping m;

	for (; image && at < end && (newline = memchr(at, '\n', (size_t)(end - at)));
	     at = newline + 1) {
		char *line = strndup(at, (size_t)(newline - at));

		if (line && parse(line, &m))
			sw_image__add(image, &m);
		free(line);
	}
	if (image && !image->n) {
		sw_image__put(image);
		image = NULL;
	}
	return image;
}
