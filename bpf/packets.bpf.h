/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Packets from their senders to their receivers, for origins.bpf.h.  These programs run
 * for every packet of the machine, so they are loaded only where roles are asked for.
 */
#ifndef SW_PACKETS_BPF_H
#define SW_PACKETS_BPF_H

#include "origins.bpf.h"

/*
 * The way to read what is not a field of the argument, and a field of a packet as a
 * number.  Where there are casts, arguments come as numbers, which are both; else typed,
 * and a call makes a number of one.
 */
#ifdef SW_CASTS
#define ELSEWHERE CAST
#define PACKET_WORD(skb, key, field) \
	WORD_AT(CAST, (key) + bpf_core_field_offset(struct sk_buff, field))
#define PACKET_PROGRAM(tp, name, handler)                                                 \
	SEC("raw_tp/" #tp) int name(struct bpf_raw_tracepoint_args *ctx)                  \
	{                                                                                 \
		return handler(ctx, AS(struct sk_buff, ctx->args[0]), ctx->args[0]);      \
	}
#else
#define ELSEWHERE TYPED
#define PACKET_WORD(skb, key, field) number_of((skb)->field)
#define PACKET_PROGRAM(tp, name, handler)                         \
	SEC("tp_btf/" #tp) int BPF_PROG(name, struct sk_buff *skb) \
	{                                                         \
		return handler(ctx, skb, number_of(skb));         \
	}
#endif

/* "veth", as a number. */
#define KIND_VETH 0x68746576
#define KIND_BYTES 0xffffffffffULL

/*
 * Does what is sent by this device come back, as the same sk_buff?  Of no others it is
 * certain that what they receive was sent here.
 */
static __always_inline bool comes_back(struct net_device *dev)
{
	__u64 kind = 0;

	if (dev->flags & IFF_LOOPBACK)
		return true;
	if (!dev->rtnl_link_ops)
		return false;
#ifdef SW_CASTS
	kind = WORD_AT(CAST, (__u64)dev->rtnl_link_ops->kind);
#else
	bpf_probe_read_kernel(&kind, sizeof(kind), dev->rtnl_link_ops->kind);
#endif
	return (kind & KIND_BYTES) == KIND_VETH;
}

/* Where a packet's flight is noted: its last one's place, or else a free one. */
static __always_inline struct flight *flight_place(__u64 skb)
{
	struct flight *f = flights_of(skb);

	if (f[0].skb == skb)
		return &f[0];
	if (f[1].skb == skb || (f[0].skb && !f[0].landed))
		return &f[1];
	return &f[0];
}

static __always_inline struct flight *flight_of(__u64 skb)
{
	struct flight *f = flights_of(skb);

	return f[0].skb == skb ? &f[0] : f[1].skb == skb ? &f[1] : NULL;
}

/* What a place remembers of the packet that was there before: half its address, and whether
 * it had been received. */
static __always_inline __u32 flight_name(__u64 skb, bool landed)
{
	return (__u32)(skb >> 6) << 1 | landed;
}

/* It was noted, and another one has its place. */
static __always_inline bool gave_way(__u64 skb, bool landed)
{
	const struct flight *f = flights_of(skb);
	__u32 name = flight_name(skb, landed);

	return f[0].gone == name || f[1].gone == name;
}

static __always_inline bool flight_is_whole(const struct flight *f, const struct origin *o)
{
	return f->check == check_of(f->skb, o);
}

/* --- data, and its writer ---------------------------------------------------------- */

/* TCP marks its pure ACKs so (skb_set_tcp_pure_ack()). */
static __always_inline bool is_pure_ack(struct sk_buff *skb)
{
	return skb->truesize == 2;
}

/* A whole socket of TCP's own, which has a queue of data. */
static __always_inline bool has_data(struct sock *sk, __u8 state)
{
	return state != TCP_NEW_SYN_RECV && state != TCP_TIME_WAIT &&
	       is_inet(sk->__sk_common.skc_family) && sk->sk_protocol == IPPROTO_TCP &&
	       sk->sk_type == SOCK_STREAM;
}

/* The port is in it, as another socket may be in the same place. */
static __always_inline __u64 writer_check(struct sock *sk, __u64 key, const struct origin *o)
{
	return check_of(key ^ sk->__sk_common.skc_portpair, o);
}

static __always_inline void writer_get(struct sock *sk, __u64 key, struct origin *o)
{
	struct writer *w = writer_of(key);

	*o = w->origin;
	if (w->sk != key || w->check != writer_check(sk, key, o))
		origin_forget(o);
}

static __always_inline void writer_set(struct sock *sk, __u64 key, const struct origin *o)
{
	struct writer *w = writer_of(key);

	if (w->sk != key)
		w->gone = w->sk >> 6;
	w->sk = key;
	w->origin = *o;
	w->check = writer_check(sk, key, o);
}

/* Where the task may be processing a backlog. */
static __always_inline void origin_of_late_data(void *ctx, struct sock *sk, __u64 key, __u8 state,
						__u64 task, struct origin *o)
{
	writer_get(sk, key, o);
	/* Not even the name can have changed since, within one call. */
	if (o->task == task && sk->sk_backlog.len)
		return;
	origin_of_task(ctx, sk, OTHER_NEWS, ELSEWHERE, task, o);
	if (o->task != task) {
		writer_get(sk, key, o);
		return;
	}
	writer_set(sk, key, o);
	if (state == TCP_SYN_SENT)
		backlog_note(task, key, o, true);
}

/* Whose data it is: the writer's, and a task that sends in its own context is that. */
static __always_inline void origin_of_data(void *ctx, struct sock *sk, __u64 key, __u8 state,
					   __u32 cpu, __u64 task, struct origin *o)
{
	if (context_of(cpu) != SW_CTX_TASK || is_kernel_thread(task, ELSEWHERE) ||
	    (settings.softirqs_in_tasks && landing_of(cpu, task))) {
		writer_get(sk, key, o);
		if (!o->task && writer_of(key)->gone == (__u32)(key >> 6))
			lose_one(SW_LOST_ORIGINS);
		return;
	}
	if (sk->sk_backlog.len || state == TCP_SYN_SENT) {
		origin_of_late_data(ctx, sk, key, state, task, o);
		return;
	}
	/* Nearly always. */
	origin_is(o, task, ELSEWHERE);
	writer_set(sk, key, o);
}

/* --- packets ------------------------------------------------------------------------ */

/* Does a device hand on its packets in the context of whoever sends them?  One with a
 * queue does so in anybody's, or a timer's. */
static __always_inline bool is_direct(struct net_device *dev)
{
	return !dev->qdisc->enqueue;
}

/* What a packet keeps while it waits in a queue.  Another one in its place, as a segment
 * that is cut there has, differs in it, or is of the same socket. */
static __always_inline __u64 marks_of(struct sk_buff *skb, __u64 key)
{
	return PACKET_WORD(skb, key, head) * 31 + PACKET_WORD(skb, key, sk) | 1;
}

static __always_inline void take_off(void *ctx, struct sk_buff *skb, struct flight *f, __u64 key,
				     __u32 cpu, __u64 marks)
{
	__u64 task = bpf_get_current_task(), sk_key = PACKET_WORD(skb, key, sk);
	struct sock *sk = skb->sk;
	__u8 state = sk_key ? sk->__sk_common.skc_state : 0;

	if (f->skb != key)
		f->gone = flight_name(f->skb, f->landed);
	f->skb = key;
	f->landed = 0;
	f->marks = marks;
	if (sk_key && !is_pure_ack(skb) && has_data(sk, state))
		origin_of_data(ctx, sk, sk_key, state, cpu, task, &f->origin);
	else
		origin_here(ctx, sk_key ? sk : NULL, OTHER_NEWS, ELSEWHERE, cpu, context_of(cpu), task,
			    &f->origin);
	f->check = check_of(key, &f->origin);
}

/* A packet is handed to its device's queue, or to the device. */
static __always_inline int on_packet_queued(void *ctx, struct sk_buff *skb, __u64 key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct net_device *dev = skb->dev;

	if (is_direct(dev) || !is_active(cpu) || !comes_back(dev))
		return 0;
	take_off(ctx, skb, flight_place(key), key, cpu, marks_of(skb, key));
	return 0;
}

PACKET_PROGRAM(net_dev_queue, packet_queued, on_packet_queued)

/* A packet goes out. */
static __always_inline int on_packet_sent(void *ctx, struct sk_buff *skb, __u64 key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct net_device *dev = skb->dev;
	struct flight *f;

	if (!is_active(cpu) || !comes_back(dev))
		return 0;
	f = flight_place(key);
	if (is_direct(dev)) {
		take_off(ctx, skb, f, key, cpu, 0);
	} else if (f->skb != key || f->landed || f->marks != marks_of(skb, key)) {
		f->skb = key;
		f->landed = 0;
		f->marks = 0;
		origin_forget(&f->origin);
		f->check = check_of(key, &f->origin);
	}
	return 0;
}

PACKET_PROGRAM(net_dev_start_xmit, packet_sent, on_packet_sent)

/* ... and is received, on its way up. */
static __always_inline int on_packet_received(void *ctx, struct sk_buff *skb, __u64 key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct landing *l = &landings[cpu & (SW_MAX_CPUS - 1)];
	struct flight *f = flight_of(key);
	bool again = l->skb == key;

	l->skb = key;
	l->task = bpf_get_current_task();
	if (f && !f->landed && comes_back(skb->dev)) {
		f->landed = 1;
		l->origin = f->origin;
		/* NAPI with GRO hands on several at once: which it is that is processed is
		 * not to be seen.  Its ids come after the numbers of all CPUs. */
		if (flight_is_whole(f, &l->origin) && skb->napi_id <= settings.n_cpus)
			return 0;
	} else if (again) {
		return 0; /* on its way through a bridge or the like */
	} else if (f) {
		f->skb = 0; /* another packet in the same place */
	} else if (gave_way(key, false)) {
		lose_one(SW_LOST_ORIGINS);
	}
	origin_forget(&l->origin);
	return 0;
}

PACKET_PROGRAM(netif_receive_skb, packet_received, on_packet_received)

/* All that a NAPI instance had is processed: what follows is not a packet's. */
SEC("raw_tp/napi_poll") int packets_done(void *ctx)
{
	landings[bpf_get_smp_processor_id() & (SW_MAX_CPUS - 1)].skb = 0;
	return 0;
}

/* A packet comes to a connection of TCP. */
static __always_inline int packet_comes(struct sock *sk, struct sk_buff *skb, const enum way way)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u64 task = bpf_get_current_task(), key;
	const struct landing *l = landing_of(cpu, task);
	struct origin o;
	struct flight *f;

	if (l) { /* in a softirq */
		if (is_subflow(sk, way)) {
			o = l->origin;
			peers_add(number_of(sk), number_of(skb), &o);
		}
		return 0;
	}
	if (context_of(cpu) != SW_CTX_TASK)
		return 0;
	/* Out of the backlog. */
	key = number_of(skb);
	f = flight_of(key);
	if (f) {
		o = f->origin;
		if (!flight_is_whole(f, &o))
			origin_forget(&o);
	} else {
		if (gave_way(key, true))
			lose_one(SW_LOST_ORIGINS);
		origin_forget(&o);
	}
	backlog_note(task, number_of(sk), &o, false);
	if (is_subflow(sk, way))
		peers_add(number_of(sk), key, &o);
	return 0;
}

/* Established ones. */
SEC("tp_btf/tcp_probe") int BPF_PROG(packet_to_tcp, struct sock *sk, struct sk_buff *skb)
{
	return packet_comes(sk, skb, ELSEWHERE);
}

/* All others, where functions can be hooked. */
SEC("kprobe/tcp_rcv_state_process")
int BPF_KPROBE(kprobe_tcp_rcv_state_process, struct sock *sk, struct sk_buff *skb)
{
	return packet_comes(sk, skb, BY_CALL);
}

SEC("fentry/tcp_rcv_state_process")
int BPF_PROG(fentry_tcp_rcv_state_process, struct sock *sk, struct sk_buff *skb)
{
	return packet_comes(sk, skb, BY_CALL);
}

#endif
