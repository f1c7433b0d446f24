// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The formats by name. */
#include "render.h"

static const struct sw_renderer *const renderers[] = {
	&sw_render_text,
	&sw_render_ndjson,
	&sw_render_csv,
	&sw_render_perfetto,
	&sw_render_html,
};

const struct sw_renderer *sw_renderer__at(unsigned int i)
{
	return i < sizeof(renderers) / sizeof(*renderers) ? renderers[i] : NULL;
}

const struct sw_renderer *sw_renderer__find(const char *name)
{
	const struct sw_renderer *r;

	for (unsigned int i = 0; (r = sw_renderer__at(i)); i++)
		if (!strcmp(r->name, name))
			return r;
	return NULL;
}
