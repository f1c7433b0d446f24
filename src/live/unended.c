/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Waits that are not over when a trace ends: from the kernel half's table of tasks. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "live/internal.h"
#include "tasks.h"

static bool is_unended(const struct task_entry *e, uint64_t end_ns)
{
	/* A poll that nothing ended says nothing of any socket. */
	return e->begin && e->begin <= end_ns && !e->end && e->sock;
}

static void fill(struct sw_rec_wait *r, const struct task_entry *e, uint64_t end_ns)
{
	*r = (struct sw_rec_wait){
		.hdr = {.ts = end_ns,
			.size = sizeof(*r),
			.kind = SW_REC_WAIT,
			.hook = SW_HOOK_WAIT,
			.flags = SW_F_UNENDED | SW_F_NO_RESULT | SW_F_WAITED},
		.sock = e->sock,
		.begin = e->begin,
		.end = end_ns,
		.pid = e->pid,
		.tid = e->tid,
		.op = SW_CALL_OP(e->call),
		.ended = SW_ENDED_OPEN,
	};
	memcpy(r->comm, e->comm, sizeof(r->comm));
}

int sw_live__unended(struct sw_live *l, uint64_t end_ns,
		     int (*take)(void *arg, const void *rec, size_t len), void *arg)
{
	int fd = bpf_map__fd(l->skel->maps.tasks), err;
	__u64 key, *previous = NULL;
	struct task_entry e;

	if (!l->needs.traces[SW_HOOK_WAIT])
		return 0;
	while (!bpf_map_get_next_key(fd, previous, &key)) {
		struct sw_rec_wait r;

		previous = &key;
		if (bpf_map_lookup_elem(fd, &key, &e) || !is_unended(&e, end_ns))
			continue;
		fill(&r, &e, end_ns);
		err = take(arg, &r, sizeof(r));
		if (err)
			return err;
		l->unended++;
	}
	return 0;
}
