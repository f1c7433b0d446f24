/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What came of a wake-up: the programs that see recv, send and accept return. */
#ifndef SW_IO_BPF_H
#define SW_IO_BPF_H

#include "polls.bpf.h"

#ifdef SW_CASTS
/* A send that found no room: a stall begins, of a writer that does not block.  Told of
 * once.  A global function, see queue.bpf.h. */
__noinline int send_blocked(__u64 key, int result)
{
	__u32 cpu = bpf_get_smp_processor_id(), lost;
	struct task_entry *e = task_entry(bpf_get_current_task());
	struct call call = {.key = key, .op = SW_OP_SEND, .result = result};
	struct sock *sk = AS(struct sock, key);
	struct socket_entry *s;
	__u64 id;

	s = bpf_map_lookup_elem(&sockets, &key);
	if (s && s->blocked)
		return 0;
	id = socket_id(sk, CAST, cookie_of(sk), cpu, SW_HOOK_IO, &lost);
	s = bpf_map_lookup_elem(&sockets, &key);
	if (!id || !s)
		return 0;
	s->blocked = 1;
	*room_mark(key) = 1;
	call.now = bpf_ktime_get_ns();
	tell_io(e, id, &call, cpu, CAST);
	return 0;
}

static __always_inline int on_length(struct sock *sk, __u32 op, int result, bool look)
{
	struct task_entry *e = task_entry(bpf_get_current_task());
	struct call call = {.op = op, .result = result, .look = look};

	own_used(sk);
	if (op == SW_OP_SEND && result == EAGAIN_RESULT) {
		identity_of(sk);
		if (is_active(bpf_get_smp_processor_id()) && settings.tell_io &&
		    socket_wanted(sk, CAST))
			send_blocked(number_of(sk), result);
	} else if (e || *socket_mark(sk, sk->__sk_common.skc_cookie.counter)) {
		call.key = e ? number_by(sk, &e->scratch) : number_of(sk);
		call.begin = e ? e->enter : 0;
		call_on_socket(e, &call, CAST);
	}
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
	e = task_entry_make(task, BY_CALL, SW_HOOK_IO, bpf_get_smp_processor_id(),
			    WHEN_TAKING);
	if (!e)
		return 0;
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
