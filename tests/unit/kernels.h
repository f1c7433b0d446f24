/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Kernels that are made up, and what src/live/kernel.c would find in their BTF. */
#ifndef SW_TESTS_KERNELS_H
#define SW_TESTS_KERNELS_H

#include <string.h>

#include "live/kernel.h"

static bool has_tracepoints;
static int accept_args = 4;
static const char *not_in_btf = "unix_write_space";

int sw_kernel__func_args(const struct sw_kernel *k, const char *name)
{
	(void)k;
	(void)name;
	return accept_args;
}

bool sw_kernel__has_func(const struct sw_kernel *k, const char *name)
{
	(void)k;
	return strcmp(name, not_in_btf);
}

bool sw_kernel__has_tracepoint(const struct sw_kernel *k, const char *name)
{
	(void)k;
	(void)name;
	return has_tracepoints;
}

static struct sw_kernel kernel(bool kprobes, bool trampolines, enum sw_preempt preempt)
{
	struct sw_kernel k = {
		.kprobe_type = kprobes ? 8 : -1, .trampolines = trampolines, .preempt = preempt};
	int i;

	static const char *const names[] = {
#define HOOK(id, name, cause, dflt) #name,
		SW_HOOKS(HOOK)
#undef HOOK
#define SYM(name) #name,
		SW_EXTRA_SYMS(SYM)
#undef SYM
	};
	for (i = 0; i < SW_SYM_COUNT; i++) {
		k.syms[i].name = names[i];
		strcpy(k.syms[i].found, names[i]);
	}
	k.syms[SW_SYM_inet_csk_wait_for_connect].found[0] = '\0';
	return k;
}

#endif
