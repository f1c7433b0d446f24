/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The parts of the text format: lines, the words of an event, and its three views. */
#ifndef SW_RENDER_TEXT_H
#define SW_RENDER_TEXT_H

#include "render.h"

/* --- text_line.c: lines of pieces that wrap, and colour --- */

enum text_style {
	TEXT_PLAIN,
	TEXT_BOLD,
	TEXT_DIM,
	TEXT_GOOD,
	TEXT_BAD,
	TEXT_CAUSE, /* TEXT_CAUSE + enum sw_cause */
	TEXT_STYLES = TEXT_CAUSE + SW_CAUSE_COUNT
};

/* Nothing unless colours are on. */
void text_style(struct sw_buf *out, const struct sw_render_opts *o, unsigned int style);
void text_plain(struct sw_buf *out, const struct sw_render_opts *o);

/* Columns that bytes take: escape sequences take none. */
size_t text_columns(const char *s, size_t n);

struct text_line {
	struct sw_buf *out;
	size_t width;  /* 0: never wrap */
	size_t indent; /* of the lines that follow when it wraps */
	size_t column; /* that the next piece can begin at */
	size_t piece;  /* where the piece that is being written begins */
};

struct text_line text_line__begin(struct sw_buf *out, const struct sw_render_opts *o,
				  size_t indent);
/*
 * Ends a piece that was appended to `out` since the last one, and puts it at a
 * column: at least `gap` behind the piece before it, or on a line of its own
 * when it does not fit.  An empty piece takes no room.
 */
void text_line__place(struct text_line *l, size_t column, size_t gap);
/* Likewise, and keeps it on one line with `behind` columns that will follow. */
void text_line__place_with(struct text_line *l, size_t column, size_t gap, size_t behind);
/* Likewise, with its last column before `end`. */
void text_line__place_right(struct text_line *l, size_t end, size_t gap);
void text_line__end(struct text_line *l);

/* --- text_words.c: what an event says --- */

/* The event's cause, by which it has its colour. */
enum sw_cause text_cause(const union sw_event *ev);
/* "readable", "run", "recv", …, "closed": at most TEXT_CAUSE_WIDTH columns. */
#define TEXT_CAUSE_WIDTH 8
const char *text_word(const union sw_event *ev);
/* "nginx[12]"; of a thread, with its own number; "[?]" from another namespace. */
void text_task(struct sw_buf *out, uint32_t pid, uint32_t tid, const char comm[SW_COMM_LEN]);
/* "by nginx[12]", "softirq over nginx[12]", …; nothing for the end of a socket. */
void text_who(struct sw_buf *out, const union sw_event *ev);
/* "36 B queued, woke nginx[12] via epoll", "after 1.2 ms", … */
#define TEXT_WOKEN_SHOWN 2 /* of those woken so many are named, and no more looked at */
void text_what(struct sw_buf *out, const struct sw_socket *sk, const struct sw_told *told);
/* "tcp 127.0.0.1:80 < 127.0.0.1:43210", with `arrow` between the two. */
void text_socket(struct sw_buf *out, const struct sw_socket *sk, const char *arrow);

/* --- text_live.c, text_timeline.c, text_findings.c, text_latency.c, text_summary.c --- */

void text_live__begin(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_trace_info *info);
void text_live__event(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk,
		      const struct sw_told *told);
/* Below the line of an event: lines of their own, or none. */
void text_stacks(struct sw_buf *out, const struct sw_render_opts *o, const union sw_event *ev);
void text_timeline(struct sw_buf *out, const struct sw_render_opts *o,
		   const struct sw_timeline *t, struct sw_socket *sk);
/* A time as the live lines have it: "12.000412". */
void text_time(struct sw_buf *out, const struct sw_render_opts *o, uint64_t ts);
void text_findings(struct sw_buf *out, const struct sw_render_opts *o,
		   const struct sw_outcome *outcome);
void text_latencies(struct sw_buf *out, const struct sw_render_opts *o, struct sw_latency *latency);
void text_summary(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome);

#endif
