/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A session of live tracing: what all commands that trace have in common, from the
 * options to the exit status.  What becomes of the records is the consumer's.
 */
#ifndef SW_CMD_SESSION_H
#define SW_CMD_SESSION_H

#include <stdbool.h>

#include "cmd/cmd.h"
#include "cmd/filters.h"
#include "cmd/inherited.h"
#include "cmd/newfile.h"
#include "cmd/pump.h"

struct sw_session {
	struct sw_filter_set filters;
	unsigned int attach; /* which of its words */
	enum sw_rung force; /* by that; SW_RUNG_NONE: auto */
	uint64_t duration_ns; /* 0: no end */
	uint64_t ring_bytes;  /* 0: the default */
	uint32_t stacks;      /* SW_STACKS_* */
	uint64_t stacks_slow_ns;
	const char *ready_file, *btf;
	bool verbose;
	bool makes_files; /* the consumer: all along, in the folder of its first */
	uint64_t kill_after_ns; /* 0: the default */
	bool beside; /* -D: the program is the process that was started */
	/* Its own. */
	pid_t program; /* while it runs; 0: none */
	struct sw_inherited inherited; /* for the program */
	bool reader_gone; /* set at the end: nobody reads the output, and PROGRAM went on */
	struct sw_newfile ready;
	const struct sw_newfile *output; /* borrowed; NULL: none but standard output */
};

int sw_session__stacks(void *session, const char *value);
const char *sw_session__attach_name(unsigned int i); /* by `attach` */

/* The table's rows; at: where in the settings the session is. */
#define SW_SESSION_AT(at, name) ((at) + offsetof(struct sw_session, name))
#define SW_SESSION_OPTIONS(at)                                                            \
	SW_DURATION("duration", 'd', SW_SESSION_AT(at, duration_ns), 1,                   \
		    "stop after TIME, and PROGRAM too (not with -D): 10 (seconds), "      \
		    "500ms, 2m"),                                                         \
	SW_DURATION("kill-after", 0, SW_SESSION_AT(at, kill_after_ns), 1,                 \
		    "how long PROGRAM has to end when it must (1500ms)"),                 \
	SW_FLAG("detached", 'D', SW_SESSION_AT(at, beside),                               \
		"PROGRAM is the process that was started: trace from beside it"),         \
	SW_WORD("attach", "MEANS", SW_SESSION_AT(at, attach), sw_session__attach_name,    \
		"unknown way to attach", ""),                                             \
	SW_SIZE("buffer", SW_SESSION_AT(at, ring_bytes), SW_RING_MIN, SW_RING_MOST,       \
		"not a buffer size:", "say 4K to 1G for each CPU",                        \
		"ring buffer of each CPU: 4K to 1G (default 4M, less on many CPUs)"),     \
	SW_TEXT("btf", 0, "FILE", SW_SESSION_AT(at, btf),                                 \
		"types of a kernel that has no BTF of its own"),                          \
	SW_TEXT("ready-file", 0, "FILE", SW_SESSION_AT(at, ready_file),                   \
		"written when every hook is attached"),                                   \
	SW_FLAG("verbose", 'v', SW_SESSION_AT(at, verbose),                               \
		"say on stderr what is loaded, and how each hook is attached")

#define SW_STACKS_OPTION(at)                                          \
	SW_CUSTOM("stacks", 0, "SIDES", at, sw_session__stacks,       \
		  "how the waker came there: kernel, user or kernel,user")

/* Takes the command line into the settings, of which `s` is a part.  program: behind the
 * dashes, NULL if there is none.  Returns SW_GO_ON, or the exit status: after --help, or
 * after having told the user what is wrong. */
int sw_session__parse(const struct sw_command *self, void *settings, struct sw_session *s, int argc,
		      char **argv, char ***program);

/* The files that it reads and writes besides the output (borrowed): none may be the other.
 * Returns 0, or -errno after having told the user. */
int sw_session__look(struct sw_session *s, const struct sw_newfile *output);

struct sw_stacks;

struct sw_consumer_maker {
	/* Once everything is attached.  info is whole but for the clocks and counts, and
	 * lives as long as the consumer; tells: of who was woken, or what came of it;
	 * stacks: NULL, or where names of stacks will be.  Returns 0, or -errno: of any but
	 * -ENOMEM the user has been told. */
	int (*make)(void *arg, struct sw_trace_info *info, bool tells, struct sw_stacks *stacks,
		    struct sw_consumer *out);
	void (*unmake)(void *arg); /* also if it was never made; NULL: nothing to be done */
};

/* Traces until the end; signals are caught from here on.  Returns the exit status, or
 * SW_EXIT_BY() a signal. */
int sw_session__run(struct sw_session *s, char **program,
		    const struct sw_consumer_maker *maker, void *arg);

#endif
