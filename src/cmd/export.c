/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sockwake export: trace files, for other programs. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/replay.h"

/* All but what is for people. */
static const char *format_name(unsigned int i)
{
	const struct sw_renderer *r;

	for (unsigned int k = 0; (r = sw_renderer__at(k)); k++)
		if (r != &sw_render_text && !i--)
			return r->name;
	return NULL;
}

/* What a terminal would make of it is of no use, and may do harm. */
static bool to_terminal(const struct sw_show_opts *s)
{
	return s->renderer->binary && (!s->output || !strcmp(s->output, "-")) &&
	       isatty(STDOUT_FILENO);
}

#define SHOW offsetof(struct sw_replay, show)

static const struct sw_option options[] = {
	SW_ONE_OF("format", "FORMAT", SHOW, format_name, "unknown format", false, sw_show__format, ""),
	SW_TEXT("output", 'o', "FILE", SW_SHOW_AT(SHOW, output),
		"write to FILE instead of standard output"),
	SW_REPLAY_OPTIONS(0),
	SW_THRESHOLD_OPTIONS(SHOW + offsetof(struct sw_show_opts, thresholds)),
	{0},
};

static int run(const struct sw_command *self, int argc, char **argv)
{
	struct sw_replay *r = calloc(1, sizeof(*r));
	int n, status;

	if (!r)
		return SW_EXIT_USAGE;
	status = sw_replay__parse(self, r, argc, argv, &n);
	if (status != SW_GO_ON)
		goto out;
	status = SW_EXIT_USAGE;
	if (!r->show.renderer)
		sw_error("in which format? say --format=csv, or what else --help lists");
	else if (!n)
		sw_error("which trace file? say: sockwake export --format=csv FILE");
	else if (to_terminal(&r->show))
		sw_error("%s is binary, and standard output a terminal: write it with -o FILE",
			 r->show.renderer->name);
	else if (!sw_replay__run(r, n, argv + 1))
		status = SW_EXIT_OK;
out:
	free(r);
	return status;
}

const struct sw_command sw_cmd_export = {
	.name = "export",
	.summary = "a trace file for other programs",
	.synopsis = "--format=FORMAT [OPTIONS] FILE...",
	.about = "Writes what 'sockwake record' wrote in a format for other programs; FILE - is\n"
		 "standard input.  Several files are merged by time.  Exits with 2 if a file cannot\n"
		 "be read, or does not come to its end: the records before that point are written.",
	.options = options,
	.run = run,
};
