/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The records that the kernel half writes into the rings.
 *
 * Every kind and every field is named once, here: the structures, their
 * sizes and the decoder's bounds are made from these rows.  All integers are
 * in the byte order of the machine that traced; kinds are only ever appended,
 * and a kind grows only at its end.
 *
 * A field row is F(type, name) or A(type, name, count); the comment beside it
 * gives the unit.  No field holds a kernel address.
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
#define SW_FIELDS_SOCKET(F, A)                                          \
	F(__u64, sock)	   /* the socket's id, unique in the trace */   \
	F(__u64, cookie)   /* SO_COOKIE, 0 when not known */            \
	F(__u64, inode)	   /* as ss -e prints it; 0 without a file */   \
	F(__u32, netns)	   /* inode number of the network namespace */  \
	F(__u16, family)   /* AF_* */                                   \
	F(__u16, type)	   /* SOCK_* */                                 \
	F(__u16, protocol) /* sk_protocol; packet: the Ethernet type */ \
	F(__u16, lport)	   /* inet; host byte order */                  \
	F(__u16, rport)                                                 \
	F(__u16, pad)                                                   \
	/* netlink: port id; packet: interface index; vsock: port (an end is there \
	 * only if it has one) */                                       \
	F(__u32, lid)                                                   \
	F(__u32, rid) /* the peer's, of netlink and vsock */            \
	/* inet: the first 4 bytes; vsock: the cid, of 4 bytes in the machine's \
	 * order; packet: the interface's name, ended by a NUL */       \
	A(__u8, laddr, 16)                                              \
	A(__u8, raddr, 16)                                              \
	F(__u64, parent) /* id of the listener whose queue it came from; 0: not known */

/* unix: the names of an AF_UNIX socket; follows its "socket" record. */
#define SW_FIELDS_UNIX(F, A)                                        \
	F(__u64, sock)                                              \
	F(__u16, llen) /* bytes of lpath in use; 0: not bound, but if abstract */ \
	F(__u16, rlen) /* the peer's */                             \
	F(__u32, pad)                                               \
	A(__u8, lpath, SW_UNIX_PATH) /* without an abstract one's leading NUL; */ \
	A(__u8, rpath, SW_UNIX_PATH) /* the bytes after it are zeros */

/* wakeup: one call of a wake-up callback. */
#define SW_FIELDS_WAKEUP(F, A)                                           \
	F(__u64, sock)                                                   \
	F(__u32, pid) /* the task on the CPU, which may be a bystander */ \
	F(__u32, tid)                                                    \
	A(char, comm, SW_COMM_LEN)                                       \
	F(__u32, rx_queued) /* bytes; a listener: connections queued */  \
	F(__u32, tx_queued) /* bytes; a listener: its limit */           \
	F(__u16, waiters)   /* entries on the wait queue, at entry */    \
	F(__u16, exclusive) /* of those, exclusive */                    \
	F(__u8, state)	    /* sk_state: TCP_* */                        \
	F(__u8, context)    /* enum sw_context */                        \
	F(__u8, how)	    /* async: enum sw_how */                     \
	F(__u8, band)	    /* async: si_code, POLL_* */                 \
	F(__u32, kernel_stack) /* its number; 0: not asked for, or not had */ \
	F(__u32, user_stack)   /* of pid's, its number; 0: as above */   \
	F(__u32, origin_pid)   /* the task whose doing it is, if it is known */ \
	F(__u32, origin_tid)   /* and not the one on the CPU; else zeros */ \
	A(char, origin_comm, SW_COMM_LEN)

/* wait: a wait that is over; ts is when the call returned, or, where that is not
 * seen, when the task ran again. */
#define SW_FIELDS_WAIT(F, A)                                          \
	F(__u64, sock)                                                \
	F(__u64, begin)	 /* when it went to sleep, or entered; ns */  \
	F(__u64, end)	 /* when it ran again, or returned; ns */     \
	F(__s64, result) /* what the call returned: fd or -errno */   \
	F(__u32, pid)                                                 \
	F(__u32, tid)                                                 \
	A(char, comm, SW_COMM_LEN)                                    \
	F(__u8, op)	 /* enum sw_op */                             \
	F(__u8, ended)	 /* enum sw_ended */                          \
	A(__u8, pad, 6)                                               \
	F(__u64, wakeup_ts) /* of the wake-up that ended it, or 0 */  \
	F(__u64, asleep)    /* from begin to end not on a CPU by its own will; ns */ \
	F(__u32, sleeps)    /* how often it went to sleep; 0: asleep is not known */ \
	F(__u32, pad2)

/*
 * woken: a task that a callback woke, or found awake.  ts is the wake-up's and
 * one, so that in order of time it follows it; it is written some time later.
 */
#define SW_FIELDS_WOKEN(F, A)                                   \
	F(__u64, sock)                                          \
	F(__u64, wakeup_ts) /* ts of the socket's wake-up */    \
	F(__u64, woken_ts)  /* when the task was woken; ns */   \
	F(__u32, pid)                                           \
	F(__u32, tid)                                           \
	A(char, comm, SW_COMM_LEN)                              \
	F(__u8, via) /* enum sw_via */                          \
	A(__u8, pad, 7)

/* run: a woken task is on a CPU again, at ts. */
#define SW_FIELDS_RUN(F, A)                                     \
	F(__u64, sock)                                          \
	F(__u64, wakeup_ts)                                     \
	F(__u64, woken_ts) /* its scheduling delay is ts less this */ \
	F(__u32, pid)                                           \
	F(__u32, tid)                                           \
	A(char, comm, SW_COMM_LEN)

/*
 * io: the first recv, send or accept on a socket after a wake-up, by whichever
 * task, and the first of each task that the wake-up woke; ts is its end.  Also, with
 * wakeup_ts 0, a send that found no room (result -EAGAIN), and what a task that
 * spins does: the 100th, 1000th, 10,000th ... call in a row that takes nothing; and a
 * recv of which it is not known which wake-up it answers, if one waited for an answer.  op
 * is poll where poll, select or epoll_wait returned at once for that socket.
 */
#define SW_FIELDS_IO(F, A)                                              \
	F(__u64, sock)                                                  \
	F(__u64, begin)	    /* ns */                                    \
	F(__s64, result)    /* bytes, fd or -errno */                   \
	F(__u64, wakeup_ts) /* of the oldest wake-up that nobody had    \
			     * answered, or of the one that woke this task */ \
	F(__u64, run_ts)    /* when the task ran after it was woken by  \
			     * that wake-up; 0: it was not woken by it */ \
	F(__u64, off_ns)    /* since then not on a CPU */               \
	F(__u32, others)    /* since then calls on other sockets */     \
	F(__u32, pid)                                                   \
	F(__u32, tid)                                                   \
	F(__u8, op) /* enum sw_op */                                    \
	A(__u8, pad, 3)                                                 \
	A(char, comm, SW_COMM_LEN)                                      \
	F(__u64, slept)	    /* since the wake-up (or as far as is known) asleep, */ \
	F(__u64, stopped)   /* ... and stopped; ns */                   \
	F(__u32, known_ms)  /* for so long slept and stopped are known; 0: they are not */ \
	F(__u32, tries)     /* calls like it in a row that took nothing, this one \
			     * included; 0: it took something, or is not counted */

/* destroy: the end of a socket; its id is not used again. */
#define SW_FIELDS_DESTROY(F, A) F(__u64, sock)

/* KIND(id, name, fields) */
#define SW_KINDS(KIND)                          \
	KIND(SOCKET, socket, SW_FIELDS_SOCKET)  \
	KIND(UNIX, unix, SW_FIELDS_UNIX)        \
	KIND(WAKEUP, wakeup, SW_FIELDS_WAKEUP)  \
	KIND(WAIT, wait, SW_FIELDS_WAIT)        \
	KIND(DESTROY, destroy, SW_FIELDS_DESTROY) \
	KIND(WOKEN, woken, SW_FIELDS_WOKEN)     \
	KIND(RUN, run, SW_FIELDS_RUN)           \
	KIND(IO, io, SW_FIELDS_IO)

enum sw_rec_kind {
	SW_REC_NONE, /* never written: a zeroed record is not a record */
#define KIND(id, name, fields) SW_REC_##id,
	SW_KINDS(KIND)
#undef KIND
	SW_REC_COUNT
};

#define SW_FIELD(type, name) type name;
#define SW_ARRAY(type, name, count) type name[count];
/* `unix` is a macro in GNU C; the structures are sw_rec_*, so token pasting
 * keeps it from being expanded. */
#define KIND(id, name, fields)              \
	struct sw_rec_##name {              \
		struct sw_rec hdr;          \
		fields(SW_FIELD, SW_ARRAY) \
	};
SW_KINDS(KIND)
#undef KIND
#undef SW_FIELD
#undef SW_ARRAY

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
enum sw_context { SW_CTX_TASK, SW_CTX_SOFTIRQ, SW_CTX_HARDIRQ, SW_CTX_UNKNOWN };

/* The first argument of sock_wake_async() after the queue (include/linux/net.h). */
enum sw_how { SW_HOW_IO, SW_HOW_WAITD, SW_HOW_SPACE, SW_HOW_URG };

/* In what call. */
enum sw_op { SW_OP_ACCEPT, SW_OP_RECV, SW_OP_SEND, SW_OP_CONNECT, SW_OP_POLL };

/* What ended a wait.  OPEN: nothing yet. */
enum sw_ended { SW_ENDED_UNKNOWN, SW_ENDED_WAKEUP, SW_ENDED_TIMEOUT, SW_ENDED_SIGNAL, SW_ENDED_OPEN };

/* By what way a task learned of it. */
enum sw_via { SW_VIA_OTHER, SW_VIA_BLOCKING, SW_VIA_POLL, SW_VIA_EPOLL, SW_VIA_IO_URING, SW_VIA_ASYNC };

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
