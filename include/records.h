/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The records that the kernel half writes into the rings.
 *
 * Every kind and every field is named once, here.  What knows only these rows follows
 * them: structures, sizes, the decoder's bounds, what is moved when traces become one,
 * what a timeline keeps, whose event it is, and the file's own description.  All
 * integers are in the byte order of the machine that traced; kinds are only ever
 * appended, and a kind grows only at its end.  No field holds a kernel address.
 *
 * A field's row is F(MEANING, type, name, more), and the comment beside it gives the unit.
 *
 *	ID      a socket's number in the trace; 0: none
 *	TIME    CLOCK_MONOTONIC, ns; 0: not known
 *	SPAN    ns
 *	PLAIN   any value is one that it may have
 *	ENUM    below more_COUNT; a greater one is of a later version
 *	LENGTH  bytes in use of the field `more`
 *	STACK   number of a stack; 0: none
 *	TASK    name of the task whose event it is; its numbers are `pid` and `tid`
 *	COMM    another task's name
 *	BYTES   so many (`more`) of `type`
 *	PAD     likewise, all zeros
 */
#ifndef SW_RECORDS_H
#define SW_RECORDS_H

#include "hooks.h"
#include "bounds.h"

/* Stands before every record. */
struct sw_rec {
	__u64 ts;    /* CLOCK_MONOTONIC, ns */
	__u16 size;  /* bytes, this header included */
	__u8 kind;   /* enum sw_rec_kind */
	__u8 hook;   /* enum sw_hook */
	__u16 cpu;   /* the CPU that wrote it */
	__u16 flags; /* SW_F_* */
};

/* The socket's wait queue had more entries than were counted. */
#define SW_F_MORE_WAITERS 0x0001
/* rx_queued counts the first SW_MAX_QUEUED_SKBS messages only. */
#define SW_F_MORE_QUEUED 0x0002
/* async: the callback went on to send the signal. */
#define SW_F_SIGNALLED 0x0004
/* wait: the task slept, and did not merely pass through. */
#define SW_F_WAITED 0x0008
/* socket: the local, the remote name is in the abstract namespace. */
#define SW_F_ABSTRACT_LOCAL 0x0010
#define SW_F_ABSTRACT_REMOTE 0x0020
/* the socket has no wait queue: an embryo or an orphan. */
#define SW_F_NO_QUEUE 0x0040
/* wait: what the call returned was not seen. */
#define SW_F_NO_RESULT 0x0080
/* woken: the task was found on that socket's wait queue, or asleep in a call on
 * that socket; else only the callback that was open says which socket it was. */
#define SW_F_CONFIRMED 0x0100
/* woken: it was awake by then, so that nothing had to wake it. */
#define SW_F_AWAKE 0x0200
/* wakeup: the task on the CPU caused it, or had nothing to do with it; neither:
 * not known. */
#define SW_F_CAUSE 0x0400
#define SW_F_BYSTANDER 0x0800
/* io: when the call began was not seen: begin is its end. */
#define SW_F_NO_BEGIN 0x1000
/* wait: it was not over when the trace ended; end and ts are then that time. */
#define SW_F_UNENDED 0x2000
/* io, of poll: the other end sends nothing more. */
#define SW_F_HUNG_UP 0x2000
/* wakeup: the task on the CPU is a kernel thread (PF_KTHREAD). */
#define SW_F_KTHREAD 0x4000
/* io: a send that took a part of its data, as there was no room for more. */
#define SW_F_PARTIAL 0x8000
/* wakeup, of TCP: after the one before a single recv took a part of the data, and nobody has
 * taken the rest, which this one finds with what it tells of. */
#define SW_F_LEFT 0x8000

/*
 * socket: who a socket is.  Sent before the first record that names the
 * socket, and again whenever its names change.
 */
#define SW_FIELDS_SOCKET(F)                                                        \
	F(ID, __u64, sock, _)        /* the socket's id, unique in the trace */    \
	F(PLAIN, __u64, cookie, _)   /* SO_COOKIE, 0 when not known */             \
	F(PLAIN, __u64, inode, _)    /* as ss -e prints it; 0 without a file */    \
	F(PLAIN, __u32, netns, _)    /* inode number of the network namespace */   \
	F(PLAIN, __u16, family, _)   /* AF_* */                                    \
	F(PLAIN, __u16, type, _)     /* SOCK_* */                                  \
	F(PLAIN, __u16, protocol, _) /* sk_protocol; packet: the Ethernet type */  \
	F(PLAIN, __u16, lport, _)    /* inet; host byte order */                   \
	F(PLAIN, __u16, rport, _)                                                  \
	F(PAD, __u16, pad, 1)                                                      \
	/* netlink: port id; packet: interface index; vsock: port (an end is there \
	 * only if it has one) */                                                  \
	F(PLAIN, __u32, lid, _)                                                    \
	F(PLAIN, __u32, rid, _)      /* the peer's, of netlink and vsock */        \
	/* inet: the first 4 bytes; vsock: the cid, of 4 bytes in the machine's    \
	 * order; packet: the interface's name, ended by a NUL */                  \
	F(BYTES, __u8, laddr, 16)                                                  \
	F(BYTES, __u8, raddr, 16)                                                  \
	F(ID, __u64, parent, _)      /* id of the listener whose queue it came from; 0: not known */

/* unix: the names of an AF_UNIX socket; follows its "socket" record. */
#define SW_FIELDS_UNIX(F)                                                                \
	F(ID, __u64, sock, _)                                                            \
	F(LENGTH, __u16, llen, lpath)       /* 0: not bound, but if abstract */          \
	F(LENGTH, __u16, rlen, rpath)       /* the peer's */                             \
	F(PAD, __u32, pad, 1)                                                            \
	F(BYTES, __u8, lpath, SW_UNIX_PATH) /* without an abstract one's leading NUL; */ \
	F(BYTES, __u8, rpath, SW_UNIX_PATH) /* the bytes after it are zeros */

/* wakeup: one call of a wake-up callback. */
#define SW_FIELDS_WAKEUP(F)                                                                  \
	F(ID, __u64, sock, _)                                                                \
	F(PLAIN, __u32, pid, _)          /* the task on the CPU, which may be a bystander */ \
	F(PLAIN, __u32, tid, _)                                                              \
	F(TASK, char, comm, _)                                                               \
	F(PLAIN, __u32, rx_queued, _)    /* bytes; a listener: connections queued */         \
	F(PLAIN, __u32, tx_queued, _)    /* bytes; a listener: its limit */                  \
	F(PLAIN, __u16, waiters, _)      /* entries on the wait queue, at entry */           \
	F(PLAIN, __u16, exclusive, _)    /* of those, exclusive */                           \
	F(PLAIN, __u8, state, _)         /* sk_state: TCP_* */                               \
	F(ENUM, __u8, context, SW_CTX)                                                       \
	F(ENUM, __u8, how, SW_HOW)       /* async */                                         \
	F(PLAIN, __u8, band, _)          /* async: si_code, POLL_* */                        \
	F(STACK, __u32, kernel_stack, _) /* 0: not asked for, or not had */                  \
	F(STACK, __u32, user_stack, _)   /* pid's; 0: as above */                            \
	F(PLAIN, __u32, origin_pid, _)   /* the task whose doing it is, if it is known */    \
	F(PLAIN, __u32, origin_tid, _)   /* and not the one on the CPU; else zeros */        \
	F(COMM, char, origin_comm, _)

/* wait: a wait that is over; ts is when the call returned, or, where that is not
 * seen, when the task ran again. */
#define SW_FIELDS_WAIT(F)                                                                       \
	F(ID, __u64, sock, _)                                                                   \
	F(TIME, __u64, begin, _)       /* when it went to sleep, or entered */                  \
	F(TIME, __u64, end, _)         /* when it ran again, or returned */                     \
	F(PLAIN, __s64, result, _)     /* what the call returned: fd or -errno */               \
	F(PLAIN, __u32, pid, _)                                                                 \
	F(PLAIN, __u32, tid, _)                                                                 \
	F(TASK, char, comm, _)                                                                  \
	F(ENUM, __u8, op, SW_OP)                                                                \
	F(ENUM, __u8, ended, SW_ENDED)                                                          \
	F(PAD, __u8, pad, 6)                                                                    \
	F(TIME, __u64, wakeup_ts, _)   /* of the wake-up that ended it */                       \
	F(SPAN, __u64, asleep, _)      /* from begin to end not on a CPU by its own will */     \
	F(PLAIN, __u32, sleeps, _)     /* how often it went to sleep; 0: asleep is not known */ \
	F(PAD, __u32, pad2, 1)

/*
 * woken: a task that a callback woke, or found awake.  ts is the wake-up's and
 * one, so that in order of time it follows it; it is written some time later.
 */
#define SW_FIELDS_WOKEN(F)                                            \
	F(ID, __u64, sock, _)                                         \
	F(TIME, __u64, wakeup_ts, _) /* ts of the socket's wake-up */ \
	F(TIME, __u64, woken_ts, _)  /* when the task was woken */    \
	F(PLAIN, __u32, pid, _)                                       \
	F(PLAIN, __u32, tid, _)                                       \
	F(TASK, char, comm, _)                                        \
	F(ENUM, __u8, via, SW_VIA)                                    \
	F(PAD, __u8, pad, 7)

/* run: a woken task is on a CPU again, at ts. */
#define SW_FIELDS_RUN(F)                                                        \
	F(ID, __u64, sock, _)                                                   \
	F(TIME, __u64, wakeup_ts, _)                                            \
	F(TIME, __u64, woken_ts, _)  /* its scheduling delay is ts less this */ \
	F(PLAIN, __u32, pid, _)                                                 \
	F(PLAIN, __u32, tid, _)                                                 \
	F(TASK, char, comm, _)

/*
 * io: the first recv, send or accept on a socket after a wake-up, by whichever
 * task, and the first of each task that the wake-up woke; ts is its end.  Also, with
 * wakeup_ts 0, a send that found no room (result -EAGAIN), and what a task that
 * spins does: the 100th, 1000th, 10,000th ... call in a row that takes nothing; and a
 * recv of which it is not known which wake-up it answers, if one waited for an answer.  op
 * is poll where poll, select or epoll_wait returned at once for that socket.
 */
#define SW_FIELDS_IO(F)                                                                             \
	F(ID, __u64, sock, _)                                                                       \
	F(TIME, __u64, begin, _)                                                                    \
	F(PLAIN, __s64, result, _)   /* bytes, fd or -errno */                                      \
	F(TIME, __u64, wakeup_ts, _) /* of the oldest wake-up that nobody had                       \
	                              * answered, or of the one that woke this task */              \
	F(TIME, __u64, run_ts, _)    /* when the task ran after it was woken by                     \
	                              * that wake-up; 0: it was not woken by it */                  \
	F(SPAN, __u64, off_ns, _)    /* since then not on a CPU */                                  \
	F(PLAIN, __u32, others, _)   /* since then calls on other sockets */                        \
	F(PLAIN, __u32, pid, _)                                                                     \
	F(PLAIN, __u32, tid, _)                                                                     \
	F(ENUM, __u8, op, SW_OP)                                                                    \
	F(PAD, __u8, pad, 3)                                                                        \
	F(TASK, char, comm, _)                                                                      \
	F(SPAN, __u64, slept, _)     /* since the wake-up (or as far as is known) asleep, */        \
	F(SPAN, __u64, stopped, _)   /* ... and stopped */                                          \
	F(PLAIN, __u32, known_ms, _) /* for so long slept and stopped are known; 0: they are not */ \
	F(PLAIN, __u32, tries, _)    /* calls like it in a row that took nothing, this one          \
	                              * included; 0: it took something, or is not counted */

/* destroy: the end of a socket; its id is not used again. */
#define SW_FIELDS_DESTROY(F) F(ID, __u64, sock, _)

/*
 * KIND(id, name, fields, what, rank, first)
 *
 *	what   NAMES: what a socket is called; EVENT: something happened to it
 *	rank   of records that two CPUs wrote in the same nanosecond, as their clocks tell
 *	       it, what others refer to comes first
 *	first  bytes of the kind in the first format: the least that a record must have;
 *	       what a later writer appended reads as zeros in an older record
 */
#define SW_KINDS(KIND)                                             \
	KIND(SOCKET, socket, SW_FIELDS_SOCKET, NAMES, 0, 96)       \
	KIND(UNIX, unix, SW_FIELDS_UNIX, NAMES, 0, 248)            \
	KIND(WAKEUP, wakeup, SW_FIELDS_WAKEUP, EVENT, 1, 72)       \
	KIND(WAIT, wait, SW_FIELDS_WAIT, EVENT, 4, 88)             \
	KIND(DESTROY, destroy, SW_FIELDS_DESTROY, EVENT, 5, 24)    \
	KIND(WOKEN, woken, SW_FIELDS_WOKEN, EVENT, 2, 72)          \
	KIND(RUN, run, SW_FIELDS_RUN, EVENT, 3, 64)                \
	KIND(IO, io, SW_FIELDS_IO, EVENT, 4, 96)

enum sw_rec_kind {
	SW_REC_NONE, /* never written: a zeroed record is not a record */
#define KIND(id, name, ...) SW_REC_##id,
	SW_KINDS(KIND)
#undef KIND
	SW_REC_COUNT
};

#define SW_DECLARE_ID(type, name, more)	    type name;
#define SW_DECLARE_TIME(type, name, more)   type name;
#define SW_DECLARE_SPAN(type, name, more)   type name;
#define SW_DECLARE_PLAIN(type, name, more)  type name;
#define SW_DECLARE_ENUM(type, name, more)   type name;
#define SW_DECLARE_LENGTH(type, name, more) type name;
#define SW_DECLARE_STACK(type, name, more)  type name;
#define SW_DECLARE_TASK(type, name, more)   type name[SW_COMM_LEN];
#define SW_DECLARE_COMM(type, name, more)   type name[SW_COMM_LEN];
#define SW_DECLARE_BYTES(type, name, more)  type name[more];
#define SW_DECLARE_PAD(type, name, more)    type name[more];
#define SW_DECLARE(meaning, type, name, more) SW_DECLARE_##meaning(type, name, more)
/* `unix` is a macro in GNU C; the structures are sw_rec_*, so token pasting
 * keeps it from being expanded. */
#define KIND(id, name, fields, ...) \
	struct sw_rec_##name {      \
		struct sw_rec hdr;  \
		fields(SW_DECLARE)  \
	};
SW_KINDS(KIND)
#undef KIND
#undef SW_DECLARE

_Static_assert(sizeof(struct sw_rec) == 16, "record header");
_Static_assert(sizeof(struct sw_rec_socket) == 104, "socket record");
_Static_assert(sizeof(struct sw_rec_unix) == 248, "unix record");
_Static_assert(sizeof(struct sw_rec_wakeup) == 96, "wakeup record");
_Static_assert(sizeof(struct sw_rec_wait) == 104, "wait record");
_Static_assert(sizeof(struct sw_rec_destroy) == 24, "destroy record");
_Static_assert(sizeof(struct sw_rec_woken) == 72, "woken record");
_Static_assert(sizeof(struct sw_rec_run) == 64, "run record");
_Static_assert(sizeof(struct sw_rec_io) == 120, "io record");

/* In what the waker ran. */
enum sw_context { SW_CTX_TASK, SW_CTX_SOFTIRQ, SW_CTX_HARDIRQ, SW_CTX_UNKNOWN, SW_CTX_COUNT };

/* The first argument of sock_wake_async() after the queue (include/linux/net.h). */
enum sw_how { SW_HOW_IO, SW_HOW_WAITD, SW_HOW_SPACE, SW_HOW_URG, SW_HOW_COUNT };

/* In what call. */
enum sw_op { SW_OP_ACCEPT, SW_OP_RECV, SW_OP_SEND, SW_OP_CONNECT, SW_OP_POLL, SW_OP_COUNT };

/* What ended a wait.  OPEN: nothing yet. */
enum sw_ended {
	SW_ENDED_UNKNOWN,
	SW_ENDED_WAKEUP,
	SW_ENDED_TIMEOUT,
	SW_ENDED_SIGNAL,
	SW_ENDED_OPEN,
	SW_ENDED_COUNT
};

/* By what way a task learned of it. */
enum sw_via {
	SW_VIA_OTHER,
	SW_VIA_BLOCKING,
	SW_VIA_POLL,
	SW_VIA_EPOLL,
	SW_VIA_IO_URING,
	SW_VIA_ASYNC,
	SW_VIA_COUNT
};

/* Why a hit was lost. LOST(id, name, meaning) */
#define SW_LOSSES(LOST)                                                       \
	LOST(RING, ring_full, "the ring was full: a larger --buffer helps")   \
	LOST(SOCKETS, sockets_full, "more sockets at once than have room")    \
	LOST(TASKS, tasks_full, "more tasks at once than have room")          \
	LOST(UNMATCHED, unmatched, "the end of a wait was not seen")          \
	LOST(RECURSION, recursion, "the kernel skipped a nested or preempted program") \
	LOST(MISSED, missed, "the kernel could not run the probe")            \
	LOST(FOLLOWED, followed_full, "more children of the program at once than have room") \
	LOST(ORIGINS, origins_full, "whose doing a wake-up is: more packets at once than have room") \
	LOST(STACKS, stacks_full, "a wake-up's stack: another one has its place")

enum sw_loss {
#define LOST(id, name, meaning) SW_LOST_##id,
	SW_LOSSES(LOST)
#undef LOST
	SW_LOST_COUNT
};

/*
 * What became of the hits of one hook on one CPU.  Once tracing has stopped,
 * hits = delivered + filtered + the lost ones.  The program counts hits, idle,
 * filtered and most losses; `delivered` is counted where records come out of
 * the ring, so that the sum also proves that none vanished in between; recursion
 * and missed never reach the program: the user half asks the kernel for them.
 */
struct sw_count {
	__u64 hits;
	__u64 idle; /* before tracing began or after it stopped: not hits */
	__u64 delivered;
	__u64 filtered;
	__u64 lost[SW_LOST_COUNT];
};

#endif
