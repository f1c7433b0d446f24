/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Entries of the kernel half's tables in which the user half makes room before they are
 * full (src/live/room.c); that of tasks is in tasks.h.  Addresses in them never leave the
 * program.
 */
#ifndef SW_ENTRIES_H
#define SW_ENTRIES_H

#include "bounds.h"

enum sw_table { SW_TABLE_SOCKETS, SW_TABLE_OWNED, SW_TABLE_TASKS, SW_TABLE_WAITS, SW_TABLES };

/* By struct sock *: what is known of a socket. */
struct socket_entry {
	__u64 id;

	/* What a wake-up writes on one CPU and its answer on another. */

	/* Of the oldest wake-up that nobody has answered: by recv or accept, by send. */
	__u64 readable_ts, writable_ts;
	__u64 latest_ts; /* of the latest one */
	/* Where what the oldest and the latest told of ends, and the one before that: TCP's
	 * sequence numbers; of other sockets, how many have been told of. */
	__u32 readable_end, latest_end, latest_from;
	__u32 blocked;	    /* a send found no room, and none has succeeded since */
	__u32 tries;	    /* calls in a row that took nothing */
	__u32 seen;	    /* TCP: up to there takes were seen, or it was so when it fired */
	/* Where there are no sequence numbers, see took_from(); of TCP, takes since the latest. */
	__u32 fires, takes;
	__u64 tries_since;  /* ns */

	__u64 signature;  /* of the names that were sent last; 0: none yet */
	__u64 inode;	  /* 0: not known yet */
	__u64 lport;	  /* inet; 0: not bound yet */
	__u64 cookie;	  /* where no destructor can be seen, what tells sockets apart */
	__u64 parent;	  /* the id of the listener that it came from; 0: not known */
	__u32 needs_room; /* it is in room_marks */
	__u32 pad[5];	  /* see below */
};

/* The kernel puts 56 bytes before each in a hash map (its struct htab_elem and the key), and
 * one after the other: so what is written is a cache line of its own, as two CPUs wait for it.
 */
#define SW_BEFORE_ENTRY 56
_Static_assert((SW_BEFORE_ENTRY + __builtin_offsetof(struct socket_entry, readable_ts)) % 64 ==
		       0,
	       "begins a line");
_Static_assert((SW_BEFORE_ENTRY + __builtin_offsetof(struct socket_entry, signature)) % 64 == 0,
	       "ends it");
_Static_assert((SW_BEFORE_ENTRY + sizeof(struct socket_entry)) % 64 == 0,
	       "as the next one does");

/* By struct sock *: a socket that a wanted task made, accepted or used. */
struct owner_entry {
	__u64 cookie; /* 0 when it had none yet */
	__u64 since;  /* when it was made, accepted or used last; ns */
};

/* By struct task_struct *: a task inside accept(2). */
struct wait_entry {
	__u64 sock;   /* the listener's id */
	__u64 enter;  /* ns; of inet_csk_wait_for_connect(), where it is seen */
	__u64 slept;  /* ns; 0: not yet */
	__u64 woken;  /* ns; since when it runs again */
	__u32 queued; /* it did enter inet_csk_wait_for_connect() */
	__u32 pad;
};

/* Where an entry is counted that is told by a cookie, or by an address. */
#define SW_MARK_OF_SOCKET(cookie_or_place) \
	(((cookie_or_place) ^ (cookie_or_place) >> 16) & (SW_SOCKET_MARKS - 1))
#define SW_MARK_OF_ROOM(sk) (((sk) >> 6 ^ (sk) >> 22) & (SW_ROOM_MARKS - 1))
#define SW_MARK_OF_OWNED(sk) (((sk) >> 6 ^ (sk) >> 22) & (SW_OWNED_MARKS - 1))
#define SW_TASK_HASH(task)	((task) >> 6 ^ (task) >> 18)

#endif
