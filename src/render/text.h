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

/* Cuts what was appended since `from`, which has no colours, to so many columns. */
void text_cut(struct sw_buf *out, size_t from, size_t room);

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
/* As text_line__place(), and keeps it on one line with `behind` columns that will follow. */
void text_line__place_with(struct text_line *l, size_t column, size_t gap, size_t behind);
/* As text_line__place(), with its last column before `end`. */
void text_line__place_right(struct text_line *l, size_t end, size_t gap);
/* As text_line__place(); one that is too long for any line wraps between its words. */
void text_line__flow(struct text_line *l, size_t column, size_t gap);
void text_line__end(struct text_line *l);

/* --- what an event says: text_words.c, text_names.c, text_wakeup.c and text_calls.c --- */

/* How much of it, where there is little room. */
enum text_brevity {
	TEXT_FULL,
	TEXT_BRIEF, /* a socket without its own host; a waker without its context */
	TEXT_PORTS, /* a socket without any host */
};

/* The event's cause, by which it has its colour. */
enum sw_cause text_cause(const union sw_event *ev);
/* "readable", "run", "recv", …, "closed": at most TEXT_CAUSE_WIDTH columns. */
#define TEXT_CAUSE_WIDTH 8
const char *text_word(const union sw_event *ev);
/* "nginx[12]"; of a thread, with its own number; "[?]" from another namespace. */
void text_task(struct sw_buf *out, uint32_t pid, uint32_t tid, const char comm[SW_COMM_LEN]);
/* "by nginx[12]", "by ? (softirq over nginx[12])", …; nothing for the end of a socket. */
void text_who(struct sw_buf *out, const union sw_event *ev, enum text_brevity brief);
/* "36 B queued, woke nginx[12] via epoll", "after 1.2 ms", … */
#define TEXT_WOKEN_SHOWN 2 /* of those woken so many are named, and no more looked at */
void text_what(struct sw_buf *out, const struct sw_socket *sk, const struct sw_told *told);
/* "tcp 127.0.0.1:80 < 127.0.0.1:43210", with `arrow` between the two. */
void text_socket(struct sw_buf *out, const struct sw_socket *sk, const char *arrow,
		 enum text_brevity brief);
/* Of text_what() the part of one kind of record. */
void text_wakeup(struct sw_buf *out, const struct sw_socket *sk, const struct sw_rec_wakeup *r,
		 const struct sw_told *told);
void text_late(struct sw_buf *out, const struct sw_rec_woken *r);
void text_wait(struct sw_buf *out, const struct sw_rec_wait *r);
void text_run(struct sw_buf *out, const struct sw_rec_run *r);
void text_io(struct sw_buf *out, const struct sw_rec_io *r);

/* --- text_sample.c: how many of the lines a person can read; the renderer's state is its --- */

void *text_sample__open(void);
void text_sample__close(void *state);
/* Whether the event has a line; what is left out is said in a line of its own. */
bool text_sample__take(struct sw_buf *out, const struct sw_render_opts *o, uint64_t ts);
/* No more lines: says what was left out and is not said yet. */
void text_sample__end(struct sw_buf *out, const struct sw_render_opts *o);

/* --- the parts of the output, each in a file of its name --- */

void text_live__begin(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_trace_info *info);
void text_live__event(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk,
		      const struct sw_told *told);
/* Below the line of an event: lines of their own, or none. */
void text_stacks(struct sw_buf *out, const struct sw_render_opts *o, const union sw_event *ev);
void text_timeline(struct sw_buf *out, const struct sw_render_opts *o,
		   const struct sw_timeline *t, struct sw_socket *sk);
/* "#1 tcp 127.0.0.1:80  LISTEN  ino 12": the line above what happened to a socket. */
void text_timeline__heading(struct sw_buf *out, const struct sw_render_opts *o,
			    const struct sw_socket *sk);
/* The few sockets that matter, around their worst moments. */
void text_moments(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_outcome *outcome);
/* A time as the live lines have it: "12.000412". */
void text_time(struct sw_buf *out, const struct sw_render_opts *o, uint64_t ts);
void text_findings(struct sw_buf *out, const struct sw_render_opts *o,
		   const struct sw_outcome *outcome);
/* Not without who was woken. */
void text_latencies(struct sw_buf *out, const struct sw_render_opts *o,
		    const struct sw_outcome *outcome);
/* What was lost, before anything else; and in a line what is wrong in all. */
void text_losses(struct sw_buf *out, const struct sw_render_opts *o,
		 const struct sw_trace_totals *totals);
void text_verdict(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome);
/* One line about the hooks, and the table of what each did. */
void text_hooks__line(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_trace_info *info);
void text_hooks__table(struct sw_buf *out, const struct sw_render_opts *o,
		       const struct sw_trace_info *info);
void text_summary(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome);
void text_closing(struct sw_buf *out, const struct sw_render_opts *o,
		  const struct sw_trace_info *info, const struct sw_outcome *outcome);

#endif
