/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the user half tells the kernel half about this kernel and this run.
 * Addresses are from kallsyms, 0 where there is no such symbol; they never
 * leave the kernel half.
 */
#ifndef SW_SETTINGS_H
#define SW_SETTINGS_H

#include "records.h"

enum sw_code_of {
	SW_CODE_RELEASE,  /* __release_sock() */
	SW_CODE_READABLE, /* sock_def_readable() ... */
	SW_CODE_WAKE_SYNC, /* ... wakes by __wake_up_sync_key() */
	SW_CODE_WAKEUP,   /* sock_def_wakeup() and */
	SW_CODE_ERROR,    /* sock_def_error_report() ... */
	SW_CODE_WAKE,	  /* ... by __wake_up() */
	SW_CODE_MPTCP_RELEASE, /* mptcp_release_cb() */
	SW_CODE_MPTCP_RECV,    /* mptcp_recvmsg() */
	SW_CODE_INTERRUPT, /* where interrupts enter */
	SW_CODE_ENTRY,	  /* ... and system calls */
	SW_CODE_COUNT
};

struct sw_code {
	__u64 begin, end; /* 0: not known */
};

struct sw_settings {
	__u64 ring_bytes; /* of each ring */
	__u64 start_ns;	  /* CLOCK_MONOTONIC: socket ids count from here */

	/*
	 * Where a CPU keeps its preempt_count: an address within the per-CPU
	 * area, and which bits say hardirq or NMI.  x86: __preempt_count, in
	 * pcpu_hot from 6.2 to 6.14 (commit 64701838bf05 "x86/percpu: Move
	 * preempt_count next to current_task").  From 7.3 the variable has 8
	 * bytes and the hardirq bits moved up by 8.
	 */
	__u64 preempt_count;
	__u32 hardirq_bits;
	__u32 n_cpus;
	__u32 cookie_ids; /* tell sockets apart by their cookies: no destructor is seen */

	__u64 per_cpu_offset; /* the kernel's array __per_cpu_offset[] */

	/* What an entry on a wait queue is, by its function. */
	__u64 fn_autoremove, fn_woken, fn_receiver, fn_default;
	__u64 fn_pollwake, fn_ep_poll;
	/* sk_write_space of a socket that sock_wfree() wakes by itself. */
	__u64 fn_sock_def_write_space;

	__u64 fn_io_poll_wake;

	struct sw_code code[SW_CODE_COUNT]; /* where functions are: see bpf/callers.bpf.h */
	__u32 sees_all_tcp; /* packets that come to connections in any state */
	__u32 softirqs_in_tasks; /* PREEMPT_RT: preempt_count does not tell of them */

	/* Who was woken, and what came of it: which of that is told. */
	__u32 tell_woken, tell_run, tell_wait, tell_io;
	__u32 causality; /* any of those */
	__u32 closes_frames; /* the exits of callbacks are seen: see frames.bpf.h */
	__u32 errors_late; /* errors are seen when their callback is over: see errors.bpf.h */
	__u32 call_ends; /* the ends of system calls are seen */
	__u32 io_by_length; /* recv's and send's are, by sock_recv_length and its like */
	__u32 thread_size; /* bytes of a kernel stack, for kernels without bpf_task_pt_regs() */

	/* What the scheduler tells of waits in accept(2): */
	__u32 accept_switches; /* whether and how long it slept in one */
	__u32 accept_sleeps;   /* all that is told */

	/* What the system call hooks, which may run for every call, are for. */
	__u32 accept_ends_by_syscall; /* accept waits end there */
	__u32 own_by_syscall; /* sockets belong to the tasks that make them */
	__u32 own_by_io; /* ... to those that receive and send by them */
	__u32 program; /* behind --, whose signals are told; 0: none */
	__u32 owners_hook; /* whose loss it is when no more tasks or sockets can be known as wanted */
	__u32 tell_ends; /* of sockets; else sk_destruct only frees their ids */

	/* What every hit looks at: side by side, in one line of the cache. */
	__u32 filtered; /* the filter is not empty */
	__u32 pidns; /* inode number of sockwake's pid namespace; 0: the initial one */
	__u32 watch_softirqs; /* there is no preempt_count to be read */
	__u32 stacks; /* SW_STACKS_*: the waker's that are taken */
	__u32 packets; /* they are followed */
};

/*
 * What a CPU writes and every hit looks at.  The counts of the busiest hook, the
 * first, share a cache line with the rest; no two CPUs share one.
 */
struct sw_cpu {
	__u32 active; /* hits count only while this is set */
	__u32 in_softirq;
	__u32 records; /* sent */
	__u32 was_half_full;
	struct sw_count counts[SW_HOOK_COUNT];
} __attribute__((aligned(64)));

/* The work of the "inspect" program, which the user half runs by itself. */
enum sw_inspect {
	SW_INSPECT_ANCHOR, /* note where the programs' data are: see bpf/read.bpf.h */
	SW_INSPECT_QUEUES, /* is there a device that hands back packets out of a queue? */
	SW_INSPECT_PERCPU, /* copy __per_cpu_offset[] */
	SW_INSPECT_KPROBE, /* hits and misses of the perf event behind fd `arg` */
};

#define SW_DEVICES_A_WALK 32

enum sw_queues { SW_QUEUES_NONE, SW_QUEUES_THERE, SW_QUEUES_NOT_YET /* ask again */ };

/* Where the walk over the devices of all network namespaces is: addresses of a struct net,
 * of the one that it began at (0: it has not), and of a place in the list of devices. */
struct sw_walk {
	__u64 net, first, at;
};

struct sw_inspection {
	__u64 value;  /* KPROBE: hits, over all CPUs; QUEUES: enum sw_queues */
	__u64 missed; /* KPROBE: missed hits */
	__s32 error;  /* 0 or -errno */
	__u32 pad;
};

#endif
