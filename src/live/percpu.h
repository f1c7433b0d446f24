/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where CPUs keep their own variables, where kallsyms has functions alone. */
#ifndef SW_LIVE_PERCPU_H
#define SW_LIVE_PERCPU_H

#include <stdbool.h>
#include <stdint.h>

struct btf;

/*
 * Where each possible CPU's area begins, into bases[n_cpus], and where in it x86 has
 * preempt_count.  Needs the kernel's own BTF, and CAP_BPF with CAP_PERFMON.  False: that is
 * not to be found out, as with a CPU that is offline.
 */
bool sw_percpu__find(const struct btf *btf, unsigned int n_cpus, uint64_t *bases,
		     uint64_t *preempt_count);

#endif
