// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What is queued is told in bytes that a reader would get, whatever the kernel charges for
 * it: messages of known sizes, sent to sockets that nobody reads, and then after some were.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

#define TYPE	     0x88b6 /* IEEE 802: for local experiments */
#define RAW_PROTOCOL 253    /* RFC 3692: likewise */

static const size_t sizes[] = {47, 1, 1400, 100, 512};
#define MESSAGES (sizeof(sizes) / sizeof(*sizes))
#define ADDED_UP 8 /* messages; if there are more, the rest is not counted */

struct queue {
	const char *label;
	int receiver, sender;
	const struct sockaddr *to; /* NULL: it is connected */
	socklen_t to_len;
	size_t header; /* bytes that the reader gets besides */
	size_t queued;
	bool by_packets; /* which come to the receiver in a softirq */
};

static unsigned int received(int fd)
{
	unsigned int info[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(info);

	TRY(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len));
	return info[SK_MEMINFO_RMEM_ALLOC];
}

/* A softirq that has much to do leaves packets to a thread, and then what is sent next may
 * be in the queue by the time of this one's callback. */
static void send_alone(struct queue *q, const void *data, size_t size)
{
	unsigned int before = received(q->receiver);

	MUST(TRY(sendto(q->sender, data, size, 0, q->to, q->to_len)) == (ssize_t)size);
	if (!q->by_packets || received(q->receiver) != before)
		return;
	while (received(q->receiver) == before)
		sched_yield();
	TRY(nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL));
}

static void send_one(struct queue *q, size_t size)
{
	static char data[2048];

	send_alone(q, data, size);
	q->queued += size + q->header;
	live_expect(q->label, "sock_def_readable", 1, "\"rx_queued\":%zu", q->queued);
}

static void take_one(struct queue *q)
{
	static char data[2048];
	ssize_t n = TRY(recv(q->receiver, data, sizeof(data), 0));

	q->queued -= (size_t)n;
}

static void run(struct queue *q)
{
	static char data[2048];

	live_declare_unnamed(q->label, q->receiver);
	for (size_t i = 0; i < MESSAGES; i++)
		send_one(q, sizes[i]);
	/* UDP's reader takes the whole queue over; the rest of it is yet to be read. */
	take_one(q);
	send_one(q, 33);
	take_one(q);
	take_one(q);
	send_one(q, 34);
	MUST(q->queued == sizes[3] + sizes[4] + 33 + 34 + 4 * q->header);
	/* 4 there are, and these fill what is counted. */
	for (size_t i = 4; i < ADDED_UP; i++)
		send_one(q, 10);
	send_alone(q, data, 9);
	live_expect(q->label, "sock_def_readable", 1,
		    "\"rx_queued\":%zu,\"rx_queued_more\":true", q->queued);
	live_expect_any(q->label, "sock_def_write_space");
	live_expect_any(q->label, "unix_write_space");
	TRY(close(q->receiver));
	TRY(close(q->sender));
	live_expect_destroy(q->label);
}

/* Since 6.11 UDP's callback is only called for the first of a queue, unless somebody peeks
 * at offsets. */
static void udp(int family, const char *label)
{
	struct queue q = {.label = label,
			  .by_packets = true,
			  .receiver = live_bound(family, SOCK_DGRAM),
			  .sender = TRY(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0))};

	TRY(setsockopt(q.receiver, SOL_SOCKET, SO_PEEK_OFF, &(int){0}, sizeof(int)));
	live_connect_to(q.sender, q.receiver);
	run(&q);
}

static void unix_dgram(void)
{
	struct queue q = {.label = "unix dgram"};
	int fd[2];

	TRY(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd));
	q.receiver = fd[0];
	q.sender = fd[1];
	run(&q);
}

static void netlink(void)
{
	struct sockaddr_nl name = {.nl_family = AF_NETLINK};
	struct queue q = {
		.label = "netlink",
		.receiver =
			TRY(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_USERSOCK)),
		.sender = TRY(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_USERSOCK)),
	};

	TRY(bind(q.receiver, (struct sockaddr *)&name, sizeof(name)));
	live_connect_to(q.sender, q.receiver);
	run(&q);
}

static void raw(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct queue q = {
		.label = "raw",
		.by_packets = true,
		.header = sizeof(struct iphdr),
		.receiver = TRY(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, RAW_PROTOCOL)),
		.sender = TRY(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, RAW_PROTOCOL)),
		.to = (const struct sockaddr *)&in,
		.to_len = sizeof(in),
	};

	/* It would hear what it sends. */
	TRY(shutdown(q.sender, SHUT_RD) && errno != ENOTCONN ? -1 : 0);
	run(&q);
}

/* Of SOCK_RAW what it gets begins with the Ethernet header. */
static void packet(int type, const char *label)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(TYPE),
				 .sll_ifindex = (int)if_nametoindex("lo"),
				 .sll_halen = ETH_ALEN};
	struct queue q = {
		.label = label, .to = (const struct sockaddr *)&to, .to_len = sizeof(to), .by_packets = true};

	q.receiver = socket(AF_PACKET, type | SOCK_CLOEXEC, 0);
	if (q.receiver < 0 && errno == EAFNOSUPPORT)
		return;
	TRY(q.receiver);
	TRY(bind(q.receiver, q.to, q.to_len));
	q.sender = TRY(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	q.header = type == SOCK_RAW ? ETH_HLEN : 0;
	run(&q);
}

static void wait_for(int fd, size_t bytes)
{
	int there = 0;

	do
		TRY(ioctl(fd, FIONREAD, &there));
	while ((size_t)there < bytes && !usleep(1000));
	MUST((size_t)there == bytes);
}

/* TCP's and MPTCP's bytes are counted by sequence numbers and by messages; the reader may
 * take a part of one. */
static void stream(int protocol, const char *label)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol), client, server;
	socklen_t len = sizeof(in);
	char data[100] = {0};

	if (listener < 0)
		return;
	TRY(bind(listener, (struct sockaddr *)&in, sizeof(in)));
	TRY(listen(listener, 1));
	TRY(getsockname(listener, (struct sockaddr *)&in, &len));
	client = TRY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol));
	TRY(connect(client, (struct sockaddr *)&in, sizeof(in)));
	server = live_accept_ready(listener);
	live_declare(label, server);
	TRY(send(client, data, 100, 0));
	wait_for(server, 100);
	MUST(TRY(recv(server, data, 60, 0)) == 60);
	TRY(send(client, data, 50, 0));
	wait_for(server, 90);
	live_expect_some_queued(label, "sock_def_readable", 100);
	live_expect_some_queued(label, "sock_def_readable", 90);
	live_expect_any(label, "sock_def_readable");
	live_expect_any(label, "sock_def_wakeup");
	live_expect_any(label, "sk_stream_write_space");
	TRY(close(client));
	TRY(close(server));
	TRY(close(listener));
	live_expect_destroy(label);
}

int main(void)
{
	live_start();
	stream(0, "tcp");
	stream(IPPROTO_MPTCP, "mptcp");
	udp(AF_INET, "udp");
	unix_dgram();
	netlink();
	raw();
	packet(SOCK_DGRAM, "packet");
	packet(SOCK_RAW, "packet with header");
	return live_end();
}
