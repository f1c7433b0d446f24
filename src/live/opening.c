/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/opening.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool is_mapped_file(const struct stat *st, const struct sw_look *l)
{
	return st->st_ino == l->inode && major(st->st_dev) == l->major &&
	       minor(st->st_dev) == l->minor;
}

static bool is_wanted(const struct sw_look *l, bool exact, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return false;
	/* On overlays the file's numbers are not those that the mapping has. */
	if (!is_mapped_file(st, l) && !(exact && l->current))
		return false;
	/* Numbers of files that were removed are given out again. */
	return l->current || st->st_ctim.tv_sec < l->began;
}

/* By one of the paths that may lead to it: the very file, or none.  What is there may have
 * become a FIFO, or a device of which to open it would be to use it: so it is looked at first,
 * and what was looked at is opened. */
static int try_path(const struct sw_look *l, const char *path, bool exact, struct stat *st)
{
	int at = open(path, O_PATH | O_CLOEXEC), fd = -1;
	char same[32];

	if (at < 0)
		return -1;
	if (!fstat(at, st) && is_wanted(l, exact, st)) {
		snprintf(same, sizeof(same), "/proc/self/fd/%d", at);
		fd = open(same, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	}
	close(at);
	return fd;
}

/*
 * As the process sees it: by its mapping, whatever was done to the path since; by its
 * root, which may be in another mount namespace; when it has ended, by ours.
 */
int sw_open_mapping(const struct sw_look *l, struct stat *st)
{
	char path[PATH_MAX + 32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/map_files/%llx-%llx", l->pid,
		 (unsigned long long)l->start, (unsigned long long)l->end);
	fd = try_path(l, path, true, st);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%u/exe", l->pid);
	fd = try_path(l, path, false, st);
	if (fd >= 0 || l->path[0] != '/')
		return fd;
	snprintf(path, sizeof(path), "/proc/%u/root%s", l->pid, l->path);
	fd = try_path(l, path, false, st);
	return fd >= 0 ? fd : try_path(l, l->path, false, st);
}
