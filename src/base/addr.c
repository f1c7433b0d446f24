// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Internet addresses as text. */
#include "addr.h"

#include <arpa/inet.h>
#include <sys/socket.h>

static void put_inet(struct sw_buf *b, const uint8_t *addr)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			sw_buf__putc(b, '.');
		sw_buf__u64(b, addr[i]);
	}
}

static void put_inet6(struct sw_buf *b, const uint8_t *addr)
{
	char text[INET6_ADDRSTRLEN];

	/* Cannot fail: the family is known and the room is enough. */
	inet_ntop(AF_INET6, addr, text, sizeof(text));
	sw_buf__putc(b, '[');
	sw_buf__puts(b, text);
	sw_buf__putc(b, ']');
}

void sw_addr__format(struct sw_buf *b, unsigned int family, const uint8_t addr[16],
		     unsigned int port)
{
	if (family == AF_INET)
		put_inet(b, addr);
	else if (family == AF_INET6)
		put_inet6(b, addr);
	else
		sw_buf__putc(b, '?');
	sw_buf__putc(b, ':');
	sw_buf__u64(b, port);
}
