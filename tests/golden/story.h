/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The traces that the golden tests render, as tables of steps.  Times are in
 * us from the start of the trace.
 */
#ifndef SW_TESTS_STORY_H
#define SW_TESTS_STORY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/decode.h"
#include "records.h"

/* A waker or a waiter: process, thread, name. */
struct story_task {
	uint32_t pid, tid;
	const char *comm;
	bool kthread;
};

struct story_names {
	uint64_t inode, cookie;
	uint32_t netns;
	uint16_t family, type, protocol;
	const char *local, *remote; /* inet: "127.0.0.1 80"; unix: a path */
	uint16_t llen, rlen;	    /* unix: bytes of them */
	uint32_t lid, rid;
};

struct story_step {
	uint8_t kind; /* enum sw_rec_kind; SW_REC_NONE: a record of no kind */
	uint8_t hook;
	uint16_t cpu, flags;
	uint64_t sock;
	uint64_t us;
	const struct story_names *names; /* socket, unix */
	const struct story_task *task;	 /* wakeup, wait */
	const struct story_task *origin; /* wakeup: who caused it; NULL: task, or nobody known */
	uint8_t context, state, how, band;
	uint16_t waiters, exclusive;
	uint32_t rx, tx;
	uint64_t waited_us;
	int64_t result;
	uint8_t op, ended;	     /* wait, io */
	uint8_t via;		     /* woken */
	uint64_t wakeup_us, run_us;  /* of the wake-up that led to it; io: 0, not woken */
	uint64_t took_us;	     /* io: since it began */
	uint64_t off_us;	     /* io */
	uint32_t others;	     /* io */
	uint64_t slept_us, stopped_us; /* io: known for known_ms */
	uint32_t known_ms, tries;      /* io */
	uint64_t asleep_us;	     /* wait: in so many sleeps */
	uint32_t sleeps;	     /* wait */
};

struct story {
	const struct story_step *steps;
	unsigned int n;
};

/* The record of a step, of a trace that began at `start` ns; returns its size. */
size_t story_record(union sw_event *ev, const struct story_step *s, uint64_t start);

/* Each family and each kind of event once, and sockets that strangers named. */
extern const struct story story_tour;
/* A hundred reads on a connection, which take the place of what was before. */
extern const struct story story_busy;
/* Who was woken, by what way, and where the time went. */
extern const struct story story_causes;
/* What is wrong, of each kind that `causes` has not. */
extern const struct story story_findings;
/* Nothing at all. */
extern const struct story story_empty;

#endif
