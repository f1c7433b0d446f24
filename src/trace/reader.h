/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Reads a trace file, from its beginning and in one pass, so a pipe will do.  Nothing
 * in it is believed: what cannot be is damage, and reading ends before it.
 */
#ifndef SW_TRACE_READER_H
#define SW_TRACE_READER_H

#include "trace/blocks.h"
#include "trace/meta.h"

/* A stack's names; returns 0 or -errno. */
typedef int (*sw_reader_stack)(void *arg, uint32_t pid, uint32_t number, const char *names,
			       size_t len);

struct sw_reader; /* opaque */

/*
 * Reads as far as what the file says of itself; fd is borrowed.
 * Returns 0, -errno of read(2), -ENOMEM, or -EINVAL: not a trace file, or not one for
 * this reader; then *why (a buffer of SW_READER_WHY) says so, with the offset.
 */
int sw_reader__new(int fd, struct sw_reader **r, char why[SW_READER_WHY]);
void sw_reader__free(struct sw_reader *r); /* NULL is legal */

void sw_reader__on_stack(struct sw_reader *r, sw_reader_stack take, void *arg);

/* From here on a thread of its own reads and decompresses the next block while one is
 * looked at: worth it for a long file.  Where there can be no thread, nothing changes. */
void sw_reader__read_ahead(struct sw_reader *r);

/* What it holds in memory. */
size_t sw_reader__bytes(const struct sw_reader *r);
/*
 * Gives nearly all of that up, until it is asked for the next record: which is then the one
 * that it gave last, if it gave any, once more.  False: it cannot; at the end there is nothing
 * to be asked for, and all is given up.
 */
bool sw_reader__park(struct sw_reader *r);

/* What the file says of itself; the counts of its hooks are those of the last ledger
 * so far.  Valid as long as r. */
const struct sw_meta *sw_reader__meta(const struct sw_reader *r);

/*
 * The next record, as long as this version's at least, good until the next call.
 * Returns 1, or 0 at the end, or -errno of read(2), -ENOMEM, or what on_stack's function
 * returned.
 */
int sw_reader__next(struct sw_reader *r, const void **rec, size_t *len);

/* How it ended, and for CUT and DAMAGED why, with the offset. */
enum sw_reader_state sw_reader__state(const struct sw_reader *r);
const char *sw_reader__why(const struct sw_reader *r);

#endif
