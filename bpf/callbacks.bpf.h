/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The wake-up callbacks.  One handler serves all of them; each way to attach
 * is a wrapper of one line, and the user half picks which are loaded.
 */
#ifndef SW_CALLBACKS_BPF_H
#define SW_CALLBACKS_BPF_H

#include "answers.bpf.h"
#include "awake.bpf.h"
#include "connections.bpf.h"
#include "errors.bpf.h"
#include "stacks.bpf.h"
#include "packets.bpf.h"

#define SOCKWQ_ASYNC_NOSPACE 0 /* include/linux/net.h */
#define SOCKWQ_ASYNC_WAITDATA 1
#define BAND_PRI 5 /* POLL_PRI, include/uapi/asm-generic/siginfo.h */

/* What some hooks know beyond the socket itself. */
struct extra {
	__u8 how, band; /* async */
	bool signalled;
	__u8 state; /* the state to come, where the socket still has the old one; or 0 */
};

/* Where a socket's id is found: see socket_id() and noted_socket_id(); only the
 * former needs a cookie. */
enum found { BY_ADDRESS, BY_NOTE };

/* Returns the task that was told of, or 0. */
static __always_inline __u64 look_for_awake(struct sock *sk, const enum way way, __u64 id,
					    __u64 ts, __u32 cpu)
{
	__u64 wq = wait_queue_of(sk, way);

	if (!wq)
		return 0;
	return way == CAST ? tell_awake_cast(wq, id, ts, cpu) : tell_awake(wq, id, ts, cpu);
}

static __always_inline enum news news_of(__u32 hook)
{
	return hook == SW_HOOK_DEF_READABLE	  ? NEWS_OF_DATA :
	       hook == SW_HOOK_STREAM_WRITE_SPACE ? NEWS_OF_ROOM :
						    OTHER_NEWS;
}

/* Whether the task on the CPU caused the wake-up, and else who did, as far as is known. */
static __always_inline void read_role(void *ctx, struct sock *sk, const enum way way, __u32 cpu,
				      __u32 hook, struct task_struct *current,
				      struct sw_rec_wakeup *r)
{
	struct origin o;

	if (is_kernel_thread(current, way))
		r->hdr.flags |= SW_F_KTHREAD;
	origin_here(ctx, sk, news_of(hook), way, cpu, r->context, current,
		    r->hdr.flags & SW_F_KTHREAD, &o);
	if (o.task == current_number(current, way)) {
		r->hdr.flags |= SW_F_CAUSE;
		origin_forget(&o);
	} else if (o.task || (r->hdr.flags & SW_F_KTHREAD && !r->pid && !settings.pidns)) {
		/* Somebody else, or nothing but an idle CPU was interrupted. */
		r->hdr.flags |= SW_F_BYSTANDER;
	}
	r->origin_pid = o.pid;
	r->origin_tid = o.tid;
	((__u64 *)r->origin_comm)[0] = o.comm[0];
	((__u64 *)r->origin_comm)[1] = o.comm[1];
}

static __always_inline int emit_wakeup(void *ctx, struct sock *sk, const enum way way,
				       const enum found found, __u64 cookie, __u32 hook,
				       struct sw_count *n, __u32 cpu, const struct extra *extra)
{
	const enum frame_kind kind = frame_kind_of(hook);
	struct task_struct *current;
	struct sw_rec_wakeup *r;
	struct waiters w;
	__u32 lost = SW_LOST_RING, context, data_end = 0;
	__u64 id, ts, number, first;
	enum waiting who;
	void *ring;
	__u8 state;

	/* Before a place on the ring is taken, whose lock would keep the CPU from fetching what
	 * this reads and what follows side by side. */
	read_waiters(sk, way, &w);
	id = found == BY_NOTE ? noted_socket_id(sk, cpu, hook, &lost) :
				socket_id(sk, way, cookie, cpu, hook, &lost);
	if (!id)
		goto lost;
	r = ring_reserve(&ring, cpu, sizeof(*r));
	if (!r)
		goto lost;
	/* After the names were sent, by whichever CPU: they come first. */
	ts = bpf_ktime_get_ns();
	first = settings.errors_late && hook == SW_HOOK_DEF_ERROR_REPORT ? first_early(cpu) : 0;
	if (first) /* those that it woke already were so after it fired */
		ts = first - 1;
	rec_header(&r->hdr, ts, SW_REC_WAKEUP, hook, sizeof(*r), cpu);
	r->sock = id;
	/* Before comm, which is scratch up to there. */
	number = way == CAST ? number_of_typed(sk) : number_by(sk, r->comm);
	r->waiters = w.count;
	r->exclusive = w.count >> 16;
	r->hdr.flags |= w.flags;
	/* The others are rare, and have no stack left to remember it. */
	who = hook == SW_HOOK_DEF_READABLE ? w.who : TASKS_TOO;
	current = current_task(way);
	read_current(&r->pid, &r->tid, r->comm, current, way);
	r->state = extra && extra->state ? extra->state : ARG(way, sk, __sk_common.skc_state);
	r->context = context = context_of(cpu);
	read_role(ctx, sk, way, cpu, hook, current, r);
	r->how = 0;
	r->band = 0;
	if (extra) {
		r->how = extra->how;
		r->band = extra->band;
		if (extra->signalled)
			r->hdr.flags |= SW_F_SIGNALLED;
	}
	read_queues(sk, way, ARG(way, sk, __sk_common.skc_family), r);
	read_stacks(ctx, r);
	if ((!r->waiters && kind != FRAME_SIGNAL) ||
	    (settings.errors_late && hook == SW_HOOK_DEF_ERROR_REPORT))
		who = NOBODY;
	state = r->state;
	if (settings.tell_io)
		data_end = await_answer(sk, way, number, hook, ts, state, &r->hdr.flags);
	ring_submit(ring, r, cpu);
	if (hook == SW_HOOK_DEF_READABLE && state == TCP_LISTEN) {
		__u64 child = last_connection(number);

		if (child)
			adopt(child, id);
	}
	if (first) {
		tell_earlies(number, id, ts, cpu);
		return 0;
	}
	if (settings.causality && who != NOBODY) {
		__u64 task = current_number(current, way);
		struct frame *f = place_of(task, cpu, context, kind);

		frame_open(f, task, sk, id, ts, hook, data_end);
		if (settings.tell_woken && kind == FRAME_WAKE && who == TASKS_TOO)
			f->last = last_of(look_for_awake(sk, way, id, ts, cpu));
	} else {
		frame_over();
	}
	return 0;
lost:
	COUNT(n->lost[lost]);
	return 0;
}

static __always_inline int on_wakeup_found(void *ctx, struct sock *sk, const enum way way,
					   const enum found found, __u64 cookie, __u32 hook,
					   const struct extra *extra)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct sw_count *n = count_of(hook, cpu);

	if (!hit(n, cpu))
		return 0;
	if (!sk || !socket_wanted(sk, way)) {
		COUNT(n->filtered);
		frame_over();
		return 0;
	}
	return emit_wakeup(ctx, sk, way, found, cookie, hook, n, cpu, extra);
}

static __always_inline int on_wakeup(void *ctx, struct sock *sk, const enum way way, __u64 cookie,
				     __u32 hook, const struct extra *extra)
{
	return on_wakeup_found(ctx, sk, way, BY_ADDRESS, cookie, hook, extra);
}

#define CALLBACK(id, fn)                                                                  \
	SEC("kprobe/" #fn) int BPF_KPROBE(kprobe_##fn, struct sock *sk)                   \
	{                                                                                 \
		return on_wakeup(ctx, sk, BY_CALL, cookie_of(sk), SW_HOOK_##id, NULL);         \
	}                                                                                 \
	SEC("fentry/" #fn) int BPF_PROG(fentry_##fn, struct sock *sk)                     \
	{                                                                                 \
		return on_wakeup(ctx, sk, TYPED, cookie_of(sk), SW_HOOK_##id, NULL);           \
	}                                                                                 \
	WITH_CASTS(SEC("kprobe/" #fn) int BPF_KPROBE(kprobe_cast_##fn, struct sock *sk) { \
		sk = AS(struct sock, sk);                                                 \
		return on_wakeup(ctx, sk, CAST, cookie_of(sk), SW_HOOK_##id, NULL);            \
	} SEC("fentry/" #fn) int BPF_PROG(fentry_cast_##fn, struct sock *sk) {            \
		return on_wakeup_found(ctx, sk, CAST, BY_NOTE, 0, SW_HOOK_##id, NULL);         \
	})

/* Their exits, which close frames. */
#define EXIT(id, fn)                                             \
	SEC("kretprobe/" #fn) int BPF_KRETPROBE(kretprobe_##fn) \
	{                                                        \
		return frame_close(SW_HOOK_##id);                \
	}                                                        \
	SEC("fexit/" #fn) int fexit_##fn(void *ctx)              \
	{                                                        \
		return frame_close(SW_HOOK_##id);                \
	}

CALLBACK(DEF_READABLE, sock_def_readable)
CALLBACK(DEF_WRITE_SPACE, sock_def_write_space)
CALLBACK(DEF_WAKEUP, sock_def_wakeup)
CALLBACK(DEF_ERROR_REPORT, sock_def_error_report)
CALLBACK(STREAM_WRITE_SPACE, sk_stream_write_space)
CALLBACK(UNIX_WRITE_SPACE, unix_write_space)

EXIT(DEF_READABLE, sock_def_readable)
EXIT(DEF_WRITE_SPACE, sock_def_write_space)
EXIT(DEF_WAKEUP, sock_def_wakeup)
EXIT(DEF_ERROR_REPORT, sock_def_error_report)
EXIT(STREAM_WRITE_SPACE, sk_stream_write_space)
EXIT(UNIX_WRITE_SPACE, unix_write_space)
EXIT(WFREE, sock_wfree)
EXIT(WAKE_ASYNC, sock_wake_async)
EXIT(SEND_SIGURG, sk_send_sigurg)
EXIT(PEER_WAKE_RELAY, unix_dgram_peer_wake_relay)

/* The tracepoint rung.  A destructor can't be seen on it, so cookies tell a
 * socket from the next one in the same place. */
#define TRACEPOINT(id, fn, tp)                                                    \
	SEC("tp_btf/" #tp) int BPF_PROG(tp_##fn, struct sock *sk)                 \
	{                                                                         \
		return on_wakeup(ctx, sk, TYPED, identity_of(sk), SW_HOOK_##id, NULL); \
	}                                                                         \
	WITH_CASTS(SEC("tp_btf/" #tp) int BPF_PROG(tp_cast_##fn, struct sock *sk) { \
		return on_wakeup_found(ctx, sk, CAST, BY_NOTE, 0, SW_HOOK_##id, NULL); \
	})

TRACEPOINT(DEF_READABLE, sock_def_readable, sk_data_ready)
TRACEPOINT(DEF_ERROR_REPORT, sock_def_error_report, inet_sk_error_report)

/*
 * The changes of TCP's state after which the kernel calls sk_state_change
 * (net/ipv4/tcp_input.c, tcp_done()), unless nobody holds the socket.
 */
static __always_inline bool state_change_follows(struct sock *sk, int before, int state)
{
	/* A listener that closes tells nobody; one that is shut down does. */
	if (before == TCP_LISTEN || sk->__sk_common.skc_flags & (1UL << SOCK_DEAD))
		return false;
	return state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT || state == TCP_CLOSING ||
	       state == TCP_FIN_WAIT2 || state == TCP_CLOSE;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tp_sock_def_wakeup, struct sock *sk, int before, int after)
{
	struct extra extra = {.state = after};

	/* listen(2) and connect(2) are calls of whose the socket is. */
	if (after == TCP_LISTEN || after == TCP_SYN_SENT)
		own_used(sk);
	if (!state_change_follows(sk, before, after))
		return 0;
	return on_wakeup(ctx, sk, TYPED, identity_of(sk), SW_HOOK_DEF_WAKEUP, &extra);
}

/*
 * sock_wfree() runs for every packet whose sender is charged, so it is
 * filtered before anything else: only a socket that it wakes by itself, that
 * will be writeable and on which somebody waits counts as a wake-up.
 */
static __always_inline int on_wfree(void *ctx, struct sk_buff *skb, const enum way way)
{
	struct sock *sk = ARG(way, skb, sk);
	__u32 cpu = bpf_get_smp_processor_id();
	struct sw_count *n = count_of(SW_HOOK_WFREE, cpu);
	__u64 head, next = 0;
	struct socket_wq *wq;
	__u32 left;

	if (!hit(n, cpu))
		return 0;
	/* Until 5.18 it calls sock_def_write_space(), which tells of it.  The same
	 * release brought skb->alloc_cpu, which BTF knows. */
	if (!bpf_core_field_exists(skb->alloc_cpu))
		goto filtered;
	if (!sk || !(ARG(way, sk, __sk_common.skc_flags) & (1UL << SOCK_RCU_FREE)) ||
	    (__u64)ARG(way, sk, sk_write_space) != settings.fn_sock_def_write_space)
		goto filtered;
	/* sock_writeable(), once this packet's bytes are given back */
	left = ARG(way, sk, sk_wmem_alloc.refs.counter) - ARG(way, skb, truesize);
	if ((int)left >= ARG(way, sk, sk_sndbuf) >> 1)
		goto filtered;
	wq = ARG(way, sk, sk_wq);
	if (!wq)
		goto filtered;
	head = (__u64)wq + bpf_core_field_offset(struct socket_wq, wait.head);
	bpf_probe_read_kernel(&next, sizeof(next), (void *)head);
	if (next == head && !BPF_CORE_READ(wq, fasync_list))
		goto filtered;
	if (!socket_wanted(sk, way))
		goto filtered;
	return emit_wakeup(ctx, sk, way, BY_ADDRESS, cookie_of(sk), SW_HOOK_WFREE, n, cpu, NULL);
filtered:
	COUNT(n->filtered);
	return 0;
}

SEC("kprobe/sock_wfree") int BPF_KPROBE(kprobe_sock_wfree, struct sk_buff *skb)
{
	return on_wfree(ctx, skb, BY_CALL);
}

SEC("fentry/sock_wfree") int BPF_PROG(fentry_sock_wfree, struct sk_buff *skb)
{
	return on_wfree(ctx, skb, TYPED);
}

/* This is rare: one way to read serves both ways to attach.
 * Its argument is the entry of the *waiting* socket on its peer's queue. */
static __always_inline int on_peer_wake(void *ctx, struct wait_queue_entry *q)
{
	struct sock *sk = NULL;

	if (bpf_core_type_exists(struct unix_sock))
		sk = (void *)q - bpf_core_field_offset(struct unix_sock, peer_wake);
	return on_wakeup(ctx, sk, BY_CALL, cookie_of(sk), SW_HOOK_PEER_WAKE_RELAY, NULL);
}

SEC("kprobe/unix_dgram_peer_wake_relay")
int BPF_KPROBE(kprobe_unix_dgram_peer_wake_relay, struct wait_queue_entry *q)
{
	return on_peer_wake(ctx, q);
}

SEC("fentry/unix_dgram_peer_wake_relay")
int BPF_PROG(fentry_unix_dgram_peer_wake_relay, struct wait_queue_entry *q)
{
	return on_peer_wake(ctx, q);
}

#endif
