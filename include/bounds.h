/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Every bound: of what both halves share, of the kernel half's tables, and of what the
 * user half keeps.  docs/tables.md says of each what ends its entries, what makes room
 * when it is full, and what counts that.
 *
 * Those of tables can be set at build time, by a file with other values:
 *
 *     make O=build-small BOUNDS=tests/bounds/tiny.h
 *
 * The rest are facts of the kernel or of the format.
 */
#ifndef SW_BOUNDS_H
#define SW_BOUNDS_H

#ifdef SW_BOUNDS
#include SW_BOUNDS
#endif

#define SW_COMM_LEN 16	    /* bytes of a task name, NUL included (TASK_COMM_LEN) */
#define SW_UNIX_PATH 108    /* bytes of sun_path (UNIX_PATH_MAX) */
#define SW_MAX_CPUS 1024    /* a power of two; CPUs beyond share counters, atomically */
#define SW_PID_MARKS 4096   /* both powers of two: see bpf/owners.bpf.h */
#define SW_INODE_MARKS 65536
#define SW_MAX_PORTS 64	    /* ports named by --port, --lport and --rport together */
#define SW_MAX_PROTOS 16    /* protocols named by --proto */
#define SW_MAX_COMMS 16	    /* names given to --comm */
#define SW_MAX_WAITERS 64   /* wait queue entries counted; more are told as "more" */
#define SW_MAX_QUEUED_SKBS 8 /* queued messages whose bytes are added up */
#define SW_STACK_DEPTH 64   /* frames of a stack; outer ones are dropped */
/* Bytes of a symbol's name, of its file's, and of a frame with both; longer ones are cut. */
#define SW_SYMBOL_MAX 1024
#define SW_FILE_NAME_MAX 256
#define SW_FRAME_MAX 1536
/* Whose stacks are taken, as a set. */
#define SW_STACKS_KERNEL 1
#define SW_STACKS_USER 2
#define SW_RING_MIN 4096    /* bytes of the smallest ring: one page */
#define SW_RING_MOST (1ull << 30) /* ... and of the largest, which the kernel can map twice */

/* --- maps of the kernel half ---------------------------------------------------- */

#ifndef SW_MAX_SOCKETS
#define SW_MAX_SOCKETS 65536 /* sockets alive at once that have an id; that are owned */
#endif
#ifndef SW_MAX_TASKS
#define SW_MAX_TASKS 16384 /* tasks that waited for sockets; tasks inside accept(2) at once */
#endif
#ifndef SW_MAX_PIDS
#define SW_MAX_PIDS 4096 /* processes that --pid names */
#endif
#ifndef SW_MAX_FOLLOWED
#define SW_MAX_FOLLOWED 65536 /* a program and its descendants, at once */
#endif
#ifndef SW_MAX_STACKS
#define SW_MAX_STACKS 16384 /* different stacks, where they are asked for */
#endif
#ifndef SW_HELD_WAITS
#define SW_HELD_WAITS 1024 /* polls that wait for an error's socket: bpf/errors.bpf.h */
#endif

/* --- its plain memory: all are powers of two; 4 MB is all that 5.10 allows ------------ */

#ifndef SW_TASK_FRAMES
#define SW_TASK_FRAMES 2048 /* pairs: tasks that are inside a callback */
#endif
#ifndef SW_EARLY
#define SW_EARLY 4 /* tasks that one error wakes, for each CPU */
#endif
#ifndef SW_FLIGHTS
#define SW_FLIGHTS 4096 /* pairs, at most this: packets on their way */
#endif
#ifndef SW_BACKLOGS
#define SW_BACKLOGS 1024 /* tasks that process a backlog */
#endif
#ifndef SW_WRITERS
#define SW_WRITERS 4096 /* at most this: sockets of TCP that were written to */
#endif
#ifndef SW_PEERS
#define SW_PEERS 512 /* at most this: connections of MPTCP */
#endif
#ifndef SW_NOTES
#define SW_NOTES 8192 /* sockets found last: only saves time */
#endif
/* Counters by a hash, which only save time. */
#ifndef SW_SOCKET_MARKS
#define SW_SOCKET_MARKS 32768
#endif
#ifndef SW_ROOM_MARKS
#define SW_ROOM_MARKS 16384
#endif
#ifndef SW_OWNED_MARKS
#define SW_OWNED_MARKS 16384
#endif
#ifndef SW_TASK_MARKS
#define SW_TASK_MARKS 16384
#endif
#ifndef SW_WAIT_MARKS
#define SW_WAIT_MARKS 4096
#endif

/* --- what the user half keeps ------------------------------------------------------ */

#ifndef SW_SOCKETS_MAX
#define SW_SOCKETS_MAX 32768
#endif
#ifndef SW_SOCKETS_ENDLESS
#define SW_SOCKETS_ENDLESS 16384 /* where their ends are not seen */
#endif
#ifndef SW_WATCHED_MAX
#define SW_WATCHED_MAX 16384 /* sockets that findings look at */
#endif
#ifndef SW_FINDINGS_MAX
#define SW_FINDINGS_MAX 4096 /* rows of findings; the rest has one of each kind */
#endif
#ifndef SW_RUNS_MAX
#define SW_RUNS_MAX 4096 /* names of tasks whose runs are counted */
#endif
#ifndef SW_RAN_SLOTS
#define SW_RAN_SLOTS 4096 /* tasks, by a hash, of which it is known when they ran last */
#endif
#ifndef SW_ACCEPT_TASKS
#define SW_ACCEPT_TASKS 256 /* that accept from one listener */
#endif
#ifndef SW_ACCEPT_SHARES
#define SW_ACCEPT_SHARES 16384 /* ... from all listeners together */
#endif
#ifndef SW_ARRIVALS
#define SW_ARRIVALS 64 /* connections in one accept queue whose times are kept; a power of two */
#endif
#ifndef SW_TRIES_MAX
#define SW_TRIES_MAX 2048 /* listeners at which tasks come in vain */
#endif
#ifndef SW_LATENCY_MAX
#define SW_LATENCY_MAX 8192 /* sockets, and tasks, that have latencies of their own */
#endif
#ifndef SW_MOMENTS_SOCKETS
#define SW_MOMENTS_SOCKETS 4096 /* whose last events are remembered */
#endif
#ifndef SW_STACKS_MAX
#define SW_STACKS_MAX 65536 /* stacks that have names */
#endif
#ifndef SW_STACKS_REMEMBERED
#define SW_STACKS_REMEMBERED 65536 /* wake-ups' numbers of stacks; a power of two */
#endif
#ifndef SW_NAMES_SOCKETS
#define SW_NAMES_SOCKETS 65536 /* names that the next file of a recording is to have */
#endif
#ifndef SW_PROCESSES_MAX
#define SW_PROCESSES_MAX 65536 /* whose files are known, for users' stacks */
#endif
#ifndef SW_IMAGES_BYTES
#define SW_IMAGES_BYTES (128u << 20) /* what their mappings and paths may take */
#endif
#ifndef SW_MAPS_PENDING
#define SW_MAPS_PENDING 16384 /* of those, between two drains */
#endif
#ifndef SW_HTML_EVENTS
#define SW_HTML_EVENTS 500000 /* that a page has */
#endif
#ifndef SW_HTML_SOCKETS
#define SW_HTML_SOCKETS 32768
#endif

#endif
