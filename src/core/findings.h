/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is wrong, from what happened: one row a kind of finding, one finding for
 * each socket it was found on.
 */
#ifndef SW_CORE_FINDINGS_H
#define SW_CORE_FINDINGS_H

#include "core/trace.h"

/*
 * FINDING(id, name, unit, meaning, advice)
 *   name     as NDJSON has it
 *   unit     of `worst`: NS, TASKS or PERCENT
 *   meaning  what happened, in a few words
 *   advice   one line: what to try
 */
#define SW_FINDINGS(FINDING)                                                              \
	FINDING(NO_WAITER, no-waiter, NS, "data came and nobody waited for it",           \
		"have more threads wait, or poll the socket, if it was taken late")        \
	FINDING(HERD, herd, TASKS, "several tasks were woken and one got something",      \
		"use EPOLLEXCLUSIVE, SO_REUSEPORT or one thread that accepts")             \
	FINDING(SPURIOUS, spurious, NS, "a task was woken and found nothing to take",     \
		"look for another task that takes the data first, or for a stale event")   \
	FINDING(SLOW_RUN, slow-run, NS, "a woken task waited long for a CPU",             \
		"look at CPU load, priorities, cgroup quotas and CPU pinning")             \
	FINDING(SLOW_READ, slow-read, NS, "a task ran, but took the data late",           \
		"see what it did first: split that work off, or read before it")           \
	FINDING(STUCK_WAIT, stuck-wait, NS, "a wait had not ended when the trace did",    \
		"look at the peer: it may be hung, or waiting for this side")              \
	FINDING(WRITE_STALL, write-stall, NS, "a writer was kept waiting for room",       \
		"the peer reads too slowly: look there, or enlarge the send buffer")       \
	FINDING(BACKLOG, backlog, PERCENT, "a listener's queue was nearly full",          \
		"accept faster, or enlarge listen(2)'s backlog and net.core.somaxconn")    \
	FINDING(UNEVEN_ACCEPT, uneven-accept, PERCENT, "one task accepted most of the connections", \
		"use SO_REUSEPORT with a listener for each task")

enum sw_finding_kind {
#define FINDING(id, name, unit, meaning, advice) SW_FINDING_##id,
	SW_FINDINGS(FINDING)
#undef FINDING
	SW_FINDING_COUNT
};

enum sw_finding_unit { SW_UNIT_NS, SW_UNIT_TASKS, SW_UNIT_PERCENT };
enum sw_severity { SW_INFO, SW_WARNING, SW_CRITICAL };

/* The user may set each; 0 stands for the default. */
struct sw_thresholds {
	uint64_t slow_run_ns;	 /* --slow-run */
	uint64_t slow_read_ns;	 /* --slow-read; no-waiter's too */
	uint64_t stuck_ns;	 /* --stuck */
	uint64_t write_stall_ns; /* --write-stall */
	unsigned int backlog_percent; /* --backlog */
};
#define SW_SLOW_RUN_NS 10000000ULL
#define SW_SLOW_READ_NS 10000000ULL
#define SW_STUCK_NS 1000000000ULL
#define SW_WRITE_STALL_NS 100000000ULL
#define SW_BACKLOG_PERCENT 80

/*
 * Memory is bounded.  Beyond so many findings each kind has one more, with socket 0
 * and no name, that stands for all other sockets.  Beyond so many living sockets,
 * one more is only looked at for what shows in a single record (slow-run,
 * slow-read, stuck-wait, write-stall, backlog, no-waiter and a listener's herd).
 */
#define SW_FINDINGS_MAX 4096
#define SW_WATCHED_MAX 65536

#define SW_FINDING_TASKS 4 /* named in a finding; more are counted */
#define SW_FINDING_MORE 60 /* but only so many more */

struct sw_finding_task {
	uint32_t pid, tid;
	char comm[SW_COMM_LEN];
};

struct sw_finding {
	enum sw_finding_kind kind;
	enum sw_severity severity;
	uint64_t socket; /* as users see it; 0: other sockets */
	char name[SW_SOCKET_NAME]; /* the socket's, as sw_socket__describe() has it: raw */
	uint64_t count;	 /* how often; uneven-accept: how many were accepted */
	uint64_t worst;	 /* in the kind's unit */
	uint64_t worst_ts; /* of the record that shows it; no-waiter, herd: of the wake-up */
	struct sw_finding_task worst_task; /* pid 0 and no comm: nobody */
	/* slow-read: what its worst example did first. */
	uint64_t off_ns;
	uint32_t others;
	/* Whom it happened to, in the order seen; uneven-accept: the busiest first. */
	struct sw_finding_task tasks[SW_FINDING_TASKS];
	unsigned int n_tasks, more_tasks;
};

const char *sw_finding_name(enum sw_finding_kind kind);
enum sw_finding_unit sw_finding_unit(enum sw_finding_kind kind);
const char *sw_finding_meaning(enum sw_finding_kind kind);
const char *sw_finding_advice(enum sw_finding_kind kind);
const char *sw_severity_name(enum sw_severity severity); /* "info", "warning", "critical" */

struct sw_finder; /* opaque */

struct sw_finder *sw_finder__new(const struct sw_thresholds *t); /* NULL: out of memory */
void sw_finder__free(struct sw_finder *f); /* NULL is legal */
/* Takes one event, as a trace's sink gets it. Returns 0 or -ENOMEM. */
int sw_finder__feed(struct sw_finder *f, const struct sw_socket *sk, const struct sw_told *told);
/*
 * To be called when all was fed: judges what only the end shows, and sorts, the
 * most severe first, then by kind, then by the worst.  The array is owned by `f`.
 */
unsigned int sw_finder__end(struct sw_finder *f, const struct sw_finding *const **out);

#endif
