/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What came of a wake-up: the programs that see recv, send and accept return. */
#ifndef SW_IO_BPF_H
#define SW_IO_BPF_H

#include "polls.bpf.h"

#define SOCK_NOSPACE 2 /* include/linux/net.h */

/* A send that found no room, or too little: a stall begins, of a writer that does not
 * block.  Told of once. */
static __always_inline void stall_begins(__u64 key, int result, __u64 begin, const enum way way)
{
	__u32 cpu = bpf_get_smp_processor_id(), lost;
	struct call call = {.key = key, .op = SW_OP_SEND, .result = result, .begin = begin};
	struct sock *sk = TO(way, struct sock, key);
	struct socket_entry *s;
	__u64 id;

	s = bpf_map_lookup_elem(&sockets, &key);
	if (s && s->blocked)
		return;
	id = socket_id(sk, way, cookie_of(sk), cpu, SW_HOOK_IO, &lost);
	s = bpf_map_lookup_elem(&sockets, &key);
	if (!id || !s) {
		hit_lost(SW_HOOK_IO, cpu, id ? SW_LOST_SOCKETS : lost);
		return;
	}
	s->blocked = 1;
	waits_for_room(s, key);
	if (result > 0)
		call.flags = SW_F_PARTIAL;
	call.now = bpf_ktime_get_ns();
	tell_io(task_entry(bpf_get_current_task()), id, &call, cpu, way);
}

#ifdef SW_CASTS
/* A global function, see read.bpf.h. */
__noinline int send_blocked(__u64 key, int result)
{
	stall_begins(key, result, 0, CAST);
	return 0;
}

/* Of a task or a socket that is known.  Not inlined, as the stack is bounded for all
 * callers together, and send_blocked() needs its part. */
static __noinline int known_length(struct task_entry *e, __u64 key, __u32 op_look, int result)
{
	struct call call = {
		.key = key,
		.op = op_look & 0xffff,
		.look = op_look >> 16 & 1,
		.flags = op_look >> 17 ? SW_F_PARTIAL : 0,
		.result = result,
		.begin = e ? e->enter : 0,
	};

	call_on_socket(e, &call, CAST);
	return 0;
}

/* A writer of TCP's that was given too little room has said so, and is woken when there is
 * more; by then the bit is cleared (sk_stream_write_space()). */
static __always_inline bool wants_room(struct sock *sk)
{
	struct socket *socket = sk->sk_socket;

	return sk->sk_protocol == IPPROTO_TCP && socket && socket->flags & 1UL << SOCK_NOSPACE;
}

static __always_inline void stall_begins_here(struct sock *sk, int result)
{
	identity_of(sk);
	if (is_active(bpf_get_smp_processor_id()) && settings.tell_io && socket_wanted(sk, CAST))
		send_blocked(number_of_typed(sk), result);
}

static __always_inline int on_length(struct sock *sk, __u32 op, int result, bool look)
{
	struct task_entry *e = task_entry(bpf_get_current_task());
	const bool partial = op == SW_OP_SEND && result > 0 && wants_room(sk);
	__u64 key;

	own_used(sk);
	if (op == SW_OP_SEND && result == EAGAIN_RESULT) {
		stall_begins_here(sk, result);
		return 0;
	}
	if (e || *socket_mark(sk, sk->__sk_common.skc_cookie.counter)) {
		key = number_of_typed(sk);
		if (op != SW_OP_SEND || !e || e->begin || !send_answers_nothing(e, key))
			known_length(e, key, op | (__u32)look << 16 | (__u32)partial << 17, result);
	}
	if (partial)
		stall_begins_here(sk, result);
	return 0;
}

/* Since 6.3, commit 6e6eda44b939 ("sock: add tracepoint for send recv length"):
 * wherever the call came from. */
SEC("tp_btf/sock_recv_length") int BPF_PROG(io_recv, struct sock *sk, int ret, int flags)
{
	return on_length(sk, SW_OP_RECV, ret, flags & (MSG_PEEK | MSG_ERRQUEUE));
}

SEC("tp_btf/sock_send_length") int BPF_PROG(io_send, struct sock *sk, int ret, int flags)
{
	return on_length(sk, SW_OP_SEND, ret, false);
}
#endif

/* --- where the ends of system calls are seen (ends.bpf.h) ----------------------- */

static __always_inline void call_begins(void)
{
	struct task_entry *e = task_entry(bpf_get_current_task());

	if (e)
		e->enter = bpf_ktime_get_ns();
}

/* A recv that takes nothing, and is not meant to. */
static __always_inline bool looks(struct pt_regs *regs, long nr)
{
	__u64 flags = nr == NR_RECVFROM || nr == NR_RECVMMSG ? SYSCALL_ARG4(regs) :
		      nr == NR_RECVMSG			     ? SYSCALL_ARG3(regs) :
							       0;

	return flags & (MSG_PEEK | MSG_ERRQUEUE);
}

/* Before 6.3 nothing but the call's end tells of a send that found no room, of whatever
 * task: most of those have never slept for the socket. */
static __always_inline bool may_stall(long ret)
{
	return ret == EAGAIN_RESULT && settings.tell_io && !settings.io_by_length;
}

static __noinline int send_over(__u64 regs_at, long nr)
{
	struct pt_regs *regs = (void *)regs_at;
	struct task_entry *e;
	struct sock *sk;
	__u8 call = call_of(nr);

	if (!IS_ON_FD(call) || CALL_OP(call) != SW_OP_SEND ||
	    !is_active(bpf_get_smp_processor_id()))
		return 0;
	sk = sock_of_fd(SYSCALL_ARG1(regs));
	if (!sk || !socket_wanted(sk, BY_CALL))
		return 0;
	e = task_entry(bpf_get_current_task());
	stall_begins(number_of(sk), EAGAIN_RESULT, e ? e->enter : 0, BY_CALL);
	return 0;
}

/* again: it may have been seen to end already, which leaves neither of its beginnings. */
static __noinline int call_over(__u64 regs_at, long nr, long ret, bool again)
{
	struct pt_regs *regs = (void *)regs_at;
	struct task_entry *e = task_entry(bpf_get_current_task());
	__u8 call = call_of(nr);
	__u64 sk;
	__u32 op;

	if (!e || (again && !e->enter && !e->begin))
		return 0;
	op = CALL_OP(call);
	if (call && IS_ON_FD(call) && !told_by_length(call)) {
		/* Another thread may have closed it meanwhile. */
		sk = e->begin && e->call == call ? e->sk :
						   (__u64)sock_of_fd(SYSCALL_ARG1(regs));
		if (sk) {
			struct call c = {.key = sk, .op = op, .result = ret, .begin = e->enter};

			c.look = op == SW_OP_RECV && looks(regs, nr);
			call_on_socket(e, &c, BY_CALL);
		}
	}
	if (call && CALL_OP(call) == SW_OP_POLL)
		count_poll(e, regs, call, ret);
	if (e->begin) {
		__u32 cpu = bpf_get_smp_processor_id();

		/* A poll; or the socket is another one by now. */
		if (is_active(cpu))
			tell_wait(e, bpf_get_current_task(), cpu, bpf_ktime_get_ns(), ret, 0);
		e->begin = 0;
	}
	e->enter = 0;
	return 0;
}

/*
 * A task that never slept for a socket is not known, so nothing would tell that it
 * takes what a wake-up told of: data, before 6.3, and connections.
 */
static __always_inline int taker_comes(struct sock *sk, enum task_maker maker)
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
	e = task_entry_make(task, BY_CALL, SW_HOOK_IO, bpf_get_smp_processor_id(), maker);
	if (!e)
		return 0;
	e->enter = bpf_ktime_get_ns();
	return 0;
}

SEC("kprobe/security_socket_recvmsg")
int BPF_KPROBE(kprobe_security_socket_recvmsg, struct socket *socket)
{
	return taker_comes(BPF_CORE_READ(socket, sk), WHEN_TAKING);
}

SEC("fentry/security_socket_recvmsg")
int BPF_PROG(fentry_security_socket_recvmsg, struct socket *socket)
{
	return taker_comes(socket->sk, WHEN_TAKING);
}

#endif
