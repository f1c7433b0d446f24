// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The hooks: in one line, or as a table of what each did. */
#include "text.h"

#include "base/escape.h"
#include "base/human.h"

#define GAP 2
#define ATTACH_AT 30
#define NUMBERS_AT 42
#define NOTE_AT 6
#define NUMBER_WIDTH 13
#define NAMED 3 /* hooks that are not attached: more are counted */

static bool is_attached(const struct sw_hook_info *h)
{
	return strcmp(h->attach, "none") != 0;
}

/* "not by this kernel: sock_wfree, sk_destruct and 3 more (sockwake doctor)" */
static void put_missing(struct text_line *l, const struct sw_trace_info *info, unsigned int missing)
{
	unsigned int named = 0;

	sw_buf__puts(l->out, "not by this kernel:");
	text_line__place(l, 0, 1);
	for (unsigned int i = 0; i < info->n_hooks && named < NAMED; i++) {
		const struct sw_hook_info *h = &info->hooks[i];

		if (!h->asked || is_attached(h))
			continue;
		sw_escape_text(l->out, h->name, strlen(h->name));
		if (++named < missing && named < NAMED)
			sw_buf__putc(l->out, ',');
		text_line__place(l, 0, 1);
	}
	if (missing > named) {
		sw_buf__printf(l->out, "and %u more", missing - named);
		text_line__place(l, 0, 1);
	}
	sw_buf__puts(l->out, "(sockwake doctor)");
	text_line__place(l, 0, 1);
}

void text_hooks__line(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_trace_info *info)
{
	struct text_line l = text_line__begin(out, o, 4);
	unsigned int asked = 0, attached = 0, limited = 0;

	for (unsigned int i = 0; i < info->n_hooks; i++) {
		const struct sw_hook_info *h = &info->hooks[i];

		if (!h->asked)
			continue;
		asked++;
		attached += is_attached(h);
		limited += is_attached(h) && h->note && *h->note;
	}
	/* A file that was cut before its end may not say. */
	if (!asked)
		return;
	sw_buf__printf(out, "%u of %u hook%s attached%s", attached, asked,
		       asked == 1 ? "" : "s", limited || attached < asked ? ";" : "");
	text_line__place(&l, 0, 0);
	if (limited) {
		sw_buf__printf(out, "%u see%s less than usual (--hooks)%s", limited,
			       limited == 1 ? "s" : "", attached < asked ? ";" : "");
		text_line__place(&l, 0, 1);
	}
	if (attached < asked)
		put_missing(&l, info, asked - attached);
	text_line__end(&l);
}

static uint64_t lost_of(const struct sw_hook_info *h)
{
	uint64_t lost = 0;

	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		lost += h->count.lost[i];
	return lost;
}

/* What a user wants to know of: what was attached, or should have been. */
static bool is_shown(const struct sw_hook_info *h)
{
	return h->asked || h->count.hits || lost_of(h);
}

static void put_note(struct text_line *l, size_t column, const char *note)
{
	l->indent = column;
	sw_escape_text(l->out, note, strlen(note));
	text_line__flow(l, column, 1);
}

static void put_hook(struct sw_buf *out, const struct sw_render_opts *o,
		     const struct sw_hook_info *h)
{
	struct text_line l = text_line__begin(out, o, ATTACH_AT);
	const uint64_t numbers[] = {
		h->count.hits,
		h->count.delivered,
		h->count.filtered,
		lost_of(h),
	};
	bool attached = is_attached(h);

	sw_buf__puts(out, h->name);
	text_line__place(&l, 2, 0);
	sw_buf__puts(out, attached ? h->attach : "not traced");
	text_line__place(&l, ATTACH_AT, GAP);
	for (size_t i = 0; i < 4 && (attached || h->count.hits || lost_of(h)); i++) {
		if (i == 3 && numbers[i])
			text_style(out, o, TEXT_BAD);
		sw_human_count(out, numbers[i]);
		if (i == 3 && numbers[i])
			text_plain(out, o);
		text_line__place_right(&l, NUMBERS_AT + (i + 1) * NUMBER_WIDTH, GAP);
	}
	if (h->note && *h->note) {
		/* Why there are no numbers, in their place; else below them. */
		if (l.column > NUMBERS_AT) {
			text_line__end(&l);
			l = text_line__begin(out, o, NOTE_AT);
			put_note(&l, NOTE_AT, h->note);
		} else {
			put_note(&l, NUMBERS_AT, h->note);
		}
	}
	text_line__end(&l);
}

void text_hooks__table(struct sw_buf *out, const struct sw_render_opts *o,
		       const struct sw_trace_info *info)
{
	static const char *const names[] = { "hits", "delivered", "filtered", "lost" };
	struct text_line l = text_line__begin(out, o, ATTACH_AT);

	text_style(out, o, TEXT_DIM);
	sw_buf__puts(out, "hook");
	text_line__place(&l, 2, 0);
	sw_buf__puts(out, "attached by");
	text_line__place(&l, ATTACH_AT, GAP);
	for (size_t i = 0; i < 4; i++) {
		sw_buf__puts(out, names[i]);
		text_line__place_right(&l, NUMBERS_AT + (i + 1) * NUMBER_WIDTH, GAP);
	}
	text_plain(out, o);
	text_line__end(&l);
	for (unsigned int i = 0; i < info->n_hooks; i++)
		if (is_shown(&info->hooks[i]))
			put_hook(out, o, &info->hooks[i]);
}
