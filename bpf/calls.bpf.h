/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * System calls: which ones concern sockets, and in which one a task is.
 *
 * A task's registers at the entry of its system call stay at the top of its
 * kernel stack, so that call and file descriptor of a task that sleeps can be
 * read without a hook on the way in.
 */
#ifndef SW_CALLS_BPF_H
#define SW_CALLS_BPF_H

#include "socket.bpf.h"

#include "tasks.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000

/*
 * What a system call does to a socket: 0, nothing; else CALL(op, via), where a
 * call with SW_VIA_BLOCKING has the file descriptor as its first argument.
 */
#define CALL(op, via) (((via) << 4) | (SW_OP_##op + 1))
#define CALL_OP(call) SW_CALL_OP(call)
#define CALL_VIA(call) ((call) >> 4 & 7)
#define ON_FD(op) CALL(op, SW_VIA_BLOCKING)
#define IS_ON_FD(call) (CALL_VIA(call) == SW_VIA_BLOCKING)
_Static_assert(SW_OP_COUNT < 8 && SW_VIA_COUNT <= 8, "three bits for each");
/* It may cause wake-ups of a socket, and how is not to be seen. */
#define CALL_OPAQUE 0x80
/* Neither sock_recv_length nor sock_send_length tells of it. */
#define CALL_NO_LENGTH 0x08

/*
 * What is the architecture's own, and a header for each has by the same names: numbers of
 * system calls, and where their arguments are (struct pt_regs is ABI: no CO-RE).
 *
 *   calls[]            what each does to a socket
 *   is_accept(nr), is_accept_native(nr)
 *                      accept(2) and accept4(2): also those of 32-bit programs; not those
 *   NR_*               others that matter
 *   SYSCALL_NR(regs), SYSCALL_ARGn(regs)
 *                      of a task's registers that may not be there any more
 *   TYPED_SYSCALL_NR(regs)
 *                      ... of registers that are known to be there
 *   REGS_SIZE          of what is at the top of a task's stack
 *   COMPAT_STATUS      the flag of thread_info.status that tells a 32-bit call; 0: none does
 */
#define CALLS 512 /* a power of two above every number */
#if defined(__TARGET_ARCH_x86)
#include "arch_x86.bpf.h"
#elif defined(__TARGET_ARCH_arm64)
#include "arch_arm64.bpf.h"
#else
#error "System call numbers of this architecture are not known"
#endif

static __always_inline __u16 family_of(__u64 sk)
{
	return BPF_CORE_READ((struct sock *)sk, __sk_common.skc_family);
}

static __always_inline __u8 call_of(__u64 nr)
{
	if (nr >= CALLS)
		return 0;
	/* For the verifier, the limit must be on the very copy that is the index. */
	barrier_var(nr);
	return calls[nr & (CALLS - 1)];
}

/* Since 6.3 sock_recv_length and sock_send_length report this call's result, so its system
 * call's exit need not. */
static __always_inline bool told_by_length(__u8 call)
{
	return settings.io_by_length && IS_ON_FD(call) && !(call & CALL_NO_LENGTH) &&
	       (CALL_OP(call) == SW_OP_RECV || CALL_OP(call) == SW_OP_SEND);
}

/* Where a task's registers are; only a user task has any. */
static __always_inline struct pt_regs *regs_of(struct task_struct *task, const enum way way)
{
	if (way == CAST)
		return (struct pt_regs *)bpf_task_pt_regs(task);
	return (void *)BPF_CORE_READ(task, stack) + settings.thread_size - REGS_SIZE;
}

/* In what call a task is; 0: in none that matters, or a 32-bit program's. */
static __always_inline __u8 call_of_task(struct task_struct *task, const enum way way)
{
	struct task_struct___info *info = (void *)task;
	struct pt_regs *regs;
	__u8 call;

	if (!(way == CAST ? (__u64)task->mm : (__u64)BPF_CORE_READ(task, mm)))
		return 0;
	regs = regs_of(task, way);
	call = call_of(way == CAST ? (__u64)TYPED_SYSCALL_NR(regs) : (__u64)SYSCALL_NR(regs));
	if (call && COMPAT_STATUS != 0 &&
	    bpf_core_field_exists(info->thread_info.status) &&
	    ARG(way, info, thread_info.status) & COMPAT_STATUS)
		return 0;
	return call;
}

static __always_inline struct file *file_of_task_fd(struct task_struct *task, int fd)
{
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file **files, *file = NULL;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(fdt, max_fds))
		return NULL;
	files = BPF_CORE_READ(fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct socket *socket;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* The socket behind a file descriptor of a task. */
static __always_inline struct sock *sock_of_task_fd(struct task_struct *task, int fd)
{
	return sock_of_file(file_of_task_fd(task, fd));
}

static __always_inline struct sock *sock_of_fd(int fd)
{
	return sock_of_task_fd((void *)bpf_get_current_task(), fd);
}

/* Likewise, by loads. */
static __always_inline __u64 sock_of_task_fd_cast(struct task_struct *task, __u32 fd)
{
#ifdef SW_CASTS
	struct fdtable *fdt = AS(struct fdtable, task->files->fdt);
	struct socket *socket;
	struct inode *inode;
	struct file *file;

	if (fd >= fdt->max_fds)
		return 0;
	/* An element of the array, as a structure that begins with a pointer. */
	file = AS(struct file, AS(struct list_head, fdt->fd + fd)->next);
	inode = AS(struct inode, file->f_inode);
	if ((inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	socket = AS(struct socket, file->private_data);
	return (__u64)socket->sk;
#else
	return 0;
#endif
}

#endif
