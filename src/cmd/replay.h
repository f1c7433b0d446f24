/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Trace files, shown as a live trace is: what the commands that read files have in common. */
#ifndef SW_CMD_REPLAY_H
#define SW_CMD_REPLAY_H

#include "cmd/cmd.h"
#include "cmd/filters.h"
#include "cmd/show.h"

struct sw_replay {
	struct sw_filter_set filters;
	struct sw_show_opts show;
	bool summary; /* no events and no sockets */
	const char *socket;
	uint64_t from_ns, to_ns; /* since the trace began; 0: no limit */
	struct sw_timelines_opts timelines;
	uint64_t stacks_slow_ns; /* 0: the stacks of all wake-ups that have them */
};

int sw_replay__socket(void *replay, const char *value);

/* The table's rows; at: where in the settings the replay is. */
#define SW_REPLAY_OPTIONS(at)                                                        \
	SW_FILTER_OPTIONS(at + offsetof(struct sw_replay, filters)),                 \
	SW_CUSTOM("socket", 0, "SOCKET", at, sw_replay__socket,                      \
		  "only this one: its number here, its inode, or an address of it"), \
	/* From the beginning on: no limit. */                                       \
	SW_DURATION("from", 0, (at) + offsetof(struct sw_replay, from_ns), 0,        \
		    "skip events earlier than TIME after the start"),                \
	SW_DURATION("to", 0, (at) + offsetof(struct sw_replay, to_ns), 1,            \
		    "skip events later than TIME after the start")

/* Takes the command line.  Returns SW_GO_ON, with the files in argv[1] to argv[*n], or
 * the exit status. */
int sw_replay__parse(const struct sw_command *self, struct sw_replay *r, int argc, char **argv,
		     int *n);

/* n files by name; "-" is standard input.  Returns 0, or -errno after having told the
 * user: also for a file that does not come to its end, of which all that is before was
 * shown. */
int sw_replay__run(const struct sw_replay *r, int n, char **names);

#endif
