/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the checks behind findings.h share. */
#ifndef SW_CORE_FINDER_H
#define SW_CORE_FINDER_H

#include "core/findings.h"

/* Wake-ups of one socket that are remembered, for what comes of them. */
#define RECENT 8

struct recent {
	uint64_t ts; /* the wake-up's; 0: none */
	uint64_t woken_ts;
	uint32_t tasks; /* that it woke */
	uint8_t cause;	/* enum sw_cause; SW_CAUSE_COUNT: not known */
	bool herd;	/* it was found to be one */
};

struct accepts; /* find_accepts.c */

/* What is remembered of a living socket. */
struct watch {
	uint64_t id; /* the socket's */
	struct recent *recent; /* owned, RECENT of them; NULL: it woke nobody yet */
	unsigned int recent_at;
	uint64_t no_waiter_ts; /* of the oldest such wake-up that is not answered; 0: none */
	uint64_t unread_ts; /* of the last wake-up with bytes; 0 once some were taken since */
	struct accepts *accepts; /* owned; NULL: none yet */
	UT_hash_handle hh;
};

/* One finding, as it is gathered. */
struct row {
	struct sw_finding told; /* first: what `list` points to is this */
	uint64_t key;
	uint32_t renamed; /* the socket's, when its name was taken */
	uint64_t *more;	  /* owned: the tasks that are not named, to know them again */
	UT_hash_handle hh;
};

struct sighting;
typedef int (*finder_check)(struct sw_finder *f, const struct sighting *s);

struct sw_finder {
	struct sw_thresholds limits;
	finder_check checks[SW_REC_COUNT][SW_FINDING_COUNT + 1]; /* by kind of record; NULL: no more */
	struct watch *watched;
	struct watch *last; /* the one asked for last: events come in runs */
	struct row *rows;
	struct row **list; /* all of rows, for sorting */
	unsigned int n_rows, cap;
};

/* One time that something was found. */
struct hit {
	enum sw_severity severity;
	uint64_t worst, ts;
	struct sw_finding_task task; /* all zeros: nobody */
	uint64_t off_ns;
	uint32_t others;
};

/* The row of a finding, made if need be; count 0 until there is a hit.  NULL: out
 * of memory. */
struct row *finder__row(struct sw_finder *f, enum sw_finding_kind kind,
			const struct sw_socket *sk);
/* A hit that counts n times: 0 only gives a worse example of one that was counted. */
void row__hit(struct row *row, const struct hit *hit, uint64_t n);
/* Room for all tasks, so that naming one cannot fail. Returns 0 or -ENOMEM. */
int row__reserve(struct row *row);
/* Names a task, once. Returns 0 or -ENOMEM. */
int row__name(struct row *row, const struct sw_finding_task *task);
/* All three in one, for a hit that has a task or is nobody's. */
int finder__found(struct sw_finder *f, enum sw_finding_kind kind, const struct sw_socket *sk,
		  const struct hit *hit);

enum sw_cause cause_of(const struct sw_rec_wakeup *r);

static inline bool is_readable(const struct sw_rec_wakeup *r)
{
	return cause_of(r) == SW_CAUSE_READABLE;
}

/* NULL: it woke nobody, or that was too long ago.  w may be NULL. */
struct recent *recent__find(struct watch *w, uint64_t wakeup_ts);
/* The call may be an answer to that wake-up: who is woken as there is room may well
 * try to read, and say nothing by it about the wake-up.  recent may be NULL. */
bool recent__answered_by(const struct recent *recent, unsigned int op);

static inline struct sw_finding_task task_of(uint32_t pid, uint32_t tid,
					     const char comm[SW_COMM_LEN])
{
	struct sw_finding_task task = { .pid = pid, .tid = tid };

	memcpy(task.comm, comm, SW_COMM_LEN);
	return task;
}

/* Records that come from elsewhere may hold any times. */
static inline uint64_t since(uint64_t ts, uint64_t then)
{
	return ts > then ? ts - then : 0;
}

/*
 * A check looks at one record of a kind, and is a row here:
 * CHECK(kind of record, kind of finding, function).
 */
#define SW_CHECKS(CHECK)                             \
	CHECK(WAKEUP, NO_WAITER, no_waiter__wakeup)  \
	CHECK(IO, NO_WAITER, no_waiter__io)          \
	CHECK(WAKEUP, HERD, herd__wakeup)            \
	CHECK(WOKEN, HERD, herd__woken)              \
	CHECK(WAIT, HERD, herd__wait)                \
	CHECK(IO, HERD, herd__io)                    \
	CHECK(IO, SPURIOUS, spurious__io)            \
	CHECK(RUN, SLOW_RUN, slow_run__run)          \
	CHECK(IO, SLOW_READ, slow_read__io)          \
	CHECK(WAKEUP, STUCK_WAIT, stuck_wait__wakeup) \
	CHECK(IO, STUCK_WAIT, stuck_wait__io)        \
	CHECK(WAIT, STUCK_WAIT, stuck_wait__wait)    \
	CHECK(WAIT, WRITE_STALL, write_stall__wait)  \
	CHECK(WAKEUP, BACKLOG, backlog__wakeup)      \
	CHECK(WAIT, UNEVEN_ACCEPT, uneven_accept__wait) \
	CHECK(IO, UNEVEN_ACCEPT, uneven_accept__io)

/* What a check is given. */
struct sighting {
	struct watch *watch; /* NULL: too many sockets, or this one is gone */
	const struct sw_socket *sk;
	const union sw_event *ev;
	const struct sw_rec_woken *woken; /* with a wake-up */
	unsigned int n_woken;
};

/* Each returns 0 or -ENOMEM. */
#define CHECK(record, finding, function) \
	int function(struct sw_finder *f, const struct sighting *s);
SW_CHECKS(CHECK)
#undef CHECK

/* No more of them will come: judges and frees them. */
void accepts__end(struct watch *w);

#endif
