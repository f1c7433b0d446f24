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
_Static_assert(SW_OP_POLL + 1 < 8 && SW_VIA_ASYNC < 8, "three bits for each");
/* It may cause wake-ups of a socket, and how is not to be seen. */
#define CALL_OPAQUE 0x80
/* Neither sock_recv_length nor sock_send_length tells of it. */
#define CALL_NO_LENGTH 0x08

#define CALLS 512 /* a power of two above every number */

/* Numbers of the architecture's own ABI, and where arguments are (struct pt_regs
 * is ABI: no CO-RE). */
#if defined(__TARGET_ARCH_x86)
static const __u8 calls[CALLS] = {
	[0] = ON_FD(RECV),    /* read */
	[1] = ON_FD(SEND),    /* write */
	[3] = CALL_OPAQUE,    /* close */
	[7] = CALL(POLL, SW_VIA_POLL),
	[19] = ON_FD(RECV),   /* readv */
	[20] = ON_FD(SEND),   /* writev */
	[23] = CALL(POLL, SW_VIA_POLL), /* select */
	[40] = ON_FD(SEND),   /* sendfile */
	[42] = ON_FD(CONNECT),
	[43] = ON_FD(ACCEPT),
	[44] = ON_FD(SEND),   /* sendto */
	[45] = ON_FD(RECV),   /* recvfrom */
	[46] = ON_FD(SEND),   /* sendmsg */
	[47] = ON_FD(RECV),   /* recvmsg */
	[48] = CALL_OPAQUE,   /* shutdown */
	[60] = CALL_OPAQUE,   /* exit */
	[219] = CALL(POLL, SW_VIA_POLL), /* restart_syscall: of these calls, only poll goes on in it */
	[231] = CALL_OPAQUE,  /* exit_group */
	[232] = CALL(POLL, SW_VIA_EPOLL), /* epoll_wait */
	[270] = CALL(POLL, SW_VIA_POLL),  /* pselect6 */
	[271] = CALL(POLL, SW_VIA_POLL),  /* ppoll */
	[275] = ON_FD(RECV) | CALL_NO_LENGTH, /* splice */
	[281] = CALL(POLL, SW_VIA_EPOLL), /* epoll_pwait */
	[288] = ON_FD(ACCEPT), /* accept4 */
	[299] = ON_FD(RECV),  /* recvmmsg */
	[307] = ON_FD(SEND),  /* sendmmsg */
	[426] = CALL(POLL, SW_VIA_IO_URING) | CALL_OPAQUE, /* io_uring_enter */
	[436] = CALL_OPAQUE,  /* close_range */
	[441] = CALL(POLL, SW_VIA_EPOLL), /* epoll_pwait2 */
};
#define is_accept(nr) ((nr) == 43 || (nr) == 288 || (nr) == 102 || (nr) == 364)
#define is_accept_native(nr) ((nr) == 43 || (nr) == 288)
#define NR_SOCKET 41
#define NR_SOCKETPAIR 53
#define SYSCALL_NR(regs) BPF_PROBE_READ(regs, orig_rax)
#define TYPED_SYSCALL_NR(regs) ((regs)->orig_rax)
#define SYSCALL_ARG1(regs) BPF_PROBE_READ(regs, rdi)
#define SYSCALL_ARG2(regs) BPF_PROBE_READ(regs, rsi)
#define SYSCALL_ARG3(regs) BPF_PROBE_READ(regs, rdx)
#define SYSCALL_ARG4(regs) BPF_PROBE_READ(regs, r10)
#define NR_RECVFROM 45
#define NR_RECVMSG 47
#define NR_RECVMMSG 299
#define COMPAT_STATUS 2 /* TS_COMPAT */
#define REGS_SIZE sizeof(struct pt_regs)
#elif defined(__TARGET_ARCH_arm64)
static const __u8 calls[CALLS] = {
	[22] = CALL(POLL, SW_VIA_EPOLL), /* epoll_pwait */
	[57] = CALL_OPAQUE,   /* close */
	[63] = ON_FD(RECV),   /* read */
	[64] = ON_FD(SEND),   /* write */
	[65] = ON_FD(RECV),   /* readv */
	[66] = ON_FD(SEND),   /* writev */
	[71] = ON_FD(SEND),   /* sendfile */
	[72] = CALL(POLL, SW_VIA_POLL), /* pselect6 */
	[73] = CALL(POLL, SW_VIA_POLL), /* ppoll */
	[76] = ON_FD(RECV) | CALL_NO_LENGTH, /* splice */
	[93] = CALL_OPAQUE,   /* exit */
	[94] = CALL_OPAQUE,   /* exit_group */
	[128] = CALL(POLL, SW_VIA_POLL), /* restart_syscall: of these calls, only ppoll goes on in it */
	[202] = ON_FD(ACCEPT),
	[203] = ON_FD(CONNECT),
	[206] = ON_FD(SEND),  /* sendto */
	[207] = ON_FD(RECV),  /* recvfrom */
	[210] = CALL_OPAQUE,  /* shutdown */
	[211] = ON_FD(SEND),  /* sendmsg */
	[212] = ON_FD(RECV),  /* recvmsg */
	[242] = ON_FD(ACCEPT), /* accept4 */
	[243] = ON_FD(RECV),  /* recvmmsg */
	[269] = ON_FD(SEND),  /* sendmmsg */
	[426] = CALL(POLL, SW_VIA_IO_URING) | CALL_OPAQUE, /* io_uring_enter */
	[436] = CALL_OPAQUE,  /* close_range */
	[441] = CALL(POLL, SW_VIA_EPOLL), /* epoll_pwait2 */
};
#define is_accept(nr) ((nr) == 202 || (nr) == 242)
#define is_accept_native(nr) is_accept(nr)
#define NR_SOCKET 198
#define NR_SOCKETPAIR 199
#define SYSCALL_NR(regs)                                        \
	({                                                      \
		struct pt_regs___arm64_call *_r = (void *)regs; \
		BPF_CORE_READ(_r, syscallno);                   \
	})
#define TYPED_SYSCALL_NR(regs) SYSCALL_NR(regs)
/* regs[0] has the result by the time that a call is over. */
#define SYSCALL_ARG1(r)                                        \
	({                                                     \
		struct pt_regs___arm64_call *_r = (void *)(r); \
		BPF_CORE_READ(_r, orig_x0);                    \
	})
#define SYSCALL_ARG2(r) BPF_PROBE_READ((struct user_pt_regs *)(r), regs[1])
#define SYSCALL_ARG3(r) BPF_PROBE_READ((struct user_pt_regs *)(r), regs[2])
#define SYSCALL_ARG4(r) BPF_PROBE_READ((struct user_pt_regs *)(r), regs[3])
#define NR_RECVFROM 207
#define NR_RECVMSG 212
#define NR_RECVMMSG 243
struct pt_regs___arm64_call {
	__u64 orig_x0;
	int syscallno;
} __attribute__((preserve_access_index));
#define REGS_SIZE bpf_core_type_size(struct pt_regs___arm64_call)
#define COMPAT_STATUS 0 /* 32-bit numbers are not told from others */
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

/* What came of it is told by those, since 6.3, and need not be by the call's end. */
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
