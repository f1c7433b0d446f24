/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whose doing is it?  The packet tells, and not the system call that a task is in.
 *
 * Who transmits is known where a packet is handed to its device, or to the queue before
 * it: in a task's own context, the task; in a softirq, whoever the packet that is being
 * processed came from (so an ACK, a RST or a forwarded packet passes its origin on); in a
 * timer, nobody.  But data is always its writer's, also what an ACK or a timer lets out
 * later.
 * What a loopback or veth device is handed comes back as the same sk_buff, in a softirq
 * of whichever CPU, and the callbacks that this ends in have its origin.  That holds for
 * NAT, RPS, io_uring and every system call alike.
 *
 * A packet that finds its socket locked waits in the socket's backlog, which is
 * processed by the task that holds the lock, when it lets go: mostly the receiver,
 * whose doing it is not.
 */
#ifndef SW_ORIGINS_BPF_H
#define SW_ORIGINS_BPF_H

#include "callers.bpf.h"
#include "peers.bpf.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */
#define TCP_TIME_WAIT 6	      /* include/net/tcp_states.h */
#define TCP_NEW_SYN_RECV 12

/* A packet between its sender and its receiver. */
struct flight {
	__u64 skb;   /* struct sk_buff *; 0: free */
	__u64 check; /* all else, combined: two CPUs may write one place at once */
	__u64 marks; /* of what waits in a queue; 0: it does not */
	struct origin origin;
	__u16 landed; /* it was received: it may still be in a backlog */
	__u16 is_ack; /* and nothing else, when it was sent */
	__u32 gone;   /* whose place this was before: see flight_name() */
} __attribute__((aligned(64))); /* one line of a cache */

#define FLIGHTS SW_FLIGHTS
static struct flight flights[FLIGHTS][2];

/* The packet that a CPU is processing. */
struct landing {
	__u64 skb;  /* 0: none */
	__u64 task; /* that it is processed on top of, or by */
	__u64 dev;  /* struct net_device *: that it came by */
	struct origin origin;
} __attribute__((aligned(64)));
static struct landing landings[SW_MAX_CPUS];

/*
 * Whose the packets of a backlog are that a task is processing, by a hash of the task:
 * the sender of the last one that was seen, by tracepoints alone those of established
 * connections; or, of one that it is opening (`syn`), its own, as they answer its SYN.
 */
struct backlog {
	__u64 task;
	__u64 sk;
	__u64 check;
	__u64 syn;
	struct origin origin;
};

#define BACKLOGS SW_BACKLOGS
static struct backlog backlogs[BACKLOGS];

/* Who sent data by a socket of TCP last, by a hash of the socket. */
struct writer {
	__u64 sk;
	__u64 check;
	struct origin origin;
	__u32 gone; /* half the address of the one whose place this was before */
} __attribute__((aligned(64)));

#define WRITERS SW_WRITERS
static struct writer writers[WRITERS];

static __always_inline struct flight *flights_of(__u64 skb)
{
	/* Slabs are contiguous, so neighbours would share places: spread them. */
	return flights[(skb >> 6) * 0x9e3779b97f4a7c15ULL >> 52 & (FLIGHTS - 1)];
}

static __always_inline struct writer *writer_of(__u64 sk)
{
	return &writers[(sk >> 6) * 0x9e3779b97f4a7c15ULL >> 52 & (WRITERS - 1)];
}

static __always_inline struct backlog *backlog_of(__u64 task)
{
	return &backlogs[(task >> 6 ^ task >> 16) & (BACKLOGS - 1)];
}

/* --- backlogs ------------------------------------------------------------------- */

/*
 * Is the current task in __release_sock()?  The socket has packets in its backlog, but
 * a task that sends may hold it locked just as well, and only the stack tells which.
 */
static __always_inline int in_release(void *ctx)
{
	return called_by(ctx, SW_CODE_RELEASE, SW_CODE_COUNT);
}

static __always_inline void backlog_note(__u64 task, __u64 sk, const struct origin *o, bool syn)
{
	struct backlog *b = backlog_of(task);

	b->task = task;
	b->sk = sk;
	b->syn = syn;
	b->origin = *o;
	b->check = check_of(task ^ sk ^ syn, o);
}

/* Is what was noted still what goes on?  In other states packets are not seen. */
static __always_inline bool backlog_holds(const struct backlog *b, const enum way way)
{
	struct tcp_sock *tp = TO(way, struct tcp_sock, b->sk);
	struct sock *sk = TO(way, struct sock, b->sk);
	__u8 state = VIA(way, sk, __sk_common.skc_state);

	if (b->syn)
		return state == TCP_SYN_SENT ||
		       ((state == TCP_ESTABLISHED || state == TCP_CLOSE) &&
			!VIA(way, tp, bytes_received));
	return settings.sees_all_tcp || state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT ||
	       state == TCP_CLOSE;
}

/* A packet of its backlog has been noted before its callbacks run. */
static __always_inline bool is_noted(__u64 key, const enum way way)
{
	struct sock *sk = TO(way, struct sock, key);

	return VIA(way, sk, sk_protocol) == IPPROTO_TCP &&
	       VIA(way, sk, __sk_common.skc_state) == TCP_ESTABLISHED;
}

/* Processed by whoever holds the socket locked, sent by somebody else.  sk: 0, any. */
static __always_inline void origin_of_backlog(__u64 task, __u64 sk, struct origin *o,
					      const enum way way)
{
	struct backlog *b = backlog_of(task);

	*o = b->origin;
	if (b->task != task || (sk && b->sk != sk) || !backlog_holds(b, way) ||
	    b->check != check_of(task ^ b->sk ^ b->syn, o)) {
		if (sk && b->task && b->task != task && is_noted(sk, way))
			lose_one(SW_LOST_ORIGINS);
		origin_forget(o);
	}
}

static __always_inline bool is_kernel_thread(struct task_struct *task, const enum way way)
{
	return VIA(way, task, flags) & PF_KTHREAD;
}

/* May the task be processing the backlog of a socket, `sk` or another? */
enum suspicion { NONE, OF_THIS, OF_ANY, OF_MPTCP };

static __always_inline enum suspicion suspect(struct sock *sk, const enum way way)
{
	__u8 state = ARG(way, sk, __sk_common.skc_state);
	__u16 protocol;

	/* Neither a request nor a socket in TIME_WAIT is a whole struct sock. */
	if (state == TCP_NEW_SYN_RECV || state == TCP_TIME_WAIT ||
	    !is_inet(ARG(way, sk, __sk_common.skc_family)))
		return NONE;
	protocol = ARG(way, sk, sk_protocol);
	if (protocol == IPPROTO_MPTCP)
		return OF_MPTCP;
	/* The kernel's own sockets, by which it answers with RSTs. */
	if (protocol == IPPROTO_TCP && ARG(way, sk, sk_type) == SOCK_RAW)
		return OF_ANY;
	return ARG(way, sk, sk_backlog.len) ? OF_THIS : NONE;
}

/* MPTCP also puts off what came while its socket was locked: all else that a task does to
 * it is its own doing as well. */
static __always_inline void origin_in_mptcp(void *ctx, struct sock *sk, enum news news,
					    struct task_struct *current, struct origin *o,
					    const enum way way)
{
	int released = called_by(ctx, SW_CODE_MPTCP_RELEASE, SW_CODE_COUNT);
	int received = released ? 0 : called_by(ctx, SW_CODE_MPTCP_RECV, SW_CODE_COUNT);

	if (released > 0 || (news == NEWS_OF_DATA && received > 0))
		peers_origin(number_of(sk), news, o, way);
	else if (released || received)
		origin_forget(o);
	else
		origin_is(o, current, way);
}

/* What a task does in its own context is its own, but for backlogs.  sk: whose packet
 * or callback it is, and what that tells of; NULL: nobody's. */
static __always_inline void origin_of_task(void *ctx, struct sock *sk, enum news news,
					   const enum way way, struct task_struct *current,
					   struct origin *o)
{
	enum suspicion of = sk ? suspect(sk, way) : NONE;
	int inside = 0;

	/* A socket's own data come to it in a task's context out of its backlog alone. */
	if (of == OF_THIS && news == NEWS_OF_DATA)
		inside = 1;
	else if (of != NONE)
		inside = in_release(ctx);
	if (inside > 0)
		origin_of_backlog(current_number(current, way),
				  of == OF_THIS ? number_of(sk) : 0, o, way);
	else if (inside < 0)
		origin_forget(o);
	else if (of == OF_MPTCP)
		origin_in_mptcp(ctx, sk, news, current, o, way);
	else
		origin_is(o, current, way);
}

/* --- here and now ---------------------------------------------------------------- */

/* The packet that is being processed here, on top of the task or by it; or NULL. */
static __always_inline const struct landing *landing_of(__u32 cpu, __u64 task)
{
	const struct landing *l = &landings[cpu & (SW_MAX_CPUS - 1)];

	return settings.packets && l->skb && l->task == task ? l : NULL;
}

/* Whose doing is what happens here and now, where `current` is the task on the CPU, a kernel
 * thread or not?  o->task is 0 if that is not known. */
static __always_inline void origin_here(void *ctx, struct sock *sk, enum news news,
					const enum way way, __u32 cpu, __u32 context,
					struct task_struct *current, bool kthread,
					struct origin *o)
{
	const struct landing *l = landing_of(cpu, current_number(current, way));

	/* Some softirqs run as tasks: a NAPI thread's, and on PREEMPT_RT any task's. */
	if (l && (context == SW_CTX_SOFTIRQ || settings.softirqs_in_tasks ||
		  (context == SW_CTX_TASK && kthread)))
		*o = l->origin;
	/* A kernel thread works for others; timers are nobody's. */
	else if (context == SW_CTX_TASK && !kthread)
		origin_of_task(ctx, sk, news, way, current, o);
	else
		origin_forget(o);
}

#endif
