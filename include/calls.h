/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * System calls whose result we can learn in no other way.  Where fexit is usable we attach to
 * these alone, rather than trace every system call of every task.
 */
#ifndef SW_CALLS_H
#define SW_CALLS_H

/*
 * CALL(name, waits, makes): the name is that of the kernel's function, after its
 * prefix.  waits: it sleeps for sockets, and neither sock_recv_length nor
 * sock_send_length (6.3) tells its end.  makes: it returns a new socket.
 */
#define SW_ENDING_CALLS(CALL)             \
	CALL(accept, true, true)          \
	CALL(accept4, true, true)         \
	CALL(connect, true, false)        \
	CALL(epoll_pwait, true, false)    \
	CALL(epoll_pwait2, true, false)   \
	CALL(epoll_wait, true, false)     \
	CALL(io_uring_enter, true, false) \
	CALL(poll, true, false)           \
	CALL(ppoll, true, false)          \
	CALL(pselect6, true, false)       \
	CALL(select, true, false)         \
	CALL(sendfile64, true, false)     \
	CALL(socket, false, true)         \
	CALL(socketpair, false, true)     \
	CALL(splice, true, false)

/* Likewise, of one without arguments, whose function has another prefix. */
#define SW_ENDING_CALLS_0(CALL) CALL(restart_syscall, true, false)

#if defined(__x86_64__) || defined(__TARGET_ARCH_x86)
#define SW_CALL_PREFIX "__x64_sys_"
#define SW_CALL_0_PREFIX "__do_sys_"
#elif defined(__aarch64__) || defined(__TARGET_ARCH_arm64)
#define SW_CALL_PREFIX "__arm64_sys_"
#define SW_CALL_0_PREFIX "__arm64_sys_"
#else
#error "What this architecture calls its system calls is not known"
#endif

#endif
