/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/proc_maps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A process may have as many mappings as it likes, and the kernel takes its time for them. */
#define LINES_MAX 65536

/* One line of /proc/PID/maps. */
static void read_line(struct sw_image *image, char *line)
{
	struct sw_mapping m = {0};
	char perms[5];
	int at = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n",
		   &m.start, &m.end, perms, &m.offset, &m.major, &m.minor, &m.inode, &at) < 7 ||
	    perms[2] != 'x' || !m.inode || !at)
		return;
	line[strcspn(line, "\n")] = '\0';
	m.path = line + at;
	sw_image__add(image, &m);
}

struct sw_image *sw_proc_maps__read(uint32_t id, uint32_t pid)
{
	struct sw_image *image;
	char path[32], *line = NULL;
	size_t cap = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	f = fopen(path, "re");
	if (!f)
		return NULL;
	image = sw_image__new(id);
	for (int i = 0; image && i < LINES_MAX && getline(&line, &cap, f) > 0; i++)
		read_line(image, line);
	free(line);
	fclose(f);
	/* A process that is about to end has none. */
	if (image && !image->n) {
		sw_image__put(image);
		image = NULL;
	}
	return image;
}
