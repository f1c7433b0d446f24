/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the kernel half keeps of a task that waited for sockets.  The user half
 * reads it at the end of a trace, for the waits that are not over.  Addresses in
 * it never leave the program.
 */
#ifndef SW_TASKS_H
#define SW_TASKS_H

#include "records.h"

/* Of a call: its operation; whether it is on a socket, or polls. */
#define SW_CALL_OP(call) (((call) & 7) - 1)

/* A time that a task was not on a CPU. */
struct task_off {
	__u64 from, till; /* ns; till 0: not over */
	__u32 why;	  /* enum task_off_why */
	__u32 pad;
};

enum task_off_why { OFF_WAITING, OFF_ASLEEP, OFF_STOPPED };

#define TASK_OFFS 4 /* remembered; a power of two */

/* A poll that is over, kept until it is known which socket ended it. */
struct held_wait {
	__u64 begin, end, asleep; /* as in task_entry */
	__u64 told;		  /* ns; when it was over */
	__s64 result;
	__u32 sleeps;
	__u16 call;
	__u16 flags; /* of its record */
};

struct task_entry {
	/* The call it sleeps in, or slept in and has not left. */
	__u64 begin; /* ns, of the first sleep; 0: none */
	__u64 end;   /* when it ran again; 0: asleep */
	__u64 sk;    /* struct sock *; 0: it polls */
	__u64 sock;  /* its id */
	__u64 ended_by; /* ts of the wake-up that did; 0: none yet */
	__u64 ended_sock; /* that wake-up's socket: not always the one it sleeps for */
	__u64 asleep;	/* ns, in all sleeps of it that are over, each up to its waking */
	__u64 slept_at; /* when the last of them began */
	__u32 sleeps;
	__u32 call;	/* see bpf/calls.bpf.h */
	__u64 enter; /* of the system call, where those are seen; 0: not */

	/* The socket's wake-up that woke it last. */
	__u64 wake_sk, wake_sock; /* 0: none */
	__u64 wakeup_ts, woken_ts;
	__u64 run_ts;	 /* 0: not yet */
	__u64 off_ns;	 /* since then not on a CPU */
	__u64 off_since; /* 0: on a CPU */
	__u32 others;	 /* since then calls on other sockets */
	__u32 taken;	 /* it has called on that socket, or polled again */
	__u32 wake_end;	 /* where what it told of ends: see took_from() in bpf/io.bpf.h */
	__u32 turns;	 /* counted where waker and sleeper may meet: see task_sleeps() */
	__u32 waking;	 /* by a waker that has not come to its end */
	__u32 signalled; /* by a signal that the socket sent */

	__u64 waked; /* when it was woken last, by whatever; ns */
	__u64 ran;   /* when it got a CPU last; ns */

	/* When an error woke it, of a socket that is not known yet; 0: none did. */
	__u64 early;

	/* Polls in a row that returned at once, with nothing taken in between. */
	__u32 idle_polls;
	__u32 offs_n; /* all that were; the last TASK_OFFS are in offs */
	__u64 idle_since, idle_sk;

	__u64 made; /* when the entry was; ns */
	struct task_off offs[TASK_OFFS];

	__u32 pid, tid;
	char comm[SW_COMM_LEN];
};

#endif
