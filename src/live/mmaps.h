/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * When processes begin programs and map files that can be run, as perf events tell it:
 * of all processes, with the time, and whether or not they still exist when it is read.
 */
#ifndef SW_LIVE_MMAPS_H
#define SW_LIVE_MMAPS_H

#include <stdint.h>

struct sw_mmap_event {
	enum {
		SW_MMAP_FORK, /* pid is new, and goes on in parent's program */
		SW_MMAP_EXEC, /* it begins another program */
		SW_MMAP_MAP,  /* ... and maps this, or a part that it mapped becomes one to be
				 run */
		SW_MMAP_EXIT, /* of its first thread */
		SW_MMAP_LOST, /* some were */
	} kind;
	uint64_t ts;	      /* CLOCK_MONOTONIC, ns */
	uint32_t pid, parent; /* in sockwake's pid namespace */
	/* MAP: */
	uint64_t start, len, offset, inode;
	uint32_t major, minor;
	const char *path; /* good within the call; "//anon" and "[vdso]" are none */
};

struct sw_mmaps; /* opaque */

/* Returns 0 or -errno. */
int sw_mmaps__new(struct sw_mmaps **out);
void sw_mmaps__free(struct sw_mmaps *m); /* NULL is legal */

/* Gives `take` what has come in, in order for each CPU, not over all of them. */
void sw_mmaps__drain(struct sw_mmaps *m,
		     void (*take)(void *arg, const struct sw_mmap_event *ev), void *arg);

#endif
