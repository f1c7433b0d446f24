/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * --pid and --comm: a socket is wanted if a wanted task is on the CPU, owns the
 * socket, or waits on it.
 *
 * Nearly all sockets of a machine are not.  Each map has an array of marks beside
 * it, so that "no" costs a load and not the call of a helper.
 */
#ifndef SW_OWNERS_BPF_H
#define SW_OWNERS_BPF_H

#include "queue.bpf.h"
#include "wanted_waits.bpf.h"

/* Sockets that wanted tasks made, accepted or used, for --pid and --comm. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_SOCKETS);
	__type(key, __u64); /* struct sock * */
	__type(value, struct owner_entry);
} owned SEC(".maps");

/* Sockets that those tasks had open when tracing began, by inode number. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SW_MAX_SOCKETS);
	__type(key, __u64);
	__type(value, __u8);
} owned_inodes SEC(".maps");

/* How many processes of each hash are in `pids`. */
__s32 pid_marks[SW_PID_MARKS];
/* The user half sets those of what it puts into the map; none is ever cleared. */
__u8 inode_marks[SW_INODE_MARKS];
__u32 inodes_owned; /* there are any; set by the user half as well */
__s32 owned_marks[SW_OWNED_MARKS]; /* how many of each hash there are in `owned` */

static __always_inline __u64 inode_of(struct sock *sk)
{
	struct sock___ino *with_ino = (void *)sk;
	struct socket *socket;
	struct socket_alloc *alloc;
	struct file *file;

	if (bpf_core_field_exists(with_ino->sk_ino)) {
		__u64 ino = 0;

		if (bpf_core_field_size(with_ino->sk_ino) == 8)
			bpf_probe_read_kernel(&ino, 8, (void *)sk + bpf_core_field_offset(
							       struct sock___ino, sk_ino));
		else
			bpf_probe_read_kernel(&ino, 4, (void *)sk + bpf_core_field_offset(
							       struct sock___ino, sk_ino));
		return ino;
	}
	socket = BPF_CORE_READ(sk, sk_socket);
	if (!socket)
		return 0;
	alloc = (void *)socket - bpf_core_field_offset(struct socket_alloc, socket);
	file = BPF_CORE_READ(socket, file);
	/* A TUN device's socket is part of something else than a socket's inode, and what
	 * is behind it is not for anybody to see. */
	if (file && BPF_CORE_READ(file, f_inode) != &alloc->vfs_inode)
		return 0;
	return BPF_CORE_READ(alloc, vfs_inode.i_ino);
}

static __always_inline __s32 *owned_mark(__u64 sk)
{
	return &owned_marks[SW_MARK_OF_OWNED(sk)];
}

static __always_inline void own(struct sock *sk)
{
	struct owner_entry fresh, *e;
	__u64 key = (__u64)sk, number;

	if (!sk)
		return;
	fresh.cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	fresh.since = bpf_ktime_get_ns();
	e = bpf_map_lookup_elem(&owned, &key);
	if (e) {
		*e = fresh;
		return;
	}
	/* Before it can be found: who looks for it looks at the marks first. */
	number = number_of(sk);
	ADD(*owned_mark(number), 1);
	ADD(used[SW_TABLE_OWNED], 1);
	if (!bpf_map_update_elem(&owned, &key, &fresh, BPF_NOEXIST))
		return;
	ADD(used[SW_TABLE_OWNED], -1);
	ADD(*owned_mark(number), -1);
	if (!bpf_map_lookup_elem(&owned, &key))
		lose_one(SW_LOST_SOCKETS);
}

/* Is it known as this very socket, so that own() had nothing to add? */
static __always_inline bool is_noted_owned(struct sock *sk)
{
	__u64 key = number_of(sk);
	struct owner_entry *e;

	if (!*owned_mark(key))
		return false;
	e = bpf_map_lookup_elem(&owned, &key);
	return e && e->cookie == (__u64)BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
}

/* The socket is no more. */
static __always_inline void disown(__u64 key)
{
	__s32 *mark = owned_mark(number_of((void *)key));

	/* Nearly all that end: no lock is taken for them. */
	if (!*mark || bpf_map_delete_elem(&owned, &key))
		return;
	ADD(used[SW_TABLE_OWNED], -1);
	ADD(*mark, -1);
}

static __always_inline bool socket_owned(struct sock *sk)
{
	struct owner_entry *e;
	__u64 key = (__u64)sk;

	e = bpf_map_lookup_elem(&owned, &key);
	/* Where no destructor is seen, another socket may be in its place by now. */
	if (e && (!settings.cookie_ids || !e->cookie ||
		  e->cookie == (__u64)BPF_CORE_READ(sk, __sk_common.skc_cookie.counter)))
		return true;
	key = inode_of(sk);
	return key && bpf_map_lookup_elem(&owned_inodes, &key);
}

#ifdef SW_CASTS
static __always_inline bool pid_marked(struct task_struct *task)
{
	return pid_marks[task->tgid & (SW_PID_MARKS - 1)];
}

/* May the one task that waits there be wanted?  Of more than one it is not known. */
static __always_inline bool may_wait(__u64 head)
{
	__u64 next = WORD_AT(CAST, head), task;
	struct wait_queue_entry *entry;

	if (next == head)
		return false;
	entry = AS(struct wait_queue_entry, ENTRY_OF(next));
	if ((__u64)entry->entry.next != head)
		return true;
	if ((__u64)entry->func == settings.fn_ep_poll || (__u64)entry->func == settings.fn_pollwake)
		return true;
	task = WORD_AT(CAST, ENTRY_OF(next) + bpf_core_field_offset(struct wait_queue_entry, private));
	return !task || pid_marked(AS(struct task_struct, task));
}

static __always_inline bool may_wait_on_socket(__u64 wait_queue)
{
	__u64 head = wait_queue + bpf_core_field_offset(struct socket_wq, wait.head);
	__u64 next = WORD_AT(CAST, head);
	struct wait_queue_entry *entry;

	if (next == head)
		return false;
	entry = AS(struct wait_queue_entry, ENTRY_OF(next));
	if ((__u64)entry->entry.next == head && (__u64)entry->func == settings.fn_ep_poll) {
		__u64 ep = epoll_of(ENTRY_OF(next), CAST);

		return !ep || may_wait(ep + bpf_core_field_offset(struct eventpoll, wq.head));
	}
	return may_wait(head);
}

/* As inode_of(), but for sockets without a file and those of TUN, which have none. */
static __always_inline __u8 *inode_mark(struct sock *sk)
{
	struct sock___ino *with_ino = (void *)sk;
	__u64 inode = 0, socket;

	if (bpf_core_field_exists(with_ino->sk_ino)) {
		inode = with_ino->sk_ino;
	} else {
		socket = WORD_AT(CAST, (__u64)sk + bpf_core_field_offset(struct sock, sk_socket));
		if (socket)
			inode = WORD_AT(CAST,
					socket - bpf_core_field_offset(struct socket_alloc, socket) +
						bpf_core_field_offset(struct socket_alloc,
								      vfs_inode.i_ino));
	}
	return &inode_marks[if_any(inodes_owned, inode) & (SW_INODE_MARKS - 1)];
}

/* By marks alone: false is certain. */
static __always_inline bool may_be_wanted(struct sock *sk)
{
	__u64 wq;

	if (settings.pidns || filter.n_comms)
		return true;
	if (pid_marked(bpf_get_current_task_btf()))
		return true;
	wq = wait_queue_of(sk, CAST);
	if (*owned_mark(if_any(used[SW_TABLE_OWNED], number_of_typed(sk))) || *inode_mark(sk))
		return true;
	return wq && may_wait_on_socket(wq);
}
#endif

static __always_inline bool owner_wanted(struct sock *sk, const enum way way)
{
#ifdef SW_CASTS
	if (way == CAST && !may_be_wanted(sk))
		return false;
#endif
	return current_wanted() || socket_owned(sk) || wanted_waits(sk);
}

#endif
