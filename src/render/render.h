/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How a trace is shown: one file a format, behind one table.
 *
 * A renderer appends to a buffer; whoever owns the buffer writes it out, so a
 * renderer knows no file, no terminal and no error but running out of memory
 * (which the buffer remembers).  What it must remember from one event to the next is
 * made by its open(), and is in the options from then on.
 */
#ifndef SW_RENDER_RENDER_H
#define SW_RENDER_RENDER_H

#include "core/analysis.h"

struct sw_render_opts {
	bool colour;
	bool live;	    /* lines as events happen */
	bool only_summary;  /* no events */
	bool timelines;	    /* each socket's timeline at the end */
	bool worst;	    /* if not: the few sockets that matter, around their worst moments */
	bool all;	    /* every finding and the long tables, not what fits on a screen */
	bool hooks;	    /* the table of hooks, not one line about them */
	unsigned int width; /* columns of the terminal; 0: never wrap, never cut */
	unsigned int lines_per_s; /* live lines, on and on: more are left out; 0: none are */
	struct sw_stacks *stacks; /* borrowed; NULL: not asked for */
	uint64_t start_ns;  /* CLOCK_MONOTONIC when tracing began: zero of live times */
	void *state;	    /* the renderer's own; NULL if it has no open() */
};

struct sw_renderer {
	const char *name; /* as --format names it */
	bool needs_timeline; /* renders timelines at the end */
	bool whole;	     /* made of a whole trace: for `export` alone */
	bool binary;	     /* not for a terminal */
	bool framed;	     /* appends frames of base/sorter.h, to be sorted before they go out */
	/* Any of these may be NULL. */
	void *(*open)(void); /* NULL: out of memory */
	void (*close)(void *state); /* NULL is legal */
	void (*begin)(struct sw_buf *out, const struct sw_render_opts *o,
		      const struct sw_trace_info *info);
	void (*event)(struct sw_buf *out, const struct sw_render_opts *o,
		      struct sw_socket *sk, const struct sw_told *told);
	/* No event of this socket comes any more; it may be left out for those that are
	 * there at the end. */
	void (*forget)(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk);
	void (*summary)(struct sw_buf *out, const struct sw_render_opts *o,
			const struct sw_trace_info *info, const struct sw_outcome *outcome);
	/* After the summary, one socket's timeline: called for each, in order of id. */
	void (*timeline)(struct sw_buf *out, const struct sw_render_opts *o,
			 const struct sw_timeline *t, struct sw_socket *sk);
	/* The last that is called. */
	void (*closing)(struct sw_buf *out, const struct sw_render_opts *o,
			const struct sw_trace_info *info, const struct sw_outcome *outcome);
	/* How many events it had no room for, once all were told. */
	uint64_t (*left_out)(const struct sw_render_opts *o);
};

extern const struct sw_renderer sw_render_text, sw_render_ndjson, sw_render_csv,
	sw_render_perfetto, sw_render_html;

/* By --format's name; NULL when there is none. */
const struct sw_renderer *sw_renderer__find(const char *name);
/* For messages: NULL past the end. */
const struct sw_renderer *sw_renderer__at(unsigned int i);

#endif
