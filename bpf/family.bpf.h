/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The processes that are traced come and go: children are added as they are born, and each
 * is dropped when nothing of it is left, so that there is room for the next ones and nobody
 * is traced for having the number of one that was.
 */
#ifndef SW_FAMILY_BPF_H
#define SW_FAMILY_BPF_H

#include "owners.bpf.h"

/*
 * In a pid namespace a task has no number any more when it is freed, so it is noted when
 * its last thread begins to exit.  It is not dropped then: it has yet to close its sockets.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_PIDS);
	__type(key, __u64); /* struct task_struct * of the leader */
	__type(value, __u32); /* its number */
} leaving SEC(".maps");

/* When others last sent the program behind -- each signal; ns. */
__u64 program_signals[32];

static __always_inline __s32 *pid_mark(__u32 pid)
{
	return &pid_marks[pid & (SW_PID_MARKS - 1)];
}

static __always_inline void forget_pid(__u32 pid)
{
	if (!bpf_map_delete_elem(&pids, &pid))
		__sync_fetch_and_add(pid_mark(pid), -1);
}

static __always_inline void follow(__u32 pid, __u64 born)
{
	if (!bpf_map_update_elem(&pids, &pid, &born, BPF_NOEXIST)) {
		__sync_fetch_and_add(pid_mark(pid), 1);
		return;
	}
	/* One of that number may not be freed yet. */
	if (bpf_map_update_elem(&pids, &pid, &born, BPF_EXIST))
		lose_one(SW_LOST_FOLLOWED);
}

/* (struct task_struct *parent, struct task_struct *child) */
SEC("raw_tp/sched_process_fork") int family_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *born = (void *)ctx->args[1];
	__u32 parent = ids_of((void *)ctx->args[0]) >> 32;
	__u32 child = ids_of(born) >> 32;

	if (child == parent)
		return 0;
	if (filter.follow && *pid_mark(parent) && bpf_map_lookup_elem(&pids, &parent))
		follow(child, BPF_CORE_READ(born, start_time));
	else if (*pid_mark(child))
		forget_pid(child); /* a stranger by the number of one that has gone */
	return 0;
}

/* (struct task_struct *task); once for each thread */
SEC("raw_tp/sched_process_exit") int family_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	__u64 leader;
	__u32 pid;

	if (BPF_CORE_READ(task, signal, live.counter))
		return 0;
	pid = ids_of(task) >> 32;
	leader = (__u64)BPF_CORE_READ(task, group_leader);
	/* One that cannot be noted stays, and takes the place of another. */
	if (*pid_mark(pid) && bpf_map_lookup_elem(&pids, &pid) &&
	    bpf_map_update_elem(&leaving, &leader, &pid, BPF_ANY))
		lose_one(SW_LOST_FOLLOWED);
	return 0;
}

/* (struct task_struct *task); a leader is the last of its process. */
SEC("raw_tp/sched_process_free") int family_free(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	__u64 key = (__u64)task, *born;
	__u32 pid = BPF_CORE_READ(task, tgid), *noted;

	/* One that exec() replaced as the leader has another's number by now. */
	if ((__u32)BPF_CORE_READ(task, pid) != pid)
		return 0;
	if (settings.pidns) {
		noted = bpf_map_lookup_elem(&leaving, &key);
		if (!noted)
			return 0;
		pid = *noted;
		bpf_map_delete_elem(&leaving, &key);
	}
	if (!*pid_mark(pid))
		return 0;
	born = bpf_map_lookup_elem(&pids, &pid);
	if (born && (!*born || *born == BPF_CORE_READ(task, start_time)))
		forget_pid(pid);
	return 0;
}

/* (int sig, struct kernel_siginfo *info, struct task_struct *task, ...) */
SEC("raw_tp/signal_generate") int family_signal(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 sig = ctx->args[0];

	if (ids_of((void *)ctx->args[2]) >> 32 == settings.program)
		program_signals[sig & 31] = bpf_ktime_get_ns();
	return 0;
}

#endif
