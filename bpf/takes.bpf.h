/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which wake-up a call on a socket answers.
 *
 * A socket remembers the oldest wake-up that nobody has answered, and the latest
 * (socket_entry); a task, the one that woke it (task_entry).  Calls that answer neither
 * are not told of, but for those that find no room, and many in a row that take nothing.
 */
#ifndef SW_TAKES_BPF_H
#define SW_TAKES_BPF_H

#include "sched.bpf.h"

#define MSG_PEEK 2 /* include/linux/socket.h */
#define MSG_ERRQUEUE 0x2000
#define EAGAIN_RESULT (-11)
#define LOOKED_BACK_NS 1000000 /* below that it does not matter what the task did */

struct call {
	__u64 key;  /* struct sock * */
	__u32 op;
	__u32 look; /* it took nothing, and was not meant to: MSG_PEEK, MSG_ERRQUEUE */
	__s64 result;
	__u64 begin; /* ns; 0: not known */
	__u64 now;
	__u64 wakeup_ts; /* that it answers; 0: none */
	__u64 tries_since;
	__u32 woken;	 /* by that one */
	__u32 tries;
	__u32 flags; /* of its record */
};

/* What the task did since `since`, as far back as that is known. */
static __always_inline void account_off(struct sw_rec_io *r, const struct task_entry *e,
					__u64 since, __u64 now)
{
	__u64 known = e->offs_n > TASK_OFFS ?
			      e->offs[e->offs_n & (TASK_OFFS - 1)].from :
			      e->made;
	int i;

	if (known > since)
		since = known;
	if (now <= since)
		return;
	for (i = 0; i < TASK_OFFS; i++) {
		const struct task_off *off = &e->offs[i];
		__u64 from = off->from > since ? off->from : since;

		if (off->till <= from)
			continue;
		if (!r->run_ts)
			r->off_ns += off->till - from;
		if (off->why == OFF_STOPPED)
			r->stopped += off->till - from;
		else if (off->why == OFF_ASLEEP)
			r->slept += off->till - from;
	}
	r->known_ms = (now - since) / 1000000;
}

static __always_inline void tell_io(struct task_entry *e, __u64 sock, const struct call *call,
				    __u32 cpu, const enum way way)
{
	struct sw_rec_io *r;
	void *ring;

	r = record_of(&ring, cpu, SW_HOOK_IO, sizeof(*r));
	if (!r)
		return;
	rec_header(&r->hdr, call->now, SW_REC_IO, SW_HOOK_IO, sizeof(*r), cpu);
	r->sock = sock;
	r->begin = call->begin ?: call->now;
	r->hdr.flags |= call->flags;
	if (!call->begin)
		r->hdr.flags |= SW_F_NO_BEGIN;
	r->result = call->result;
	r->wakeup_ts = call->wakeup_ts;
	r->run_ts = 0;
	r->off_ns = 0;
	r->others = 0;
	if (e && call->woken) {
		r->run_ts = e->run_ts;
		r->off_ns = e->off_ns;
		r->others = e->others;
	}
	r->op = call->op;
	r->slept = 0;
	r->stopped = 0;
	r->known_ms = 0;
	r->tries = call->tries;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	read_current(&r->pid, &r->tid, r->comm, current_task(way), way);
	if (e && call->wakeup_ts && call->now - call->wakeup_ts > LOOKED_BACK_NS)
		account_off(r, e, call->wakeup_ts, call->now);
	ring_submit(ring, r, cpu);
}

/*
 * Where what a call took begins: a sequence number of TCP's, as the wake-up's data end at
 * one; of other sockets, how many messages or connections were taken before it.  So what a
 * wake-up brought is told from what was there before, and from what came since.
 */
static __always_inline __u32 took_from(struct socket_entry *s, struct sock *sk, __s64 result,
				       const enum way way)
{
	__u32 from;

	if (has_sequence(sk, way, VIA(way, sk, __sk_common.skc_state))) {
		s->seen = VIA(way, TO(way, struct tcp_sock, sk), copied_seq);
		s->takes++;
		return s->seen - (__u32)result;
	}
	/* A stream's message may be taken in parts. */
	if (s->takes == s->fires && s->fires)
		s->takes--;
	from = s->takes++;
	return from;
}

/* It found nothing as data had been taken that was not seen, as by splice(2). */
static __always_inline bool taken_unseen(const struct socket_entry *s, struct sock *sk,
					 const enum way way)
{
	return has_sequence(sk, way, VIA(way, sk, __sk_common.skc_state)) &&
	       VIA(way, TO(way, struct tcp_sock, sk), copied_seq) != s->seen;
}

static __always_inline bool slept_since(const struct task_entry *e, __u64 since)
{
	int i;

	for (i = 0; i < TASK_OFFS; i++)
		if (e->offs[i].why == OFF_ASLEEP && e->offs[i].from >= since)
			return true;
	return false;
}

/* Does the task that was woken take, or miss, what it was woken for? */
static __always_inline bool answers_own(const struct task_entry *e, const struct call *call,
					bool took, __u32 from)
{
	if (!e || e->wake_sk != call->key || e->taken || !e->run_ts || e->run_ts > call->now)
		return false;
	/* It found nothing: not because of that wake-up if it has waited for a socket again,
	 * in this call or in a poll that found nothing either. */
	if (call->result == EAGAIN_RESULT)
		return e->slept_at <= e->run_ts;
	/* What came since: an end, or an error. */
	if (!took)
		return !slept_since(e, e->run_ts);
	/* Newer data: another task has taken the others. */
	return call->op == SW_OP_SEND || (__s32)(from - e->wake_end) < 0;
}

/* The wake-up that is answered, if by a task that it did not wake. */
static __always_inline __u64 answers_any(const struct socket_entry *s, __u64 pending, bool took,
					 __u32 from)
{
	if (!took || (__s32)(from - s->readable_end) < 0)
		return pending;
	/* What the oldest told of was taken unseen. */
	return (__s32)(from - s->latest_from) >= 0 && (__s32)(from - s->latest_end) < 0 ?
		       s->latest_ts :
		       0;
}

/* 100, 1000, 10,000 …: so often nothing was taken, without a wake-up in between. */
static __always_inline bool is_told_of(__u32 tries)
{
	return tries == 100 || tries == 1000 || tries == 10000 || tries == 100000 ||
	       tries == 1000000 || tries == 10000000;
}

/* A call that takes nothing: one of many? */
static __always_inline void count_try(struct socket_entry *s, struct call *call)
{
	if (!s->tries++)
		s->tries_since = call->now;
	if (!is_told_of(s->tries))
		return;
	call->tries = s->tries;
	call->tries_since = s->tries_since;
}

/* A send by which nobody is answered, as nearly all are: counted, and that is all. */
static __always_inline bool send_answers_nothing(struct task_entry *e, __u64 sk)
{
	if ((e->wake_sk == sk && !e->taken) || *room_mark(sk))
		return false;
	e->others++;
	e->idle_polls = 0;
	return true;
}

/*
 * The current task's call on a socket is over.
 */
static __always_inline void call_on_socket(struct task_entry *e, struct call *call,
					   const enum way way)
{
	__u32 cpu = bpf_get_smp_processor_id(), from = 0;
	const bool send = call->op == SW_OP_SEND;
	struct sock *sk = TO(way, struct sock, call->key);
	struct socket_entry *s;
	bool waited, took, told, ended = false;
	__u64 *pending;

	if (!is_active(cpu))
		return;
	waited = e && e->begin && e->sk == call->key && CALL_OP(e->call) == call->op;
	if (send && e && !waited && send_answers_nothing(e, call->key))
		return;
	s = bpf_map_lookup_elem(&sockets, &call->key);
	if (!s && !e)
		return;
	call->now = bpf_ktime_get_ns();
	if (waited) {
		if (!call->begin)
			call->begin = e->begin;
		task_rename(e, current_task(way), way);
		tell_wait(e, bpf_get_current_task(), cpu, call->now, call->result, 0);
	}
	if (!settings.tell_io || call->op == SW_OP_CONNECT || call->look)
		return;
	took = call->op == SW_OP_ACCEPT ? call->result >= 0 : call->result > 0;
	if (took && e)
		e->idle_polls = 0;
	if (!s) {
		e->others++;
		return;
	}
	if (took && !send)
		from = took_from(s, sk, call->result, way);
	if (call->op == SW_OP_RECV && call->result == EAGAIN_RESULT && taken_unseen(s, sk, way)) {
		/* Up to here: the next one that finds nothing does so for itself. */
		s->seen = VIA(way, TO(way, struct tcp_sock, sk), copied_seq);
		s->readable_ts = 0;
		if (e)
			e->taken = 1;
		return;
	}
	/* What fires on another CPU after `now` is not answered by this call. */
	if (answers_own(e, call, took, from)) {
		e->taken = 1;
		call->woken = 1;
		call->wakeup_ts = e->wakeup_ts;
	} else if (e) {
		e->others++;
	}
	pending = send ? &s->writable_ts : &s->readable_ts;
	if (*pending && *pending <= call->now) {
		if (!call->woken)
			call->wakeup_ts = send ? *pending : answers_any(s, *pending, took, from);
		*pending = 0;
		ended = took;
	}
	if (took) {
		s->tries = 0;
	} else if (!send) {
		/* Whatever there was is taken. */
		if (call->result == EAGAIN_RESULT)
			s->takes = s->fires;
		count_try(s, call);
	}
	if (call->tries) {
		call->begin = call->tries_since;
		call->wakeup_ts = 0;
		call->woken = 0;
	}
	/* Also the end of a stall that began with a send that found no room, and of what
	 * waited to be taken, if it is not known which wake-up brought this. */
	told = call->wakeup_ts || call->tries || ended || (send && took && s->blocked);
	if (told)
		tell_io(e, s->id, call, cpu, way);
	/* What took a part of its data waits on, and that is told once. */
	if (send && took)
		s->blocked = told && call->flags & SW_F_PARTIAL;
}

#endif
