/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a trace file says of itself. */
#ifndef SW_TRACE_META_H
#define SW_TRACE_META_H

#include "base/buf.h"
#include "core/trace.h"

struct sw_meta {
	struct sw_trace_info info; /* strings are in `text` */
	uint64_t trace; /* the same in all files of one trace */
	bool tells;	/* who was woken, or what came of it, is traced */
	const char *options;
	uint16_t sizes[SW_REC_COUNT]; /* bytes of each kind as the writer knew it; 0: not told */
	char *text; /* owned */
};

/* Appends the items. */
void sw_meta__put(struct sw_buf *b, const struct sw_trace_info *info, uint64_t trace, bool tells,
		  const char *options);

/* Returns 0, -EINVAL (an item does not fit) or -ENOMEM. */
int sw_meta__read(struct sw_meta *m, const void *data, size_t len);
void sw_meta__free(struct sw_meta *m);

#endif
