/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who is on the CPU, in what context, and whether the filter wants them. */
#ifndef SW_TASK_BPF_H
#define SW_TASK_BPF_H

#include "shared.bpf.h"

#define SW_MAX_PIDNS_DEPTH 8

/* A softirq is being served (include/linux/preempt.h: SOFTIRQ_OFFSET). */
#define SOFTIRQ_SERVING 0x100

/* Where each CPU's per-CPU area begins; "inspect" fills it in. */
__u64 percpu_base[SW_MAX_CPUS];

struct thread_info___preempt {
	int preempt_count;
} __attribute__((preserve_access_index));

struct task_struct___thread_info {
	struct thread_info___preempt thread_info;
} __attribute__((preserve_access_index));

/* PREEMPT_RT: softirqs are run by tasks that can be preempted, so it is the task that
 * knows. */
struct task_struct___rt {
	int softirq_disable_cnt;
} __attribute__((preserve_access_index));

/* Where preempt_count cannot be found (no data symbols in kallsyms), softirqs
 * are watched instead: they are not preempted, so a flag for each CPU will do. */
SEC("raw_tp/softirq_entry") int context_softirq_entry(void *ctx)
{
	cpu_of(bpf_get_smp_processor_id())->in_softirq = 1;
	return 0;
}

SEC("raw_tp/softirq_exit") int context_softirq_exit(void *ctx)
{
	cpu_of(bpf_get_smp_processor_id())->in_softirq = 0;
	return 0;
}

static __always_inline __u8 context_of(__u32 cpu)
{
	__u32 count = 0;

	if (settings.watch_softirqs)
		return cpu_of(cpu)->in_softirq ? SW_CTX_SOFTIRQ : SW_CTX_TASK;
	if (settings.preempt_count) {
		__u64 at = percpu_base[cpu & (SW_MAX_CPUS - 1)] + settings.preempt_count;

#ifdef SW_CASTS
		count = WORD_AT(CAST, at);
#else
		if (bpf_probe_read_kernel(&count, sizeof(count), (void *)at))
			return SW_CTX_UNKNOWN;
#endif
	} else if (bpf_core_field_exists(struct task_struct___thread_info,
					 thread_info.preempt_count)) {
		/* arm64 and others keep it with the task */
		struct task_struct___thread_info *t = (void *)bpf_get_current_task();

		count = BPF_CORE_READ(t, thread_info.preempt_count);
	} else {
		return SW_CTX_UNKNOWN;
	}
	if (count & settings.hardirq_bits)
		return SW_CTX_HARDIRQ;
	if (bpf_core_field_exists(struct task_struct___rt, softirq_disable_cnt)) {
		struct task_struct___rt *t = (void *)bpf_get_current_task();

		count = BPF_CORE_READ(t, softirq_disable_cnt);
	}
	if (count & SOFTIRQ_SERVING)
		return SW_CTX_SOFTIRQ;
	return SW_CTX_TASK;
}

static __always_inline struct task_struct *current_task(const enum way way)
{
	return way == CAST ? bpf_get_current_task_btf() : (void *)bpf_get_current_task();
}

/* A task's number in sockwake's own pid namespace; 0 when it has none there. */
static __always_inline __u32 pid_in_ns(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct upid *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	__u32 i;

	for (i = 0; i < SW_MAX_PIDNS_DEPTH; i++) {
		struct upid *u = (void *)numbers + i * bpf_core_type_size(struct upid);

		if (i > level)
			break;
		if (BPF_CORE_READ(u, ns, ns.inum) == settings.pidns)
			return BPF_CORE_READ(u, nr);
	}
	return 0;
}

/* Process number in the upper half, thread number in the lower, as
 * bpf_get_current_pid_tgid() has them, but in sockwake's pid namespace. */
static __always_inline __u64 ids_of(struct task_struct *task)
{
	__u64 tgid;

	if (settings.pidns) {
		tgid = pid_in_ns(BPF_CORE_READ(task, group_leader));
		return tgid << 32 | pid_in_ns(task);
	}
	tgid = (__u32)BPF_CORE_READ(task, tgid);
	return tgid << 32 | (__u32)BPF_CORE_READ(task, pid);
}

static __always_inline __u64 current_ids(void)
{
	if (settings.pidns)
		return ids_of((void *)bpf_get_current_task());
	return bpf_get_current_pid_tgid();
}

/* A task of the verifier's own typing, where its numbers are those of the pid namespace that
 * all are in: by loads alone. */
static __always_inline void load_task(struct task_struct *task, __u32 *pid, __u32 *tid,
				      char comm[SW_COMM_LEN])
{
	const __u64 *name = (const __u64 *)task->comm;

	*pid = task->tgid;
	*tid = task->pid;
	((__u64 *)comm)[0] = name[0];
	((__u64 *)comm)[1] = name[1];
}

/* The task on the CPU, which current_task() gave, as a number. */
static __always_inline __u64 current_number(struct task_struct *current, const enum way way)
{
	return way == CAST ? number_of_typed(current) : (__u64)current;
}

/* Who is on the CPU: into a record's pid, tid and comm. */
static __always_inline void read_current(__u32 *pid, __u32 *tid, char comm[SW_COMM_LEN],
					 struct task_struct *current, const enum way way)
{
	__u64 ids;

	if (way == CAST && !settings.pidns) {
		load_task(current, pid, tid, comm);
		return;
	}
	ids = current_ids();
	*pid = ids >> 32;
	*tid = ids;
	/* Not every kernel fills it up with zeros. */
	__builtin_memset(comm, 0, SW_COMM_LEN);
	bpf_get_current_comm(comm, SW_COMM_LEN);
}

/* Another task, likewise. */
static __always_inline void read_task(struct task_struct *task, __u32 *pid, __u32 *tid,
				      char comm[SW_COMM_LEN])
{
	__u64 ids = ids_of(task);

	*pid = ids >> 32;
	*tid = ids;
	BPF_CORE_READ_INTO((char(*)[SW_COMM_LEN])comm, task, comm);
}

/* The processes to trace, and when each was born, by which a number that is used again is
 * told: 0 where only the user half named it.  family.bpf.h has who comes and goes. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_PIDS);
	__type(key, __u32);
	__type(value, __u64);
} pids SEC(".maps");

static __always_inline bool by_task(void)
{
	return sw_filter_by_task(&filter);
}

static __always_inline bool comm_wanted(const __u64 comm[2])
{
	int i;

	for (i = 0; i < SW_MAX_COMMS; i++) {
		const volatile __u64 *name = (const volatile __u64 *)filter.comms[i];

		if (i >= filter.n_comms)
			break;
		if (name[0] == comm[0] && name[1] == comm[1])
			return true;
	}
	return false;
}

/* task NULL: the current one, of which this can be asked for less. */
static __always_inline bool wanted_by_pid(struct task_struct *task)
{
	__u32 tgid;

	if (!filter.by_pid)
		return false;
	tgid = (task ? ids_of(task) : current_ids()) >> 32;
	return bpf_map_lookup_elem(&pids, &tgid);
}

static __always_inline bool wanted_by_comm(struct task_struct *task)
{
	__u64 comm[2] = {};

	if (!filter.n_comms)
		return false;
	if (task)
		BPF_CORE_READ_STR_INTO(&comm, task, comm);
	else
		bpf_get_current_comm(comm, sizeof(comm));
	return comm_wanted(comm);
}

static __always_inline bool wanted_by_task(struct task_struct *task)
{
#define WANTED(x, name, letter, value, help) \
	if (wanted_by_##name(task))          \
		return true;
	SW_TASK_FILTERS(WANTED, _)
#undef WANTED
	return false;
}

static __always_inline bool task_wanted(struct task_struct *task)
{
	return task && wanted_by_task(task);
}

static __always_inline bool current_wanted(void)
{
	return wanted_by_task(NULL);
}

#endif
