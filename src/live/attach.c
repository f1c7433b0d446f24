/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the programs that were chosen to links. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "live/internal.h"
#include "live/kprobe.h"

static struct bpf_program *object_of(const struct sw_live *l, const struct sw_program *p)
{
	return bpf_object__find_program_by_name(l->skel->obj, sw_prog_name(p->id));
}

void sw_live__autoload(struct sw_live *l)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, l->skel->obj)
		bpf_program__set_autoload(prog, false);
	bpf_program__set_autoload(l->skel->progs.inspect, true);
	for (unsigned int i = 0; i < l->programs.n; i++)
		bpf_program__set_autoload(object_of(l, &l->programs.list[i]), true);
}

static int link_up(struct sw_live *l, struct bpf_link *link)
{
	if (!link)
		return -errno;
	l->links[l->n_links++] = link;
	return 0;
}

/* *fd: the kprobe's, so that it can be inspected; owned by the link. */
static int attach_kprobe(struct sw_live *l, const struct sw_program *p, int *fd)
{
	struct bpf_link *link;

	*fd = sw_kprobe__open(l->k->kprobe_type, p->kprobe, p->exit);
	if (*fd < 0)
		return *fd;
	link = bpf_program__attach_perf_event(object_of(l, p), *fd);
	if (!link) {
		int err = -errno;

		close(*fd);
		*fd = -1;
		return err;
	}
	return link_up(l, link);
}

/* What the program's ledger needs to know of it. */
static void enter(struct sw_live *l, const struct sw_program *p, int kprobe_fd)
{
	const int program_fd = bpf_program__fd(object_of(l, p));

	if (p->counted != SW_HOOK_COUNT && kprobe_fd >= 0)
		sw_ledger__use_kprobe(&l->ledger, p->counted, kprobe_fd);
	else if (p->counted != SW_HOOK_COUNT)
		sw_ledger__use_program(&l->ledger, p->counted, program_fd);
	else if (p->loser != SW_HOOK_COUNT)
		sw_ledger__use_beside(&l->ledger, p->loser, program_fd, kprobe_fd);
}

static int attach(struct sw_live *l, const struct sw_program *p)
{
	int fd = -1, err;

	err = p->kprobe ? attach_kprobe(l, p, &fd) :
			  link_up(l, bpf_program__attach(object_of(l, p)));
	if (!err)
		enter(l, p, fd);
	return err;
}

#define MOST_WALKS 512 /* some 16,000 devices */

static void look_for_queues(struct sw_live *l)
{
	const volatile struct sw_inspection *found = &l->skel->bss->inspection;
	int i;

	for (i = 0; i < MOST_WALKS; i++) {
		if (sw_ledger__inspect(&l->ledger, SW_INSPECT_QUEUES, 0))
			break;
		if (found->value != SW_QUEUES_NOT_YET)
			break;
	}
	l->skel->bss->queues_seen = found->value != SW_QUEUES_NONE;
}

/* The one that is attached later; NULL: none was chosen. */
static const struct sw_program *later(const struct sw_live *l)
{
	for (unsigned int i = 0; i < l->programs.n; i++)
		if (l->programs.list[i].later)
			return &l->programs.list[i];
	return NULL;
}

void sw_live__follow_queues(struct sw_live *l)
{
	const struct sw_program *p;
	int err;

	if (l->follows_queues || !*(volatile __u32 *)&l->skel->bss->queues_seen)
		return;
	l->follows_queues = true;
	p = later(l);
	err = p ? attach(l, p) : 0;
	if (err)
		sw_error("who sends packets by a device with a queue is not known: cannot attach to "
			 "net_dev_queue: %s",
			 strerror(-err));
}

int sw_live__attach_all(struct sw_live *l, enum sw_hook *failed)
{
	*failed = SW_HOOK_COUNT;
	for (unsigned int i = 0; i < l->programs.n; i++) {
		const struct sw_program *p = &l->programs.list[i];
		int err = p->later ? 0 : attach(l, p);

		if (err) {
			*failed = p->fails;
			return err;
		}
	}
	if (later(l)) {
		look_for_queues(l);
		sw_live__follow_queues(l);
	}
	return 0;
}
