/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Stories that are told to a finder, mostly of socket 7, and what it makes of them. */
#ifndef SW_TESTS_FINDINGS_H
#define SW_TESTS_FINDINGS_H

#include "story.h"

#include "core/findings.h"

struct both {
	struct sw_trace_info info;
	struct sw_finder *f;
	struct sw_trace *t;
	const struct sw_finding *const *found;
	unsigned int n;
	uint64_t end_ns;
	struct sw_trace_totals lost; /* only that */
	bool ended;
};

#define US 1000ULL
#define MS 1000000ULL
#define S 1000000000ULL

static int findings_feed(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	return sw_finder__feed(arg, sk, told);
}

/* Thresholds of 1, 2, … ms, so that one taken for another is seen. */
static inline void both__new(struct both *b)
{
	struct sw_thresholds limits = {
		.slow_run_ns = 1 * MS,
		.slow_read_ns = 2 * MS,
		.stuck_ns = 30 * MS,
		.write_stall_ns = 4 * MS,
		.backlog_percent = 50,
	};

	*b = (struct both){ .f = sw_finder__new(&limits) };
	assert_non_null(b->f);
	b->t = sw_trace__new(&b->info, findings_feed, b->f);
	assert_non_null(b->t);
	sw_finder__set_trace(b->f, b->t);
	tell_name(b->t, 7);
}

static inline void both__free(struct both *b)
{
	sw_trace__free(b->t);
	sw_finder__free(b->f);
}

/* The trace has ended. */
static inline void finish(struct both *b)
{
	if (b->ended)
		return;
	b->ended = true;
	assert_int_equal(sw_trace__settle(b->t, UINT64_MAX), 0);
	assert_int_equal(sw_finder__end(b->f, b->end_ns, &b->lost), 0);
	b->n = sw_finder__findings(b->f, &b->found);
}

/* All that was found is of socket 7. */
static inline const struct sw_finding *only(struct both *b, enum sw_finding_case what,
					    enum sw_severity severity, uint64_t count,
					    uint64_t worst)
{
	const struct sw_finding *one;

	finish(b);
	assert_int_equal(b->n, 1);
	one = b->found[0];
	assert_string_equal(sw_case_meaning(one->what), sw_case_meaning(what));
	assert_int_equal(one->what, what);
	assert_int_equal(one->kind, sw_case_kind(what));
	assert_int_equal(one->severity, severity);
	assert_int_equal(one->count, count);
	assert_int_equal(one->worst, worst);
	assert_int_equal(one->sockets, 1);
	assert_int_equal(one->socket, 1);
	assert_string_equal(one->name, "tcp 127.0.0.1:7 < 127.0.0.1:43210");
	return one;
}

static inline void nothing(struct both *b)
{
	finish(b);
	if (b->n)
		print_error("found %s: %s\n", sw_finding_name(b->found[0]->kind),
			    sw_case_meaning(b->found[0]->what));
	assert_int_equal(b->n, 0);
}

static inline void assert_task(const struct sw_finding_task *task, uint32_t tid)
{
	assert_int_equal(task->tid, tid);
	assert_int_equal(task->pid, tid ? 10 : 0);
	assert_string_equal(task->comm, tid ? "task" : "");
}

/* STORY { … }: on a finder of its own, `b`; what it says is to be looked at in it. */
#define STORY                                                                          \
	for (struct both b = { .n = 0 }, *once_ = &b; once_ && (both__new(&b), 1);     \
	     both__free(&b), once_ = NULL)

#define WAKE(b, at, ...) TELL((b)->t, WAKEUP, wakeup, at, .sock = 7, __VA_ARGS__)
#define DATA(b, at, bytes, ...)                                                        \
	WAKE(b, at, .rx_queued = (bytes), .state = STATE_ESTABLISHED, __VA_ARGS__)
#define TASK(id) .pid = 10, .tid = (id), .comm = "task"
#define WOKEN(b, wake, after, id, ...)                                                 \
	TELL((b)->t, WOKEN, woken, (wake) + 1, .sock = 7, .wakeup_ts = (wake),         \
	     .woken_ts = (wake) + (after), TASK(id), __VA_ARGS__)
#define IO(b, at, wake, ran, id, what, res, ...)                                       \
	TELL((b)->t, IO, io, at, .sock = 7, .begin = (at) - 1, .wakeup_ts = (wake),    \
	     .run_ts = (ran), .op = SW_OP_##what, .result = (res), TASK(id), __VA_ARGS__)
#define WAIT(b, from, to, id, what, res, ...)                                          \
	TELL((b)->t, WAIT, wait, to, .sock = 7, .begin = (from), .end = (to),          \
	     .op = SW_OP_##what, .result = (res), TASK(id), __VA_ARGS__)
#define UNENDED .hdr.flags = SW_F_UNENDED | SW_F_NO_RESULT

#endif
