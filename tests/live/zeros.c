// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * zeros FILE: are the bytes that no name uses zeros, in each record of a recording that has
 * names?  What else is there would be the kernel's memory.  Prints how many UNIX names of
 * which lengths there were.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trace/reader.h"

static unsigned long names, bad;
static bool lengths[SW_UNIX_PATH + 1];

static void check(const char *what, const void *field, size_t used, size_t size)
{
	const unsigned char *p = field;

	for (size_t i = used; i < size; i++) {
		if (!p[i])
			continue;
		if (bad++ < 5)
			printf("%s of %zu bytes: byte %zu is 0x%02x\n", what, used, i, p[i]);
		return;
	}
}

static void check_record(const union sw_event *ev)
{
	const struct sw_rec_unix *un = &ev->unix_rec;
	const struct sw_rec_socket *sk = &ev->socket_rec;

	if (ev->hdr.kind == SW_REC_UNIX) {
		check("a local path", un->lpath, un->llen, sizeof(un->lpath));
		check("a remote path", un->rpath, un->rlen, sizeof(un->rpath));
		lengths[un->llen] = lengths[un->rlen] = true;
		names += (un->llen > 0) + (un->rlen > 0);
	} else if (ev->hdr.kind == SW_REC_SOCKET && sk->family != AF_INET6) {
		size_t used = sk->family == AF_INET || sk->family == AF_VSOCK ? 4
			      : sk->family == AF_PACKET ? strnlen((char *)sk->laddr, 16)
							: 0;

		check("a local address", sk->laddr, used, sizeof(sk->laddr));
		check("a remote address", sk->raddr, sk->family == AF_PACKET ? 0 : used,
		      sizeof(sk->raddr));
	}
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	char why[SW_READER_WHY] = "";
	unsigned int different = 0;
	struct sw_reader *r;
	union sw_event ev;
	const void *rec;
	size_t len;

	if (fd < 0 || sw_reader__new(fd, &r, why)) {
		fprintf(stderr, "usage: zeros FILE: %s\n", why[0] ? why : strerror(errno));
		return 2;
	}
	while (sw_reader__next(r, &rec, &len) == 1)
		if (!sw_event__decode(rec, len, &ev))
			check_record(&ev);
	for (unsigned int i = 1; i <= SW_UNIX_PATH; i++)
		different += lengths[i];
	printf("%lu names of %u lengths, %lu records with other bytes\n", names, different,
	       bad);
	sw_reader__free(r);
	close(fd);
	return bad || different != SW_UNIX_PATH;
}
