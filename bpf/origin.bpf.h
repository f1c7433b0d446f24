/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Whose doing something is: a task, as it was when it did it. */
#ifndef SW_ORIGIN_BPF_H
#define SW_ORIGIN_BPF_H

#include "task.bpf.h"

struct origin {
	__u64 task; /* struct task_struct *; 0: not known */
	__u32 pid, tid;
	__u64 comm[2];
};

static __always_inline __u64 check_of(__u64 key, const struct origin *o)
{
	return key ^ o->task ^ ((__u64)o->pid << 32 | o->tid) ^ o->comm[0] ^ o->comm[1] << 1;
}

static __always_inline void origin_forget(struct origin *o)
{
	o->task = 0;
	o->pid = 0;
	o->tid = 0;
	o->comm[0] = 0;
	o->comm[1] = 0;
}

/* `current` is what current_task() gave. */
static __always_inline void origin_is(struct origin *o, struct task_struct *current,
				      const enum way way)
{
	o->task = current_number(current, way);
	read_current(&o->pid, &o->tid, (char *)o->comm, current, way);
}

#endif
