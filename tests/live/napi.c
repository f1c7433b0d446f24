// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A packet that a device's own thread takes in (threaded NAPI): the thread wakes the
 * reader, and is told as what only happened to do so.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live.h"

#define PACKETS 3
#define OURS "10.99.0.1"
#define THEIRS "10.99.0.2"

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char data;
};

/* A network, and a view of /sys, that nobody else has. */
static void be_alone(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS))
		live_skip("no namespaces here");
	TRY(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	TRY(mount("sysfs", "/sys", "sysfs", 0, NULL));
}

static void set_address(int fd, struct ifreq *request, unsigned long what, const char *address)
{
	struct sockaddr_in *in = (void *)&request->ifr_addr;

	memset(in, 0, sizeof(*in));
	in->sin_family = AF_INET;
	MUST(inet_pton(AF_INET, address, &in->sin_addr) == 1);
	TRY(ioctl(fd, what, request));
}

static int open_device(void)
{
	struct ifreq request = {.ifr_name = "swtun0", .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_NAPI};
	int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC), fd, threaded;

	if (tun < 0)
		live_skip("no TUN devices here");
	TRY(ioctl(tun, TUNSETIFF, &request));
	fd = TRY(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	set_address(fd, &request, SIOCSIFADDR, OURS);
	set_address(fd, &request, SIOCSIFNETMASK, "255.255.255.0");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	TRY(ioctl(fd, SIOCSIFFLAGS, &request));
	TRY(close(fd));
	threaded = open("/sys/class/net/swtun0/threaded", O_WRONLY | O_CLOEXEC);
	if (threaded < 0)
		live_skip("no threaded NAPI here");
	MUST(TRY(write(threaded, "1", 1)) == 1);
	TRY(close(threaded));
	return tun;
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint16_t *p = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < len / 2; i++)
		sum += p[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~(sum + (sum >> 16));
}

static void receive(int tun, uint16_t port, char data)
{
	struct packet p = {
		.ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
		       .tot_len = htons(offsetof(struct packet, data) + 1),
		       .saddr = inet_addr(THEIRS), .daddr = inet_addr(OURS)},
		.udp = {.source = htons(1234), .dest = port,
			.len = htons(sizeof(struct udphdr) + 1)},
		.data = data,
	};

	p.ip.check = checksum(&p.ip, sizeof(p.ip));
	MUST(TRY(write(tun, &p, offsetof(struct packet, data) + 1)) ==
	     offsetof(struct packet, data) + 1);
}

int main(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
	socklen_t len = sizeof(in);
	struct live_reader r;
	int tun, fd;

	live_start();
	be_alone();
	tun = open_device();
	fd = TRY(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	TRY(bind(fd, (struct sockaddr *)&in, sizeof(in)));
	TRY(getsockname(fd, (struct sockaddr *)&in, &len));
	live_declare("receiver", fd);
	live_reader_start(&r, fd);
	for (unsigned int i = 1; i <= PACKETS; i++) {
		live_reader_asleep(&r);
		receive(tun, in.sin_port, i < PACKETS ? 'x' : LIVE_LAST);
		if (i < PACKETS)
			live_until(&r.received, i);
	}
	live_reader_join(&r);
	/* The device has a socket of its own, which is in no file system of sockets. */
	in.sin_addr.s_addr = inet_addr(THEIRS);
	TRY(sendto(fd, "x", 1, 0, (struct sockaddr *)&in, sizeof(in)));
	live_expect("receiver", "sock_def_readable", PACKETS,
		    "\"waker\":{\"comm\":\"napi/swtun0-*\",\"role\":\"bystander\"}");
	live_expect_woken("receiver", "sock_def_readable", r.thread.tid, "blocking", PACKETS);
	live_expect_run("receiver", r.thread.tid, 0, PACKETS);
	TRY(close(fd));
	TRY(close(tun));
	live_expect_destroy("receiver");
	return live_end();
}
