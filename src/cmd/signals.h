/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The process's signals: what it was started with, which the program behind -- gets
 * back, and those that end a trace.
 *
 * They are caught and not blocked, so that they interrupt whatever sockwake waits in;
 * and as one may come just before such a call, a timer does so again and again from
 * the first of them on.
 */
#ifndef SW_CMD_SIGNALS_H
#define SW_CMD_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

/* First of all: remembers what was inherited.  A file that may not grow is an error
 * of write(2) from here on, and not the end. */
void sw_signals__keep(void);

/* All as it was inherited: for the program, before its exec. */
void sw_signals__give_back(void);

/*
 * From here on INT and TERM, and HUP unless it was ignored, are for sw_signals__take(),
 * and QUIT as well if it is asked for; so is INT if it was ignored, unless a terminal
 * sends it.  A pipe without a reader is an error of write(2), and children can be
 * waited for.  Until sw_signals__ready() they still end the process by themselves, if
 * nobody has looked for a second and a half.
 */
void sw_signals__catch(bool quit);
void sw_signals__ready(void);

struct sw_signal {
	unsigned int times; /* one press of a key is one, even if it comes twice */
	uint64_t at;	    /* the last time; CLOCK_MONOTONIC, ns */
	bool terminal;	    /* by a terminal, which sends it to all in the foreground */
};

/* What came of that signal since the last time; false: it did not. */
bool sw_signals__take(int sig, struct sw_signal *out);

/* Ends the process by a signal, without a core.  Returns where that cannot be. */
void sw_signals__die(int sig);

#endif
