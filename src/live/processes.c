/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The processes that are traced: the user half's side of bpf/family.bpf.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "base/log.h"
#include "live/fds.h"
#include "live/internal.h"

void sw_live__size_processes(struct sw_live *l)
{
	unsigned int most = l->o.filters->filter.follow ? SW_MAX_FOLLOWED : SW_MAX_PIDS;

	if (!l->o.filters->filter.by_pid)
		most = 1;
	bpf_map__set_max_entries(l->skel->maps.pids, most);
	bpf_map__set_max_entries(l->skel->maps.leaving, sw_live__pidns() ? most : 1);
	if (!sw_filter_by_task(&l->o.filters->filter)) {
		bpf_map__set_max_entries(l->skel->maps.owned, 1);
		bpf_map__set_max_entries(l->skel->maps.owned_inodes, 1);
	}
}

static int add_inode(void *arg, uint64_t inode)
{
	struct sw_live *l = arg;
	__u8 yes = 1;

	if (bpf_map_update_elem(bpf_map__fd(l->skel->maps.owned_inodes), &inode, &yes, BPF_ANY)) {
		if (errno != E2BIG)
			return -errno;
		l->unowned++;
		return 0;
	}
	l->skel->bss->inode_marks[inode % SW_INODE_MARKS] = 1;
	l->skel->bss->inodes_owned = 1;
	return 0;
}

int sw_live__add_pid(struct sw_live *l, pid_t pid)
{
	__u32 key = pid;
	__u64 born = 0;
	int err;

	if (!bpf_map_update_elem(bpf_map__fd(l->skel->maps.pids), &key, &born, BPF_NOEXIST))
		__sync_fetch_and_add(&l->skel->bss->pid_marks[key % SW_PID_MARKS], 1);
	else if (errno != EEXIST)
		return -errno;
	l->unowned = 0;
	err = sw_fds__sockets(pid, add_inode, l);
	if (!l->unowned)
		return err;
	sw_note("process %d has too many sockets open: of those over %d, only what it does itself is "
		"traced",
		pid, SW_MAX_SOCKETS);
	sw_ledger__lose(&l->ledger, l->skel->rodata->settings.owners_hook, SW_LOST_SOCKETS,
			l->unowned);
	return err;
}

void sw_live__each_pid(const struct sw_live *l, void (*take)(void *arg, pid_t pid), void *arg)
{
	int fd = bpf_map__fd(l->skel->maps.pids);
	__u32 key, *previous = NULL;
	unsigned int n = 0;

	/* Those that are dropped meanwhile may lead back to the first. */
	for (; n < SW_MAX_FOLLOWED && !bpf_map_get_next_key(fd, previous, &key); n++) {
		previous = &key;
		take(arg, (pid_t)key);
	}
}

bool sw_live__watches_signals(const struct sw_live *l)
{
	return l->o.program && !l->stopped;
}

uint64_t sw_live__signalled(const struct sw_live *l, int sig)
{
	const volatile __u64 *when = l->skel->bss->program_signals;

	return when[sig & 31];
}
