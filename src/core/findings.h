/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is wrong, from what happened: one finding for each kind and role, which is
 * that of one socket or of many (the connections of one server).
 */
#ifndef SW_CORE_FINDINGS_H
#define SW_CORE_FINDINGS_H

#include "core/trace.h"

/*
 * FINDING(id, name, unit)
 *   name     as NDJSON has it
 *   unit     of `worst`: NS, TASKS, PERCENT or CALLS
 */
#define SW_FINDINGS(FINDING)                      \
	FINDING(NO_WAITER, no-waiter, NS)         \
	FINDING(HERD, herd, TASKS)                \
	FINDING(SPURIOUS, spurious, NS)           \
	FINDING(SLOW_RUN, slow-run, NS)           \
	FINDING(SLOW_READ, slow-read, NS)         \
	FINDING(STUCK_WAIT, stuck-wait, NS)       \
	FINDING(WRITE_STALL, write-stall, NS)     \
	FINDING(BACKLOG, backlog, PERCENT)        \
	FINDING(UNEVEN_ACCEPT, uneven-accept, PERCENT) \
	FINDING(SPIN, spin, CALLS)

enum sw_finding_kind {
#define FINDING(id, name, unit) SW_FINDING_##id,
	SW_FINDINGS(FINDING)
#undef FINDING
	SW_FINDING_COUNT
};

/*
 * What was seen of it, which decides on the advice: CASE(kind, id, meaning, advice)
 *   meaning  what happened, in a few words
 *   advice   one line: what to try
 */
#define SW_CASES(CASE)                                                                      \
	CASE(NO_WAITER, NOBODY, "data came and nobody waited for it",                       \
		"have a thread wait for it, or poll the socket")                            \
	CASE(NO_WAITER, UNWOKEN, "data came and woke nobody",                               \
		"its task was busy, or a one-shot or edge-triggered registration is spent") \
	CASE(NO_WAITER, BUSY, "data came while its task was busy",                          \
		"split up what the task did meanwhile, or give it to another thread")       \
	CASE(NO_WAITER, ASLEEP, "data came while its task slept elsewhere",                 \
		"do not block in an event loop; arm a one-shot registration again")         \
	CASE(NO_WAITER, STOPPED, "data came while its task was stopped",                    \
		"see what stopped it: a signal, a debugger or a frozen cgroup")             \
	CASE(NO_WAITER, OTHERWISE, "a task was woken for data and did not take it",         \
		"see what the woken task did instead, and who else was to read")            \
	CASE(NO_WAITER, UNREAD, "data came and nobody took it",                             \
		"read it, or close the socket; arm a one-shot registration again")          \
	CASE(NO_WAITER, LEFT, "a read left data behind",                                    \
		"read until EAGAIN: an edge-triggered epoll does not report it again")    \
	CASE(NO_WAITER, QUEUED, "a connection waited long to be accepted and read",         \
		"accept before other work, or let an idle task accept from this queue")     \
	CASE(HERD, WOKEN, "several tasks were woken and one got something",                 \
		"use EPOLLEXCLUSIVE, SO_REUSEPORT or one thread that accepts")              \
	CASE(HERD, CHAIN, "several tasks came for one connection",                          \
		"use EPOLLET or EPOLLONESHOT in a shared epoll, or one thread that accepts") \
	CASE(SPURIOUS, NOTHING, "a task was often woken and found nothing to take",         \
		"look for another task that takes the data first, or for a stale event")    \
	CASE(SLOW_RUN, LATE, "a woken task waited long for a CPU",                          \
		"look at CPU load, priorities, cgroup quotas and CPU pinning")              \
	CASE(SLOW_READ, WORKED, "a task ran, but took the data late",                       \
		"see what it did first: split that work off, or read before it")            \
	CASE(SLOW_READ, OFF_CPU, "a task ran, left its CPU, and took the data late",        \
		"see what it slept in before it read, or who had its CPU")                  \
	CASE(STUCK_WAIT, ON_DATA, "a task slept in recv though there was data",             \
		"see what it waits for: MSG_WAITALL, SO_RCVLOWAT or a lost wake-up")        \
	CASE(STUCK_WAIT, CONNECTING, "a connect had not ended when the trace did",          \
		"look at the other end: is it up, is its queue full, is it filtered")       \
	CASE(STUCK_WAIT, SENDING, "a send had not ended when the trace did",                \
		"look at the peer: it may be hung, or waiting for this side")               \
	CASE(WRITE_STALL, BLOCKED, "a writer slept long until there was room",              \
		"the peer reads too slowly: look there, or enlarge the send buffer")        \
	CASE(WRITE_STALL, POLLED, "a writer found no room and none came for long",          \
		"the peer reads too slowly: look there, or enlarge the send buffer")        \
	CASE(WRITE_STALL, DATAGRAM, "a writer waited long for room in the receiver's queue", \
		"the receiver reads too slowly: look there, or raise net.unix.max_dgram_qlen") \
	CASE(BACKLOG, NEARLY_FULL, "a listener's queue was nearly full",                    \
		"accept faster, or enlarge listen(2)'s backlog and net.core.somaxconn")     \
	CASE(BACKLOG, FULL, "a listener's queue was full",                                  \
		"accept faster, or enlarge listen(2)'s backlog and net.core.somaxconn")     \
	CASE(UNEVEN_ACCEPT, MOST, "one task accepted most of the connections",              \
		"use SO_REUSEPORT with a listener for each task")                           \
	CASE(UNEVEN_ACCEPT, ALL, "one task accepted all connections, and others waited",    \
		"use SO_REUSEPORT with a listener for each task")                           \
	CASE(SPIN, NO_FILES, "accept failed again and again, and the connection stayed",    \
		"raise the limit of open files (ulimit -n), or close idle descriptors")     \
	CASE(SPIN, FAILED, "a call failed at once, again and again",                        \
		"treat its error: close the socket, or wait until poll says it is ready")   \
	CASE(SPIN, NOT_READY, "a call found nothing to do, again and again",                \
		"wait for the socket in poll or epoll instead of trying")                   \
	CASE(SPIN, AT_END, "recv returned the end of the stream, again and again",          \
		"close the socket, or take it out of poll or epoll")                        \
	CASE(SPIN, HUNG_UP, "poll returned at once for a socket that had ended or failed",  \
		"read the error or the end of the stream, then close the socket")           \
	CASE(SPIN, READY, "poll returned at once for a socket that was left as it was",     \
		"take all that is there, or do not poll for what is not wanted")

enum sw_finding_case {
#define CASE(kind, id, meaning, advice) SW_CASE_##kind##_##id,
	SW_CASES(CASE)
#undef CASE
	SW_CASE_COUNT
};

enum sw_finding_unit { SW_UNIT_NS, SW_UNIT_TASKS, SW_UNIT_PERCENT, SW_UNIT_CALLS };
enum sw_severity { SW_INFO, SW_WARNING, SW_CRITICAL };

/* The user may set each; 0 stands for the default. */
struct sw_thresholds {
	uint64_t slow_run_ns;	 /* --slow-run */
	uint64_t slow_read_ns;	 /* --slow-read; no-waiter's too */
	uint64_t stuck_ns;	 /* --stuck */
	uint64_t write_stall_ns; /* --write-stall */
	uint64_t backlog_percent; /* --backlog */
};
#define SW_SLOW_RUN_NS 10000000ULL
#define SW_SLOW_READ_NS 10000000ULL
#define SW_STUCK_NS 1000000000ULL
#define SW_WRITE_STALL_NS 100000000ULL
#define SW_BACKLOG_PERCENT 80

/*
 * Memory is bounded.  Beyond so many findings (SW_FINDINGS_MAX) each kind has one more, with
 * socket 0 and no name, that stands for all other sockets.  Beyond so many living sockets
 * (SW_WATCHED_MAX), what was going on with the one is forgotten that nothing happened to for
 * longest.
 */

#define SW_FINDING_TASKS 4 /* named in a finding; more are counted */
#define SW_FINDING_MORE 60 /* but only so many more */

struct sw_finding_task {
	uint32_t pid, tid;
	char comm[SW_COMM_LEN];
};

/* What the task that took did between the wake-up and that. */
struct sw_meanwhile {
	bool known;	/* slept_ns and stopped_ns are */
	bool ran_known; /* for all of that time, so that ran_ns is, too */
	bool others_known;
	uint64_t known_ns; /* at the end of that time: for so long slept_ns and stopped_ns are */
	uint64_t ran_ns; /* the rest: it ran, or waited for a CPU */
	uint64_t slept_ns, stopped_ns;
	uint64_t waited_ns; /* for a CPU, as far as that is known: a part of ran_ns */
	uint32_t others; /* calls on other sockets */
};

struct sw_finding {
	enum sw_finding_kind kind;
	enum sw_finding_case what; /* of the worst example */
	enum sw_severity severity;
	/* The socket of the worst example: as users see it; 0: other sockets. */
	uint64_t socket;
	char name[SW_SOCKET_NAME]; /* the socket's, as sw_socket__describe() has it: raw */
	uint64_t sockets; /* that it was found on, all of one role */
	uint64_t count;	  /* how often; uneven-accept: how many were accepted */
	uint64_t worst;	  /* in the kind's unit */
	uint64_t worst_ts; /* of the record that shows it; no-waiter, herd: of the wake-up */
	struct sw_finding_task worst_task; /* pid 0 and no comm: nobody */
	/* Of the worst example. */
	uint64_t off_ns;		/* slow-read */
	struct sw_meanwhile meanwhile;	/* no-waiter, slow-read */
	uint64_t within_ns; /* spin: the calls' time; write-stall: the call's, if sleeps */
	uint32_t sleeps;    /* write-stall: how often the writer slept; 0: not known */
	/* Whom it happened to, in the order seen; uneven-accept: the busiest first. */
	struct sw_finding_task tasks[SW_FINDING_TASKS];
	unsigned int n_tasks, more_tasks;
};

const char *sw_finding_name(enum sw_finding_kind kind);
enum sw_finding_unit sw_finding_unit(enum sw_finding_kind kind);
const char *sw_finding_unit_name(enum sw_finding_kind kind); /* "ns", "tasks", … */
enum sw_finding_kind sw_case_kind(enum sw_finding_case what);
const char *sw_case_meaning(enum sw_finding_case what);
const char *sw_case_advice(enum sw_finding_case what);
const char *sw_severity_name(enum sw_severity severity); /* "info", "warning", "critical" */

struct sw_finder; /* opaque */

struct sw_finder *sw_finder__new(const struct sw_thresholds *t); /* NULL: out of memory */
void sw_finder__free(struct sw_finder *f); /* NULL is legal */
/*
 * The trace that is fed (borrowed), so that a connection leads to its listener, what
 * was left at the end has a name, and it is known whether ends of sockets are seen.
 */
void sw_finder__set_trace(struct sw_finder *f, struct sw_trace *t);
/* Is shown each finding that has a new worst example, on this socket.  To be called before
 * anything is fed. */
typedef void (*sw_finder_hook)(void *arg, const struct sw_finding *finding,
			       const struct sw_socket *sk);
void sw_finder__on_worst(struct sw_finder *f, sw_finder_hook hook, void *arg);
/* Takes one event, as a trace's sink gets it. Returns 0 or -ENOMEM. */
int sw_finder__feed(struct sw_finder *f, const struct sw_socket *sk, const struct sw_told *told);

/* Sockets that went so that others could be looked at. */
uint64_t sw_finder__unwatched(const struct sw_finder *f);

/* The trace has no room for it any more: nothing is said of what was not over. */
void sw_finder__forget(struct sw_finder *f, const struct sw_socket *sk);
/*
 * To be called once, when all was fed: judges what only the end shows, which was at
 * end_ns (or when the last record was, if that is later).  Where the trace's totals say
 * that what happened may have been lost, that something did not happen is no finding.
 * totals NULL: nothing was lost.  Returns 0 or -ENOMEM.
 */
int sw_finder__end(struct sw_finder *f, uint64_t end_ns, const struct sw_trace_totals *totals);
/* The most severe first, then by kind, then by the worst. The array is owned by `f`. */
unsigned int sw_finder__findings(struct sw_finder *f, const struct sw_finding *const **out);

#endif
