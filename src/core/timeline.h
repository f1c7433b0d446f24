/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What happened to each socket, in order, in a fixed amount of memory.
 *
 * One circular store holds the newest records of all sockets; each entry links
 * to the next one of its socket.  When it is full the oldest entry of all goes,
 * and its socket remembers that it had more (events - kept).  A socket that was
 * destroyed and has no entry left is dropped from the table.
 */
#ifndef SW_CORE_TIMELINE_H
#define SW_CORE_TIMELINE_H

#include "core/sockets.h"

struct sw_timeline; /* opaque */

/*
 * `bytes`: how much to keep (a page at least); memory is only touched as it
 * fills.  `sockets` is borrowed; nobody else may drop a socket with kept
 * events from it.  NULL: out of memory.
 */
struct sw_timeline *sw_timeline__new(size_t bytes, struct sw_sockets *sockets);
void sw_timeline__free(struct sw_timeline *t); /* NULL is legal */

/*
 * Stores any record of sk but those that name it.  Never fails: it makes room,
 * by which other sockets may be dropped, but never sk.
 */
void sw_timeline__add(struct sw_timeline *t, struct sw_socket *sk, const union sw_event *ev);

/* Takes out the oldest events of all, until a socket is dropped by it; false: none was. */
bool sw_timeline__drop_one(struct sw_timeline *t);

/*
 * Walks the kept events of a socket, oldest first: *pos starts at 0.
 * Returns false after the last.  Only the record's own kind is filled in.
 */
bool sw_timeline__next(const struct sw_timeline *t, const struct sw_socket *sk,
		       uint64_t *pos, union sw_event *ev);

#endif
