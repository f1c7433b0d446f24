/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The inside of a live trace, shared by the files that make it up. */
#ifndef SW_LIVE_INTERNAL_H
#define SW_LIVE_INTERNAL_H

#include "calls.h"
#include "entries.h"
#include "live/ledger.h"
#include "live/live.h"
#include "live/rings.h"

#define COUNT_CALL(name, waits, makes) +1
enum { SW_N_ENDING_CALLS = 0 SW_ENDING_CALLS(COUNT_CALL) SW_ENDING_CALLS_0(COUNT_CALL) };
#undef COUNT_CALL

#define SW_MAX_LINKS (2 * SW_HOOK_COUNT + SW_N_ENDING_CALLS + 20)

struct sw_live {
	const struct sw_kernel *k;
	struct sw_live_opts o;
	struct sw_plan plan;
	struct sockwake_bpf *skel;
	struct sw_rings *rings;
	struct sw_ledger ledger;
	struct bpf_link *links[SW_MAX_LINKS];
	unsigned int n_links;
	bool stopped;
	bool follows_queues; /* see sw_live__follow_queues() */
	unsigned int unowned; /* sockets of the process that is added that found no room */
	const char *failing; /* while it is opened: what is being done, for a message */
	uint64_t unended; /* waits told by sw_live__unended() */
};

/* --- programs.c: which programs, and what they are told; before loading --- */

/* The hook is traced; it is attached, to be traced or for other hooks' sake. */
bool sw_live__traces(const struct sw_live *l, enum sw_hook hook);
bool sw_live__attaches(const struct sw_live *l, enum sw_hook hook);

/* What the hook's program is called on its rung. */
void sw_live__program_name(const struct sw_live *l, enum sw_hook hook, char *buf, size_t n);

/* The program at the exit of the hook's function; false: there is none, or none is needed. */
bool sw_live__exit_name(const struct sw_live *l, enum sw_hook hook, char *buf, size_t n);
/* The program for tasks that are woken, or that for those that run and sleep. */
const char *sw_live__sched_program(const struct sw_live *l, bool waking);

/* All that is told of waits in accept is what the scheduler tells. */
bool sw_live__accepts_by_sleep(const struct sw_live *l);
/* The program for the end of accept waits; NULL: it has none of its own. */
const char *sw_live__wait_end_program(const struct sw_live *l);
/* The program at inet_csk_accept(), beside accept's own function, where that is one; NULL:
 * not needed. */
const char *sw_live__accept_program(const struct sw_live *l);
/* The program for tasks not known yet that come to take what a wake-up told of;
 * NULL: not needed, or not to be had. */
const char *sw_live__taker_program(const struct sw_live *l);
/* The program for sockets that other processes pass to those that are traced; NULL: likewise. */
const char *sw_live__passed_program(const struct sw_live *l);
/* The program for packets to connections that are not established; NULL: likewise. */
const char *sw_live__tcp_program(const struct sw_live *l);
/* The program for the end of the i-th of SW_ENDING_CALLS; NULL: it is not wanted, not
 * to be had, or all calls are traced. */
const char *sw_live__call_program(const struct sw_live *l, unsigned int i);
/* Softirqs are watched, as preempt_count cannot be read. */
bool sw_live__watches_softirqs(const struct sw_live *l);

/* Inode number of our pid namespace; 0: the initial one. */
uint32_t sw_live__pidns(void);

void sw_live__choose_programs(struct sw_live *l);
void sw_live__fill_settings(struct sw_live *l);

/* --- processes.c: before loading, room for as many processes and sockets as may be --- */
void sw_live__size_processes(struct sw_live *l);

/* --- attach.c ------------------------------------------------------------- */

/* Attaches all.  Returns 0 or -errno; *failed is the hook that could not be
 * attached, or SW_HOOK_COUNT when it was something else. */
int sw_live__attach_all(struct sw_live *l, enum sw_hook *failed);

/* While it is traced: attaches what follows packets through queues, once one was seen. */
void sw_live__follow_queues(struct sw_live *l);

#endif
