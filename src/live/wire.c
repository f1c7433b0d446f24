/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

/* How often `meanwhile` is called. */
#define TURN_NS 10000000ull

/* Until there is something to read, or one of the reasons not to wait. */
static int wait_for(int fd, const struct sw_wait *w)
{
	for (;;) {
		/* A pipe whose other end is closed is told of without being asked for. */
		struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = w->other}};
		uint64_t now = sw_clock_ns(CLOCK_MONOTONIC), left;

		if (now >= w->until)
			return -ETIMEDOUT;
		left = w->until - now;
		if (w->meanwhile && left > TURN_NS)
			left = TURN_NS;
		if (left > 1000000000ull)
			left = 1000000000ull;
		if (poll(fds, 2, (int)(left / 1000000) + 1) < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents)
			return 0;
		if (fds[1].revents)
			return -ECANCELED;
		if (w->meanwhile && w->meanwhile(w->arg))
			return -ECANCELED;
	}
}

int sw_wire__read(int fd, void *to, size_t len, const struct sw_wait *w)
{
	char *p = to;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (!n)
			return -EPIPE;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			int err = wait_for(fd, w);

			if (err)
				return err;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int sw_wire__write(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* Names are shown with a NUL behind each, so there is none in them. */
static bool names_fit(const struct sw_answer *a)
{
	uint64_t len = 0;

	for (uint32_t i = 0; i < a->head.n; i++) {
		if (a->found[i].len > SW_SYMBOL_MAX)
			return false;
		len += a->found[i].len;
	}
	return len == a->head.len && !memchr(a->names, '\0', a->head.len);
}

int sw_wire__read_answer(int fd, struct sw_answer *a, const struct sw_look *l,
			 const struct sw_wait *w)
{
	int err = sw_wire__read(fd, &a->head, sizeof(a->head), w);

	if (err)
		return err;
	if (a->head.outcome > SW_LOOK_OVER || a->head.len > sizeof(a->names) ||
	    a->head.n != (a->head.outcome == SW_LOOK_NAMES ? l->n : 0) ||
	    a->head.n > SW_STACK_DEPTH)
		return -EBADMSG;
	err = sw_wire__read(fd, a->found, a->head.n * sizeof(*a->found), w);
	if (!err)
		err = sw_wire__read(fd, a->names, a->head.len, w);
	if (!err && !names_fit(a))
		err = -EBADMSG;
	return err;
}

int sw_wire__write_answer(int fd, const struct sw_answer *a)
{
	int err = sw_wire__write(fd, &a->head, sizeof(a->head));

	if (!err)
		err = sw_wire__write(fd, a->found, a->head.n * sizeof(*a->found));
	return err ? err : sw_wire__write(fd, a->names, a->head.len);
}

int sw_wire__read_mappings(int fd, struct sw_buf *text, const struct sw_wait *w)
{
	uint32_t len;
	int err = sw_wire__read(fd, &len, sizeof(len), w);

	sw_buf__reset(text);
	if (!err && len > SW_MAPPINGS_MAX)
		err = -EBADMSG;
	if (!err && len)
		err = sw_buf__reserve(text, len);
	if (!err)
		err = sw_wire__read(fd, text->data, len, w);
	if (!err)
		text->len = len;
	return err;
}

int sw_wire__write_mappings(int fd, const struct sw_buf *text)
{
	const uint32_t len = text->failed ? 0 : (uint32_t)text->len;
	int err = sw_wire__write(fd, &len, sizeof(len));

	return err ? err : sw_wire__write(fd, text->data, len);
}
