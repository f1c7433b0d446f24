/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Tasks that spin: poll or epoll_wait returns at once, again and again, for the same
 * socket, and nothing is taken in between.  Seen where the ends of calls are.
 */
#ifndef SW_POLLS_BPF_H
#define SW_POLLS_BPF_H

#include "takes.bpf.h"

#define POLLED_FDS 16	/* of poll(2), looked at */
#define RCV_SHUTDOWN 1	/* include/net/sock.h */
#define FIRST_LOOK 50	/* at the socket that is to be the same at the 100th time */

/* The first one on an epoll's list of the ready ones: after epoll_wait(2), those that are
 * so still.  NULL: it is no socket. */
static __always_inline struct sock *first_ready(struct file *file)
{
	struct eventpoll *ep = file ? BPF_CORE_READ(file, private_data) : NULL;
	struct list_head *first = BPF_CORE_READ(ep, rdllist.next);
	struct epitem *item = (void *)first - bpf_core_field_offset(struct epitem, rdllink);

	if (!ep || !first ||
	    (void *)first == (void *)ep + bpf_core_field_offset(struct eventpoll, rdllist))
		return NULL;
	return sock_of_file(BPF_CORE_READ(item, ffd.file));
}

/* The first of poll(2)'s that has an event. */
static __always_inline struct sock *first_polled(__u64 fds, __u64 n)
{
	__u32 i;

	for (i = 0; i < POLLED_FDS; i++) {
		struct {
			int fd;
			short events, revents;
		} one = {.fd = -1};

		if (i >= n)
			break;
		bpf_probe_read_user(&one, sizeof(one), (void *)(fds + i * sizeof(one)));
		if (one.revents)
			return sock_of_fd(one.fd);
	}
	return NULL;
}

static __always_inline void tell_spin(struct task_entry *e, struct sock *sk, long ready)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct call call = {
		.key = (__u64)sk,
		.op = SW_OP_POLL,
		.result = ready,
		.begin = e->idle_since,
		.tries = e->idle_polls,
	};
	struct socket_entry *s;

	if (!is_active(cpu) || !settings.tell_io)
		return;
	s = bpf_map_lookup_elem(&sockets, &call.key);
	if (!s || !s->signature)
		return;
	if (BPF_CORE_READ(sk, sk_shutdown) & RCV_SHUTDOWN)
		call.flags = SW_F_HUNG_UP;
	call.now = bpf_ktime_get_ns();
	tell_io(e, s->id, &call, cpu, BY_CALL);
}

static __noinline int look_at_ready(struct task_entry *e, __u64 regs_at, __u32 via, long ready)
{
	struct pt_regs *regs = (void *)regs_at;
	struct sock *sk = NULL;

	if (!e)
		return 0;
	if (via == SW_VIA_EPOLL)
		sk = first_ready(file_of_task_fd((void *)bpf_get_current_task(),
						 SYSCALL_ARG1(regs)));
	else if (via == SW_VIA_POLL)
		sk = first_polled(SYSCALL_ARG1(regs), SYSCALL_ARG2(regs));
	/* It serves something else as well. */
	if (!sk || (e->idle_polls > FIRST_LOOK && (__u64)sk != e->idle_sk)) {
		e->idle_polls = 0;
		return 0;
	}
	e->idle_sk = (__u64)sk;
	if (e->idle_polls > FIRST_LOOK)
		tell_spin(e, sk, ready);
	return 0;
}

/* A call of poll or epoll_wait is over. */
static __always_inline void count_poll(struct task_entry *e, struct pt_regs *regs, __u8 call,
				       long ready)
{
	if (e->begin || ready <= 0) {
		e->idle_polls = 0;
		return;
	}
	if (!e->idle_polls++)
		e->idle_since = bpf_ktime_get_ns();
	if (e->idle_polls == FIRST_LOOK || is_told_of(e->idle_polls))
		look_at_ready(e, (__u64)regs, CALL_VIA(call), ready);
}

#endif
