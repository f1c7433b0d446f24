/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What came of a wake-up: the recv, send or accept that took what it told of.
 *
 * A socket remembers the oldest wake-up that nobody has answered (socket_entry);
 * a task, the one that woke it (task_entry).  Calls that answer neither are not
 * told of.
 */
#ifndef SW_IO_BPF_H
#define SW_IO_BPF_H

#include "sched.bpf.h"

static __always_inline void tell_io(struct task_entry *e, __u64 sock, __u32 op, __s64 result,
				    __u64 wakeup_ts, bool woken, __u64 begin, __u64 now, __u32 cpu)
{
	struct sw_rec_io *r;
	void *ring;

	r = record_of(&ring, cpu, SW_HOOK_IO, sizeof(*r));
	if (!r)
		return;
	rec_header(&r->hdr, now, SW_REC_IO, SW_HOOK_IO, sizeof(*r), cpu);
	r->sock = sock;
	r->begin = begin ?: now;
	if (!begin)
		r->hdr.flags |= SW_F_NO_BEGIN;
	r->result = result;
	r->wakeup_ts = wakeup_ts;
	r->run_ts = woken ? e->run_ts : 0;
	r->off_ns = woken ? e->off_ns : 0;
	r->others = woken ? e->others : 0;
	r->op = op;
	r->slept = 0;
	r->stopped = 0;
	r->known_ms = 0;
	r->tries = 0;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	if (e)
		COPY_NAMES(r, e);
	else
		read_current(&r->pid, &r->tid, r->comm, BY_CALL);
	ring_submit(ring, r, cpu);
}

/*
 * The current task's call on a socket is over.  begin: when it was entered, or 0.
 */
static __always_inline void call_on_socket(__u64 key, struct task_entry *e, __u32 op,
					   __s64 result, __u64 begin)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u64 now, wakeup_ts = 0;
	struct socket_entry *s = NULL;
	bool woken = false, waited;

	if (!is_active(cpu))
		return;
	waited = e && e->begin && e->sk == key && CALL_OP(e->call) == op;
	/* A send that answers nothing, as nearly all do. */
	if (op == SW_OP_SEND && e && !waited && (e->wake_sk != key || e->taken) &&
	    !*room_mark(key)) {
		e->others++;
		return;
	}
	s = bpf_map_lookup_elem(&sockets, &key);
	if (!s && !e)
		return;
	now = bpf_ktime_get_ns();
	if (waited) {
		if (!begin)
			begin = e->begin;
		tell_wait(e, cpu, now, result, 0);
	}
	if (!settings.tell_io || op == SW_OP_CONNECT)
		return;
	/* What fires on another CPU after `now` is not answered by this call. */
	if (e && e->wake_sk == key && !e->taken && e->run_ts && e->run_ts <= now) {
		e->taken = 1;
		woken = true;
		wakeup_ts = e->wakeup_ts;
	} else if (e) {
		e->others++;
	}
	if (s) {
		__u64 *pending = op == SW_OP_SEND ? &s->writable_ts : &s->readable_ts;

		__u64 fired = *pending;

		if (fired <= now) {
			if (!woken)
				wakeup_ts = fired;
			*pending = 0;
		}
	}
	if (!wakeup_ts || !s)
		return;
	tell_io(e, s->id, op, result, wakeup_ts, woken, begin, now, cpu);
}

#ifdef SW_CASTS
static __always_inline int on_length(struct sock *sk, __u32 op, int result)
{
	struct task_entry *e = task_entry(bpf_get_current_task());

	own_used(sk);
	if (e || *socket_mark(sk, sk->__sk_common.skc_cookie.counter))
		call_on_socket(e ? number_by(sk, &e->scratch) : number_of(sk), e, op, result,
			       e ? e->enter : 0);
	return 0;
}

/* Since 6.3, commit 6e6eda44b939 ("sock: add tracepoint for send recv length"):
 * wherever the call came from. */
SEC("tp_btf/sock_recv_length") int BPF_PROG(io_recv, struct sock *sk, int ret, int flags)
{
	return on_length(sk, SW_OP_RECV, ret);
}

SEC("tp_btf/sock_send_length") int BPF_PROG(io_send, struct sock *sk, int ret, int flags)
{
	return on_length(sk, SW_OP_SEND, ret);
}
#endif

/* --- where the ends of system calls are seen (ends.bpf.h) ----------------------- */

static __always_inline void call_begins(void)
{
	struct task_entry *e = task_entry(bpf_get_current_task());

	if (e)
		e->enter = bpf_ktime_get_ns();
}

static __always_inline void call_over(struct pt_regs *regs, long nr, long ret)
{
	struct task_entry *e = task_entry(bpf_get_current_task());
	__u8 call = call_of(nr);
	__u64 sk;
	__u32 op;

	if (!e)
		return;
	op = CALL_OP(call);
	if (call && IS_ON_FD(call) && !told_by_length(call)) {
		/* Another thread may have closed it meanwhile. */
		sk = e->begin && e->call == call ? e->sk :
						   (__u64)sock_of_fd(SYSCALL_ARG1(regs));
		if (sk)
			call_on_socket(sk, e, op, ret, e->enter);
	}
	if (e->begin) {
		__u32 cpu = bpf_get_smp_processor_id();

		/* A poll; or the socket is another one by now. */
		if (is_active(cpu))
			tell_wait(e, cpu, bpf_ktime_get_ns(), ret, 0);
		e->begin = 0;
	}
	e->enter = 0;
}

/*
 * A task that never slept for a socket is not known, so before 6.3 nothing would
 * tell that it takes what a wake-up told of.
 */
static __always_inline int taker_comes(struct sock *sk)
{
	__u64 cookie, key, task = bpf_get_current_task();
	struct socket_entry *s;
	struct task_entry *e;

	if (task_entry(task))
		return 0;
	cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	if (!*socket_mark(sk, cookie))
		return 0;
	key = number_of(sk);
	s = bpf_map_lookup_elem(&sockets, &key);
	if (!s || !s->readable_ts)
		return 0;
	e = task_entry_make(task, SW_HOOK_IO, bpf_get_smp_processor_id());
	if (!e)
		return 0;
	task_names(e, (void *)task, BY_CALL);
	e->enter = bpf_ktime_get_ns();
	return 0;
}

SEC("kprobe/security_socket_recvmsg")
int BPF_KPROBE(kprobe_security_socket_recvmsg, struct socket *socket)
{
	return taker_comes(BPF_CORE_READ(socket, sk));
}

SEC("fentry/security_socket_recvmsg")
int BPF_PROG(fentry_security_socket_recvmsg, struct socket *socket)
{
	return taker_comes(socket->sk);
}

#endif
