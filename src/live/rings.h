/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The ring buffers, one for each CPU, and how they are emptied. */
#ifndef SW_LIVE_RINGS_H
#define SW_LIVE_RINGS_H

#include <stdbool.h>

#include "core/merge.h"
#include "hooks.h"

struct sw_rings; /* opaque */

/*
 * Makes `n` rings of `bytes` (a power of two, at least a page) and puts them
 * into the array of maps `outer_fd`.  NULL with errno set on failure.
 */
struct sw_rings *sw_rings__new(unsigned int n, uint64_t bytes, int outer_fd);
void sw_rings__free(struct sw_rings *r); /* NULL is legal */

unsigned int sw_rings__count(const struct sw_rings *r);
/* Records of the hook's hits that came out of the rings so far. */
uint64_t sw_rings__delivered(const struct sw_rings *r, enum sw_hook hook);
int sw_rings__fd(const struct sw_rings *r); /* epoll; readable: a ring was woken */

/* See sw_live__drain(). */
int sw_rings__drain(struct sw_rings *r, struct sw_merge *m, uint64_t *until, bool *more);

#endif
