/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What only the stack can tell, where no hook sees a function's end. */
#ifndef SW_CALLERS_BPF_H
#define SW_CALLERS_BPF_H

#include "task.bpf.h"

#define CALLERS 21 /* looked at; a frame each */
#define INNERMOST 3 /* of the helper that asks, and of the programs themselves */

static __always_inline bool in_code(__u64 address, __u64 of)
{
	return address >= settings.code[of].begin && address < settings.code[of].end;
}

static __always_inline int find_caller(const __u64 callers[CALLERS], long bytes, __u64 outer,
				       __u64 inner)
{
	__u64 before = 0;
	__u32 i;

	if (bytes <= 0)
		return -1;
	for (i = 0; i < CALLERS; i++) {
		/* A stack that was not followed to its end, a system call, proves nothing. */
		if (i * sizeof(__u64) >= (__u64)bytes)
			return in_code(before, SW_CODE_ENTRY) ? 0 : -1;
		if (in_code(callers[i], outer))
			return inner >= SW_CODE_COUNT || in_code(before, inner);
		if (in_code(callers[i], SW_CODE_INTERRUPT))
			return 0;
		before = callers[i];
	}
	return -1; /* there are more */
}

/* The limit must be on the very copy that is the index: see call_of(). */
static __always_inline __u64 as_index(__u32 of)
{
	__u64 index = of;

	barrier_var(index);
	return index;
}

static __always_inline bool is_known(__u64 of)
{
	return of < SW_CODE_COUNT && settings.code[of].end;
}

/* Since 5.11. */
static __always_inline bool has_current_task(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/* A global function (see read.bpf.h), as the stack of a task is asked for without a
 * context, which would have another type in each kind of program. */
__noinline int current_called_by(__u32 outer, __u32 inner)
{
	__u64 callers[CALLERS], of = as_index(outer);

	if (!has_current_task() || !is_known(of))
		return -1;
	return find_caller(callers,
			   bpf_get_task_stack(bpf_get_current_task_btf(), callers,
					      sizeof(callers), INNERMOST),
			   of, as_index(inner));
}

/* The same for programs of raw tracepoints, whose context has a name: of an idle task some
 * kernels give no stack without it. */
__noinline int context_called_by(struct bpf_raw_tracepoint_args *ctx, __u32 outer, __u32 inner)
{
	__u64 callers[CALLERS] = {}, of = as_index(outer); /* filled: 5.10 asks for it */

	if (!is_known(of))
		return -1;
	return find_caller(callers, bpf_get_stack(ctx, callers, sizeof(callers), 0), of,
			   as_index(inner));
}

/* Before 5.11, in all other programs: the verifier looks at all of it once for each way that
 * leads to it. */
static __noinline int any_called_by(void *ctx, __u32 outer, __u32 inner)
{
	__u64 callers[CALLERS] = {}, of = as_index(outer);

	if (!is_known(of))
		return -1;
	return find_caller(callers, bpf_get_stack(ctx, callers, sizeof(callers), 0), of,
			   as_index(inner));
}

/*
 * Is the current task in the function `outer`, and there in its call of `inner`
 * (SW_CODE_COUNT: in whatever)?  Not if an interrupt has come in between.
 * 1: yes, 0: no, -1: that is not to be known.  Costs a microsecond to ten, as the kernel's
 * unwinder does: cheaper questions come first.
 */
static __always_inline int called_by(void *ctx, __u32 outer, __u32 inner)
{
	return has_current_task() ? current_called_by(outer, inner) :
				    any_called_by(ctx, outer, inner);
}

#endif
