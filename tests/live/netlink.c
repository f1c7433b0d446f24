// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Netlink: a dump of the routes' tables, and a message from one process to another. */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include "live.h"

/* How many messages of the kernel hold the answer is up to the kernel; each is
 * one buffer, one call of recv(2) and one callback. */
static void dump(void)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg message;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETROUTE,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.message = {.rtgen_family = AF_UNSPEC},
	};
	static char answer[65536] __attribute__((aligned(8)));
	int fd = TRY(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	unsigned int received = 0;
	bool done = false;

	live_declare("route", fd);
	TRY(send(fd, &request, sizeof(request), 0));
	while (!done) {
		const struct nlmsghdr *h = (const void *)answer;
		int left = (int)TRY(recv(fd, answer, sizeof(answer), 0));

		received++;
		for (; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
			done |= h->nlmsg_type == NLMSG_DONE;
	}
	live_expect("route", "sock_def_readable", received, NULL);
	TRY(close(fd));
	live_expect_destroy("route");
}

static void between_users(void)
{
	struct sockaddr_nl name = {.nl_family = AF_NETLINK};
	int receiver = TRY(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_USERSOCK));
	int sender = TRY(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_USERSOCK));
	socklen_t len = sizeof(name);
	struct live_reader r;

	TRY(bind(receiver, (struct sockaddr *)&name, sizeof(name)));
	TRY(getsockname(receiver, (struct sockaddr *)&name, &len));
	TRY(connect(sender, (struct sockaddr *)&name, sizeof(name)));
	live_declare("usersock", receiver);
	live_reader_start(&r, receiver);
	live_reader_feed(&r, sender, 100, 3);
	live_reader_stop(&r, sender);
	live_expect("usersock", "sock_def_readable", 4, "\"waiters\":1,\"exclusive\":1");
	TRY(close(sender));
	TRY(close(receiver));
	live_expect_destroy("usersock");
}

int main(void)
{
	live_start();
	dump();
	between_users();
	return live_end();
}
