/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sockwake report: trace files, for people. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/replay.h"

static int take_sort(void *arg, const char *value)
{
	struct sw_timelines_opts *t = arg;

	for (t->order = 0; strcmp(sw_timelines__order_name(t->order), value);)
		t->order++;
	t->asked = true;
	return 0;
}

#define SHOW	  offsetof(struct sw_replay, show)
#define TIMELINES offsetof(struct sw_replay, timelines)

static const struct sw_option options[] = {
	SW_SHOW_OPTIONS(SHOW),
	SW_FLAG("live", 'l', SW_SHOW_AT(SHOW, live),
		"a line for each event in order of time, and the answer"),
	SW_FLAG("summary", 's', offsetof(struct sw_replay, summary),
		"the answer without the sockets that matter"),
	SW_ONE_OF("sort", "ORDER", TIMELINES, sw_timelines__order_name, "unknown order", false,
		  take_sort, "timelines: by "),
	SW_NUMBER("top", "N", TIMELINES + offsetof(struct sw_timelines_opts, top), 1, UINT32_MAX,
		  "not a number of sockets:", "say 1 or more",
		  "timelines of the first N sockets in that order"),
	SW_REPLAY_OPTIONS(0),
	SW_DURATION("stacks-slow", 0, offsetof(struct sw_replay, stacks_slow_ns), 1,
		    "stacks only where the task ran, or took the data, TIME or more later"),
	SW_THRESHOLD_OPTIONS(SHOW + offsetof(struct sw_show_opts, thresholds)),
	{0},
};

static int run(const struct sw_command *self, int argc, char **argv)
{
	struct sw_replay *s = calloc(1, sizeof(*s));
	int n, status;

	if (!s)
		return SW_EXIT_USAGE;
	s->show.renderer = &sw_render_text;
	status = sw_replay__parse(self, s, argc, argv, &n);
	if (status != SW_GO_ON)
		goto out;
	status = SW_EXIT_USAGE;
	if (s->summary && s->show.live)
		sw_error("--summary and --live exclude each other");
	else if (!n)
		sw_error("which trace file? say: sockwake report FILE");
	else if (!sw_replay__run(s, n, argv + 1))
		status = SW_EXIT_OK;
out:
	free(s);
	return status;
}

const struct sw_command sw_cmd_report = {
	.name = "report",
	.summary = "what is wrong in a trace file, its latencies and timelines",
	.synopsis = "[OPTIONS] FILE...",
	.about = "Shows what 'sockwake record' wrote, as 'sockwake trace' would have shown it; FILE -\n"
		 "is standard input.  Several files are merged by time.  Exits with 2 if a file\n"
		 "cannot be read, or does not come to its end: the records before that point are shown.",
	.options = options,
	.run = run,
};
