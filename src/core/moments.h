/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The few sockets that matter: what happened to a socket around the worst example of each
 * finding, and around the slowest wake-ups.
 *
 * Of each socket the last few events are remembered, and the first wake-up that was not
 * answered yet.  When a finding gets a new worst example they are copied, so a moment is whole
 * however long the trace goes on after it.
 */
#ifndef SW_CORE_MOMENTS_H
#define SW_CORE_MOMENTS_H

#include "core/findings.h"

#define SW_MOMENT_WOKEN 2  /* tasks that a wake-up woke: more are counted */
#define SW_MOMENT_RECENT 6 /* events of each socket that are remembered */
/* Events after it that belong to it: more if nobody has taken anything yet. */
#define SW_MOMENT_AFTER 3
#define SW_MOMENT_AFTER_TAKEN 1
#define SW_MOMENT_EVENTS (1 + SW_MOMENT_RECENT + SW_MOMENT_AFTER)
#define SW_MOMENTS_MAX 64 /* findings that have one: the most severe */
#define SW_MOMENTS_SLOW 8 /* sockets with the slowest wake-ups */
/* Sockets whose last events are remembered, which bounds memory to 8 MB: those that had an
 * event last. */

/* One event, and the first of the tasks that it woke. */
struct sw_moment_event {
	uint64_t number; /* of the socket's events, as they were fed: gaps show */
	union {
		struct sw_rec hdr;
		struct sw_rec_wakeup wakeup;
		struct sw_rec_wait wait;
		struct sw_rec_destroy destroy;
		struct sw_rec_woken woken;
		struct sw_rec_run run;
		struct sw_rec_io io;
	} ev;
	unsigned int n_woken;
	struct sw_rec_woken woken[SW_MOMENT_WOKEN];
};

struct sw_moment {
	struct sw_socket sk; /* a copy: the socket may be long gone */
	struct sw_rec_unix un; /* where the copy's names are, if it has any */
	uint64_t ts;	     /* of the record that shows it */
	unsigned int n;
	struct sw_moment_event events[SW_MOMENT_EVENTS]; /* in order of number */
};

struct sw_moments; /* opaque */

struct sw_moments *sw_moments__new(void); /* NULL: out of memory */
/* To be freed before the trace that it was fed.  NULL is legal. */
void sw_moments__free(struct sw_moments *m);

/* Takes one event, as a trace's sink gets it; to be called before the finder is fed.
 * Returns 0 or -ENOMEM. */
int sw_moments__feed(struct sw_moments *m, struct sw_socket *sk, const struct sw_told *told);

/* The socket is about to be dropped. */
void sw_moments__drop(struct sw_moments *m, struct sw_socket *sk);

/* A finding has a new worst example, on sk: for sw_finder__on_worst(). */
void sw_moments__found(void *moments, const struct sw_finding *f, const struct sw_socket *sk);

/* The moment of a finding's worst example; NULL: there is none. */
const struct sw_moment *sw_moments__of(const struct sw_moments *m, const struct sw_finding *f);

/* The i-th slowest wake-up's, each on another socket; NULL: there are no more. */
const struct sw_moment *sw_moments__slow(const struct sw_moments *m, unsigned int i);

/* What it was found for is further back than what is kept of the socket. */
bool sw_moment__is_earlier(const struct sw_moment *m);

/* The event and its tasks, as a renderer is given them; ev is where the event goes. */
struct sw_told sw_moment_event__told(const struct sw_moment_event *e, union sw_event *ev);

#endif
