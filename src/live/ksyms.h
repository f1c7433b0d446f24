/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The few kernel symbols that sockwake needs, found in one pass of kallsyms. */
#ifndef SW_LIVE_KSYMS_H
#define SW_LIVE_KSYMS_H

#include <stddef.h>
#include <stdint.h>

#define SW_KSYM_NAME 128 /* bytes; KSYM_NAME_LEN was 128 until 6.1, 512 since */

struct sw_ksym {
	const char *name; /* asked for, without a compiler's suffix */
	uint64_t address; /* 0: not found, or hidden by kernel.kptr_restrict */
	uint64_t end;	  /* where the next symbol is; 0: not known */
	/* What it is called in this kernel: the name itself, or with the suffix of
	 * a copy that the compiler made and that still is the whole function:
	 * .isra.N, .constprop.N, .llvm.N.  Never .cold or .part.N, which are
	 * pieces of one.  Empty: not found. */
	char found[SW_KSYM_NAME];
};

/*
 * Fills in `syms` from a file in the form of /proc/kallsyms.  A symbol of
 * exactly the name is preferred to one with a suffix, and the kernel's own to
 * a module's.  Returns 0 or -errno.
 */
int sw_ksyms__read(const char *path, struct sw_ksym *syms, size_t n);

#endif
