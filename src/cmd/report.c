/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sockwake report: trace files, for people. */
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/parse.h"
#include "cmd/cmd.h"
#include "cmd/replay.h"

static int take_summary(void *arg, const char *value)
{
	(void)value;
	((struct sw_replay *)arg)->summary = true;
	return 0;
}

static int take_sort(void *arg, const char *value)
{
	if (sw_timelines__order(value, &((struct sw_replay *)arg)->timelines.order))
		return sw_options__bad("unknown order", value, "say id, events, first or last");
	((struct sw_replay *)arg)->timelines.asked = true;
	return 0;
}

static int take_top(void *arg, const char *value)
{
	if (sw_parse_u64(value, 1, UINT32_MAX, &((struct sw_replay *)arg)->timelines.top))
		return sw_options__bad("not a number of sockets:", value, "say 1 or more");
	((struct sw_replay *)arg)->timelines.asked = true;
	return 0;
}

static int take_stacks_slow(void *arg, const char *value)
{
	return sw_options__duration(&((struct sw_replay *)arg)->stacks_slow_ns, value);
}

#define SHOW offsetof(struct sw_replay, show)

static const struct sw_option options[] = {
	SW_SHOW_OPTIONS(SHOW),
	{"live", 'l', NULL, "a line for each event in order of time, and the answer", sw_show__live,
	 SHOW},
	{"summary", 's', NULL, "the answer without the sockets that matter", take_summary, 0},
	{"sort", 0, "ORDER", "timelines: by id, events, first or last", take_sort, 0},
	{"top", 0, "N", "timelines of the first N sockets in that order", take_top, 0},
	SW_REPLAY_OPTIONS(0),
	{"stacks-slow", 0, "TIME",
	 "stacks only where the task ran, or took the data, TIME or more later", take_stacks_slow, 0},
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
