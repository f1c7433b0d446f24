/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which program each process was, and from when on. */
#ifndef SW_LIVE_HISTORIES_H
#define SW_LIVE_HISTORIES_H

#include "core/table.h"
#include "live/image.h"

/* From `from` on (CLOCK_MONOTONIC, ns), until the next one. */
struct sw_period {
	struct sw_period *before;
	uint64_t from;
	struct sw_image *image; /* NULL: not read from /proc yet, or not there any more */
	bool tried;
};

struct sw_history {
	uint64_t pid;
	UT_hash_handle hh;
	struct sw_period *latest; /* never NULL */
	uint64_t ended;		  /* 0: it has not */
	uint64_t read;		  /* when its files were, where the kernel does not tell */
};

/* An empty one is all zeros.  At most SW_PROCESSES_MAX; for one more all are forgotten. */
struct sw_histories {
	struct sw_history *all;
};

void sw_histories__forget_all(struct sw_histories *h);
/* NULL: nothing is known of it. */
struct sw_history *sw_histories__find(const struct sw_histories *h, uint32_t pid);
/* From then on it is that; image is owned from here on.  NULL: out of memory. */
struct sw_history *sw_histories__set(struct sw_histories *h, uint32_t pid, uint64_t from,
				     struct sw_image *image);
/* What was over before the horizon is forgotten, of one process or of all. */
void sw_histories__sweep_one(struct sw_histories *h, struct sw_history *one, uint64_t horizon);
void sw_histories__sweep(struct sw_histories *h, uint64_t horizon);

/* What it was then; NULL: that is not known. */
struct sw_period *sw_history__at(const struct sw_history *one, uint64_t ts);

#endif
