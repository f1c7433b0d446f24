/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the programs of this folder share.
 *
 * Each program makes a known number of wake-ups and prints, as NDJSON, which
 * sockets it had and what a trace must hold of them; `verify` compares.  Lines
 * add up: two expectations of the same callback on one socket ask for the sum.
 * A trace must hold nothing else of a declared socket, so whatever a helper
 * here does to a socket, it expects too.
 */
#ifndef LIVE_H
#define LIVE_H

#include <sys/syscall.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

#define LIVE_SKIP 77 /* exit status: this machine cannot do it */

/* Every program starts and ends with these; live_end() waits until the sockets that
 * were closed are gone, and prints. */
void live_start(void);
int live_end(void);
_Noreturn void live_skip(const char *why);
_Noreturn void live_die(const char *file, int line, const char *what);

/* A call that must not fail: its value, or the end of the program. */
#define TRY(call)                                                 \
	({                                                        \
		__auto_type ret_ = (call);                        \
		if (ret_ < 0)                                     \
			live_die(__FILE__, __LINE__, #call);      \
		ret_;                                             \
	})
#define MUST(condition)                                           \
	do {                                                      \
		if (!(condition))                                 \
			live_die(__FILE__, __LINE__, #condition); \
	} while (0)

/* ---- what the trace must hold ---- */

/* Declares the socket under a label, with its inode, family and protocol, and
 * the names it has at this moment. */
void live_declare(const char *label, int fd);
/* The same without the names, for a socket that is traced before it has them. */
void live_declare_unnamed(const char *label, int fd);

/* `more` is a printf format for further members, such as "\"waiters\":%d"; or NULL. */
__attribute__((format(printf, 4, 5))) void live_expect(const char *label, const char *callback,
						       unsigned int count, const char *more, ...);
void live_expect_accept(const char *label, long result, bool waited, unsigned int count);
/* ... of one that slept until a wake-up of the listener. */
void live_expect_accept_woken(const char *label, long result);
void live_expect_destroy(const char *label);
/* Any number of calls of this callback; one or more. */
void live_expect_any(const char *label, const char *callback);
void live_expect_some(const char *label, const char *callback);
/* ... with so many bytes to read. */
void live_expect_some_queued(const char *label, const char *callback, size_t bytes);
/* `count` times this callback woke the thread (0: any one), which waited that way. */
void live_expect_woken(const char *label, const char *callback, pid_t tid, const char *via,
		       unsigned int count);
/* ... or found awake, by a blocking call. */
void live_expect_awake(const char *label, const char *callback, pid_t tid, unsigned int count);
/* ... after which it ran, `least_ns` later or more. */
void live_expect_run(const char *label, pid_t tid, unsigned long long least_ns,
		     unsigned int count);
/* A call that a wake-up led to; `result` as NDJSON has it: bytes, fd or -errno. */
void live_expect_io(const char *label, const char *op, pid_t tid, long result,
		    unsigned int count);
/* A sleep in a call, at least `least_ns` long; `ended_by` is one of NDJSON's words, or
 * an array of them. */
void live_expect_wait(const char *label, const char *op, pid_t tid, const char *ended_by,
		      unsigned long long least_ns, unsigned int count);
/* At least one finding of that kind, `least` or worse. */
void live_expect_finding(const char *label, const char *kind, unsigned long long least);
/* ... of poll(2) that returned at once again and again, as the other end had hung up. */
void live_expect_hung_up(const char *label);
/* What sending `sent` datagrams does to a UDP socket; for `polled` of them somebody
 * waited for room. */
void live_expect_udp_sent(const char *label, unsigned int sent, unsigned int polled);

/* ---- sockets ---- */

/* A socket bound to the family's loopback address and a port of the kernel's choice. */
int live_bound(int family, int type);
void live_connect_to(int fd, int to);
/* Waits until a connection is there, so that accept(2) need not. */
int live_accept_ready(int listener);
/* No SO_SNDBUF that the caller asks for can be smaller than the kernel's least. */
void live_small_sndbuf(int fd, int bytes);

/*
 * A TCP connection with its listener, declared as PREFIX"listener",
 * PREFIX"client" and PREFIX"server".  The helpers expect what they cause.
 */
struct live_tcp {
	char listener_label[32], client_label[32], server_label[32];
	int listener, client, server;
};

void live_tcp_listen(struct live_tcp *t, const char *prefix, int family);
void live_tcp_connect(struct live_tcp *t);
void live_tcp_open(struct live_tcp *t, const char *prefix, int family);
/* The client goes first; the server reads the end, and everything is closed. */
void live_tcp_close(struct live_tcp *t);
/* Only the listener. */
void live_tcp_close_listener(struct live_tcp *t);

/* ---- threads ---- */

struct live_thread {
	pthread_t thread;
	_Atomic pid_t tid;
	void (*run)(void *arg);
	void *arg;
};

void live_thread_start(struct live_thread *t, void (*run)(void *arg), void *arg);
void live_thread_join(struct live_thread *t);
/* Of the monotonic clock. */
long live_now_ms(void);
void live_sleep_ms(long ms);
/* Until the thread sleeps in the system call with this number. */
void live_thread_asleep(const struct live_thread *t, long syscall_number);
/* Until the counter has the value. */
void live_until(const atomic_uint *counter, unsigned int value);

/* What ends a reader where there is no end of data: a message of this one byte. */
#define LIVE_LAST '!'

/* A thread that receives to the end; `received` counts the messages. */
struct live_reader {
	struct live_thread thread;
	int fd;
	atomic_uint received;
	int error; /* errno of the call that ended it; 0: it was the end */
};

void live_reader_start(struct live_reader *r, int fd);
/* Sends `count` messages, each only once the reader sleeps and has had the last. */
void live_reader_feed(struct live_reader *r, int from, size_t size, unsigned int count);
void live_reader_asleep(const struct live_reader *r);
void live_reader_join(struct live_reader *r);
/* The number of a system call that waits, as this architecture's C library makes it. */
#ifdef SYS_epoll_wait
#define LIVE_EPOLL_WAIT SYS_epoll_wait
#define LIVE_POLL SYS_poll
#else
#define LIVE_EPOLL_WAIT SYS_epoll_pwait
#define LIVE_POLL SYS_ppoll
#endif

/* Sends the last message, and joins. */
void live_reader_stop(struct live_reader *r, int from);

/* A thread in one poll(2) for POLLOUT. */
struct live_poller {
	struct live_thread thread;
	int fd;
	short revents;
};

void live_poller_start(struct live_poller *p, int fd); /* returns once it sleeps */
void live_poller_join(struct live_poller *p);

/* A signal that is blocked has arrived: it is taken off, or the program ends. */
void live_take_signal(int signal);
/* Whether it is pending. */
bool live_signal_pending(int signal);

#endif
