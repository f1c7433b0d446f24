// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * uring MODE PORT: an echo server on io_uring, one connection after the other.
 * plain; sqpoll: a thread of the kernel's submits; worker: each call is given to one;
 * defer: completions run when the task asks; multishot: one recv for all that comes.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFERS 16
#define SIZE 256

static struct io_uring ring;
static bool worker, multishot;
static char buffers[BUFFERS][SIZE];

static struct io_uring_sqe *next(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	if (!sqe)
		errx(1, "no room in the ring");
	return sqe;
}

static void go(struct io_uring_sqe *sqe, unsigned long long tag)
{
	if (worker)
		sqe->flags |= IOSQE_ASYNC;
	sqe->user_data = tag;
	io_uring_submit(&ring);
}

struct done {
	unsigned long long tag;
	int res;
	unsigned int flags;
};

static struct done await(void)
{
	struct io_uring_cqe *cqe;
	struct done done;
	int status;

	do
		status = io_uring_wait_cqe(&ring, &cqe);
	while (status == -EINTR);
	if (status)
		errx(1, "wait: %s", strerror(-status));
	done = (struct done){cqe->user_data, cqe->res, cqe->flags};
	io_uring_cqe_seen(&ring, cqe);
	return done;
}

static int call(struct io_uring_sqe *sqe)
{
	go(sqe, 1);
	return await().res;
}

static int send_back(int s, const char *data, int n)
{
	struct io_uring_sqe *sqe = next();

	io_uring_prep_send(sqe, s, data, n, 0);
	return call(sqe);
}

static void echo(int s)
{
	for (;;) {
		struct io_uring_sqe *sqe = next();
		int n;

		io_uring_prep_recv(sqe, s, buffers[0], SIZE, 0);
		n = call(sqe);
		if (n <= 0 || send_back(s, buffers[0], n) <= 0)
			return;
	}
}

static void provide(int id, int n)
{
	struct io_uring_sqe *sqe = next();

	io_uring_prep_provide_buffers(sqe, buffers[id], SIZE, n, 0, id);
	sqe->user_data = 3;
	io_uring_submit(&ring);
}

/* The recv stays in the ring; what it completes is told apart by its tag. */
static void echo_multishot(int s)
{
	bool armed = false;

	provide(0, BUFFERS);
	for (;;) {
		struct done c;

		if (!armed) {
			struct io_uring_sqe *sqe = next();

			io_uring_prep_recv_multishot(sqe, s, NULL, 0, 0);
			sqe->flags |= IOSQE_BUFFER_SELECT;
			sqe->buf_group = 0;
			go(sqe, 2);
			armed = true;
		}
		c = await();
		if (c.tag != 2)
			continue;
		armed = c.flags & IORING_CQE_F_MORE;
		if (c.res == -ENOBUFS)
			continue;
		if (c.res <= 0)
			return;
		int id = c.flags >> IORING_CQE_BUFFER_SHIFT;
		struct io_uring_sqe *sqe = next();

		io_uring_prep_send(sqe, s, buffers[id], c.res, 0);
		go(sqe, 1);
		provide(id, 1);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct io_uring_params p = {0};
	int one = 1, status, l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 3)
		errx(2, "usage: uring plain|sqpoll|worker|defer|multishot PORT");
	a.sin_port = htons(atoi(argv[2]));
	worker = !strcmp(argv[1], "worker");
	multishot = !strcmp(argv[1], "multishot");
	if (!strcmp(argv[1], "sqpoll")) {
		p.flags = IORING_SETUP_SQPOLL;
		p.sq_thread_idle = 100;
	} else if (!strcmp(argv[1], "defer")) {
		p.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
	}
	status = io_uring_queue_init_params(64, &ring, &p);
	if (status) {
		warnx("io_uring: %s", strerror(-status));
		return 77;
	}
	if (l < 0 || setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(l, (struct sockaddr *)&a, sizeof(a)) || listen(l, 5))
		err(1, "listen");
	for (;;) {
		struct io_uring_sqe *sqe = next();
		int s;

		io_uring_prep_accept(sqe, l, NULL, NULL, 0);
		s = call(sqe);
		if (s < 0)
			errx(1, "accept: %s", strerror(-s));
		if (multishot)
			echo_multishot(s);
		else
			echo(s);
		close(s);
	}
}
