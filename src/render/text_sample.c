// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which events get a line where more happen than a person can read. */
#include "text.h"

#include <stdlib.h>

#include "base/human.h"

#define SECOND_NS 1000000000ULL
#define NOTE_AT 18 /* below the event's word */
/* What was not used up in quiet seconds is saved, so that a short burst is shown whole. */
#define SAVED_S 3

struct sample {
	uint64_t begin; /* of the second that is counted; 0: none yet */
	unsigned int left; /* lines that may still be shown in it */
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
		sw_buf__printf(out, "too many to read: from here on %u a second are shown "
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
	uint64_t seconds;

	if (!s || !o->lines_per_s)
		return true;
	seconds = !s->begin ? SAVED_S : ts > s->begin ? (ts - s->begin) / SECOND_NS : 0;
	if (seconds) {
		text_sample__end(out, o);
		s->begin = ts;
		s->left += (seconds < SAVED_S ? (unsigned int)seconds : SAVED_S) * o->lines_per_s;
		if (s->left > SAVED_S * o->lines_per_s)
			s->left = SAVED_S * o->lines_per_s;
	}
	if (s->left) {
		s->left--;
		return true;
	}
	if (!s->explained)
		put_note(out, o, s);
	s->explained = true;
	s->skipped++;
	return false;
}
