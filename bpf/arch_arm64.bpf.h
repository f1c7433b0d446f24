/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* arm64's system calls; calls.bpf.h, which includes it, says what each name means. */
#ifndef SW_ARCH_ARM64_BPF_H
#define SW_ARCH_ARM64_BPF_H

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

#endif
