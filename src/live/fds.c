/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/fds.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

int sw_fds__sockets(pid_t pid, int (*found)(void *arg, uint64_t inode), void *arg)
{
	char path[64], link[64];
	struct dirent *e;
	int err = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	d = opendir(path);
	if (!d)
		return -errno;
	while (!err && (e = readdir(d))) {
		ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof(link) - 1);
		uint64_t inode;

		if (n <= 0)
			continue; /* closed meanwhile */
		link[n] = '\0';
		if (sscanf(link, "socket:[%" SCNu64 "]", &inode) == 1)
			err = found(arg, inode);
	}
	closedir(d);
	return err;
}
