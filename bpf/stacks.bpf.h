/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * By what calls the waker came to the callback, on request: records hold a number,
 * and the addresses stay in a map that only the user half reads.
 */
#ifndef SW_STACKS_BPF_H
#define SW_STACKS_BPF_H

#include "task.bpf.h"

#define EEXIST 17 /* another stack is in its place */

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 1); /* SW_MAX_STACKS where stacks are asked for */
	__uint(key_size, sizeof(__u32));
	__uint(value_size, SW_STACK_DEPTH * sizeof(__u64));
} stacks SEC(".maps");

/* The number is the map's key plus 1; 0: no stack.  Stacks are never evicted; on a collision
 * of hashes the new one is dropped. */
static __always_inline __u32 stack_number(void *ctx, __u64 flags)
{
	long key = bpf_get_stackid(ctx, &stacks, flags);

	if (key == -EEXIST)
		lose_one(SW_LOST_STACKS);
	return key < 0 ? 0 : key + 1;
}

static __always_inline void read_stacks(void *ctx, struct sw_rec_wakeup *r)
{
	r->kernel_stack = 0;
	r->user_stack = 0;
	if (settings.stacks & SW_STACKS_KERNEL)
		r->kernel_stack = stack_number(ctx, 0);
	/* A bystander's would mislead. */
	if ((settings.stacks & SW_STACKS_USER) && r->pid && !(r->hdr.flags & SW_F_BYSTANDER))
		r->user_stack = stack_number(ctx, BPF_F_USER_STACK);
}

#endif
