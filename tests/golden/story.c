// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The traces of the golden tests. Edit, then run.sh --update, and read the diff. */
#include "story.h"

#include <sys/socket.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define NETNS 4026531840U

/* States, include/net/tcp_states.h. */
#define ESTABLISHED 1
#define SYN_SENT 2
#define CLOSE 7
#define CLOSE_WAIT 8
#define LISTEN 10

/* --- who --- */

static const struct story_task napi = { 77, 77, "napi/eth0-8193", true };
static const struct story_task redis = { 812, 812, "redis-server", false };
static const struct story_task bench = { 990, 990, "redis-benchmark", false };
static const struct story_task nginx = { 12, 12, "nginx", false };
static const struct story_task nginx_worker = { 12, 17, "nginx", false };
static const struct story_task idle = { 0, 0, "swapper/1", true };
static const struct story_task ksoftirqd = { 15, 15, "ksoftirqd/0", true };
static const struct story_task elsewhere = { 0, 0, "containerised", false };
/* Wants to clear the screen, to end a JSON string, and is not UTF-8. */
static const struct story_task hostile = { 666, 666, "\033[2J\"\\\xff\n\xe2\x80\xae", false };

/* --- which sockets --- */

static const struct story_names tcp = {
	.inode = 40213, .cookie = 77, .netns = NETNS,
	.family = AF_INET, .type = SOCK_STREAM, .protocol = 6,
	.local = "127.0.0.1 7777", .remote = "127.0.0.1 43210",
};
/* The same once it was closed: what is no longer known must not be forgotten. */
static const struct story_names tcp_closed = {
	.netns = NETNS, .family = AF_INET, .type = SOCK_STREAM, .protocol = 6,
	.local = "127.0.0.1 0", .remote = "0.0.0.0 0",
};
static const struct story_names listener = {
	.inode = 100, .netns = NETNS,
	.family = AF_INET, .type = SOCK_STREAM, .protocol = 6,
	.local = "0.0.0.0 80", .remote = "0.0.0.0 0",
};
static const struct story_names udp = {
	.inode = 101, .netns = NETNS,
	.family = AF_INET, .type = SOCK_DGRAM, .protocol = 17,
	.local = "10.0.0.5 53", .remote = "0.0.0.0 0",
};
static const struct story_names tcp6 = {
	.inode = 102, .netns = NETNS,
	.family = AF_INET6, .type = SOCK_STREAM, .protocol = 6,
	.local = "2001:db8::1 443", .remote = "2001:db8:ffff:ffff:ffff:ffff:ffff:fffe 50000",
};
static const struct story_names mapped = {
	.inode = 103, .netns = NETNS,
	.family = AF_INET6, .type = SOCK_STREAM, .protocol = 262,
	.local = "::ffff:192.0.2.1 8080", .remote = "::ffff:192.0.2.99 1",
};
static const struct story_names unix_path = {
	.inode = 104, .netns = NETNS, .family = AF_UNIX, .type = SOCK_STREAM,
	.local = "/run/postgresql/.s.PGSQL.5432", .llen = 29,
};
static const struct story_names unix_abstract = {
	.inode = 105, .netns = NETNS, .family = AF_UNIX, .type = SOCK_DGRAM,
	.local = "a\0b", .llen = 3, .remote = "/tmp/peer", .rlen = 9,
};
/* A bell, a newline, a quote, a bidirectional override, and no UTF-8. */
static const struct story_names unix_hostile = {
	.inode = 106, .netns = NETNS, .family = AF_UNIX, .type = SOCK_SEQPACKET,
	.local = "/tmp/\a\n\"\xe2\x80\xae\xff\xfe", .llen = 13,
	.remote = "caf\xc3\xa9", .rlen = 5,
};
static const struct story_names unix_client = {
	.inode = 107, .netns = NETNS, .family = AF_UNIX, .type = SOCK_STREAM,
	.remote = "/run/dbus/system_bus_socket", .rlen = 27,
};
static const struct story_names netlink = {
	.inode = 108, .netns = NETNS, .family = AF_NETLINK, .type = SOCK_RAW,
	.protocol = 0, .lid = 4021,
};
static const struct story_names packet = {
	.inode = 109, .netns = NETNS, .family = AF_PACKET, .type = SOCK_RAW,
	.protocol = 0x88cc, .lid = 2,
};
static const struct story_names odd = {
	.netns = NETNS, .family = 99, .type = 77, .protocol = 5,
};

/* --- what happened --- */

#define NAMED(id, at, who) { .kind = SW_REC_SOCKET, .sock = id, .us = at, .names = &(who) }
#define PATHS(id, at, who, f) \
	{ .kind = SW_REC_UNIX, .sock = id, .us = at, .names = &(who), .flags = f }
#define WAKE(id, at, c, h, ctx, by, ...)                                                 \
	{ .kind = SW_REC_WAKEUP, .sock = id, .us = at, .cpu = c, .hook = SW_HOOK_##h,    \
	  .context = SW_CTX_##ctx, .task = &(by), __VA_ARGS__ }
#define WAITED(id, at, c, by, took, ...)                                                 \
	{ .kind = SW_REC_WAIT, .sock = id, .us = at, .cpu = c, .hook = SW_HOOK_ACCEPT,   \
	  .task = &(by), .waited_us = took, __VA_ARGS__ }
#define ENDS(id, at, c) \
	{ .kind = SW_REC_DESTROY, .sock = id, .us = at, .cpu = c, .hook = SW_HOOK_DESTRUCT }
#define GARBAGE(at) { .kind = SW_REC_NONE, .us = at }

static const struct story_step tour[] = {
	/* A server waits for its first client; a thread takes the next at once. */
	NAMED(1000, 10, listener),
	WAKE(1000, 11, 1, DEF_READABLE, SOFTIRQ, idle, .state = LISTEN, .rx = 1, .tx = 128,
	     .waiters = 2, .exclusive = 2),
	WAITED(1000, 26, 0, nginx, 12000000, .result = 9, .flags = SW_F_WAITED),
	WAKE(1000, 400, 0, DEF_READABLE, SOFTIRQ, ksoftirqd, .state = LISTEN, .rx = 129,
	     .tx = 128),
	WAITED(1000, 420, 0, nginx_worker, 2, .result = 10),
	WAITED(1000, 425, 0, nginx_worker, 1, .result = -11),
	WAITED(1000, 5000425, 0, nginx, 5000000, .result = -512, .flags = SW_F_WAITED),
	/* As the scheduler alone tells of it. */
	WAITED(1000, 5000430, 0, nginx, 4, .flags = SW_F_WAITED | SW_F_NO_RESULT),

	/* A TCP conversation: data, room, urgent data, FIN, reset, the end. */
	NAMED(2000, 5000500, tcp),
	WAKE(2000, 5000912, 1, DEF_READABLE, SOFTIRQ, bench, .state = ESTABLISHED, .rx = 36,
	     .waiters = 1),
	WAKE(2000, 5001000, 1, STREAM_WRITE_SPACE, SOFTIRQ, redis, .state = ESTABLISHED,
	     .rx = 36, .tx = 48128, .waiters = 3, .exclusive = 1),
	WAKE(2000, 5002345, 0, SEND_SIGURG, SOFTIRQ, idle, .state = ESTABLISHED,
	     .how = SW_HOW_URG, .band = 5, .flags = SW_F_SIGNALLED),
	WAKE(2000, 5002350, 0, WAKE_ASYNC, TASK, bench, .state = ESTABLISHED,
	     .how = SW_HOW_WAITD, .band = 1),
	WAKE(2000, 5002360, 0, WAKE_ASYNC, UNKNOWN, bench, .state = ESTABLISHED,
	     .how = SW_HOW_IO, .band = 1, .flags = SW_F_SIGNALLED),
	WAKE(2000, 5102360, 0, DEF_WAKEUP, SOFTIRQ, elsewhere, .state = CLOSE_WAIT,
	     .waiters = 1),
	WAKE(2000, 5102400, 0, DEF_ERROR_REPORT, HARDIRQ, idle, .state = CLOSE, .rx = 12,
	     .waiters = 64, .exclusive = 64, .flags = SW_F_MORE_WAITERS),
	NAMED(2000, 5102401, tcp_closed),
	WAKE(2000, 5102402, 0, DEF_WAKEUP, TASK, redis, .state = CLOSE,
	     .flags = SW_F_NO_QUEUE),
	ENDS(2000, 5103000, 0),
	/* Overtaken by the end of its socket. */
	WAKE(2000, 5102999, 1, DEF_WAKEUP, TASK, redis, .state = CLOSE,
	     .flags = SW_F_NO_QUEUE),

	NAMED(3000, 6000000, udp),
	WAKE(3000, 6000001, 0, DEF_READABLE, SOFTIRQ, elsewhere, .state = CLOSE, .rx = 2304,
	     .waiters = 1, .exclusive = 1),
	WAKE(3000, 6000100, 0, WFREE, TASK, nginx_worker, .state = CLOSE, .tx = 768,
	     .waiters = 1),

	NAMED(4000, 6100000, tcp6),
	WAKE(4000, 6100001, 3, DEF_WAKEUP, SOFTIRQ, bench, .state = SYN_SENT, .waiters = 1),
	NAMED(5000, 6100002, mapped),
	WAKE(5000, 6100003, 3, DEF_READABLE, TASK, hostile, .state = ESTABLISHED,
	     .rx = 1048576),

	NAMED(6000, 6200000, unix_path),
	PATHS(6000, 6200000, unix_path, 0),
	WAKE(6000, 6200001, 2, DEF_READABLE, TASK, bench, .state = LISTEN, .rx = 3, .tx = 4096,
	     .waiters = 1, .exclusive = 1),
	NAMED(7000, 6200002, unix_abstract),
	PATHS(7000, 6200002, unix_abstract, SW_F_ABSTRACT_LOCAL),
	WAKE(7000, 6200003, 2, PEER_WAKE_RELAY, TASK, bench, .state = CLOSE, .tx = 0),
	NAMED(8000, 6200004, unix_hostile),
	PATHS(8000, 6200004, unix_hostile, SW_F_ABSTRACT_REMOTE),
	WAKE(8000, 6200005, 2, DEF_READABLE, TASK, hostile, .state = ESTABLISHED, .rx = 4096,
	     .waiters = 1, .flags = SW_F_MORE_QUEUED),
	NAMED(9000, 6200006, unix_client),
	PATHS(9000, 6200006, unix_client, 0),
	WAKE(9000, 6200007, 2, UNIX_WRITE_SPACE, TASK, bench, .state = ESTABLISHED, .tx = 832),

	NAMED(10000, 6300000, netlink),
	WAKE(10000, 6300001, 2, DEF_READABLE, TASK, bench, .state = CLOSE, .rx = 1280,
	     .waiters = 1),
	NAMED(11000, 6300002, packet),
	WAKE(11000, 6300003, 2, DEF_READABLE, SOFTIRQ, idle, .state = CLOSE, .rx = 832,
	     .waiters = 1),
	NAMED(12000, 6300004, odd),
	WAKE(12000, 6300005, 1023, DEF_READABLE, UNKNOWN, bench, .state = 4, .rx = 1),

	/* Its names were lost, when its ring was full. */
	WAKE(13000, 6400000, 2, DEF_READABLE, SOFTIRQ, bench, .state = ESTABLISHED, .rx = 99,
	     .waiters = 1),
	/* And of this one everything but the end. */
	ENDS(14000, 6400001, 2),
	GARBAGE(6400002),
	/* It was closed before anything happened to it. */
	NAMED(15000, 6400003, udp),
};

#define READ(at, bytes)                                                                  \
	WAKE(1, at, 0, DEF_READABLE, SOFTIRQ, bench, .state = ESTABLISHED, .rx = bytes,  \
	     .waiters = 1)
#define READS(at) READ(at, 10), READ(at + 7, 20), READ(at + 1007, 1024), READ(at + 1009, 65536)

static const struct story_step busy[] = {
	NAMED(1, 0, tcp),
	NAMED(2, 0, udp),
	WAKE(2, 1, 0, DEF_READABLE, TASK, bench, .state = CLOSE, .rx = 1, .waiters = 1),
	ENDS(2, 2, 0),
	READS(10000), READS(20000), READS(30000), READS(40000), READS(50000), READS(60000),
	READS(70000), READS(80000), READS(90000), READS(100000), READS(110000), READS(120000),
	READS(210000), READS(220000), READS(230000), READS(240000), READS(250000),
	READS(310000), READS(320000), READS(330000), READS(340000), READS(350000),
	READS(20010000), READS(20020000), READS(20030000),
};

#define WOKE(id, fired, c, who, how, at, ...)                                            \
	{ .kind = SW_REC_WOKEN, .sock = id, .us = at, .cpu = c, .hook = SW_HOOK_WOKEN,   \
	  .task = &(who), .via = SW_VIA_##how, .wakeup_us = fired, __VA_ARGS__ }
#define RUNS(id, fired, woken, c, who, at)                                               \
	{ .kind = SW_REC_RUN, .sock = id, .us = at, .cpu = c, .hook = SW_HOOK_RUN,       \
	  .task = &(who), .wakeup_us = fired, .run_us = woken }
#define TAKES(id, fired, ran, c, who, what, got, at, ...)                                \
	{ .kind = SW_REC_IO, .sock = id, .us = at, .cpu = c, .hook = SW_HOOK_IO,         \
	  .task = &(who), .wakeup_us = fired, .run_us = ran, .op = SW_OP_##what,         \
	  .result = got, __VA_ARGS__ }
#define SLEPT(id, c, who, what, why, at, took, ...)                                      \
	{ .kind = SW_REC_WAIT, .sock = id, .us = at, .cpu = c, .hook = SW_HOOK_WAIT,     \
	  .task = &(who), .op = SW_OP_##what, .ended = SW_ENDED_##why,                   \
	  .waited_us = took, __VA_ARGS__ }

static const struct story_step causes[] = {
	/* A request over loopback, as redis serves it. */
	NAMED(1, 0, tcp),
	WAKE(1, 412, 1, DEF_READABLE, SOFTIRQ, bench, .state = ESTABLISHED, .rx = 36,
	     .waiters = 1, .flags = SW_F_CAUSE),
	WOKE(1, 412, 1, redis, EPOLL, 414, .flags = SW_F_CONFIRMED),
	RUNS(1, 412, 414, 0, redis, 430),
	SLEPT(1, 0, redis, POLL, WAKEUP, 431, 400, .wakeup_us = 412),
	TAKES(1, 412, 430, 0, redis, RECV, 36, 437, .took_us = 2),
	/* The same, and it does other things first. */
	WAKE(1, 1000, 1, DEF_READABLE, SOFTIRQ, idle, .state = ESTABLISHED, .rx = 40,
	     .waiters = 1, .flags = SW_F_BYSTANDER),
	WOKE(1, 1000, 1, redis, EPOLL, 1002, .flags = SW_F_CONFIRMED),
	RUNS(1, 1000, 1002, 0, redis, 13500),
	TAKES(1, 1000, 13500, 0, redis, RECV, 40, 61500, .took_us = 1, .off_us = 40000,
	      .others = 3),
	/* Its data comes while it is busy elsewhere. */
	WAKE(1, 70000, 1, DEF_READABLE, SOFTIRQ, bench, .state = ESTABLISHED, .rx = 36,
	     .waiters = 1),
	TAKES(1, 70000, 0, 0, redis, RECV, 36, 70042, .flags = SW_F_NO_BEGIN),

	/* A herd: one connection, four tasks. */
	NAMED(2, 80000, listener),
	WAKE(2, 80001, 1, DEF_READABLE, SOFTIRQ, bench, .state = LISTEN, .rx = 1, .tx = 128,
	     .waiters = 4, .flags = SW_F_CAUSE),
	WOKE(2, 80001, 1, nginx, POLL, 80002, .flags = SW_F_CONFIRMED),
	WOKE(2, 80001, 1, nginx_worker, POLL, 80003, .flags = SW_F_CONFIRMED),
	WOKE(2, 80001, 1, redis, POLL, 80004, .flags = SW_F_CONFIRMED),
	WOKE(2, 80001, 1, hostile, POLL, 80005, .flags = SW_F_CONFIRMED),
	RUNS(2, 80001, 80002, 0, nginx, 80020),
	TAKES(2, 80001, 80020, 0, nginx, ACCEPT, 9, 80030, .took_us = 3),
	RUNS(2, 80001, 80003, 0, nginx_worker, 80021),
	TAKES(2, 80001, 80021, 0, nginx_worker, ACCEPT, -11, 80031, .took_us = 3),
	WAKE(2, 90000, 1, DEF_READABLE, SOFTIRQ, ksoftirqd, .state = LISTEN, .rx = 128,
	     .tx = 128, .origin = &bench),

	/* A writer that stalls, signals, a timeout, and a wait that is not over. */
	NAMED(3, 100000, unix_path),
	PATHS(3, 100000, unix_path, 0),
	SLEPT(3, 2, bench, SEND, WAKEUP, 500000, 350000),
	SLEPT(3, 2, bench, RECV, TIMEOUT, 600000, 50000, .result = -11),
	SLEPT(3, 2, bench, CONNECT, SIGNAL, 700000, 10, .result = -512),
	WAKE(3, 700100, 2, WAKE_ASYNC, TASK, nginx, .state = ESTABLISHED,
	     .how = SW_HOW_WAITD, .band = 1, .flags = SW_F_SIGNALLED | SW_F_CAUSE),
	WOKE(3, 700100, 2, bench, ASYNC, 700103),
	WAKE(3, 800000, 2, DEF_READABLE, TASK, nginx, .state = ESTABLISHED, .rx = 12,
	     .waiters = 1, .origin = &redis),
	WOKE(3, 800000, 2, bench, BLOCKING, 800000, .flags = SW_F_CONFIRMED | SW_F_AWAKE),
	NAMED(4, 900000, udp),
	WAKE(4, 900001, 0, DEF_READABLE, SOFTIRQ, elsewhere, .state = CLOSE, .rx = 12),
	SLEPT(4, 0, nginx, RECV, OPEN, 3000000, 2500000,
	      .flags = SW_F_UNENDED | SW_F_NO_RESULT | SW_F_WAITED),
	WAKE(4, 950000, 0, DEF_READABLE, TASK, napi, .state = CLOSE, .rx = 24),
	/* It came when its wake-up had been told of. */
	WOKE(1, 70000, 1, redis, EPOLL, 3000001),
};

static const struct story_names tcp_again = {
	.inode = 110, .netns = NETNS, .family = AF_INET, .type = SOCK_STREAM, .protocol = 6,
	.local = "127.0.0.1 7777", .remote = "127.0.0.1 43211",
};

/* A request that lies there while the task does other things. */
#define LIES(id, at, took, ...)                                                          \
	WAKE(id, at, 1, DEF_READABLE, SOFTIRQ, bench, .state = ESTABLISHED, .rx = 36,    \
	     .waiters = 1, .flags = SW_F_CAUSE),                                         \
	TAKES(id, at, 0, 0, redis, RECV, 36, (at) + (took), .took_us = 2, __VA_ARGS__)

static const struct story_step findings[] = {
	NAMED(1, 0, tcp),
	NAMED(2, 0, tcp_again),
	LIES(1, 1000, 250000, .slept_us = 230000, .known_ms = 250, .others = 3),
	LIES(2, 1000, 20000, .slept_us = 15000, .known_ms = 20),
	LIES(1, 400000, 50000, .stopped_us = 50000, .known_ms = 50),
	/* A writer that polls for room, and one that sleeps now and then. */
	TAKES(1, 0, 0, 0, redis, SEND, -11, 500000),
	WAKE(1, 700000, 1, STREAM_WRITE_SPACE, SOFTIRQ, idle, .state = ESTABLISHED),
	NAMED(3, 500000, unix_path),
	PATHS(3, 500000, unix_path, 0),
	SLEPT(3, 2, bench, SEND, WAKEUP, 900000, 350000, .asleep_us = 120000, .sleeps = 5),
	/* Connections that nobody can accept. */
	NAMED(4, 900000, listener),
	TAKES(4, 0, 0, 0, nginx, ACCEPT, -24, 1000000, .took_us = 102000, .tries = 100),
	TAKES(4, 0, 0, 0, nginx, ACCEPT, -24, 1020000, .took_us = 122000, .tries = 1000),
	NAMED(5, 1100000, udp),
	SLEPT(5, 0, bench, CONNECT, OPEN, 3000000, 1800000,
	      .flags = SW_F_UNENDED | SW_F_NO_RESULT | SW_F_WAITED),
};

const struct story story_tour = { tour, COUNT(tour) };
const struct story story_busy = { busy, COUNT(busy) };
const struct story story_causes = { causes, COUNT(causes) };
const struct story story_findings = { findings, COUNT(findings) };
const struct story story_empty = { 0 };
