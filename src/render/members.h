/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the lines of events say, in the order in which NDJSON prints it: the lines
 * (ndjson.c), the cells of CSV (csv.c) and the definitions in docs/schema/ (made by
 * tests/golden/schema.c) all follow these rows.  A wake-up's line, whose members nest, is
 * written by hand.
 *
 * M(FORM, key, column, value, when, meaning)
 *
 *	FORM    NUMBER, SIGNED
 *	        HOOK, OP, ENDED, VIA  the name of that
 *	        BOOL, TRUE, FALSE     of the last two the value is fixed
 *	        TASK                  the members pid, tid and comm
 *	        SOCKET, NAMED         the member socket; and all that name it
 *	        STACKS                those of the waker, where they are known
 *	        ABSENT                in CSV alone
 *	column  of CSV; NONE: it has none
 *	when    ALWAYS, or the condition on which it is there
 *	meaning for the schema; "": its key says it
 *
 * `r` is the record, `l` the line's socket and stacks.
 */
#ifndef SW_RENDER_MEMBERS_H
#define SW_RENDER_MEMBERS_H

#define ALWAYS 1

/* A woken task, as an element of its wake-up's array and as a line of its own. */
#define SW_WOKEN_TASK_MEMBERS(M)                                                        \
	M(TASK, task, task, r, ALWAYS, "")                                              \
	M(VIA, via, via, r->via, ALWAYS, "how it waited")                               \
	M(BOOL, confirmed, NONE, r->hdr.flags & SW_F_CONFIRMED, ALWAYS,                 \
	  "found on that socket's wait queue, or asleep in a call on it")               \
	M(TRUE, awake, NONE, true, r->hdr.flags & SW_F_AWAKE, "it was awake already") \
	M(NUMBER, woken_ts, woken_ts, r->woken_ts, ALWAYS, "")

#define SW_WOKEN_MEMBERS(M)                                                         \
	M(NUMBER, ts, ts, r->wakeup_ts, ALWAYS, "")                                 \
	M(SOCKET, socket, socket, l, ALWAYS, "")                                    \
	M(NUMBER, wakeup_ts, wakeup_ts, r->wakeup_ts, ALWAYS, "ts of its wake-up")  \
	SW_WOKEN_TASK_MEMBERS(M)                                                    \
	M(ABSENT, delay_ns, delay_ns, r->woken_ts - r->wakeup_ts, ALWAYS, "")

#define SW_RUN_MEMBERS(M)                                                              \
	M(NUMBER, ts, ts, r->hdr.ts, ALWAYS, "")                                       \
	M(NUMBER, cpu, cpu, r->hdr.cpu, ALWAYS, "")                                    \
	M(TASK, task, task, r, ALWAYS, "")                                             \
	M(SOCKET, socket, socket, l, ALWAYS, "")                                       \
	M(NUMBER, wakeup_ts, wakeup_ts, r->wakeup_ts, ALWAYS, "")                      \
	M(NUMBER, woken_ts, woken_ts, r->woken_ts, ALWAYS, "")                         \
	M(NUMBER, delay_ns, delay_ns, r->hdr.ts - r->woken_ts, ALWAYS, "scheduling delay") \
	M(STACKS, stacks, NONE, l, ALWAYS, "")

#define SW_IO_MEMBERS(M)                                                                 \
	M(NUMBER, ts, ts, r->begin, ALWAYS, "")                                          \
	M(NUMBER, end, end, r->hdr.ts, ALWAYS, "")                                       \
	M(NUMBER, cpu, cpu, r->hdr.cpu, ALWAYS, "")                                      \
	M(OP, op, op, r->op, ALWAYS, "")                                                 \
	M(SIGNED, result, result, sw_io__result(r), ALWAYS, "bytes, fd or -errno")       \
	M(TASK, task, task, r, ALWAYS, "")                                               \
	M(SOCKET, socket, socket, l, ALWAYS, "")                                         \
	M(NUMBER, wakeup_ts, wakeup_ts, r->wakeup_ts, r->wakeup_ts,                      \
	  "ts of the wake-up that it answers")                                           \
	M(NUMBER, tries, NONE, r->tries, r->tries, "calls in a row that took nothing")   \
	M(NUMBER, run_ts, run_ts, r->run_ts, r->run_ts, "when that wake-up had it run")  \
	M(NUMBER, off_cpu_ns, off_cpu_ns, r->off_ns, r->run_ts, "since then off the CPU") \
	M(NUMBER, others, others, r->others, r->run_ts, "since then calls on other sockets") \
	M(FALSE, begin_known, NONE, false, r->hdr.flags & SW_F_NO_BEGIN, "ts is its end") \
	M(TRUE, partial, NONE, true, r->hdr.flags & SW_F_PARTIAL, "there was no room for more") \
	M(TRUE, hung_up, NONE, true, r->hdr.flags & SW_F_HUNG_UP,                        \
	  "the other end sends nothing more")                                            \
	M(STACKS, stacks, NONE, l, ALWAYS, "")

#define SW_WAIT_MEMBERS(M)                                                               \
	M(NUMBER, ts, ts, r->begin, ALWAYS, "")                                          \
	M(NUMBER, end, end, r->end, ALWAYS, "")                                          \
	M(NUMBER, duration_ns, delay_ns, r->end - r->begin, ALWAYS, "")                  \
	M(NUMBER, asleep_ns, NONE, r->asleep, r->sleeps, "of the duration")              \
	M(NUMBER, sleeps, NONE, r->sleeps, r->sleeps, "")                                \
	M(NUMBER, cpu, cpu, r->hdr.cpu, ALWAYS, "")                                      \
	M(HOOK, callback, callback, r->hdr.hook, ALWAYS, "")                             \
	M(OP, op, op, r->op, ALWAYS, "")                                                 \
	M(SIGNED, result, result, sw_wait__result(r), !(r->hdr.flags & SW_F_NO_RESULT),  \
	  "0 or -errno")                                                                 \
	M(BOOL, waited, NONE, r->hdr.flags & SW_F_WAITED, ALWAYS, "it slept")            \
	M(ENDED, ended_by, ended_by, r->ended, ALWAYS, "")                               \
	M(FALSE, ended, NONE, false, r->hdr.flags & SW_F_UNENDED,                        \
	  "it was not over when the trace ended")                                        \
	M(NUMBER, wakeup_ts, wakeup_ts, r->wakeup_ts, r->wakeup_ts,                      \
	  "ts of the wake-up that ended it")                                             \
	M(TASK, task, task, r, ALWAYS, "")                                               \
	M(NAMED, socket, socket, l, ALWAYS, "")

#define SW_DESTROY_MEMBERS(M)                                   \
	M(NUMBER, ts, ts, r->hdr.ts, ALWAYS, "")                \
	M(NUMBER, cpu, cpu, r->hdr.cpu, ALWAYS, "")             \
	M(HOOK, callback, callback, r->hdr.hook, ALWAYS, "")    \
	M(NAMED, socket, socket, l, ALWAYS, "")

#endif
