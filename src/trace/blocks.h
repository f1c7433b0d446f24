/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The blocks of a trace file: from bytes that may be anything to payloads that are whole. */
#ifndef SW_TRACE_BLOCKS_H
#define SW_TRACE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/format.h"

enum sw_reader_state {
	SW_READER_OPEN,	    /* there may be more */
	SW_READER_COMPLETE, /* the end was reached, and it is the writer's */
	SW_READER_CUT,	    /* the writer did not come to its end */
	SW_READER_DAMAGED,
};

#define SW_READER_WHY 160 /* bytes of what there is to be said of a bad file */

/* One block, or why there is none.  What was packed is a block of records here. */
struct sw_block {
	struct sw_block_head head;
	char *raw; /* the payload, decompressed; owned; never NULL where state is OPEN */
	size_t raw_cap, raw_len;
	uint64_t at; /* its offset */
	int err;     /* -errno of read(2), or -ENOMEM */
	enum sw_reader_state state;
	char why[SW_READER_WHY];
};

/* It is not what it should be: its state and why, with the offset.  Returns 0. */
int sw_block__damaged(struct sw_block *b, const char *what);

struct sw_blocks; /* opaque */

/* Reads the file's head; fd is borrowed.  Returns 0, -errno of read(2), -ENOMEM, or -EINVAL
 * with why: not a trace file, or not one for this reader. */
int sw_blocks__new(int fd, struct sw_blocks **s, char why[SW_READER_WHY]);
void sw_blocks__free(struct sw_blocks *s); /* NULL is legal */

/* From here on a thread of its own fetches the next block while one is looked at.  Where
 * there can be no thread, nothing changes. */
void sw_blocks__read_ahead(struct sw_blocks *s);

/* What it holds in memory. */
size_t sw_blocks__bytes(const struct sw_blocks *s);
/*
 * Gives nearly all of that up.  from: of what is to be the next block then, or 0: of what
 * would be it now.  False: the file cannot be read again from there, and nothing is done;
 * so it is where a thread reads ahead.
 */
bool sw_blocks__park(struct sw_blocks *s, uint64_t from);
/* Nothing more will be asked for. */
void sw_blocks__let_go(struct sw_blocks *s);
/* To be called before the next one is asked for.  Returns 0 or -errno. */
int sw_blocks__wake(struct sw_blocks *s);

/* The next one, good until the next call; not to be called again once err is not 0, its
 * state is not OPEN, or it is the end. */
struct sw_block *sw_blocks__next(struct sw_blocks *s);

#endif
