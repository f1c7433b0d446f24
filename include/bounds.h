/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bounds that both halves must agree on. */
#ifndef SW_BOUNDS_H
#define SW_BOUNDS_H

#define SW_COMM_LEN 16	    /* bytes of a task name, NUL included (TASK_COMM_LEN) */
#define SW_UNIX_PATH 108    /* bytes of sun_path (UNIX_PATH_MAX) */
#define SW_MAX_CPUS 1024    /* a power of two; CPUs beyond share counters, atomically */
#define SW_MAX_SOCKETS 65536 /* sockets alive at once that have an id */
#define SW_MAX_TASKS 16384  /* tasks inside accept(2) at once; tasks that waited for sockets */
#define SW_MAX_PIDS 4096    /* processes that --pid names */
#define SW_MAX_FOLLOWED 65536 /* a program and its descendants, at once */
#define SW_PID_MARKS 4096   /* both powers of two: see bpf/owners.bpf.h */
#define SW_INODE_MARKS 65536
#define SW_MAX_PORTS 64	    /* ports named by --port, --lport and --rport together */
#define SW_MAX_PROTOS 16    /* protocols named by --proto */
#define SW_MAX_COMMS 16	    /* names given to --comm */
#define SW_MAX_WAITERS 64   /* wait queue entries counted; more are told as "more" */
#define SW_MAX_QUEUED_SKBS 8 /* queued messages whose bytes are added up */
#define SW_STACK_DEPTH 64   /* frames of a stack; what is further out is not had */
#define SW_MAX_STACKS 16384 /* different stacks, where they are asked for */
/* Bytes of a symbol's name, of its file's, and of a frame with both; longer ones are cut. */
#define SW_SYMBOL_MAX 1024
#define SW_FILE_NAME_MAX 256
#define SW_FRAME_MAX 1536
/* Whose stacks are taken, as a set. */
#define SW_STACKS_KERNEL 1
#define SW_STACKS_USER 2
#define SW_RING_MIN 4096    /* bytes of the smallest ring: one page */

#endif
