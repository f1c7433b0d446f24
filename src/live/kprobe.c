/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/kprobe.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The PMU's format/retprobe. */
#define AT_EXIT 1

int sw_kprobe__open(int type, const char *function, bool exit)
{
	struct perf_event_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = type;
	attr.config = exit ? AT_EXIT : 0;
	attr.config1 = (uintptr_t)function; /* kprobe_func; config2, the offset, is 0 */
	/* Any CPU will do: a kprobe is hit on all of them. */
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
