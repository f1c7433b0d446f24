/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Several streams of records, each almost in time order, into one that is.
 * A stream is out of order where an interrupt wrote a record between the
 * moment another one took its time and the moment it got its place.
 *
 * Memory is a small multiple of the most that was pending at once, and is kept
 * for what follows: in a steady state nothing is allocated.  What only a burst
 * needed is given back some time after it.  A push costs as many steps as the
 * stream has pending records that are later than the new one.
 */
#ifndef SW_CORE_MERGE_H
#define SW_CORE_MERGE_H

#include <stddef.h>
#include <stdint.h>

struct sw_merge; /* opaque */

/* NULL with errno set when memory runs out. */
struct sw_merge *sw_merge__new(unsigned int streams);
void sw_merge__free(struct sw_merge *m); /* NULL is legal */

/*
 * Copies a record (at least a struct sw_rec, else -EINVAL) onto a stream
 * (one that there is, else -EINVAL).
 * Records with equal times keep the order of their stream.  Between streams
 * what others refer to comes first (a name, a wake-up, who was woken), and of
 * one kind that of the lower index.  Returns 0 or -ENOMEM (the record was not
 * taken).
 */
int sw_merge__push(struct sw_merge *m, unsigned int stream, const void *rec, size_t len);

/*
 * The oldest record whose time is at most `until`, or NULL.  It is valid until
 * the next push, and aligned to 8 bytes.  Memory of records that were taken is
 * reused.
 */
const void *sw_merge__pop(struct sw_merge *m, uint64_t until, size_t *len);

/* Records pushed and not taken yet. */
size_t sw_merge__pending(const struct sw_merge *m);

#endif
