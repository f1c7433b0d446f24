/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The inside of a live trace, shared by the files that make it up. */
#ifndef SW_LIVE_INTERNAL_H
#define SW_LIVE_INTERNAL_H

#include "entries.h"
#include "live/ledger.h"
#include "live/live.h"
#include "live/programs.h"
#include "live/rings.h"

struct sw_live {
	const struct sw_kernel *k;
	struct sw_live_opts o;
	struct sw_plan plan;
	struct sw_needs needs;	     /* these two as long as it is loaded */
	struct sw_programs programs;
	struct sockwake_bpf *skel;
	struct sw_rings *rings;
	struct sw_ledger ledger;
	struct bpf_link *links[SW_PROG_COUNT];
	unsigned int n_links;
	bool stopped;
	bool follows_queues; /* see sw_live__follow_queues() */
	unsigned int unowned; /* sockets of the process that is added that found no room */
	const char *failing; /* while it is opened: what is being done, for a message */
	uint64_t unended; /* waits told by sw_live__unended() */
};

/* --- settings.c: what the programs are told; before loading --- */

/* Inode number of our pid namespace; 0: the initial one. */
uint32_t sw_live__pidns(void);
void sw_live__fill_settings(struct sw_live *l);

/* --- processes.c: before loading, room for as many processes and sockets as may be --- */
void sw_live__size_processes(struct sw_live *l);

/* --- attach.c --- */

/* Only the programs that were chosen are loaded. */
void sw_live__autoload(struct sw_live *l);

/* Attaches all.  Returns 0 or -errno; *failed is the hook that could not be
 * attached, or SW_HOOK_COUNT when it was something else. */
int sw_live__attach_all(struct sw_live *l, enum sw_hook *failed);

/* While it is traced: attaches what follows packets through queues, once one was seen. */
void sw_live__follow_queues(struct sw_live *l);

#endif
