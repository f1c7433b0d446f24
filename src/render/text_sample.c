// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which events get a line where more happen than a person can read. */
#include "text.h"

#include <stdlib.h>

#include "base/human.h"

#define SECOND_NS 1000000000ULL
#define NOTE_AT 18 /* below the event's word */

struct sample {
	uint64_t begin; /* of the second that is counted; 0: none yet */
	unsigned int shown;
	uint64_t skipped;
	bool explained;
};

void *text_sample__open(void)
{
	return calloc(1, sizeof(struct sample));
}

void text_sample__close(void *state)
{
	free(state);
}

static void put_note(struct sw_buf *out, const struct sw_render_opts *o, const struct sample *s)
{
	struct text_line l = text_line__begin(out, o, NOTE_AT);

	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, "\u2026 ");
	if (s->skipped) {
		sw_human_count(out, s->skipped);
		sw_buf__puts(out, s->skipped == 1 ? " event not shown" : " events not shown");
	} else {
		sw_buf__printf(out, "too many to read: of each second the first %u are shown "
			       "(--all: every one)", o->lines_per_s);
	}
	text_plain(out, o);
	text_line__place(&l, NOTE_AT, 0);
	text_line__end(&l);
}

void text_sample__end(struct sw_buf *out, const struct sw_render_opts *o)
{
	struct sample *s = o->state;

	if (s && s->skipped)
		put_note(out, o, s);
	if (s)
		s->skipped = 0;
}

bool text_sample__take(struct sw_buf *out, const struct sw_render_opts *o, uint64_t ts)
{
	struct sample *s = o->state;

	if (!s || !o->lines_per_s)
		return true;
	if (!s->begin || ts >= s->begin + SECOND_NS) {
		text_sample__end(out, o);
		s->begin = ts;
		s->shown = 0;
	}
	if (s->shown < o->lines_per_s) {
		s->shown++;
		return true;
	}
	if (!s->explained)
		put_note(out, o, s);
	s->explained = true;
	s->skipped++;
	return false;
}
