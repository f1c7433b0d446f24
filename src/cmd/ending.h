/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * When a live session ends, and with what status: signals, and the program behind --.
 *
 * Without a program INT, TERM and HUP end the trace.  With one they are the program's
 * first: it gets those that it did not get anyway, as all in the foreground do of Ctrl-C,
 * and ends in its own way and time.  One that will not is killed some time after a second
 * INT, or after TERM.  A program that is the process that was started (-D) is somebody
 * else's: no signal is sent to it.
 */
#ifndef SW_CMD_ENDING_H
#define SW_CMD_ENDING_H

#include "cmd/spawn.h"
#include "live/live.h"

#define SW_ENDING_SIGNALS 4

struct sw_ending {
	struct sw_child *child;	    /* borrowed; its pid is 0: there is no program */
	const struct sw_live *live; /* borrowed; NULL: nothing is traced (any more) */
	uint64_t kill_after_ns;

	bool over;  /* the trace is to end */
	bool limit; /* by --duration, and the program with it */
	bool child_over;
	int child_status; /* as waitpid() gives it */

	/* All times are CLOCK_MONOTONIC; 0: not. */
	struct {
		uint64_t due, came;
		bool terminal;
	} pass[SW_ENDING_SIGNALS]; /* signals that may have to be passed on */
	unsigned int interrupts;
	uint64_t asked_at; /* from when on nothing else may keep us long */
	uint64_t kill_at, killed_at;
	bool hurried;	   /* asked once more */
	unsigned int left; /* of those that it started, they go on without it */
	int *others;	   /* pidfds of those that are to end with the program */
	unsigned int n_others;
};

/* What has come since the last time, and what is due: called often, costs little. */
void sw_ending__look(struct sw_ending *e);

/* --duration is over. */
void sw_ending__limit(struct sw_ending *e);

/* Tracing is over: waits for the program, if that is ours, and returns an exit status:
 * the program's, or 0. */
int sw_ending__wait(struct sw_ending *e);

/* For sw_patience__ask(); arg: struct sw_ending *. */
bool sw_ending__is_out(void *arg, uint64_t since);

/* A signal that came while nothing was traced yet; 0: none. */
int sw_ending__early(void);

void sw_ending__free(struct sw_ending *e);

#endif
