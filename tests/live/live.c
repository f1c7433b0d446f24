// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "hooks.h"

/* A program that hangs ends itself; an emulated machine can be this slow. */
#define LIVE_TIMEOUT 240 /* seconds */

static const char *const cause_names[] = {
#define CAUSE(id, name) [SW_CAUSE_##id] = #name,
	SW_CAUSES(CAUSE)
#undef CAUSE
};

static const struct {
	const char *name;
	enum sw_cause cause;
} hooks[] = {
#define HOOK(id, name, cause, dflt) {#name, SW_CAUSE_##cause},
	SW_HOOKS(HOOK)
#undef HOOK
};

long live_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void live_sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

void live_start(void)
{
	/* All at the end: a program that failed must not have said anything. */
	static char buffer[1 << 20];
	const char *slow = getenv("SW_SLOW");

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	signal(SIGPIPE, SIG_IGN);
	alarm(LIVE_TIMEOUT * (slow ? atoi(slow) : 1));
}

/*
 * Some sockets end in an RCU callback: netlink's, and on 5.10 those of listeners.
 * CPUs run their callbacks in order, so once a grace period has passed that each
 * of them asked for, they are through with what was queued before; from 6.17 on
 * the one who waits is woken by other means, and only the next period shows it.
 */
static void let_sockets_end(void)
{
	long cpus = TRY(sysconf(_SC_NPROCESSORS_CONF));

	for (int round = 0; round < 2; round++) {
		for (int cpu = 0; cpu < cpus; cpu++) {
			cpu_set_t only;

			CPU_ZERO(&only);
			CPU_SET(cpu, &only);
			if (!sched_setaffinity(0, sizeof(only), &only))
				TRY(syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
		}
	}
}

int live_end(void)
{
	let_sockets_end();
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

void live_skip(const char *why)
{
	fprintf(stderr, "%s\n", why);
	_exit(LIVE_SKIP);
}

void live_die(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, what, strerror(errno));
	_exit(EXIT_FAILURE);
}

static void pause_a_little(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* ---- what the trace must hold ---- */

static int sockopt_int(int fd, int option)
{
	int value;
	socklen_t len = sizeof(value);

	TRY(getsockopt(fd, SOL_SOCKET, option, &value, &len));
	return value;
}

static void print_proto(int fd, int family)
{
	int type = sockopt_int(fd, SO_TYPE);
	int protocol = sockopt_int(fd, SO_PROTOCOL);

	if (family == AF_INET || family == AF_INET6) {
		if (protocol == IPPROTO_MPTCP)
			printf(",\"proto\":\"mptcp\"");
		else if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
			printf(",\"proto\":\"%s\"", protocol == IPPROTO_TCP ? "tcp" : "udp");
	} else if (family == AF_NETLINK) {
		if (protocol == NETLINK_ROUTE || protocol == NETLINK_USERSOCK)
			printf(",\"proto\":\"%s\"",
			       protocol == NETLINK_ROUTE ? "route" : "usersock");
	} else if (family == AF_UNIX || family == AF_VSOCK) {
		printf(",\"proto\":\"%s\"", type == SOCK_STREAM ? "stream" :
					    type == SOCK_DGRAM	? "dgram" :
								  "seqpacket");
	}
}

/* Every byte as an escape, so that any may come; the kernel's own length says how many. */
static void print_unix_name(const char *key, const struct sockaddr_un *un, socklen_t len)
{
	size_t n = len > offsetof(struct sockaddr_un, sun_path) ?
			   len - offsetof(struct sockaddr_un, sun_path) :
			   0;
	bool abstract = n && !un->sun_path[0];

	/* A path of 108 bytes comes with a NUL after them, which belongs to no field. */
	if (!abstract)
		n = strnlen(un->sun_path, n < sizeof(un->sun_path) ? n : sizeof(un->sun_path));
	printf(",\"%s\":\"%s", key, abstract ? "@" : "");
	for (size_t i = abstract; i < n; i++)
		printf("\\u%04x", (unsigned char)un->sun_path[i]);
	putchar('"');
}

static const char *cid_text(unsigned int cid, char text[INET6_ADDRSTRLEN])
{
	snprintf(text, INET6_ADDRSTRLEN, "%u", cid);
	return text;
}

static void print_name(const char *key, const struct sockaddr_storage *name, socklen_t len)
{
	char text[INET6_ADDRSTRLEN];

	if (name->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)name;

		inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		printf(",\"%s\":\"%s:%u\"", key, text, ntohs(in->sin_port));
	} else if (name->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const void *)name;

		inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof(text));
		printf(",\"%s\":\"[%s]:%u\"", key, text, ntohs(in->sin6_port));
	} else if (name->ss_family == AF_NETLINK) {
		const struct sockaddr_nl *nl = (const void *)name;

		/* The kernel's own, and none yet, is 0. */
		if (nl->nl_pid)
			printf(",\"%s\":\"%u\"", key, nl->nl_pid);
	} else if (name->ss_family == AF_UNIX) {
		print_unix_name(key, (const void *)name, len);
	} else if (name->ss_family == AF_VSOCK) {
		const struct sockaddr_vm *vm = (const void *)name;

		if (vm->svm_port != VMADDR_PORT_ANY)
			printf(",\"%s\":\"%s:%u\"", key,
			       vm->svm_cid == VMADDR_CID_ANY ? "*" : cid_text(vm->svm_cid, text),
			       vm->svm_port);
	}
}

static void declare(const char *label, int fd, bool named)
{
	static const struct {
		int family;
		const char *name;
	} families[] = {
		{AF_INET, "inet"},	 {AF_INET6, "inet6"},	{AF_UNIX, "unix"},
		{AF_NETLINK, "netlink"}, {AF_PACKET, "packet"}, {AF_VSOCK, "vsock"},
	};
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	int family = sockopt_int(fd, SO_DOMAIN);
	struct stat st;

	TRY(fstat(fd, &st));
	printf("{\"socket\":\"%s\",\"inode\":%llu", label, (unsigned long long)st.st_ino);
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (families[i].family == family)
			printf(",\"family\":\"%s\"", families[i].name);
	print_proto(fd, family);
	if (named) {
		TRY(getsockname(fd, (struct sockaddr *)&name, &len));
		print_name("local", &name, len);
		len = sizeof(name);
		if (!getpeername(fd, (struct sockaddr *)&name, &len))
			print_name("remote", &name, len);
	}
	puts("}");
}

void live_declare(const char *label, int fd)
{
	declare(label, fd, true);
}

void live_declare_unnamed(const char *label, int fd)
{
	declare(label, fd, false);
}

void live_expect(const char *label, const char *callback, unsigned int count, const char *more, ...)
{
	const char *cause = NULL;
	va_list ap;

	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		if (!strcmp(hooks[i].name, callback))
			cause = cause_names[hooks[i].cause];
	MUST(cause);
	printf("{\"expect\":\"wakeup\",\"socket\":\"%s\",\"callback\":\"%s\",\"cause\":\"%s\","
	       "\"count\":%u",
	       label, callback, cause, count);
	if (more) {
		putchar(',');
		va_start(ap, more);
		vprintf(more, ap);
		va_end(ap);
	}
	puts("}");
}

void live_expect_accept(const char *label, long result, bool waited, unsigned int count)
{
	printf("{\"expect\":\"wait\",\"socket\":\"%s\",\"op\":\"accept\",\"result\":", label);
	/* A call that a signal ended restarts, or gives EINTR: which of the two is
	 * decided when the callback has long returned (kernel/signal.c). */
	if (result == -EINTR)
		printf("[%d,-512]", -EINTR);
	else
		printf("%ld", result);
	printf(",\"waited\":%s,\"count\":%u}\n", waited ? "true" : "false", count);
}

void live_expect_accept_woken(const char *label, long result)
{
	printf("{\"expect\":\"wait\",\"socket\":\"%s\",\"op\":\"accept\",\"result\":%ld,"
	       "\"waited\":true,\"ended_by\":\"wakeup\",\"count\":1}\n",
	       label, result);
}

void live_expect_any(const char *label, const char *callback)
{
	printf("{\"expect\":\"wakeup\",\"socket\":\"%s\",\"callback\":\"%s\",\"min\":0}\n",
	       label, callback);
}

void live_expect_some(const char *label, const char *callback)
{
	printf("{\"expect\":\"wakeup\",\"socket\":\"%s\",\"callback\":\"%s\",\"min\":1}\n",
	       label, callback);
}

void live_expect_some_queued(const char *label, const char *callback, size_t bytes)
{
	printf("{\"expect\":\"wakeup\",\"socket\":\"%s\",\"callback\":\"%s\",\"rx_queued\":%zu,"
	       "\"min\":1}\n",
	       label, callback, bytes);
}

static void print_tid(pid_t tid)
{
	if (tid)
		printf(",\"tid\":%d", tid);
}

void live_expect_woken(const char *label, const char *callback, pid_t tid, const char *via,
		       unsigned int count)
{
	/* A signal's owner waits on no queue. */
	bool confirmed = strcmp(via, "async") && strcmp(via, "io_uring");

	printf("{\"expect\":\"woken\",\"socket\":\"%s\",\"callback\":\"%s\",\"via\":\"%s\","
	       "\"confirmed\":%s",
	       label, callback, via, confirmed ? "true" : "false");
	print_tid(tid);
	printf(",\"count\":%u}\n", count);
}

void live_expect_awake(const char *label, const char *callback, pid_t tid, unsigned int count)
{
	printf("{\"expect\":\"woken\",\"socket\":\"%s\",\"callback\":\"%s\",\"via\":\"blocking\","
	       "\"confirmed\":true,\"awake\":true",
	       label, callback);
	print_tid(tid);
	printf(",\"count\":%u}\n", count);
}

void live_expect_run(const char *label, pid_t tid, unsigned long long least_ns,
		     unsigned int count)
{
	printf("{\"expect\":\"run\",\"socket\":\"%s\",\"least_ns\":%llu", label, least_ns);
	print_tid(tid);
	printf(",\"count\":%u}\n", count);
}

void live_expect_io(const char *label, const char *op, pid_t tid, long result,
		    unsigned int count)
{
	printf("{\"expect\":\"io\",\"socket\":\"%s\",\"op\":\"%s\",\"result\":%ld", label, op,
	       result);
	print_tid(tid);
	printf(",\"count\":%u}\n", count);
}

void live_expect_wait(const char *label, const char *op, pid_t tid, const char *ended_by,
		      unsigned long long least_ns, unsigned int count)
{
	const char *quote = *ended_by == '[' ? "" : "\"";

	printf("{\"expect\":\"wait\",\"callback\":\"wait\",\"socket\":\"%s\",\"op\":\"%s\","
	       "\"ended_by\":%s%s%s,\"least_ns\":%llu",
	       label, op, quote, ended_by, quote, least_ns);
	print_tid(tid);
	printf(",\"min\":%u}\n", count);
}

void live_expect_finding(const char *label, const char *kind, unsigned long long least)
{
	printf("{\"expect\":\"finding\",\"socket\":\"%s\",\"kind\":\"%s\",\"least_ns\":%llu,"
	       "\"min\":1}\n",
	       label, kind, least);
}

void live_expect_hung_up(const char *label)
{
	live_expect_finding(label, "spin", 100);
	printf("{\"expect\":\"io\",\"socket\":\"%s\",\"op\":\"poll\",\"hung_up\":true,\"min\":1}\n",
	       label);
}

void live_expect_destroy(const char *label)
{
	printf("{\"expect\":\"destroy\",\"socket\":\"%s\",\"count\":1}\n", label);
}

void live_expect_udp_sent(const char *label, unsigned int sent, unsigned int polled)
{
	struct utsname u;
	unsigned int major = 0, minor = 0;

	/*
	 * loopback_xmit() orphans what it is given, so each datagram that was sent
	 * has left the send buffer when the call returns, and until Linux 5.18 that
	 * called sock_def_write_space().  Since then ("sock: optimise UDP
	 * sock_wfree() refcounting") sock_wfree() wakes by itself, and as it runs
	 * for every packet, it is a wake-up only if somebody waits.  No interface
	 * tells which it is, hence the version.
	 */
	TRY(uname(&u));
	sscanf(u.release, "%u.%u", &major, &minor);
	if (major < 5 || (major == 5 && minor < 19))
		live_expect(label, "sock_def_write_space", sent, NULL);
	else if (polled)
		live_expect(label, "sock_wfree", polled, "\"waiters\":1");
}

/* ---- sockets ---- */

int live_bound(int family, int type)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (family == AF_INET6) {
		if (fd < 0 || bind(fd, (struct sockaddr *)&in6, sizeof(in6)))
			live_skip("no IPv6 here");
	} else {
		TRY(fd);
		TRY(bind(fd, (struct sockaddr *)&in, sizeof(in)));
	}
	return fd;
}

void live_connect_to(int fd, int to)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	TRY(getsockname(to, (struct sockaddr *)&name, &len));
	TRY(connect(fd, (struct sockaddr *)&name, len));
}

int live_accept_ready(int listener)
{
	/*
	 * connect(2) returns when the SYN-ACK came; the ACK that makes the
	 * connection may then still lie with ksoftirqd.
	 */
	TRY(poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, -1));
	return TRY(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
}

void live_small_sndbuf(int fd, int bytes)
{
	TRY(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)));
}

void live_tcp_listen(struct live_tcp *t, const char *prefix, int family)
{
	snprintf(t->listener_label, sizeof(t->listener_label), "%slistener", prefix);
	snprintf(t->client_label, sizeof(t->client_label), "%sclient", prefix);
	snprintf(t->server_label, sizeof(t->server_label), "%sserver", prefix);
	t->listener = live_bound(family, SOCK_STREAM);
	TRY(listen(t->listener, 64));
	live_declare(t->listener_label, t->listener);
}

void live_tcp_connect(struct live_tcp *t)
{
	int one = 1;

	t->client = TRY(socket(sockopt_int(t->listener, SO_DOMAIN), SOCK_STREAM | SOCK_CLOEXEC, 0));
	live_connect_to(t->client, t->listener);
	/* Or a segment could wait for the acknowledgment of the one before it, and be
	 * sent together with the next. */
	TRY(setsockopt(t->client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	live_declare(t->client_label, t->client);
	live_expect(t->client_label, "sock_def_wakeup", 1, "\"state\":\"ESTABLISHED\"");
}

void live_tcp_open(struct live_tcp *t, const char *prefix, int family)
{
	int one = 1;

	live_tcp_listen(t, prefix, family);
	live_tcp_connect(t);
	t->server = live_accept_ready(t->listener);
	TRY(setsockopt(t->server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	live_declare(t->server_label, t->server);
	live_expect(t->listener_label, "sock_def_readable", 1, "\"state\":\"LISTEN\"");
	live_expect_accept(t->listener_label, 0, false, 1);
	/* tcp_rcv_state_process() tells the new socket of its birth, which nobody
	 * can hear: it has no file, hence no wait queue and no inode. */
	live_expect(t->server_label, "sock_def_wakeup", 1, "\"state\":\"ESTABLISHED\",\"waiters\":0");
}

void live_tcp_close_listener(struct live_tcp *t)
{
	TRY(close(t->listener));
	live_expect_destroy(t->listener_label);
}

void live_tcp_close(struct live_tcp *t)
{
	char byte;

	/* From here on the client is dead to its callbacks: they are not called. */
	TRY(close(t->client));
	MUST(TRY(recv(t->server, &byte, 1, 0)) == 0);
	TRY(close(t->server));
	/* tcp_fin() says that the state changed, tcp_data_queue() that there is
	 * something to read. */
	live_expect(t->server_label, "sock_def_wakeup", 1, "\"state\":\"CLOSE_WAIT\"");
	live_expect(t->server_label, "sock_def_readable", 1, "\"state\":\"CLOSE_WAIT\"");
	live_expect_destroy(t->client_label);
	live_expect_destroy(t->server_label);
	live_tcp_close_listener(t);
}

/* ---- threads ---- */

static void *thread_main(void *arg)
{
	struct live_thread *t = arg;

	t->tid = (pid_t)syscall(SYS_gettid);
	t->run(t->arg);
	return NULL;
}

void live_thread_start(struct live_thread *t, void (*run)(void *arg), void *arg)
{
	pthread_attr_t attr;

	t->tid = 0;
	t->run = run;
	t->arg = arg;
	MUST(!pthread_attr_init(&attr));
	MUST(!pthread_attr_setstacksize(&attr, 64 * 1024));
	errno = pthread_create(&t->thread, &attr, thread_main, t);
	MUST(!errno);
	pthread_attr_destroy(&attr);
}

void live_thread_join(struct live_thread *t)
{
	errno = pthread_join(t->thread, NULL);
	MUST(!errno);
}

/* The start of a file of a thread in /proc; false when it cannot be read. */
static bool read_proc(pid_t tid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", tid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

void live_thread_asleep(const struct live_thread *t, long syscall_number)
{
	char text[256];
	unsigned int seen = 0;
	long number;

	/*
	 * "S" alone could be another sleep, on the way in; the system call alone a
	 * wait for the socket's lock ("D").  The file `syscall` needs a kernel
	 * option: without it, ten readings of "S" in a row must do.
	 */
	while (seen < 10) {
		const char *state;

		pause_a_little();
		if (!t->tid || !read_proc(t->tid, "stat", text, sizeof(text)))
			continue;
		state = strrchr(text, ')');
		if (!state || state[2] != 'S') {
			seen = 0;
			continue;
		}
		if (!read_proc(t->tid, "syscall", text, sizeof(text)))
			seen++;
		else if (sscanf(text, "%ld", &number) == 1 && number == syscall_number)
			return;
	}
}

void live_until(const atomic_uint *counter, unsigned int value)
{
	while (*counter < value)
		pause_a_little();
}

static void reader_run(void *arg)
{
	struct live_reader *r = arg;
	static _Thread_local char data[4096];
	ssize_t n;

	while ((n = recv(r->fd, data, sizeof(data), 0)) > 0) {
		r->received++;
		if (n == 1 && *data == LIVE_LAST)
			break;
	}
	r->error = n < 0 ? errno : 0;
}

void live_reader_start(struct live_reader *r, int fd)
{
	r->fd = fd;
	r->received = 0;
	r->error = 0;
	live_thread_start(&r->thread, reader_run, r);
}

void live_reader_asleep(const struct live_reader *r)
{
	live_thread_asleep(&r->thread, SYS_recvfrom);
}

void live_reader_feed(struct live_reader *r, int from, size_t size, unsigned int count)
{
	char data[4096] = {0};
	unsigned int before = r->received;

	MUST(size <= sizeof(data));
	for (unsigned int i = 1; i <= count; i++) {
		live_reader_asleep(r);
		MUST(TRY(send(from, data, size, 0)) == (ssize_t)size);
		live_until(&r->received, before + i);
	}
	live_reader_asleep(r);
}

void live_reader_join(struct live_reader *r)
{
	live_thread_join(&r->thread);
}

void live_reader_stop(struct live_reader *r, int from)
{
	TRY(send(from, &(char){LIVE_LAST}, 1, 0));
	live_reader_join(r);
}

static void poller_run(void *arg)
{
	struct live_poller *p = arg;
	struct pollfd pfd = {.fd = p->fd, .events = POLLOUT};

	TRY(poll(&pfd, 1, -1));
	p->revents = pfd.revents;
}

void live_poller_start(struct live_poller *p, int fd)
{
	p->fd = fd;
	p->revents = 0;
	live_thread_start(&p->thread, poller_run, p);
#ifdef SYS_poll
	live_thread_asleep(&p->thread, SYS_poll);
#else
	live_thread_asleep(&p->thread, SYS_ppoll);
#endif
}

void live_poller_join(struct live_poller *p)
{
	live_thread_join(&p->thread);
}

void live_take_signal(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	MUST(TRY(sigtimedwait(&set, NULL, &(struct timespec){.tv_sec = 60})) == signal);
}

bool live_signal_pending(int signal)
{
	sigset_t set;

	TRY(sigpending(&set));
	return sigismember(&set, signal) == 1;
}
