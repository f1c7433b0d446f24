/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the checks behind findings.h share.  finder.c keeps the sockets that are
 * watched and calls the checks, find_rows.c gathers what they find, and each
 * find_*.c else is a family of findings.
 */
#ifndef SW_CORE_FINDER_H
#define SW_CORE_FINDER_H

#include "core/findings.h"

/* Wake-ups of one socket that are remembered, for what comes of them. */
#define RECENT 8

struct recent {
	uint64_t ts; /* the wake-up's; 0: none */
	uint64_t woken_ts;
	uint32_t tasks; /* that it woke */
	uint8_t hook;	/* enum sw_hook; SW_HOOK_COUNT: not known */
	bool herd;	/* it was found to be one */
};

/* What came for a socket that is no listener, and was not taken yet. */
struct unread {
	uint64_t ts;	   /* since when: a wake-up's, or a read's that left it; 0: nothing is */
	uint64_t data_ts;  /* of the last wake-up with data */
	uint64_t seen_ts;  /* of the last wake-up that found it there */
	uint64_t taken_ts; /* when data was taken last; 0: that was never seen */
	uint32_t queued;   /* bytes at the last wake-up with data */
	uint32_t left;	   /* of those, what the read at taken_ts left */
	uint32_t taker;	   /* its tid */
	bool more;	   /* queued is not all of it */
	bool waited;	   /* at ts somebody was on the socket's wait queue */
	uint32_t woken;	   /* ... and was woken: its tid */
	bool in_queue;	   /* at ts the socket itself lay in an accept queue */
	bool behind;	   /* ts is that of a read which left it */
	bool embryo;	   /* at ts it had no file yet: of AF_UNIX, as it was not accepted */
};

struct accepts; /* find_accepts.c */
struct queue;	/* find_queue.c */
struct stall;	/* find_stall.c */
struct tries;	/* find_herd.c */

/* Of wake-ups that gave their task nothing: find_spurious.c */
struct nothing {
	uint64_t count, worst, worst_ts;
	struct sw_finding_task task;
};

/* What is remembered of a living socket. What it points to is owned, or NULL. */
struct watch {
	uint64_t id;  /* the socket's, as users see it */
	uint64_t key; /* ... and as its trace knows it */
	uint64_t used; /* when it was asked for last: see finder.c */
	struct row **rows; /* by kind: where what is found on it goes */
	struct recent *recent;
	unsigned int recent_at;
	uint32_t woke; /* readable wake-ups that woke a task */
	struct unread unread;
	/* Who took from it last, or was woken by it, or slept on it; no tid: nobody. */
	struct sw_finding_task owner;
	struct accepts *accepts;
	struct queue *queue;
	struct stall *stall;
	struct tries *tries;
	uint64_t spun_since; /* when the row of calls began that was counted last: find_spin.c */
	struct nothing *nothing;
	UT_hash_handle hh;
};

/* How often tasks of one name were seen to run: find_slow.c */
struct runs {
	uint64_t key; /* of the name */
	uint64_t count, slow;
	UT_hash_handle hh;
};

/* When a task was woken last, and ran (as its run, or the end of its wait, tells): what
 * it waited for a CPU. */
struct ran {
	uint32_t pid, tid;
	uint64_t woken_ts, run_ts;
};

struct row;
struct sighting;
typedef int (*finder_check)(struct sw_finder *f, const struct sighting *s);

#define CHECKS_MAX 8 /* of one kind of record */

struct sw_finder {
	struct sw_thresholds limits;
	finder_check checks[SW_REC_COUNT][CHECKS_MAX + 1]; /* by kind of record; NULL: no more */
	struct sw_sockets *sockets; /* borrowed; NULL: not known */
	sw_finder_hook on_worst;    /* NULL: nobody wants to see them */
	void *on_worst_arg;
	bool ends_unseen; /* of all sockets: one that is left at the end may be long gone */
	bool ended;	  /* the trace has */
	bool lost_deeds;  /* what did not happen may have happened */
	uint64_t last_ts; /* of the last record */
	struct watch *watched;
	struct watch *hand; /* the next one that may have to go; NULL: the first */
	uint64_t asked, unwatched;
	struct runs *runs;
	struct ran ran[SW_RAN_SLOTS];
	struct watch *last; /* the one asked for last: events come in runs */
	unsigned int n_tries;  /* of all watches: what takes most is bounded by itself */
	unsigned int n_shares; /* of their accepts */
	uint8_t services[0x10000 / 8]; /* a bit for each port that something listens on */
	struct row *rows;
	struct row **list; /* all of rows, for sorting */
	unsigned int n_rows, cap;
};

/* One time that something was found. */
struct hit {
	enum sw_finding_case what;
	enum sw_severity severity;
	uint64_t worst, ts;
	uint64_t n; /* times: 0 only gives another example, unless it is the first */
	bool by_absence; /* something did not happen, which a lost record may disprove */
	struct sw_finding_task task; /* all zeros: nobody */
	uint64_t off_ns, within_ns;
	uint32_t sleeps;
	struct sw_meanwhile meanwhile;
};

/* What a check is given. */
struct sighting {
	struct watch *watch; /* NULL: it is gone */
	const struct sw_socket *sk;
	const union sw_event *ev;
	const struct sw_rec_woken *woken; /* with a wake-up */
	unsigned int n_woken;
};

/* --- find_rows.c --- */

/* The socket tells that its port is a service's. */
void finder__learn_service(struct sw_finder *f, const struct sw_socket *sk);

/* Where what is found on a socket goes, made if need be. owner: for its role. NULL:
 * out of memory. w may be NULL. */
struct row *finder__row(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
			enum sw_finding_kind kind, const struct sw_finding_task *owner);
/* Returns 0 or -ENOMEM, as all that follow. */
int row__hit(struct row *row, const struct sw_socket *sk, const struct hit *hit);
/* Names a task, once. */
int row__name(struct row *row, const struct sw_finding_task *task);
/* All three in one, for a hit that has a task or is nobody's. */
int finder__found(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
		  const struct hit *hit);
/* Of those that matter how many there are, and they themselves, the most severe first. */
unsigned int rows__sort(struct sw_finder *f,
			bool (*matters)(const struct sw_finder *f, const struct sw_finding *told),
			const struct sw_finding *const **out);
void rows__free(struct sw_finder *f);

/* FNV-1a; the first h is HASH_BEGIN. */
#define HASH_BEGIN 0xcbf29ce484222325ULL
uint64_t finder__hash(uint64_t h, const void *data, size_t n);

/* --- whether all that was found of a kind and role is worth telling --- */

bool herd__matters(const struct sw_finding *told);
bool slow_run__matters(const struct sw_finder *f, const struct sw_finding *told);

/* --- watches.c --- */

/* The watched socket of a number; NULL: it is not watched. */
struct watch *finder__watch(struct sw_finder *f, uint64_t id);
/* That of a socket, made if need be, or -ENOMEM.  *out is NULL, without an error, where the
 * socket is gone. */
int watch__get(struct sw_finder *f, const struct sw_socket *sk, struct watch **out);
void watch__drop(struct sw_finder *f, struct watch *w);

/* --- find_herd.c: wake-ups are remembered there --- */

/* NULL: it woke nobody, or that was too long ago.  w may be NULL. */
struct recent *recent__find(struct watch *w, uint64_t wakeup_ts);
/* The call may be an answer to that wake-up: who is woken as there is room may well
 * try to read, and say nothing by it about the wake-up.  recent may be NULL. */
bool recent__answered_by(const struct recent *recent, unsigned int op);

/* --- find_queue.c --- */

/*
 * The first read of a connection that lay in its listener's queue with data since
 * hit->ts.  Takes it over if that is the listener's matter; else gives the time since
 * when it is the connection's own.
 */
int queue__first_read(struct sw_finder *f, const struct sw_socket *sk, struct hit *hit,
		      uint64_t now, bool *taken_over);
/* Its queue is found to be nearly full, which says more than that it is slow. */
int queue__is_full(struct watch *w);

static inline bool is_readable(const struct sw_rec_wakeup *r)
{
	return sw_cause_of(r->hdr.hook) == SW_CAUSE_READABLE;
}

static inline struct sw_finding_task task_of(uint32_t pid, uint32_t tid,
					     const char comm[SW_COMM_LEN])
{
	struct sw_finding_task task = { .pid = pid, .tid = tid };

	memcpy(task.comm, comm, SW_COMM_LEN);
	return task;
}

static inline bool same_task(const struct sw_finding_task *a, const struct sw_finding_task *b)
{
	return a->tid == b->tid && a->pid == b->pid;
}

/* Records that come from elsewhere may hold any times. */
static inline uint64_t since(uint64_t ts, uint64_t then)
{
	return ts > then ? ts - then : 0;
}

/* --- meanwhile.c --- */

/* When a task ran last after it was woken; NULL: not known, or by now another's place. */
void ran__note(struct sw_finder *f, const struct ran *ran);
const struct ran *ran__of(const struct sw_finder *f, uint32_t pid, uint32_t tid);

/* What an io says of its task between `from` and itself. */
struct sw_meanwhile meanwhile_of(const struct sw_finder *f, const struct sw_rec_io *r,
				 uint64_t from);
/*
 * It lay too long.  A task that slept elsewhere, or was stopped, for most of that time
 * is to blame for it; one that ran, or waited for a CPU, serves others or shares the
 * machine with them, so that it has to be so many times as long; and that it waited for
 * a CPU for most of it is slow-run's matter.
 */
#define BUSY_TIMES 10
bool finder__is_late(const struct sw_finder *f, uint64_t lay, const struct sw_meanwhile *m);

/* Was it most of the time, or of the part of it that is known?  ns: of that part. */
bool meanwhile__was_mostly(const struct sw_meanwhile *m, uint64_t ns, uint64_t lay);

/*
 * A check looks at one record of a kind, and is a row here: CHECK(kind of record,
 * function).  They are called in this order: what looks at what is unread comes
 * before unanswered__*, which takes note that it is read.
 */
#define SW_CHECKS(CHECK)                     \
	CHECK(WAKEUP, herd__wakeup)          \
	CHECK(WOKEN, herd__woken)            \
	CHECK(WAIT, herd__wait)              \
	CHECK(IO, herd__io)                  \
	CHECK(IO, spurious__io)              \
	CHECK(RUN, slow_run__run)            \
	CHECK(WAIT, slow_run__wait)          \
	CHECK(IO, slow_read__io)             \
	CHECK(WAIT, stuck__wait)             \
	CHECK(WAKEUP, stall__wakeup)         \
	CHECK(WAIT, stall__wait)             \
	CHECK(IO, stall__io)                 \
	CHECK(WAKEUP, backlog__wakeup)       \
	CHECK(WAKEUP, queue__wakeup)         \
	CHECK(WAIT, queue__wait)             \
	CHECK(IO, queue__io)                 \
	CHECK(WAKEUP, uneven_accept__wakeup) \
	CHECK(WAIT, uneven_accept__wait)     \
	CHECK(IO, uneven_accept__io)         \
	CHECK(IO, spin__io)                  \
	CHECK(WAKEUP, unanswered__wakeup)    \
	CHECK(IO, unanswered__io)

/* Each returns 0 or -ENOMEM. */
#define CHECK(record, function) int function(struct sw_finder *f, const struct sighting *s);
SW_CHECKS(CHECK)
#undef CHECK

/*
 * What is to be judged at the end of a socket, or of the trace, at `now`:
 * ENDING(function).
 */
#define SW_ENDINGS(ENDING)          \
	ENDING(unanswered__end)     \
	ENDING(queue__end)          \
	ENDING(stall__end)          \
	ENDING(spurious__end)       \
	ENDING(uneven_accept__end)

#define ENDING(function)                                                                     \
	int function(struct sw_finder *f, struct watch *w, const struct sw_socket *sk, uint64_t now);
SW_ENDINGS(ENDING)
#undef ENDING

void accepts__free(struct sw_finder *f, struct accepts *a); /* NULL is legal */
void runs__free(struct sw_finder *f);

#endif
