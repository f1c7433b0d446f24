/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which tracks there are: a process, its sockets, and of each socket its tasks and counters.
 * A socket is of the process whose task is first seen to have to do with it, which may be
 * late, so its track is described when it is forgotten; in order it comes first all the same.
 */
#ifndef SW_RENDER_PERFETTO_TRACKS_H
#define SW_RENDER_PERFETTO_TRACKS_H

#include "core/trace.h"
#include "render/perfetto_nest.h"

/* Tasks of a socket whose slices are kept apart; the one not seen for longest goes. */
#define SW_PF_TASKS 64
#define SW_PF_TASKS_ALL 32768 /* of all sockets together, but for one of each */

struct sw_pf_task {
	struct sw_pf_task *next; /* in the order of their last slices */
	uint32_t tid;
	uint64_t track;
	struct sw_pf_nest nest;
};

enum sw_pf_counter { SW_PF_RX, SW_PF_TX, SW_PF_BACKLOG, SW_PF_COUNTERS };

struct sw_pf_process;
struct sw_pf_tracks; /* opaque */

/* sk->rendered, owned by the tracks. */
struct sw_pf_socket {
	struct sw_pf_socket *prev, *next; /* of all */
	struct sw_pf_tracks *tracks;
	const struct sw_socket *sk;
	uint64_t track;
	struct sw_pf_process *owner; /* NULL: not seen yet */
	struct sw_pf_task *tasks;
	unsigned int n_tasks;
	uint64_t floor; /* no slice of a task that went reaches beyond it */
	struct {
		bool known;
		uint32_t value;
	} counters[SW_PF_COUNTERS];
};

struct sw_pf_tracks *sw_pf_tracks__new(void); /* NULL: out of memory */
void sw_pf_tracks__free(struct sw_pf_tracks *t); /* NULL is legal */

/* Each of these appends the descriptions that it takes.  NULL: out of memory. */
struct sw_pf_socket *sw_pf_socket__of(struct sw_pf_tracks *t, struct sw_socket *sk);
/* Notes that a task used the socket: the process of the first one owns its track.
 * Returns 0 or -ENOMEM. */
int sw_pf_socket__met(struct sw_pf_tracks *t, struct sw_buf *out, struct sw_pf_socket *s,
		      uint32_t pid, const char *comm);
struct sw_pf_task *sw_pf_task__of(struct sw_buf *out, struct sw_pf_socket *s, uint32_t tid,
				  const char *comm);
/* A value of a counter, if it is another than before. */
void sw_pf_socket__count(struct sw_buf *out, struct sw_pf_socket *s, enum sw_pf_counter which,
			 uint64_t ts, uint32_t value);

/* Describes its track, and forgets it. */
void sw_pf_socket__forget(struct sw_pf_tracks *t, struct sw_buf *out, struct sw_socket *sk);
/* All that are left. */
void sw_pf_tracks__end(struct sw_pf_tracks *t, struct sw_buf *out);

/* The track of a socket's number as users see it; of 0, and for the trace as a whole. */
uint64_t sw_pf_socket_track(uint64_t id);
uint64_t sw_pf_trace_track(struct sw_pf_tracks *t, struct sw_buf *out);

#endif
