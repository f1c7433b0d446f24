/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/pump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/naming.h"
#include "core/merge.h"
#include "live/symbols.h"

/* How long the rings are left alone: a reader that is woken for each record
 * costs more than the record does.  People see a tenth of a second. */
#define DRAIN_BUSY_MS 10
#define DRAIN_IDLE_MS 40

#define COUNT_NS 1000000000ull

/* Records that are held while names of a stack are waited for; beyond that they stay in the
 * rings, which count what they have no room for. */
#define HELD_MAX 500000

struct sw_pump {
	struct sw_live *live;
	struct sw_trace_info *info;
	const struct sw_consumer *to;
	struct sw_naming *naming; /* NULL: stacks are not asked for */
	struct sw_merge *merge;
	int epoll_fd;
	uint64_t counted; /* when info's counts were last true; ns */
	bool enough;
	struct sw_ending *ending; /* borrowed; NULL: it has not begun */
	bool broken; /* what the rings hold cannot be had */
};

static int watch(int epoll_fd, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static int open_fds(struct sw_pump *p)
{
	p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (p->epoll_fd < 0 || watch(p->epoll_fd, sw_live__fd(p->live)))
		return -errno;
	return 0;
}

struct sw_pump *sw_pump__new(struct sw_live *live, struct sw_trace_info *info,
			     const struct sw_consumer *to)
{
	struct sw_pump *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->live = live;
	p->info = info;
	p->to = to;
	p->epoll_fd = -1;
	p->merge = sw_merge__new(sw_live__rings(live));
	if (!p->merge || open_fds(p)) {
		int err = p->merge ? errno : ENOMEM;

		sw_pump__free(p);
		errno = err;
		return NULL;
	}
	return p;
}

void sw_pump__free(struct sw_pump *p)
{
	if (!p)
		return;
	sw_merge__free(p->merge);
	sw_naming__free(p->naming);
	if (p->epoll_fd >= 0)
		close(p->epoll_fd);
	free(p);
}

int sw_pump__begin(struct sw_pump *p)
{
	int err;

	p->info->monotonic_ns = sw_clock_ns(CLOCK_MONOTONIC);
	p->info->realtime_ns = sw_clock_ns(CLOCK_REALTIME);
	err = p->to->begin(p->to->arg);
	if (err)
		return err;
	sw_live__start(p->live);
	return 0;
}

static int take(void *arg, const void *rec, size_t len)
{
	struct sw_pump *p = arg;
	int err = p->naming ? sw_naming__record(p->naming, &rec, len) : 0;

	return err ? err : p->to->record(p->to->arg, rec, len);
}

static void keep_counts(struct sw_pump *p)
{
	uint64_t now;

	if (!p->to->counts)
		return;
	now = sw_clock_ns(CLOCK_MONOTONIC);
	if (now - p->counted < COUNT_NS)
		return;
	p->counted = now;
	sw_live__counts(p->live, p->info);
}

/* Takes what the rings hold, and hands on what is old enough to be in order. */
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
	if (p->naming)
		sw_naming__settle(p->naming, until);
	while ((rec = sw_merge__pop(p->merge, until, &len))) {
		err = take(p, rec, len);
		if (err)
			return err;
	}
	keep_counts(p);
	err = p->to->settle(p->to->arg, until);
	if (err == -ECANCELED) {
		p->enough = true;
		err = 0;
	}
	return err ? err : n;
}

/* While names are waited for, the rings must not run over, nor signals go unheard.  The
 * record at hand is the naming's own copy. */
static bool meanwhile(void *arg)
{
	struct sw_pump *p = arg;
	uint64_t until;
	bool more;

	if (sw_merge__pending(p->merge) < HELD_MAX &&
	    sw_live__drain(p->live, p->merge, &until, &more) < 0)
		p->broken = true; /* the next drain says what is wrong */
	if (p->ending)
		sw_ending__look(p->ending);
	return p->broken || (p->ending && p->ending->asked_at);
}

int sw_pump__name_stacks(struct sw_pump *p, struct sw_symbols *symbols, struct sw_stacks *stacks)
{
	p->naming = sw_naming__new(p->live, symbols, stacks, p->to);
	sw_symbols__meanwhile(symbols, meanwhile, p);
	return p->naming ? 0 : -ENOMEM;
}

/* What is left in the kernel, once tracing has stopped. */
static int drain_all(struct sw_pump *p)
{
	bool more;
	int err;

	do
		err = drain(p, true, &more);
	while (err >= 0 && more);
	if (err >= 0)
		err = sw_live__unended(p->live, p->info->end_ns, take, p);
	return err < 0 ? err : 0;
}

static int finish(struct sw_pump *p)
{
	int err, end_err;

	p->info->end_ns = sw_clock_ns(CLOCK_MONOTONIC);
	sw_live__stop(p->live);
	err = drain_all(p);
	sw_live__counts(p->live, p->info);
	end_err = p->to->end(p->to->arg);
	return err ? err : end_err;
}

int sw_pump__run(struct sw_pump *p, uint64_t duration_ns, struct sw_ending *ending)
{
	uint64_t begun = sw_clock_ns(CLOCK_MONOTONIC);
	int wait_ms = DRAIN_BUSY_MS, n = 0, err;
	bool more;

	p->ending = ending;
	if (ending->child->pid && ending->child->pid_fd >= 0)
		watch(p->epoll_fd, ending->child->pid_fd);
	while (!ending->over && !p->enough && n >= 0) {
		uint64_t past = sw_clock_ns(CLOCK_MONOTONIC) - begun;
		struct epoll_event ev;

		if (duration_ns && past >= duration_ns) {
			sw_ending__limit(ending);
			break;
		}
		if (duration_ns && duration_ns - past < (uint64_t)wait_ms * 1000000)
			wait_ms = (int)((duration_ns - past) / 1000000) + 1;
		/* Signals interrupt it, and at most one look late. */
		epoll_wait(p->epoll_fd, &ev, 1, wait_ms);
		n = drain(p, false, &more);
		wait_ms = more ? 0 : n > 0 ? DRAIN_BUSY_MS : DRAIN_IDLE_MS;
		sw_ending__look(ending);
	}
	err = finish(p);
	return n < 0 ? n : err;
}
