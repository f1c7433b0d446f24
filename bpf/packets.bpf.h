/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Packets from their senders to their receivers, for origins.bpf.h.  These programs run
 * for every packet of the machine, so they are loaded only where roles are asked for.
 */
#ifndef SW_PACKETS_BPF_H
#define SW_PACKETS_BPF_H

#include "devices.bpf.h"
#include "origins.bpf.h"

/* The way to read what is not a field of the argument, which is typed. */
#ifdef SW_CASTS
#define ELSEWHERE CAST
#else
#define ELSEWHERE TYPED
#endif

#define PACKET_PROGRAM(tp, name, handler)                          \
	SEC("tp_btf/" #tp) int BPF_PROG(name, struct sk_buff *skb) \
	{                                                          \
		return handler(ctx, skb, number_of_typed(skb));    \
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

/*
 * What a packet carries: TCP's sequence numbers, or what others have there.  Its address is
 * not enough: now and then a program is not run for a packet, and what was noted there of
 * another one is found.
 */
#define ETH_HEADER 14
#define IPV6_TYPE 0xdd86 /* ETH_P_IPV6, big-endian */
#define SEQUENCE 4	 /* in TCP's header */

/* mac: its Ethernet header is still there; lo and veth have one, too. */
static __always_inline __u64 carried_by(struct sk_buff *skb, bool mac)
{
	__u64 ip = (__u64)skb->data + (mac ? ETH_HEADER : 0);

	return WORD_AT(ELSEWHERE, ip + (skb->protocol == IPV6_TYPE ? 40 : 20) + SEQUENCE);
}

/* ... as TCP has it, given as a number. */
static __always_inline __u64 carried_by_tcp(__u64 skb)
{
	struct sk_buff *packet = (struct sk_buff *)skb;
	__u64 header = (__u64)BPF_CORE_READ(packet, head) + BPF_CORE_READ(packet, transport_header);

	return WORD_AT(BY_CALL, header + SEQUENCE);
}

/* Is what was copied of it the packet's?  Its place may have become another's meanwhile. */
static __always_inline bool flight_is_whole(const struct flight *f, __u64 skb, __u64 carried,
					    const struct origin *o)
{
	return *(volatile __u64 *)&f->check == (check_of(skb, o) ^ carried);
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
						struct task_struct *current, struct origin *o)
{
	const __u64 task = current_number(current, ELSEWHERE);

	writer_get(sk, key, o);
	/* Not even the name can have changed since, within one call. */
	if (o->task == task && sk->sk_backlog.len)
		return;
	origin_of_task(ctx, sk, OTHER_NEWS, ELSEWHERE, current, o);
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
					   __u32 cpu, struct task_struct *current,
					   struct origin *o)
{
	if (context_of(cpu) != SW_CTX_TASK || is_kernel_thread(current, ELSEWHERE) ||
	    (settings.softirqs_in_tasks &&
	     landing_of(cpu, current_number(current, ELSEWHERE)))) {
		writer_get(sk, key, o);
		if (!o->task && writer_of(key)->gone == (__u32)(key >> 6))
			lose_one(SW_LOST_ORIGINS);
		return;
	}
	if (sk->sk_backlog.len || state == TCP_SYN_SENT) {
		origin_of_late_data(ctx, sk, key, state, current, o);
		return;
	}
	/* Nearly always. */
	origin_is(o, current, ELSEWHERE);
	writer_set(sk, key, o);
}

/* --- packets ------------------------------------------------------------------------ */

/* What a packet keeps while it waits in a queue.  Another one in its place, as a segment
 * that is cut there has, differs in it, or is of the same socket. */
static __always_inline __u64 marks_of(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	return (__u64)skb->head * 31 + (sk ? number_of_typed(sk) : 0) | 1;
}

/* Something was noted since the trace began.  Not so while a filter's processes do nothing,
 * and then the table need not be looked at. */
__u32 flights_noted;

/* What is noted is made up elsewhere, as two CPUs may have the same place: the check of what
 * is read back from there would hold for the other's. */
static __always_inline void flight_set(struct flight *f, struct sk_buff *skb, __u64 key,
				       __u64 marks, bool is_ack, const struct origin *o)
{
	if (f->skb != key)
		f->gone = flight_name(f->skb, f->landed);
	f->skb = key;
	f->landed = 0;
	f->is_ack = is_ack;
	f->marks = marks;
	f->origin = *o;
	f->check = check_of(key, o) ^ carried_by(skb, true);
	if (!flights_noted)
		flights_noted = 1;
}

static __always_inline void take_off(void *ctx, struct sk_buff *skb, __u64 key, __u32 cpu,
				     __u64 marks)
{
	struct task_struct *current = current_task(ELSEWHERE);
	struct sock *sk = skb->sk;
	__u8 state = sk ? sk->__sk_common.skc_state : 0;
	bool is_ack = sk && is_pure_ack(skb);
	struct origin o;

	if (sk && !is_ack && has_data(sk, state))
		origin_of_data(ctx, sk, number_of_typed(sk), state, cpu, current, &o);
	else
		origin_here(ctx, sk, OTHER_NEWS, ELSEWHERE, cpu, context_of(cpu),
			    current, is_kernel_thread(current, ELSEWHERE), &o);
	flight_set(flight_place(key), skb, key, marks, is_ack, &o);
}

/* A packet was sent from a queue: by whom it came there is to be noted from now on, for which
 * the user half attaches packet_queued, as most machines have no such device. */
__u32 queues_seen;

/* With a filter by process: has none of them a socket?  (One that waits on a socket which it
 * has not used yet is not seen to have it where the calls that make sockets are not traced.) */
static __always_inline bool without_sockets(void)
{
	return filter.by_pid && !filter.n_comms && !used[SW_TABLE_OWNED] && !inodes_owned;
}

/* Is nobody to be told of a packet, as it is not one of them either that sends it? */
static __always_inline bool concerns_nobody(void)
{
#ifdef SW_CASTS
	return without_sockets() && !settings.pidns && !pid_marked(bpf_get_current_task_btf());
#else
	return without_sockets() && !current_wanted();
#endif
}

/* A packet is handed to its device's queue, or to the device. */
static __always_inline int on_packet_queued(void *ctx, struct sk_buff *skb, __u64 key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct net_device *dev = skb->dev;

	if (is_direct(dev, ELSEWHERE) || !is_active(cpu) || !comes_back(dev, ELSEWHERE))
		return 0;
	take_off(ctx, skb, key, cpu, marks_of(skb));
	return 0;
}

PACKET_PROGRAM(net_dev_queue, packet_queued, on_packet_queued)

/* A packet goes out. */
static __always_inline int on_packet_sent(void *ctx, struct sk_buff *skb, __u64 key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct net_device *dev = skb->dev;
	struct origin nobody = {};
	struct flight *f;

	if (!is_active(cpu) || concerns_nobody() || !comes_back(dev, ELSEWHERE))
		return 0;
	if (is_direct(dev, ELSEWHERE)) {
		take_off(ctx, skb, key, cpu, 0);
		return 0;
	}
	f = flight_place(key);
	if (f->skb != key || f->landed || f->marks != marks_of(skb)) {
		queues_seen = 1;
		flight_set(f, skb, key, 0, false, &nobody);
	}
	return 0;
}

PACKET_PROGRAM(net_dev_start_xmit, packet_sent, on_packet_sent)

/* ... and is received, on its way up. */
static __always_inline int on_packet_received(void *ctx, struct sk_buff *skb, __u64 key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct landing *l = &landings[cpu & (SW_MAX_CPUS - 1)];
	const bool unwanted = without_sockets();
	struct flight *f = unwanted && !flights_noted ? NULL : flight_of(key);
	bool again, whole;
	__u64 dev;

	if (!f && unwanted) {
		l->skb = 0;
		return 0;
	}
	/* On its way through a bridge or the like.  By the same device it is another packet at
	 * the same address, of which was not seen that it was sent: see carried_by(). */
	dev = number_of_typed(skb->dev);
	again = l->skb == key && l->dev != dev;
	l->skb = key;
	l->dev = dev;
	l->task = bpf_get_current_task();
	if (f && !f->landed && comes_back(skb->dev, ELSEWHERE)) {
		l->origin = f->origin;
		whole = flight_is_whole(f, key, carried_by(skb, false), &l->origin);
		f->landed = 1; /* from here on another may have its place */
		/* NAPI with GRO hands on several at once: which it is that is processed is
		 * not to be seen.  Its ids come after the numbers of all CPUs. */
		if (whole && skb->napi_id <= settings.n_cpus)
			return 0;
	} else if (again) {
		return 0;
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

/* It was sent without data, and the data of a later one were put into it while it waited:
 * see tcp_add_backlog(). */
static __always_inline bool got_data(const struct flight *f, __u64 skb)
{
	struct tcp_skb_cb *cb = (void *)skb + bpf_core_field_offset(struct sk_buff, cb);

	return f->is_ack && BPF_CORE_READ(cb, end_seq) != BPF_CORE_READ(cb, seq);
}

/* A packet, given as a number, comes to a connection of TCP. */
static __always_inline int packet_comes(struct sock *sk, __u64 sk_key, __u64 skb,
					const enum way way)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u64 task = bpf_get_current_task();
	const struct landing *l = landing_of(cpu, task);
	struct origin o;
	struct flight *f;

	if (l) { /* in a softirq */
		if (is_subflow(sk, way)) {
			o = l->origin;
			peers_add(sk_key, skb, &o);
		}
		return 0;
	}
	if (context_of(cpu) != SW_CTX_TASK)
		return 0;
	/* Out of the backlog. */
	f = flight_of(skb);
	if (f) {
		o = f->origin;
		if (!flight_is_whole(f, skb, carried_by_tcp(skb), &o) || got_data(f, skb))
			origin_forget(&o);
	} else {
		if (gave_way(skb, true))
			lose_one(SW_LOST_ORIGINS);
		origin_forget(&o);
	}
	backlog_note(task, sk_key, &o, false);
	if (is_subflow(sk, way))
		peers_add(sk_key, skb, &o);
	return 0;
}

/* Established ones. */
SEC("tp_btf/tcp_probe") int BPF_PROG(packet_to_tcp, struct sock *sk, struct sk_buff *skb)
{
	return packet_comes(sk, number_of_typed(sk), number_of_typed(skb), ELSEWHERE);
}

/* All others, where functions can be hooked. */
SEC("kprobe/tcp_rcv_state_process")
int BPF_KPROBE(kprobe_tcp_rcv_state_process, struct sock *sk, struct sk_buff *skb)
{
	return packet_comes(sk, (__u64)sk, (__u64)skb, BY_CALL);
}

SEC("fentry/tcp_rcv_state_process")
int BPF_PROG(fentry_tcp_rcv_state_process, struct sock *sk, struct sk_buff *skb)
{
	return packet_comes(sk, number_of_typed(sk), number_of_typed(skb), BY_CALL);
}

#endif
