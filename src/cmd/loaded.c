/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/loaded.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/human.h"
#include "base/log.h"

/* Of all descriptors of ours. */
struct loaded {
	unsigned int programs, maps;
	uint64_t bytes; /* of memory, as the kernel counts it */
};

/* The number after a name at the beginning of a line; false: there is none. */
static bool number_of(const char *text, const char *name, uint64_t *out)
{
	size_t n = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n))
			continue;
		*out = strtoull(line + n, NULL, 10);
		return true;
	}
	return false;
}

static void add(struct loaded *l, const char *text)
{
	uint64_t id, bytes = 0;

	/* A link has the number of its program, too. */
	if (number_of(text, "link_id:", &id))
		return;
	if (number_of(text, "prog_id:", &id))
		l->programs++;
	else if (number_of(text, "map_id:", &id))
		l->maps++;
	else
		return;
	number_of(text, "memlock:", &bytes);
	l->bytes += bytes;
}

/* The kernel says in /proc what each descriptor is. */
static int count(struct loaded *l)
{
	DIR *dir = opendir("/proc/self/fdinfo");
	const struct dirent *e;

	if (!dir)
		return -1;
	while ((e = readdir(dir))) {
		char text[2048];
		ssize_t n;
		int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_CLOEXEC);

		n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		if (fd >= 0)
			close(fd);
		if (n <= 0)
			continue;
		text[n] = '\0';
		add(l, text);
	}
	closedir(dir);
	return 0;
}

static void show_hook(const struct sw_hook_info *h)
{
	const char *note = h->note && *h->note ? h->note : NULL;

	if (!strcmp(h->attach, "none"))
		sw_note("%s: not attached%s%s", h->name, note ? ": " : "", note ? note : "");
	else
		sw_note("%s: %s %s%s%s", h->name, h->attach, h->target, note ? ": " : "",
			note ? note : "");
}

void sw_loaded__show(const struct sw_trace_info *info)
{
	struct loaded l = {0};
	struct sw_buf b = {0};

	if (!count(&l)) {
		sw_human_bytes(&b, l.bytes);
		sw_note("loaded: %u programs and %u maps, which take %.*s", l.programs, l.maps,
			(int)b.len, b.data ? b.data : "");
		sw_buf__free(&b);
	}
	for (unsigned int i = 0; i < info->n_hooks; i++)
		if (info->hooks[i].asked)
			show_hook(&info->hooks[i]);
}
