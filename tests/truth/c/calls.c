// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * calls serve PORT: takes what comes.  calls send PORT TIMES: sends a byte by each of the
 * calls that can, so many times, over one connection.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int sock, file, pipes[2];
static aio_context_t aio;
static char byte = 'x';

static void option(int name, int value)
{
	if (setsockopt(sock, IPPROTO_TCP, name, &value, sizeof(value)))
		err(1, "setsockopt");
}

static ssize_t by_write(void)
{
	return write(sock, &byte, 1);
}

static ssize_t by_writev(void)
{
	struct iovec v = {&byte, 1};

	return writev(sock, &v, 1);
}

static ssize_t by_pwritev2(void)
{
	struct iovec v = {&byte, 1};

	return syscall(SYS_pwritev2, sock, &v, 1UL, -1L, -1L, 0);
}

static ssize_t by_send(void)
{
	return send(sock, &byte, 1, 0);
}

static ssize_t by_sendmsg(void)
{
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};

	return sendmsg(sock, &m, 0);
}

static ssize_t by_sendmmsg(void)
{
	struct iovec v = {&byte, 1};
	struct mmsghdr m = {.msg_hdr = {.msg_iov = &v, .msg_iovlen = 1}};

	return sendmmsg(sock, &m, 1, 0);
}

static ssize_t by_sendfile(void)
{
	off_t at = 0;

	return sendfile(sock, file, &at, 1);
}

static ssize_t by_splice(void)
{
	if (write(pipes[1], &byte, 1) != 1)
		return -1;
	return splice(pipes[0], NULL, sock, NULL, 1, 0);
}

/* What lies there goes out when the cork is drawn. */
static ssize_t by_cork(void)
{
	ssize_t n;

	option(TCP_CORK, 1);
	n = write(sock, &byte, 1);
	option(TCP_CORK, 0);
	return n;
}

static ssize_t by_nodelay(void)
{
	ssize_t n;

	option(TCP_NODELAY, 0);
	n = send(sock, &byte, 1, MSG_MORE);
	option(TCP_NODELAY, 1);
	return n;
}

static ssize_t by_io_submit(void)
{
	struct iocb cb = {.aio_lio_opcode = IOCB_CMD_PWRITE,
			  .aio_fildes = sock,
			  .aio_buf = (unsigned long)&byte,
			  .aio_nbytes = 1},
		    *list = &cb;
	struct io_event done;

	if (syscall(SYS_io_submit, aio, 1, &list) != 1 ||
	    syscall(SYS_io_getevents, aio, 1, 1, &done, NULL) != 1)
		return -1;
	return done.res;
}

static ssize_t (*const calls[])(void) = {by_write,    by_writev,   by_pwritev2, by_send,
					 by_sendmsg,  by_sendmmsg, by_sendfile, by_splice,
					 by_cork,     by_nodelay,  by_io_submit};

static void send_all(const struct sockaddr_in *to, int times)
{
	file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (file < 0 || sock < 0 || pipe2(pipes, O_CLOEXEC) || syscall(SYS_io_setup, 4, &aio) ||
	    connect(sock, (const struct sockaddr *)to, sizeof(*to)))
		err(1, "start");
	option(TCP_NODELAY, 1);
	for (int i = 0; i < times; i++)
		for (size_t k = 0; k < sizeof(calls) / sizeof(*calls); k++) {
			if (calls[k]() != 1)
				err(1, "call %zu", k);
			usleep(300);
		}
}

static void serve(const struct sockaddr_in *at)
{
	int one = 1, l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char data[64];

	if (l < 0 || setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(l, (const struct sockaddr *)at, sizeof(*at)) || listen(l, 5))
		err(1, "listen");
	for (;;) {
		int c = accept(l, NULL, NULL);

		if (c < 0)
			err(1, "accept");
		while (recv(c, data, sizeof(data), 0) > 0)
			;
		close(c);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	if (argc < 3 || (!strcmp(argv[1], "send") && argc < 4))
		errx(2, "usage: calls serve PORT | send PORT TIMES");
	a.sin_port = htons(atoi(argv[2]));
	if (!strcmp(argv[1], "serve"))
		serve(&a);
	else
		send_all(&a, atoi(argv[3]));
	return 0;
}
