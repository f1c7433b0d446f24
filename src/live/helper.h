/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Whom to ask for names of functions in files that strangers can write: processes that are
 * limited in what they can do, and in how long they take. */
#ifndef SW_LIVE_HELPER_H
#define SW_LIVE_HELPER_H

#include "live/wire.h"

struct sw_helper; /* opaque */

/* Before there are threads, descriptors that others must not have, or anything that is big.
 * Returns 0 or -errno. */
int sw_helper__start(struct sw_helper **out);
void sw_helper__end(struct sw_helper *h); /* NULL is legal */

/* Called a hundred times a second while an answer is waited for; true: hurry.  Then all
 * that is asked from there on has half a second together. */
void sw_helper__meanwhile(struct sw_helper *h, bool (*fn)(void *arg), void *arg);

/* The answer, checked, and good until the next question. */
const struct sw_answer *sw_helper__ask(struct sw_helper *h, const struct sw_look *l);

/* What a process has mapped now, as lines (proc_maps.h); none: it is not known. */
void sw_helper__mappings(struct sw_helper *h, uint32_t pid, struct sw_buf *text);

#endif
