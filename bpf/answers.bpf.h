/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Wake-ups that wait for an answer: see takes.bpf.h, which finds it. */
#ifndef SW_ANSWERS_BPF_H
#define SW_ANSWERS_BPF_H

#include "socket.bpf.h"

/*
 * The socket remembers the oldest wake-up that nobody has answered, and the latest, and
 * where what they tell of ends: see took_from().  Returns that.
 */
static __always_inline __u32 await_reader(struct socket_entry *e, struct sock *sk,
					  const enum way way, __u64 ts, __u8 state, __u16 *flags)
{
	__u32 taken, end;

	if (has_sequence(sk, way, state)) {
		struct tcp_sock *tp = TO(way, struct tcp_sock, sk);

		taken = VIA(way, tp, copied_seq);
		end = VIA(way, tp, rcv_nxt);
		e->seen = taken;
		if (e->takes == 1 && !e->readable_ts && (__s32)(e->latest_end - taken) > 0)
			*flags |= SW_F_LEFT;
		e->takes = 0;
	} else {
		taken = e->takes;
		end = ++e->fires;
	}
	/* Somebody may have taken it unseen. */
	if (!e->readable_ts || (__s32)(taken - e->readable_end) >= 0) {
		e->readable_ts = ts;
		e->readable_end = end;
	}
	e->latest_from = e->latest_end;
	e->latest_end = end;
	e->latest_ts = ts;
	e->tries = 0;
	return end;
}

/* Returns where what a reader is told of ends, or 0; flags: of the wake-up's record. */
static __always_inline __u32 await_answer(struct sock *sk, const enum way way, __u64 key,
					  __u32 hook, __u64 ts, __u8 state, __u16 *flags)
{
	struct socket_entry *e;

	if (hook != SW_HOOK_DEF_READABLE && hook != SW_HOOK_STREAM_WRITE_SPACE &&
	    hook != SW_HOOK_DEF_WRITE_SPACE && hook != SW_HOOK_UNIX_WRITE_SPACE &&
	    hook != SW_HOOK_WFREE)
		return 0;
	e = bpf_map_lookup_elem(&sockets, &key);
	if (!e)
		return 0;
	if (hook == SW_HOOK_DEF_READABLE)
		return await_reader(e, sk, way, ts, state, flags);
	waits_for_room(e, key);
	if (!e->writable_ts)
		e->writable_ts = ts;
	return 0;
}

#endif
