/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A thread that fetches the next thing while one is looked at. */
#ifndef SW_TRACE_AHEAD_H
#define SW_TRACE_AHEAD_H

#include <stdbool.h>

/* As many as there are places: one is looked at while the next is made ready. */
#define SW_AHEAD_PLACES 2

struct sw_ahead; /* opaque */

/* Fetches the next thing into a place.  False: there is none after it.  On the thread. */
typedef bool (*sw_ahead_fn)(void *arg, unsigned int place);

/*
 * *a is set before the first fetch begins, as fetching needs sw_ahead__ends().  arg is
 * borrowed, and the thread's alone until sw_ahead__free().  Where there can be no thread, *a
 * is NULL.
 */
void sw_ahead__new(struct sw_ahead **a, sw_ahead_fn fetch, void *arg);

/* A descriptor that is readable from when the thread is to end: a fetch that waits for
 * something waits for it as well. */
int sw_ahead__ends(const struct sw_ahead *a);

/* Gives back the place that was looked at, and waits for the next.  Not to be called again
 * once the fetch into it said that there is none after it. */
unsigned int sw_ahead__next(struct sw_ahead *a);

/* Ends the thread, whatever it does.  NULL is legal. */
void sw_ahead__free(struct sw_ahead *a);

#endif
