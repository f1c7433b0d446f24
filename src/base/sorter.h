/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Puts pieces of output in order, in a fixed amount of memory: what does not fit waits in a
 * temporary file that has no name.
 */
#ifndef SW_BASE_SORTER_H
#define SW_BASE_SORTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Stands before each piece. Pieces come out by ts, then by order, then as they came in. */
struct sw_frame {
	uint64_t ts;
	uint64_t order;
	uint32_t len; /* bytes of the piece, which follows at once */
	uint32_t pad;
};

/* Where the frame of a piece that is being written begins: the piece goes behind it. */
size_t sw_frame__open(struct sw_buf *b, uint64_t ts, uint64_t order);
void sw_frame__close(struct sw_buf *b, size_t frame);

struct sw_sorter; /* opaque */

/* bytes: of pieces, what is kept in memory.  folder: where the rest goes; borrowed; NULL:
 * $TMPDIR, else /tmp.  NULL: out of memory. */
struct sw_sorter *sw_sorter__new(size_t bytes, const char *folder);
void sw_sorter__free(struct sw_sorter *s); /* NULL is legal */

/* Framed pieces, whole.  Returns 0 or -errno: -EINVAL if they are not. */
int sw_sorter__add(struct sw_sorter *s, const void *frames, size_t len);

/* Gives all of them, without their frames, to the sink, in order; nothing may be added
 * then.  Returns 0, -errno, or what the sink returned. */
typedef int (*sw_sorter_sink)(void *arg, const void *piece, size_t len);
int sw_sorter__drain(struct sw_sorter *s, sw_sorter_sink sink, void *arg);

/* For messages: where the temporary file is, or would be. */
const char *sw_sorter__folder(const struct sw_sorter *s);

#endif
