/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* x86-64's system calls; calls.bpf.h, which includes it, says what each name means. */
#ifndef SW_ARCH_X86_BPF_H
#define SW_ARCH_X86_BPF_H

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

#endif
