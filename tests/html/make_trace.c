// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * make_trace hostile|big N|many N|stacks > FILE: traces for the test of the page.
 *
 *   hostile  names that want to be markup, code, or the end of something; times at both
 *            ends; values as large as can be
 *   big      N events: a server of 400 connections over ten seconds, as like each time
 *   many     N sockets of one wake-up each
 *   stacks   two wake-ups with the stacks of their wakers
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "trace/writer.h"

#define START 5000000000000ULL
#define SECOND 1000000000ULL

static struct sw_writer *writer;

static int to_stdout(void *arg, const void *data, size_t len)
{
	(void)arg;
	return fwrite(data, 1, len, stdout) == len ? 0 : -EIO;
}

static void put(const void *rec, size_t len)
{
	int err = sw_writer__record(writer, rec, len);

	if (err) {
		fprintf(stderr, "make_trace: %s\n", strerror(-err));
		exit(2);
	}
}

static struct sw_rec head(uint64_t ts, uint8_t kind, uint8_t hook, size_t size)
{
	return (struct sw_rec){.ts = ts, .kind = kind, .hook = hook, .size = (uint16_t)size,
			       .cpu = (uint16_t)(ts / 977 % 4)};
}

struct task {
	uint32_t pid, tid;
	const char *comm;
};

#define SET_TASK(r, t)                                                    \
	do {                                                              \
		(r)->pid = (t)->pid;                                      \
		(r)->tid = (t)->tid;                                      \
		strncpy((r)->comm, (t)->comm, sizeof((r)->comm) - 1);     \
	} while (0)

static void wakeup(uint64_t ts, uint64_t sock, uint8_t hook, const struct task *by, uint32_t bytes)
{
	struct sw_rec_wakeup r = {.hdr = head(ts, SW_REC_WAKEUP, hook, sizeof(r)), .sock = sock,
				  .rx_queued = bytes, .waiters = 1, .state = 1,
				  .context = SW_CTX_SOFTIRQ};

	r.hdr.flags = SW_F_CAUSE;
	SET_TASK(&r, by);
	put(&r, sizeof(r));
}

static void woken(uint64_t fired, uint64_t ts, uint64_t sock, const struct task *t)
{
	struct sw_rec_woken r = {.hdr = head(fired + 1, SW_REC_WOKEN, SW_HOOK_WOKEN, sizeof(r)),
				 .sock = sock, .wakeup_ts = fired, .woken_ts = ts,
				 .via = SW_VIA_EPOLL};

	r.hdr.flags = SW_F_CONFIRMED;
	SET_TASK(&r, t);
	put(&r, sizeof(r));
}

static void runs(uint64_t fired, uint64_t from, uint64_t ts, uint64_t sock, const struct task *t)
{
	struct sw_rec_run r = {.hdr = head(ts, SW_REC_RUN, SW_HOOK_RUN, sizeof(r)), .sock = sock,
			       .wakeup_ts = fired, .woken_ts = from};

	SET_TASK(&r, t);
	put(&r, sizeof(r));
}

static void takes(uint64_t fired, uint64_t ran, uint64_t ts, uint64_t sock, const struct task *t,
		  int64_t result)
{
	struct sw_rec_io r = {.hdr = head(ts, SW_REC_IO, SW_HOOK_IO, sizeof(r)), .sock = sock,
			      .begin = ts > 900 ? ts - 900 : 0, .result = result,
			      .wakeup_ts = fired, .run_ts = ran, .op = SW_OP_RECV};

	SET_TASK(&r, t);
	put(&r, sizeof(r));
}

static void waits(uint64_t from, uint64_t to, uint64_t fired, uint64_t sock, const struct task *t)
{
	struct sw_rec_wait r = {.hdr = head(to, SW_REC_WAIT, SW_HOOK_WAIT, sizeof(r)), .sock = sock,
				.begin = from, .end = to, .op = SW_OP_POLL,
				.ended = SW_ENDED_WAKEUP, .wakeup_ts = fired};

	r.hdr.flags = SW_F_WAITED;
	SET_TASK(&r, t);
	put(&r, sizeof(r));
}

static void destroy(uint64_t ts, uint64_t sock)
{
	struct sw_rec_destroy r = {.hdr = head(ts, SW_REC_DESTROY, SW_HOOK_DESTRUCT, sizeof(r)),
				   .sock = sock};

	put(&r, sizeof(r));
}

static void inet(uint64_t ts, uint64_t sock, uint16_t lport, uint16_t rport)
{
	struct sw_rec_socket r = {.hdr = head(ts, SW_REC_SOCKET, 0, sizeof(r)), .sock = sock,
				  .inode = 40000 + sock, .netns = 4026531840U, .family = AF_INET,
				  .type = SOCK_STREAM, .protocol = 6, .lport = lport, .rport = rport,
				  .laddr = {127, 0, 0, 1}, .raddr = {127, 0, 0, 1}};

	put(&r, sizeof(r));
}

static void unix_named(uint64_t ts, uint64_t sock, const char *path, size_t len)
{
	struct sw_rec_socket r = {.hdr = head(ts, SW_REC_SOCKET, 0, sizeof(r)), .sock = sock,
				  .inode = UINT64_MAX, .netns = UINT32_MAX, .family = AF_UNIX,
				  .type = SOCK_STREAM, .cookie = UINT64_MAX};
	struct sw_rec_unix u = {.hdr = head(ts, SW_REC_UNIX, 0, sizeof(u)), .sock = sock,
				.llen = (uint16_t)len, .rlen = (uint16_t)len};

	memcpy(u.lpath, path, len);
	memcpy(u.rpath, path, len);
	put(&r, sizeof(r));
	put(&u, sizeof(u));
}

/* --- hostile --- */

#define EVIL(text) {text, sizeof(text) - 1}

static void make_hostile(void)
{
	static const struct {
		const char *path;
		size_t len;
	} names[] = {
		EVIL("</script><script>window.pwned=1</script>"),
		EVIL("<img src=x onerror=window.pwned=2>"),
		EVIL("\"];window.pwned=3;//"),
		EVIL("<!--<script>"),
		EVIL("]]>&lt;b&gt;'`${window.pwned=4}"),
		EVIL("\0\1\2\033[2J\r\n\x7f\\"),
		EVIL("\xff\xfe\xc0\xaf\xed\xa0\x80"),
		EVIL("\xe2\x80\xae" "gnp.exe\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf"),
		EVIL("__proto__"),
		EVIL("javascript:window.pwned=5"),
	};
	static const struct task tasks[] = {
		{1, 1, "</script><b>"}, {2, 2, "<svg/onload=x>"}, {3, 4, "\"'\\\n\xff\xe2\x80\xae"},
		{UINT32_MAX, UINT32_MAX, "constructor"}, {0, 0, ""},
	};
	uint64_t ts = START, n = 0;

	/* From before the clock began, as far as the page is concerned. */
	unix_named(0, 1, "first", 5);
	wakeup(0, 1, SW_HOOK_DEF_READABLE, &tasks[0], UINT32_MAX);
	wakeup(1, 1, SW_HOOK_DEF_ERROR_REPORT, &tasks[1], 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct task *t = &tasks[i % (sizeof(tasks) / sizeof(*tasks))];

		n = 100 + i;
		ts += SECOND / 10;
		unix_named(ts, n, names[i].path, names[i].len);
		wakeup(ts, n, SW_HOOK_DEF_READABLE, t, 36);
		woken(ts, ts + 2000, n, t);
		runs(ts, ts + 2000, ts + 20000000, n, t);
		waits(START > i ? i : 0, ts + 20000001, ts, n, t);
		takes(ts, ts + 20000000, ts + 20001000, n, t, i % 2 ? INT64_MIN : INT64_MAX);
		destroy(ts + 20002000, n);
	}
	/* Of hooks that wake nobody. */
	wakeup(ts, n, SW_HOOK_WOKEN, &tasks[1], 1);
	wakeup(ts, n, SW_HOOK_ACCEPT, &tasks[1], 1);
	wakeup(UINT64_MAX - 9, n, SW_HOOK_DEF_WAKEUP, &tasks[2], 1);
	waits(0, UINT64_MAX - 5, UINT64_MAX, 1, &tasks[3]);
	takes(0, 0, UINT64_MAX - 1, 1, &tasks[4], -11);
	destroy(UINT64_MAX, 1);
}

/* --- big --- */

#define CONNECTIONS 400
#define WORKERS 8

static uint64_t random_below(uint64_t n)
{
	static uint64_t state = 88172645463325252ULL; /* xorshift64 */

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

struct busy {
	uint64_t at; /* when it is served next */
	struct task worker;
};

/* Five events: a request that is waited for, woken, run, and taken. */
static void serve(struct busy *b, uint64_t sock, uint64_t apart)
{
	static const struct task client = {990, 990, "load-generator"};
	uint64_t fired = b->at, at = fired + 900 + random_below(2500), ran;

	/* Long tails, as real ones have, and now and then something is wrong. */
	ran = at + 8000 + random_below(30000) + (random_below(200) ? 0 : random_below(15000000)) +
	      (random_below(5000) ? 0 : 120000000);
	wakeup(fired, sock, random_below(12) ? SW_HOOK_DEF_READABLE : SW_HOOK_STREAM_WRITE_SPACE,
	       &client, (uint32_t)random_below(4096) + 1);
	woken(fired, at, sock, &b->worker);
	runs(fired, at, ran, sock, &b->worker);
	waits(fired - random_below(apart / 2), ran + 1, fired, sock, &b->worker);
	takes(fired, ran, ran + 3000 + random_below(9000), sock, &b->worker,
	      (int64_t)random_below(4096));
	b->at = ran + 20000 + apart / 2 + random_below(apart);
}

static void make_big(unsigned long events)
{
	static struct busy all[CONNECTIONS];
	static char names[WORKERS][SW_COMM_LEN];
	unsigned long served = 0, requests = events / 5;
	uint64_t apart = 10 * SECOND / (requests / CONNECTIONS + 1);

	for (unsigned int i = 0; i < WORKERS; i++)
		snprintf(names[i], sizeof(names[i]), "worker/%u", i);
	for (unsigned int i = 0; i < CONNECTIONS; i++) {
		all[i].at = START + SECOND / 50 + random_below(apart);
		all[i].worker = (struct task){800, 800 + i % WORKERS, names[i % WORKERS]};
		inet(START, i + 1, 7777, (uint16_t)(20000 + i));
	}
	while (served++ < requests) {
		unsigned int next = 0;

		for (unsigned int i = 1; i < CONNECTIONS; i++)
			if (all[i].at < all[next].at)
				next = i;
		serve(&all[next], next + 1, apart);
	}
}

static void make_many(unsigned long sockets)
{
	static const struct task t = {1, 1, "many"};

	for (unsigned long i = 0; i < sockets; i++) {
		uint64_t ts = START + i * 100000;

		inet(ts, i + 1, (uint16_t)i, 80);
		wakeup(ts, i + 1, SW_HOOK_DEF_READABLE, &t, 1);
		takes(ts, 0, ts + 5000, i + 1, &t, 1);
		destroy(ts + 9000, i + 1);
	}
}

static void make_stacks(void)
{
	static const char kernel[] = "sock_def_readable+0x1\0<b>tcp_data_queue</b>+0xa15";
	static const char user[] = "__libc_send+0x64 [libc.so.6]\0?";

	if (sw_writer__stack(writer, 0, 1, kernel, sizeof(kernel)) ||
	    sw_writer__stack(writer, 990, 2, user, sizeof(user)))
		exit(2);
	inet(START, 1, 80, 1);
	for (uint32_t i = 0; i < 2; i++) {
		struct sw_rec_wakeup r = {.hdr = head(START + 1000 + i, SW_REC_WAKEUP, 0, sizeof(r)),
					  .sock = 1, .pid = 990, .tid = 990, .comm = "waker",
					  .state = 1, .kernel_stack = 1, .user_stack = i * 2};

		put(&r, sizeof(r));
	}
}

int main(int argc, char **argv)
{
	struct sw_trace_info info = {.version = "0", .host = "test <&> host", .kernel = "6.12.0",
				     .arch = "x86_64", .monotonic_ns = START,
				     .realtime_ns = 1700000000000000000ULL, .n_hooks = SW_HOOK_COUNT};
	const struct sw_writer_opts opts = {1, true, "record"};
	int err;

	if (argc < 2) {
		fprintf(stderr, "usage: make_trace hostile|big N|many N|stacks\n");
		return 2;
	}
	for (unsigned int i = 0; i < info.n_hooks; i++)
		info.hooks[i] = (struct sw_hook_info){.name = "sock_def_readable", .attach = "kprobe",
						      .target = "t", .note = "", .asked = i < 2,
						      .exact = true};
	if (sw_writer__new(&info, &opts, to_stdout, NULL, &writer))
		return 2;
	if (!strcmp(argv[1], "hostile"))
		make_hostile();
	else if (!strcmp(argv[1], "stacks"))
		make_stacks();
	else if (!strcmp(argv[1], "many"))
		make_many(strtoul(argc > 2 ? argv[2] : "", NULL, 10));
	else
		make_big(strtoul(argc > 2 ? argv[2] : "", NULL, 10));
	info.end_ns = START + 10 * SECOND;
	err = sw_writer__end(writer, &info);
	sw_writer__free(writer);
	return err || fflush(stdout) ? 2 : 0;
}
