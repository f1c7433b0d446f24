/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The ledger: what became of every hit, from the programs' own counts and from
 * what the kernel knows of the hits that no program saw.
 */
#ifndef SW_LIVE_LEDGER_H
#define SW_LIVE_LEDGER_H

#include <linux/types.h>

#include "records.h"
#include "live/programs.h"
#include "live/skeleton.h"

struct sw_ledger {
	struct sockwake_bpf *skel; /* borrowed */
	unsigned int n_cpus;
	/* Of each hook: its kprobe's perf event (the link's; borrowed) or its
	 * program's fd, whichever it has; -1 for neither. */
	int kprobe_fd[SW_HOOK_COUNT];
	int program_fd[SW_HOOK_COUNT];
	/* Programs that no hook has as its own: what they miss is that hook's loss. */
	struct sw_beside {
		enum sw_hook hook;
		int kprobe_fd, program_fd; /* likewise */
	} beside[SW_PROG_COUNT];
	unsigned int n_beside;
	__u64 recursion[SW_HOOK_COUNT];
	__u64 missed[SW_HOOK_COUNT];
};

void sw_ledger__init(struct sw_ledger *g, struct sockwake_bpf *skel, unsigned int n_cpus);
void sw_ledger__use_kprobe(struct sw_ledger *g, enum sw_hook hook, int perf_fd);
void sw_ledger__use_program(struct sw_ledger *g, enum sw_hook hook, int program_fd);

/* Of such a program, and its perf event or -1.  Each is entered once. */
void sw_ledger__use_beside(struct sw_ledger *g, enum sw_hook hook, int program_fd, int perf_fd);

/* What the user half itself had to leave out. */
void sw_ledger__lose(struct sw_ledger *g, enum sw_hook hook, enum sw_loss loss, __u64 n);

/* Runs the "inspect" program; the answer is in skel->bss->inspection.
 * Returns 0 or -errno. */
int sw_ledger__inspect(struct sw_ledger *g, enum sw_inspect what, __u64 arg);

/* Asks the kernel for the hits that no program saw. Before the links go. */
void sw_ledger__settle(struct sw_ledger *g);

/* One hook's counts over all CPUs, with what settling found; all but `delivered`. */
void sw_ledger__sum(const struct sw_ledger *g, enum sw_hook hook, struct sw_count *out);

#endif
