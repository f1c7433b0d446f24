/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/pump.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/spawn.h"

/* How long the rings are left alone: a reader that is woken for each record
 * costs more than the record does.  People see a tenth of a second. */
#define DRAIN_BUSY_MS 10
#define DRAIN_IDLE_MS 40

/* What the timelines of a text trace may take. */
#define TIMELINE_BYTES (16u << 20)

#define WRITE_AT (256u << 10) /* bytes of output that are written at once */

struct sw_pump {
	struct sw_live *live;
	const struct sw_renderer *renderer;
	const struct sw_render_opts *opts;
	struct sw_output *out;
	struct sw_trace_info info;
	struct sw_trace *trace;
	struct sw_timeline *timeline; /* NULL: not wanted */
	struct sw_merge *merge;
	struct sw_buf buf;
	int epoll_fd, signal_fd;
	bool child_over;
	int child_status;
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int on_event(void *arg, struct sw_socket *sk, const union sw_event *ev)
{
	struct sw_pump *p = arg;

	p->renderer->event(&p->buf, p->opts, sk, ev);
	return p->buf.len >= WRITE_AT ? sw_output__write(p->out, &p->buf) : 0;
}

static int watch(int epoll_fd, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static int open_fds(struct sw_pump *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	p->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (p->signal_fd < 0 || p->epoll_fd < 0)
		return -errno;
	if (watch(p->epoll_fd, p->signal_fd) || watch(p->epoll_fd, sw_live__fd(p->live)))
		return -errno;
	return 0;
}

struct sw_pump *sw_pump__new(struct sw_live *live, const struct sw_renderer *renderer,
			     const struct sw_render_opts *opts, struct sw_output *out)
{
	struct sw_pump *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->live = live;
	p->renderer = renderer;
	p->opts = opts;
	p->out = out;
	p->epoll_fd = p->signal_fd = -1;
	p->info.version = SW_VERSION;
	sw_live__info(live, &p->info);
	p->merge = sw_merge__new(sw_live__rings(live));
	p->trace = sw_trace__new(&p->info, on_event, p);
	if (!p->merge || !p->trace || open_fds(p))
		goto fail;
	if (renderer->needs_timeline && opts->timelines) {
		p->timeline = sw_timeline__new(TIMELINE_BYTES, sw_trace__sockets(p->trace));
		if (!p->timeline)
			goto fail;
		sw_trace__set_timeline(p->trace, p->timeline);
	}
	return p;
fail:
	sw_pump__free(p);
	return NULL;
}

void sw_pump__free(struct sw_pump *p)
{
	if (!p)
		return;
	sw_timeline__free(p->timeline);
	sw_trace__free(p->trace);
	sw_merge__free(p->merge);
	sw_buf__free(&p->buf);
	if (p->epoll_fd >= 0)
		close(p->epoll_fd);
	if (p->signal_fd >= 0)
		close(p->signal_fd);
	free(p);
}

int sw_pump__begin(struct sw_pump *p)
{
	p->info.monotonic_ns = clock_ns(CLOCK_MONOTONIC);
	p->info.realtime_ns = clock_ns(CLOCK_REALTIME);
	p->renderer->begin(&p->buf, p->opts, &p->info);
	sw_live__start(p->live);
	return sw_output__write(p->out, &p->buf);
}

/* Takes what the rings hold, and writes what is old enough to be in order. */
static int drain(struct sw_pump *p, bool last, bool *more)
{
	uint64_t until;
	const void *rec;
	size_t len;
	int n, err;

	n = sw_live__drain(p->live, p->merge, &until, more);
	if (n < 0)
		return n;
	if (last && !*more)
		until = UINT64_MAX;
	while ((rec = sw_merge__pop(p->merge, until, &len))) {
		err = sw_trace__feed(p->trace, rec, len);
		if (err)
			return err;
	}
	err = sw_output__write(p->out, &p->buf);
	return err ? err : n;
}

/* True when the trace should end. */
static bool on_signal(struct sw_pump *p, pid_t child)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD) {
			end = true;
		} else if (child && waitpid(child, &p->child_status, WNOHANG) == child) {
			p->child_over = true;
			end = true;
		}
	}
	return end;
}

static int finish(struct sw_pump *p)
{
	struct sw_trace_totals totals;
	struct sw_socket *sk = NULL;
	bool more;
	int err;

	p->info.end_ns = clock_ns(CLOCK_MONOTONIC);
	sw_live__stop(p->live);
	do
		err = drain(p, true, &more);
	while (err >= 0 && more);
	sw_live__counts(p->live, &p->info);
	sw_trace__totals(p->trace, &totals);
	while (p->timeline && (sk = sw_sockets__next(sw_trace__sockets(p->trace), sk))) {
		p->renderer->timeline(&p->buf, p->opts, p->timeline, sk);
		if (p->buf.len >= WRITE_AT)
			sw_output__write(p->out, &p->buf);
	}
	p->renderer->summary(&p->buf, p->opts, &p->info, &totals);
	if (p->out->error) {
		/* The reader of the output will not learn it there. */
		sw_buf__reset(&p->buf);
		sw_error("until then %llu wake-ups and waits were seen, %llu lost",
			 (unsigned long long)totals.delivered,
			 (unsigned long long)totals.lost_all);
	}
	sw_output__write(p->out, &p->buf);
	return err < 0 ? err : -p->out->error;
}

int sw_pump__run(struct sw_pump *p, uint64_t duration_ns, pid_t child, int *status)
{
	uint64_t end = duration_ns ? clock_ns(CLOCK_MONOTONIC) + duration_ns : UINT64_MAX;
	int wait_ms = DRAIN_BUSY_MS, n, err;
	bool over = false, more;

	do {
		struct epoll_event ev[2];
		uint64_t now = clock_ns(CLOCK_MONOTONIC);
		int i, ready;

		if (now >= end)
			break;
		if (end - now < (uint64_t)wait_ms * 1000000)
			wait_ms = (int)((end - now) / 1000000) + 1;
		ready = epoll_wait(p->epoll_fd, ev, 2, wait_ms);
		for (i = 0; i < ready; i++)
			if (ev[i].data.fd == p->signal_fd)
				over = on_signal(p, child) || over;
		n = drain(p, false, &more);
		wait_ms = more ? 0 : n > 0 ? DRAIN_BUSY_MS : DRAIN_IDLE_MS;
	} while (!over && n >= 0);
	err = finish(p);
	if (p->child_over)
		*status = sw_child__exit_status(p->child_status);
	return err;
}

bool sw_pump__child_over(const struct sw_pump *p)
{
	return p->child_over;
}
