/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Waits in accept(2): who, from when to when, and with what result.
 *
 * A call begins where a task enters inet_csk_accept(), as not every call waits and
 * only there is its result.  Where inet_csk_wait_for_connect() is a function of its
 * own, the hook is on that: its entry says that the task waits, and since when.  The
 * kernels of distributions have it inlined, and there the scheduler alone tells
 * whether and how long the task slept.  The end is the exit of inet_csk_accept()
 * (fentry) or the system call's (ends.bpf.h): never a kretprobe, which has only some
 * ten places for tasks that sleep inside the function.
 */
#ifndef SW_WAITS_BPF_H
#define SW_WAITS_BPF_H

#include "destructors.bpf.h"
#include "io.bpf.h"

#define MARKS SW_WAIT_MARKS

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_TASKS);
	__type(key, __u64); /* struct task_struct * */
	__type(value, struct wait_entry);
} waits SEC(".maps");

/*
 * How many waiting tasks there are of each hash: one load tells the scheduler
 * hook, which runs for every switch of every task, that it has nothing to do.
 */
__s32 marks[MARKS];

static __always_inline __s32 *mark_of(__u64 task)
{
	return &marks[SW_TASK_HASH(task) & (MARKS - 1)];
}

static __always_inline void wait_begin(struct sock *sk, bool asleep)
{
	__u32 cpu = bpf_get_smp_processor_id(), lost = SW_LOST_RING;
	struct sw_count *n = count_of(SW_HOOK_ACCEPT, cpu);
	__u64 task = bpf_get_current_task();
	struct wait_entry w = {};

	if (!is_active(cpu)) {
		COUNT(n->idle);
		return;
	}
	if (!socket_wanted(sk, BY_CALL)) {
		COUNT(n->hits);
		COUNT(n->filtered);
		return;
	}
	w.enter = bpf_ktime_get_ns();
	if (asleep)
		w.slept = w.enter;
	else if (settings.tell_io && CALL_OP(call_of_task((void *)task, BY_CALL)) == SW_OP_ACCEPT)
		taker_comes(sk, WHEN_ACCEPTING); /* the end of that call is seen */
	w.sock = socket_id(sk, BY_CALL, cookie_of(sk), cpu, SW_HOOK_ACCEPT, &lost);
	if (!w.sock)
		goto lost;
	if (!bpf_map_update_elem(&waits, &task, &w, BPF_NOEXIST)) {
		COUNT(*mark_of(task));
		COUNT(used[SW_TABLE_WAITS]);
		return; /* its end counts the hit */
	}
	/* The end of an earlier wait was not seen, or there is no room. */
	lost = SW_LOST_UNMATCHED;
	if (bpf_map_update_elem(&waits, &task, &w, BPF_EXIST))
		lost = SW_LOST_TASKS;
lost:
	COUNT(n->hits);
	COUNT(n->lost[lost]);
}

static __always_inline void forget_wait(__u64 task)
{
	if (!bpf_map_delete_elem(&waits, &task)) {
		ADD(*mark_of(task), -1);
		ADD(used[SW_TABLE_WAITS], -1);
	}
}

/* A task is gone, and the end of its wait was not seen. */
static __always_inline void wait_lost(__u64 task)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct sw_count *n = count_of(SW_HOOK_ACCEPT, cpu);

	forget_wait(task);
	if (hit(n, cpu))
		COUNT(n->lost[SW_LOST_UNMATCHED]);
}

/* flags: what is known beside the result. */
static __always_inline void wait_end(__u64 task, __s64 result, __u16 flags)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct sw_count *n = count_of(SW_HOOK_ACCEPT, cpu);
	struct wait_entry w, *found;
	struct task_entry *known;
	struct sw_rec_wait *r;
	void *ring;

	if (!*mark_of(task))
		return;
	found = bpf_map_lookup_elem(&waits, &task);
	if (!found)
		return;
	w = *found;
	forget_wait(task);
	if (!hit(n, cpu))
		return;
	r = ring_reserve(&ring, cpu, sizeof(*r));
	if (!r) {
		COUNT(n->lost[SW_LOST_RING]);
		return;
	}
	rec_header(&r->hdr, bpf_ktime_get_ns(), SW_REC_WAIT, SW_HOOK_ACCEPT, sizeof(*r), cpu);
	r->hdr.flags = flags;
	if (w.slept || w.queued)
		r->hdr.flags |= SW_F_WAITED;
	r->sock = w.sock;
	r->begin = w.slept ?: w.enter;
	r->end = w.slept && w.woken ? w.woken : r->hdr.ts;
	r->result = result;
	read_task((void *)task, &r->pid, &r->tid, r->comm);
	r->op = SW_OP_ACCEPT;
	/* Who woke it is known of tasks that are watched for that.  Its last sleep was here. */
	known = settings.causality ? task_entry(task) : NULL;
	r->wakeup_ts = known && w.slept && known->ended_sock == w.sock ? known->ended_by : 0;
	r->ended = r->wakeup_ts ? SW_ENDED_WAKEUP : SW_ENDED_UNKNOWN;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	r->asleep = 0;
	r->sleeps = 0;
	__builtin_memset(r->pad2, 0, sizeof(r->pad2));
	ring_submit(ring, r, cpu);
}

static __always_inline struct wait_entry *marked(__u64 task)
{
	return *mark_of(task) ? bpf_map_lookup_elem(&waits, &task) : NULL;
}

/* A task leaves the CPU, and another one comes: between the begin and the end of a
 * wait, that is sleep. */
static __always_inline void accept_switches(bool preempt, __u64 prev, __u64 next)
{
	struct wait_entry *w;
	long state;

	w = marked(prev);
	if (w && !preempt) {
		state = state_of((void *)prev);
		if (state & TASK_DEAD) {
			wait_lost(prev);
		} else if (state & TASK_INTERRUPTIBLE) {
			/* Not for the socket's lock: that sleep is uninterruptible. */
			if (!w->slept)
				w->slept = bpf_ktime_get_ns();
			w->woken = 0;
		}
	}
	w = marked(next);
	if (w && w->slept && !w->woken)
		w->woken = bpf_ktime_get_ns();
}

/* The socket, if accept(2) on it reaches inet_csk_accept(). */
static __always_inline struct sock *accepting(int fd)
{
	struct sock *sk = sock_of_fd(fd);

	if (!sk || !is_inet(BPF_CORE_READ(sk, __sk_common.skc_family)) ||
	    BPF_CORE_READ(sk, sk_type) != SOCK_STREAM)
		return NULL;
	return sk;
}

/*
 * The tracepoint rung, unless accept is asked for by name, which is worth what
 * tracing system calls costs (ends.bpf.h).  So a wait is one sleep in accept(2),
 * and neither calls that need not sleep nor results are seen.
 */
static __always_inline void accept_sleeps(bool preempt, __u64 next)
{
	struct task_struct *task;
	struct pt_regs *regs;
	struct sock *sk;

	if (*mark_of(next))
		wait_end(next, 0, SW_F_NO_RESULT);
	if (preempt)
		return;
	task = bpf_get_current_task_btf(); /* the one that leaves */
	if (!(task->__state & TASK_INTERRUPTIBLE))
		return;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (!is_accept_native(TYPED_SYSCALL_NR(regs)))
		return;
	sk = accepting(SYSCALL_ARG1(regs));
	if (sk)
		wait_begin(sk, true);
}

/* Begin. */

SEC("kprobe/inet_csk_accept") int BPF_KPROBE(kprobe_inet_csk_accept, struct sock *sk)
{
	wait_begin(sk, false);
	return 0;
}

SEC("fentry/inet_csk_accept") int BPF_PROG(fentry_inet_csk_accept, struct sock *sk)
{
	wait_begin(sk, false);
	return 0;
}

/* Where it is a function of its own.  What is unknown here was filtered out or lost when
 * the call began, and is counted. */
static __always_inline void wait_proper(void)
{
	struct wait_entry *w = marked(bpf_get_current_task());

	if (!w)
		return;
	w->queued = 1;
	/* Not for the socket's lock. */
	w->enter = bpf_ktime_get_ns();
}

SEC("kprobe/inet_csk_wait_for_connect")
int BPF_KPROBE(kprobe_inet_csk_wait_for_connect, struct sock *sk)
{
	wait_proper();
	return 0;
}

SEC("fentry/inet_csk_wait_for_connect")
int BPF_PROG(fentry_inet_csk_wait_for_connect, struct sock *sk)
{
	wait_proper();
	return 0;
}

/* End. */

/* Until 6.9: (sk, flags, int *err, kern); a program with fewer arguments
 * would load, and take `err` for the returned value. */
SEC("fexit/inet_csk_accept") int fexit_inet_csk_accept4(unsigned long long *ctx)
{
	void *err = NULL;
	int error = 0;

	if (!ctx[4]) {
		/* Not ctx[2]: 5.10's verifier refuses arguments that point to an int. */
		bpf_probe_read_kernel(&err, sizeof(err), &ctx[2]);
		bpf_probe_read_kernel(&error, sizeof(error), err);
	}
	wait_end(bpf_get_current_task(), error, 0);
	return 0;
}

SEC("fexit/inet_csk_accept")
int BPF_PROG(fexit_inet_csk_accept2, struct sock *sk, struct proto_accept_arg *arg,
	     struct sock *child)
{
	wait_end(bpf_get_current_task(), child ? 0 : BPF_CORE_READ(arg, err), 0);
	return 0;
}

/*
 * (struct pt_regs *regs, long nr)
 *
 * Like call_sys_exit it can be kept from a task by another one, but the kernel's
 * count of that is the hook's: it is told as lost, with what were no accepts.
 */
SEC("raw_tp/sys_enter") int wait_sys_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs *regs = (void *)ctx->args[0];
	struct sock *sk;

	if (!is_accept_native(ctx->args[1]))
		return 0;
	sk = accepting(SYSCALL_ARG1(regs));
	if (sk)
		wait_begin(sk, false);
	return 0;
}

#endif
