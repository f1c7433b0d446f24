/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is held back until it is known what came of it: the newest so many, whatever their
 * sockets are.  What must make room is let go.
 */
#ifndef SW_RENDER_PERFETTO_HELD_H
#define SW_RENDER_PERFETTO_HELD_H

#include "base/buf.h"

#define SW_PF_HELD 16384

struct sw_pf_key {
	uint64_t socket, wakeup_ts;
	uint64_t tid; /* 0: the wake-up itself */
};

struct sw_pf_held; /* opaque */

typedef void (*sw_pf_let_go)(void *arg, struct sw_buf *out, void *thing);

/* size: of each.  NULL: out of memory. */
struct sw_pf_held *sw_pf_held__new(size_t size, sw_pf_let_go let_go, void *arg);
void sw_pf_held__free(struct sw_pf_held *h); /* NULL is legal */

/* The place of one more, to be filled before the next; the oldest may be let go for it.
 * NULL: out of memory, which the output knows then. */
void *sw_pf_held__add(struct sw_pf_held *h, const struct sw_pf_key *key, struct sw_buf *out);
/* The newest of that key, or NULL. */
void *sw_pf_held__find(const struct sw_pf_held *h, const struct sw_pf_key *key);
/* Forgets one that was found, without letting it go. */
void sw_pf_held__take(struct sw_pf_held *h, void *thing);
/* Lets all go, the oldest first. */
void sw_pf_held__end(struct sw_pf_held *h, struct sw_buf *out);

#endif
