/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How it is shown: the options, and what the terminal is like. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/options.h"
#include "cmd/show.h"

int sw_show__output(void *arg, const char *value)
{
	((struct sw_show_opts *)arg)->output = value;
	return 0;
}

int sw_show__format(void *arg, const char *value)
{
	struct sw_show_opts *s = arg;

	s->renderer = sw_renderer__find(value);
	if (s->renderer && !s->renderer->whole)
		return 0;
	return sw_options__bad("unknown format", value, "say text, ndjson or csv");
}

int sw_show__quiet(void *arg, const char *value)
{
	(void)value;
	((struct sw_show_opts *)arg)->quiet = true;
	return 0;
}

int sw_show__live(void *arg, const char *value)
{
	(void)value;
	((struct sw_show_opts *)arg)->live = true;
	return 0;
}

int sw_show__all(void *arg, const char *value)
{
	(void)value;
	((struct sw_show_opts *)arg)->all = true;
	return 0;
}

int sw_show__hooks(void *arg, const char *value)
{
	(void)value;
	((struct sw_show_opts *)arg)->hooks = true;
	return 0;
}

bool sw_show__wants_colour(const struct sw_show_opts *s)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return !s->output && isatty(STDOUT_FILENO) && !(no && *no) &&
	       !(term && !strcmp(term, "dumb"));
}

unsigned int sw_show__columns(const struct sw_show_opts *s)
{
	struct winsize w;

	if (!s->output && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col > 0)
		return w.ws_col;
	return 0;
}
