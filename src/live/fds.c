/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/fds.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

pid_t sw_process_of(pid_t number)
{
	char path[64], line[256];
	pid_t process = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", number);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %d", &process) == 1)
			break;
	fclose(f);
	return process;
}

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
