/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/patience.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_MS 50
#define SLOW_NS 20000000ULL

/* Of the process, as the signals are that end it. */
static struct {
	bool (*is_out)(void *arg, uint64_t since);
	void *arg;
	bool slow; /* who reads the output takes it, but makes it wait */
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

/* A disk may be slow: there is no reader who makes it so. */
static bool has_reader(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && !S_ISREG(st.st_mode);
}

int sw_write_all(int fd, const void *data, size_t len, size_t *done)
{
	const uint64_t begun = sw_clock_ns(CLOCK_MONOTONIC);
	uint64_t since = begun;
	size_t written = 0;
	int err = 0;

	/* A reader that goes on taking a little at a time is not waited for either, from when
	 * sockwake was told to end a while ago. */
	if (patience.slow && sw_patience__is_out(0))
		err = -ETIME;
	while (written < len && !err) {
		ssize_t n = write(fd, (const char *)data + written, len - written);

		if (n > 0) {
			written += (size_t)n;
			if (written == len)
				break;
			since = sw_clock_ns(CLOCK_MONOTONIC);
			if (since - begun > SLOW_NS && has_reader(fd) && sw_patience__is_out(0))
				err = -ETIME;
		} else {
			err = n ? try_again(fd, since) : -ENOSPC;
		}
	}
	if (done)
		*done = written;
	patience.slow = sw_clock_ns(CLOCK_MONOTONIC) - begun > SLOW_NS && has_reader(fd);
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
