/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The stacks of a waker, below the event that they belong to. */
#include "text.h"
#include "base/escape.h"
#include <string.h>

#define INDENT 8
#define BEHIND_LABEL (INDENT + 15)

static void put_stack(struct sw_buf *out, const struct sw_render_opts *o, const char *label,
		      const struct sw_stack *s)
{
	struct text_line l = text_line__begin(out, o, BEHIND_LABEL);
	const char *name;
	unsigned int i;

	if (!s)
		return;
	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, label);
	text_line__place(&l, INDENT, 0);
	for (i = 0, name = s->names; i < s->frames; i++, name += strlen(name) + 1) {
		if (i)
			sw_buf__puts(out, "< ");
		sw_escape_text(out, name, strlen(name));
		if (i + 1 == s->frames)
			text_plain(out, o);
		text_line__place(&l, i ? 0 : BEHIND_LABEL, 1);
	}
	text_line__end(&l);
}

void text_stacks(struct sw_buf *out, const struct sw_render_opts *o, const union sw_event *ev)
{
	struct sw_waker_stacks s;

	if (!sw_stacks__of(o->stacks, ev, &s))
		return;
	put_stack(out, o, "waker, kernel:", s.kernel);
	put_stack(out, o, "waker, user:", s.user);
}
