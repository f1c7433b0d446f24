/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The ends of system calls: results, and how waits end that no callback ended.
 *
 * They are seen by the exits of the few functions that matter, where that is safe
 * and enough; else by tracing system calls, which takes every task of the machine
 * the slow way into the kernel and out (measured: 10 % of a busy redis).
 */
#ifndef SW_ENDS_BPF_H
#define SW_ENDS_BPF_H

#include "calls.h"
#include "waits.bpf.h"

/* Sockets that a call has made, and the ends of accept's waits. */
static __noinline int call_made(__u64 regs_at, long nr, long ret)
{
	struct pt_regs *regs = (void *)regs_at;

	if (settings.accept_ends_by_syscall && is_accept(nr))
		wait_end(bpf_get_current_task(), ret, 0);
	if (!settings.own_by_syscall || ret < 0)
		return 0;
	if (is_accept_native(nr) || nr == NR_SOCKET) {
		if (current_wanted())
			own(sock_of_fd(ret));
	} else if (nr == NR_SOCKETPAIR) {
		int fds[2] = {-1, -1};

		if (!current_wanted())
			return 0;
		bpf_probe_read_user(fds, sizeof(fds), (void *)SYSCALL_ARG4(regs));
		own(sock_of_fd(fds[0]));
		own(sock_of_fd(fds[1]));
	}
	return 0;
}

/* What it calls are functions of their own, as the kernel bounds the stack of all callers
 * together, and each needs nearly all of that. */
static __noinline int call_ends(__u64 regs_at, long ret, bool again)
{
	__u64 task = bpf_get_current_task();
	bool known = settings.call_ends && *task_mark(task);
	long nr;

	/* It may run for every system call of every task. */
	if (!settings.own_by_syscall && !known && !*mark_of(task) && !may_stall(ret))
		return 0;
	nr = SYSCALL_NR((struct pt_regs *)regs_at);
	if (may_stall(ret))
		send_over(regs_at, nr);
	if (known)
		call_over(regs_at, nr, ret, again);
	call_made(regs_at, nr, ret);
	return 0;
}

/* (const struct pt_regs *regs), and what it returned. */
#define FEXIT_OF(prefix, name)                                                        \
	SEC("fexit/" prefix #name) int fexit_call_##name(unsigned long long *ctx) \
	{                                                                             \
		return call_ends(ctx[0], ctx[1], false);                              \
	}
#define FEXIT_CALL(name, waits, makes) FEXIT_OF(SW_CALL_PREFIX, name)
#define FEXIT_CALL_0(name, waits, makes) FEXIT_OF(SW_CALL_0_PREFIX, name)
SW_ENDING_CALLS(FEXIT_CALL)
SW_ENDING_CALLS_0(FEXIT_CALL_0)

/* (struct pt_regs *regs, long ret) */
SEC("raw_tp/sys_exit") int call_sys_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return call_ends(ctx->args[0], ctx->args[1], false);
}

/*
 * The kernel traces system calls with preemption on since 6.13, and a task that
 * is preempted in the program above keeps the CPU's next ones out of it, but not
 * out of this one.  What the first has done is done: a call has one end
 * (call_over()), a stall one beginning, and to own a socket twice changes nothing.
 */
SEC("raw_tp/sys_exit") int call_sys_exit_again(struct bpf_raw_tracepoint_args *ctx)
{
	return call_ends(ctx->args[0], ctx->args[1], true);
}

/* When calls that did not sleep began. */
SEC("raw_tp/sys_enter") int call_sys_enter(struct bpf_raw_tracepoint_args *ctx)
{
	call_begins();
	return 0;
}

#endif
