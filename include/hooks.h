/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The hooks: which kernel functions sockwake watches, and what a hit means.
 *
 * One row a hook, read by both halves: the kernel half takes its ids from
 * here, the user half its names, causes and defaults.  Ids are part of the
 * record format, so rows are only ever appended.
 *
 * HOOK(id, name, cause, default)
 *   id       suffix of enum sw_hook
 *   name     the kernel function, or the event, as users name it in --events
 *   cause    suffix of enum sw_cause: what a hit tells its waiters
 *   default  ALWAYS  traced unless --events leaves it out
 *            CHEAP   traced by default only where the rung costs little,
 *                    as it runs once for every packet sent
 *
 * Sources: net/core/sock.c, net/core/stream.c, net/socket.c, net/unix/af_unix.c
 * and net/ipv4/inet_connection_sock.c of Linux 5.10 to 7.3.
 */
#ifndef SW_HOOKS_H
#define SW_HOOKS_H

#define SW_HOOKS(HOOK)                                                     \
	/* sk->sk_data_ready of most protocols: data, FIN, a connection */ \
	HOOK(DEF_READABLE, sock_def_readable, READABLE, ALWAYS)            \
	/* sk->sk_write_space of packet and vsock; UDP's before 6.1 */     \
	HOOK(DEF_WRITE_SPACE, sock_def_write_space, WRITABLE, ALWAYS)      \
	/* sk->sk_state_change: connected, FIN, reset, shutdown */         \
	HOOK(DEF_WAKEUP, sock_def_wakeup, STATE, ALWAYS)                   \
	/* sk->sk_error_report: POLLERR */                                 \
	HOOK(DEF_ERROR_REPORT, sock_def_error_report, ERROR, ALWAYS)       \
	/* sk->sk_destruct until a protocol replaces it: all of them do */ \
	HOOK(DEF_DESTRUCT, sock_def_destruct, DESTROY, ALWAYS)             \
	/* where every socket really ends */                               \
	HOOK(DESTRUCT, sk_destruct, DESTROY, ALWAYS)                       \
	/* SIGIO and SIGURG through O_ASYNC */                             \
	HOOK(WAKE_ASYNC, sock_wake_async, ASYNC, ALWAYS)                   \
	/* a task waits in accept(2) */                                    \
	HOOK(ACCEPT, inet_csk_wait_for_connect, ACCEPT, ALWAYS)            \
	/* TCP's and MPTCP's sk->sk_write_space */                         \
	HOOK(STREAM_WRITE_SPACE, sk_stream_write_space, WRITABLE, ALWAYS)  \
	/* AF_UNIX's sk->sk_write_space */                                 \
	HOOK(UNIX_WRITE_SPACE, unix_write_space, WRITABLE, ALWAYS)         \
	/* wakes UDP's and raw's writers by itself since 5.19 */           \
	HOOK(WFREE, sock_wfree, WRITABLE, CHEAP)                           \
	/* SIGURG to the owner that F_SETOWN named */                      \
	HOOK(SEND_SIGURG, sk_send_sigurg, ASYNC, ALWAYS)                   \
	/* a full datagram receiver has room: its senders' POLLOUT */      \
	HOOK(PEER_WAKE_RELAY, unix_dgram_peer_wake_relay, WRITABLE, ALWAYS) \
	/* what sk_destruct() ends in, for kernels that inlined that */    \
	HOOK(RCU_DESTRUCT, __sk_destruct, DESTROY, ALWAYS)                 \
	/* What follows has no function of its own: the event is its name.  \
	 * a task was woken in a callback */                               \
	HOOK(WOKEN, woken, WOKEN, ALWAYS)                                  \
	/* ... and runs */                                                 \
	HOOK(RUN, run, RUN, ALWAYS)                                        \
	/* a task slept in a call on a socket, or in poll, select or epoll  \
	 * until a socket ended it */                                      \
	HOOK(WAIT, wait, WAIT, ALWAYS)                                     \
	/* a task took what a wake-up told of */                           \
	HOOK(IO, io, IO, ALWAYS)

enum sw_hook {
#define HOOK(id, name, cause, dflt) SW_HOOK_##id,
	SW_HOOKS(HOOK)
#undef HOOK
	SW_HOOK_COUNT
};

/* CAUSE(id, name): what --events and "cause" call them. */
#define SW_CAUSES(CAUSE)          \
	CAUSE(READABLE, readable) \
	CAUSE(WRITABLE, writable) \
	CAUSE(STATE, state)       \
	CAUSE(ERROR, error)       \
	CAUSE(ASYNC, async)       \
	CAUSE(ACCEPT, accept)     \
	CAUSE(DESTROY, destroy)   \
	CAUSE(WOKEN, woken)       \
	CAUSE(RUN, run)           \
	CAUSE(WAIT, wait)         \
	CAUSE(IO, io)

enum sw_cause {
#define CAUSE(id, name) SW_CAUSE_##id,
	SW_CAUSES(CAUSE)
#undef CAUSE
	SW_CAUSE_COUNT
};

#endif
