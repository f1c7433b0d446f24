/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * SIGIO and SIGURG, through O_ASYNC and F_SETOWN.  They are rare: one way to read serves both
 * ways to attach.
 */
#ifndef SW_SIGNALS_BPF_H
#define SW_SIGNALS_BPF_H

#include "callbacks.bpf.h"

static __always_inline int on_wake_async(void *ctx, struct socket_wq *wq, int how, int band)
{
	struct extra async = {.how = how, .band = band};
	struct socket *socket;
	unsigned long flags;
	struct sock *sk;

	if (!wq)
		return on_wakeup(ctx, NULL, BY_CALL, 0, SW_HOOK_WAKE_ASYNC, NULL);
	flags = BPF_CORE_READ(wq, flags);
	if (BPF_CORE_READ(wq, fasync_list))
		async.signalled = how == SW_HOW_WAITD ?
					  !(flags & (1UL << SOCKWQ_ASYNC_WAITDATA)) :
				  how == SW_HOW_SPACE ?
					  !!(flags & (1UL << SOCKWQ_ASYNC_NOSPACE)) :
					  true;
	socket = (void *)wq - bpf_core_field_offset(struct socket, wq);
	sk = BPF_CORE_READ(socket, sk);
	return on_wakeup(ctx, sk, BY_CALL, cookie_of(sk), SW_HOOK_WAKE_ASYNC, &async);
}

SEC("kprobe/sock_wake_async")
int BPF_KPROBE(kprobe_sock_wake_async, struct socket_wq *wq, int how, int band)
{
	return on_wake_async(ctx, wq, how, band);
}

SEC("fentry/sock_wake_async")
int BPF_PROG(fentry_sock_wake_async, struct socket_wq *wq, int how, int band)
{
	return on_wake_async(ctx, wq, how, band);
}

static __always_inline int on_sigurg(void *ctx, struct sock *sk)
{
	struct extra async = {.how = SW_HOW_URG, .band = BAND_PRI};
	struct file *file = BPF_CORE_READ(sk, sk_socket, file);

	if (file) {
		struct file___in_file *old = (void *)file;

		if (bpf_core_field_exists(old->f_owner.pid))
			async.signalled = BPF_CORE_READ(old, f_owner.pid) != NULL;
		else
			async.signalled = BPF_CORE_READ(file, f_owner, pid) != NULL;
	}
	return on_wakeup(ctx, sk, BY_CALL, cookie_of(sk), SW_HOOK_SEND_SIGURG, &async);
}

SEC("kprobe/sk_send_sigurg") int BPF_KPROBE(kprobe_sk_send_sigurg, struct sock *sk)
{
	return on_sigurg(ctx, sk);
}

SEC("fentry/sk_send_sigurg") int BPF_PROG(fentry_sk_send_sigurg, struct sock *sk)
{
	return on_sigurg(ctx, sk);
}

#endif
