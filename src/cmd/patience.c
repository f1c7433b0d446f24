/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/patience.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_MS 50

/* Of the process, as the signals are that end it. */
static struct {
	bool (*is_out)(void *arg, uint64_t since);
	void *arg;
} patience;

void sw_patience__ask(bool (*is_out)(void *arg, uint64_t since), void *arg)
{
	patience.is_out = is_out;
	patience.arg = arg;
}

bool sw_patience__is_out(uint64_t since)
{
	return patience.is_out && patience.is_out(patience.arg, since);
}

/* After a write that failed: may it be tried again? */
static int try_again(int fd, uint64_t since)
{
	if (errno == EAGAIN) {
		struct pollfd room = {.fd = fd, .events = POLLOUT};

		poll(&room, 1, LOOK_MS);
	} else if (errno != EINTR) {
		return -errno;
	}
	return sw_patience__is_out(since) ? -ETIME : 0;
}

int sw_write_all(int fd, const void *data, size_t len, size_t *done)
{
	uint64_t since = sw_clock_ns(CLOCK_MONOTONIC);
	size_t written = 0;
	int err = 0;

	while (written < len && !err) {
		ssize_t n = write(fd, (const char *)data + written, len - written);

		if (n > 0) {
			written += (size_t)n;
			if (written < len)
				since = sw_clock_ns(CLOCK_MONOTONIC);
		} else {
			err = n ? try_again(fd, since) : -ENOSPC;
		}
	}
	if (done)
		*done = written;
	return err;
}

const char *sw_write_error(int err)
{
	return err == -ETIME ? "nobody reads it" : strerror(-err);
}

bool sw_no_reader(int err)
{
	return err == -EPIPE || err == -ETIME;
}
