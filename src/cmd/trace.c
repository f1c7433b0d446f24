/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sockwake trace: a live session, shown. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/session.h"
#include "cmd/show.h"

struct settings {
	struct sw_session session;
	struct sw_show_opts show;
	/* While it runs. */
	struct sw_render_opts ropts;
	struct sw_output out;
	struct sw_show *shown;
};

/* As many as a person can follow. */
#define LINES_PER_S 20

#define SESSION offsetof(struct settings, session)
#define SHOW offsetof(struct settings, show)

static const struct sw_option options[] = {
	SW_FILTER_OPTIONS(SESSION + offsetof(struct sw_session, filters)),
	SW_SHOW_OPTIONS(SHOW),
	SW_FLAG("quiet", 'q', SW_SHOW_AT(SHOW, quiet), "no lines as it happens: the answer only"),
	SW_FLAG("live", 'l', SW_SHOW_AT(SHOW, live),
		"lines as it happens, and an answer without sockets"),
	SW_THRESHOLD_OPTIONS(SHOW + offsetof(struct sw_show_opts, thresholds)),
	SW_STACKS_OPTION(SESSION),
	SW_DURATION("stacks-slow", 0, SESSION + offsetof(struct sw_session, stacks_slow_ns), 1,
		    "... only where the task ran, or took the data, TIME or more later"),
	SW_SESSION_OPTIONS(SESSION),
	{0},
};

static int begin(void *arg)
{
	struct settings *s = arg;
	int err = sw_output__begin(&s->out);

	return err ? err : sw_show__begin(s->shown);
}

static int record(void *arg, const void *rec, size_t len)
{
	return sw_show__record(((struct settings *)arg)->shown, rec, len);
}

static int settle(void *arg, uint64_t until)
{
	return sw_show__settle(((struct settings *)arg)->shown, until);
}

static int end(void *arg)
{
	return sw_show__end(((struct settings *)arg)->shown);
}

static int make(void *arg, struct sw_trace_info *info, bool tells, struct sw_stacks *stacks,
		struct sw_consumer *to)
{
	struct settings *s = arg;
	bool sockets = s->show.quiet || !s->show.live;
	int err = sw_output__make(&s->out);

	if (err)
		return err;
	s->ropts = (struct sw_render_opts){
		.colour = sw_show__wants_colour(&s->show),
		.width = sw_show__columns(&s->show),
		.live = s->show.live || !s->show.quiet,
		.lines_per_s = s->show.all ? 0 : LINES_PER_S,
		.timelines = sockets && s->show.all,
		.worst = sockets,
		.all = s->show.all,
		.hooks = s->show.hooks,
		.stacks = stacks,
		.start_ns = sw_clock_ns(CLOCK_MONOTONIC),
	};
	s->shown = sw_show__new(info, s->show.renderer, &s->ropts, &s->show.thresholds, tells,
				&s->out);
	*to = (struct sw_consumer){s, begin, record, NULL, settle, end, false};
	return s->shown ? 0 : -ENOMEM;
}

static void unmake(void *arg)
{
	sw_show__free(((struct settings *)arg)->shown);
}

static int run(const struct sw_command *self, int argc, char **argv)
{
	static const struct sw_consumer_maker maker = {make, unmake};
	struct settings *s = calloc(1, sizeof(*s));
	int status = SW_EXIT_USAGE;
	char **program;

	if (!s)
		return SW_EXIT_USAGE;
	s->show.renderer = &sw_render_text;
	status = sw_session__parse(self, s, &s->session, argc, argv, &program);
	if (status != SW_GO_ON)
		goto out;
	status = SW_EXIT_USAGE;
	if (s->show.quiet && s->show.live) {
		sw_error("--quiet and --live exclude each other: without both, lines and the whole answer are shown");
		goto out;
	}
	status = program ? SW_EXIT_OWN : SW_EXIT_USAGE;
	if (sw_output__open(&s->out, s->show.output))
		goto out;
	s->out.lines = true;
	if (!sw_session__look(&s->session, &s->out.file))
		status = sw_session__run(&s->session, program, &maker, s);
	if (sw_output__close(&s->out) && !s->session.reader_gone && status != SW_EXIT_OWN)
		status = program ? SW_EXIT_OWN : SW_EXIT_USAGE;
out:
	free(s);
	return status;
}

const struct sw_command sw_cmd_trace = {
	.name = "trace",
	.summary = "print wake-ups as they happen, and at the end what is wrong",
	.synopsis = "[OPTIONS] [-- PROGRAM [ARG...]]",
	.about = "Prints wake-ups as they happen, as many as can be read, and at the end the answer:\n"
		 "what is wrong and what to do next, latencies, the sockets that matter around their\n"
		 "worst moments, and what was lost.  Ends with Ctrl-C, after --duration, or with\n"
		 "PROGRAM, of which it then has the exit status; PROGRAM and its descendants are all\n"
		 "that is traced.  Ctrl-C is for PROGRAM; a second one, or TERM, ends what will not.",
	.options = options,
	.run = run,
};
