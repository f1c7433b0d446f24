/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Sockets: their ids, and what is known of each.
 *
 * A socket gets an id when it is first seen and loses it in sk_destruct(), so
 * that a struct sock that is used again is another socket.  Its names travel
 * once, in a record of their own, and again when they change.
 */
#ifndef SW_SOCKET_BPF_H
#define SW_SOCKET_BPF_H

#include "names.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_SOCKETS);
	__type(key, __u64); /* struct sock * */
	__type(value, struct socket_entry);
} sockets SEC(".maps");

/*
 * How many entries there are of each hash: one load tells that a socket has none.  By
 * cookie where those are made, as the address of a typed socket is no number; an
 * entry that has none yet has not been woken.
 */
__s32 socket_marks[SW_SOCKET_MARKS];

static __always_inline __s32 *socket_mark(struct sock *sk, __u64 cookie)
{
	__u64 hash = settings.cookie_ids ? cookie : number_of(sk) >> 6;

	return &socket_marks[SW_MARK_OF_SOCKET(hash)];
}

/* How many entries there are of each hash, by address, that ever waited for room to be
 * used: nearly all sends are of sockets that have it. */
__s32 room_marks[SW_ROOM_MARKS];
__s32 rooms_needed; /* all of them */

static __always_inline __s32 *room_mark(__u64 sk)
{
	return &room_marks[SW_MARK_OF_ROOM(if_any(rooms_needed, sk))];
}

static __always_inline void waits_for_room(struct socket_entry *e, __u64 sk)
{
	if (e->needs_room)
		return;
	e->needs_room = 1;
	ADD(rooms_needed, 1);
	ADD(*room_mark(sk), 1);
}

/*
 * What was last found in there, by cookie: a number that no two sockets ever
 * have.  Plain memory, as a call of a helper costs more than all the rest of it.
 * CPUs and interrupts may write one place at once: `check` tells what is whole.
 */
struct socket_note {
	__u64 cookie;
	__u64 signature;
	__u64 id;
	__u64 check; /* the others, combined */
};

static struct socket_note notes[SW_NOTES] __attribute__((aligned(64)));

/*
 * What tells a socket from the next one in the same place, where no destructor
 * can be seen.  It is 0 until somebody asks for it; the hooks that can, do.
 */
static __always_inline __u64 cookie_of(struct sock *sk)
{
	return settings.cookie_ids ? BPF_CORE_READ(sk, __sk_common.skc_cookie.counter) : 0;
}

/* Times are unique on a CPU (an interrupt's is later), so with the CPU's number they make
 * an id that is unique in the trace.  Where the clock only goes on with the timer's ticks,
 * an id is later than the last one all the same. */
static __u64 last_ids[SW_MAX_CPUS];

static __always_inline __u64 new_socket_id(__u32 cpu)
{
	volatile __u64 *last = &last_ids[cpu & (SW_MAX_CPUS - 1)];
	__u64 id = (bpf_ktime_get_ns() - settings.start_ns) << 10 | (cpu & 1023);

	if (id <= *last)
		id = *last + 1024;
	*last = id;
	return id;
}

/* Another socket is in the same place. */
static __always_inline void socket_anew(struct socket_entry *e, __u32 cpu)
{
	e->id = new_socket_id(cpu);
	e->inode = 0;
	e->parent = 0;
	e->readable_ts = 0;
	e->writable_ts = 0;
	e->blocked = 0;
	e->tries = 0;
	e->fires = 0;
	e->takes = 0;
}

static __always_inline void socket_moves(struct socket_entry *e, struct sock *sk, __u64 cookie)
{
	ADD(*socket_mark(sk, cookie), 1);
	ADD(*socket_mark(sk, e->cookie), -1);
	e->cookie = cookie;
}

/* The entry of a socket that has none, or NULL.  Not inlined, as the stack is bounded for all
 * callers together. */
static __noinline struct socket_entry *socket_add(struct sock *sk, __u64 cookie, __u32 cpu)
{
	struct socket_entry fresh = {.id = new_socket_id(cpu), .cookie = cookie};
	__u64 key = number_of(sk);

	/* First, as who looks for it looks at the mark. */
	ADD(*socket_mark(sk, cookie), 1);
	if (bpf_map_update_elem(&sockets, &key, &fresh, BPF_NOEXIST))
		ADD(*socket_mark(sk, cookie), -1);
	else
		ADD(used[SW_TABLE_SOCKETS], 1);
	return bpf_map_lookup_elem(&sockets, &key);
}

static __always_inline void socket_drop(struct socket_entry *e, struct sock *sk, __u64 key)
{
	__u64 cookie = e->cookie;
	__u32 needs_room = e->needs_room;

	if (bpf_map_delete_elem(&sockets, &key))
		return;
	ADD(used[SW_TABLE_SOCKETS], -1);
	ADD(*socket_mark(sk, cookie), -1);
	if (needs_room) {
		ADD(*room_mark(key), -1);
		ADD(rooms_needed, -1);
	}
}

/*
 * The id of a socket whose names have been sent.  Returns 0 and the cause in
 * *lost when there was no room for either.
 */
static __always_inline __u64 socket_id(struct sock *sk, const enum way way, __u64 cookie,
				       __u32 cpu, __u32 hook, __u32 *lost)
{
	__u64 key = (__u64)sk, sig;
	struct socket_entry *e;

	e = bpf_map_lookup_elem(&sockets, &key);
	if (!e) {
		e = socket_add(sk, cookie, cpu);
		if (!e) {
			*lost = SW_LOST_SOCKETS;
			return 0;
		}
	} else if (e->cookie != cookie) {
		/* Another socket in the same place, whose predecessor's end was
		 * not seen; or the same one, which now has a cookie. */
		if (e->cookie) {
			socket_anew(e, cpu);
			e->lport = 0;
		}
		socket_moves(e, sk, cookie);
		e->signature = 0;
	}
	sig = signature_of(sk, way, ARG(way, sk, __sk_common.skc_family));
	if (e->signature != sig) {
		__u16 lport = is_inet(BPF_CORE_READ(sk, __sk_common.skc_family)) ?
				      local_port(sk, BY_CALL) :
				      0;
		__u64 inode = inode_of(sk);

		/* A socket gets its inode once and loses it once, and stays bound to
		 * its port: else the end of a predecessor was not seen (the kernel
		 * misses a probe now and then, and says so). */
		if ((inode && e->inode && inode != e->inode) ||
		    (lport && e->lport && lport != e->lport)) {
			socket_anew(e, cpu);
		}
		if (inode)
			e->inode = inode;
		if (lport)
			e->lport = lport;
		if (!send_names(number_of(sk), e->id, cookie, hook, e->parent)) {
			*lost = SW_LOST_RING;
			return 0;
		}
		e->signature = sig;
	}
	return e->id;
}

/*
 * A socket that a typed argument points to: the helper makes cookies only for
 * such, and only those are noted.
 */
static __always_inline __u64 sure_cookie(struct sock *sk)
{
	return sk->__sk_common.skc_cookie.counter ?: bpf_get_socket_cookie(sk);
}

/* ... and what cookie_of() gives, made if need be. */
static __always_inline __u64 identity_of(struct sock *sk)
{
	return settings.cookie_ids ? sure_cookie(sk) : 0;
}

/* A socket belongs to the tasks that use it, too: not all make, accept or are passed what
 * they use (an exec() may change a task's name, a service be started with a connection), and
 * by tracepoints alone none of those calls is traced.  With a cookie, where nobody tells of
 * its end. */
static __always_inline void own_used(struct sock *sk)
{
	if (!settings.own_by_io)
		return;
#ifdef SW_CASTS
	if (!settings.pidns && !filter.n_comms && !pid_marked(bpf_get_current_task_btf()))
		return;
#endif
	if (!current_wanted())
		return;
	identity_of(sk);
	if (!is_noted_owned(sk))
		own(sk);
}

static __always_inline __u64 noted_socket_id(struct sock *sk, __u32 cpu, __u32 hook, __u32 *lost)
{
	__u64 sig = signature_of(sk, CAST, sk->__sk_common.skc_family), cookie = sure_cookie(sk);
	struct socket_note *note = &notes[cookie & (SW_NOTES - 1)];
	/* Read once: what was checked is what is returned. */
	__u64 id = *(volatile __u64 *)&note->id;

	if (note->cookie == cookie && note->signature == sig && note->check == (cookie ^ sig ^ id))
		return id;
	id = socket_id(sk, CAST, settings.cookie_ids ? cookie : 0, cpu, hook, lost);
	if (id) {
		note->cookie = cookie;
		note->signature = sig;
		note->id = id;
		note->check = cookie ^ sig ^ id;
	}
	return id;
}

#endif
