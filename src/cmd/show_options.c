/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How it is shown: the options, and what the terminal is like. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/options.h"
#include "cmd/show.h"

const char *sw_show__format_name(unsigned int i)
{
	const struct sw_renderer *r;

	for (unsigned int k = 0; (r = sw_renderer__at(k)); k++)
		if (!r->whole && !i--)
			return r->name;
	return NULL;
}

int sw_show__format(void *arg, const char *value)
{
	((struct sw_show_opts *)arg)->renderer = sw_renderer__find(value);
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
