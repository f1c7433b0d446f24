/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_PATH */
#endif
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"

#define LINKS_MAX 40 /* as the kernel has it */

struct walk {
	int folder;
	char *path; /* all that is left; owned */
	char *at;
	unsigned int links;
};

/* A descriptor by its name, or -1.  What is behind it is as it was handed to us: to open
 * it again would lose its offset, and does not work for sockets. */
static int descriptor_of(const char *path)
{
	static const struct {
		const char *prefix;
		bool number;
		int is;
	} names[] = {
		{"/dev/stdout", false, STDOUT_FILENO},
		{"/dev/stderr", false, STDERR_FILENO},
		{"/dev/fd/", true, -1},
		{"/proc/self/fd/", true, -1},
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t n = strlen(names[i].prefix);
		uint64_t fd;

		if (strncmp(path, names[i].prefix, n))
			continue;
		if (!names[i].number && !path[n])
			return names[i].is;
		if (names[i].number && !sw_parse_u64(path + n, 0, INT_MAX, &fd))
			return (int)fd;
	}
	return -1;
}

static bool is_trusted(uid_t who)
{
	return who == 0 || who == geteuid();
}

/* In a folder that others can write to, only our own links, and root's, are: and not even
 * those where somebody else's folder it is, who may have moved them there. */
static bool may_follow(int folder, const struct stat *link)
{
	struct stat st;

	if (fstat(folder, &st) || !is_trusted(st.st_uid))
		return false;
	return !(st.st_mode & (S_IWGRP | S_IWOTH)) ||
	       (is_trusted(link->st_uid) && link->st_nlink == 1);
}

bool sw_place__may_use(int folder, unsigned int owner)
{
	struct stat st;

	if (is_trusted(owner))
		return true;
	return !fstat(folder, &st) && st.st_uid == owner && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static void enter(struct walk *w, int folder)
{
	close(w->folder);
	w->folder = folder;
}

static int enter_root(struct walk *w)
{
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	enter(w, fd);
	return 0;
}

/* What is behind a link comes instead of its name.  *descriptor is set if it is one. */
static int follow(struct walk *w, int link, const struct stat *st, bool last, int *descriptor)
{
	char target[PATH_MAX], *path;
	ssize_t n;

	if (!may_follow(w->folder, st) || ++w->links > LINKS_MAX)
		return -ELOOP;
	n = readlinkat(link, "", target, sizeof(target) - 1);
	if (n <= 0)
		return n ? -errno : -ENOENT;
	target[n] = '\0';
	*descriptor = last ? descriptor_of(target) : -1;
	if (*descriptor >= 0)
		return 0;
	if (asprintf(&path, "%s%s%s", target, last ? "" : "/", w->at) < 0)
		return -ENOMEM;
	free(w->path);
	w->path = w->at = path;
	return *target == '/' ? enter_root(w) : 0;
}

/* The next name, which is cut out of what is left; *last: nothing comes behind it, not
 * even a slash. */
static char *next_name(struct walk *w, bool *last)
{
	char *name = w->at + strspn(w->at, "/"), *end = name + strcspn(name, "/");

	*last = !*end;
	w->at = end;
	if (*end) {
		*end = '\0';
		w->at = end + 1;
	}
	return name;
}

/* Returns 1 when it has arrived, 0 when there is more to go, or -errno. */
static int step(struct walk *w, struct sw_place *p)
{
	struct stat st;
	char *name;
	bool last;
	int fd, err;

	name = next_name(w, &last);
	if (!*name || ((!strcmp(name, ".") || !strcmp(name, "..")) && last))
		return -EISDIR;
	fd = openat(w->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && (errno != ENOENT || !last))
		return -errno;
	if (fd >= 0 && fstat(fd, &st)) {
		err = -errno;
		close(fd);
		return err;
	}
	if (fd >= 0 && S_ISLNK(st.st_mode)) {
		err = follow(w, fd, &st, last, &p->descriptor);
		close(fd);
		return err ? err : p->descriptor >= 0;
	}
	if (!last) {
		enter(w, fd);
		return 0;
	}
	if (fd >= 0)
		close(fd);
	p->name = strdup(name);
	return p->name ? 1 : -ENOMEM;
}

int sw_place__find(struct sw_place *p, const char *path)
{
	struct walk w = {.folder = -1};
	int n = 0;

	*p = (struct sw_place){.folder = -1, .descriptor = descriptor_of(path)};
	if (p->descriptor >= 0)
		return 0;
	if (!*path)
		return -ENOENT;
	w.path = w.at = strdup(path);
	if (!w.path)
		return -ENOMEM;
	w.folder = open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.folder < 0)
		n = -errno;
	while (!n)
		n = step(&w, p);
	free(w.path);
	if (n > 0 && p->name)
		p->folder = w.folder;
	else if (w.folder >= 0)
		close(w.folder);
	return n < 0 ? n : 0;
}

void sw_place__free(struct sw_place *p)
{
	if (p->folder >= 0)
		close(p->folder);
	free(p->name);
	*p = (struct sw_place){.folder = -1, .descriptor = -1};
}
