/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What `trace` and `report` have in common: records in, rendered trace out, with the
 * options that say how.
 */
#ifndef SW_CMD_SHOW_H
#define SW_CMD_SHOW_H

#include "cmd/output.h"
#include "cmd/thresholds.h"
#include "render/render.h"

struct sw_show_opts {
	const struct sw_renderer *renderer;
	const char *output;
	bool quiet, live, all, hooks;
	struct sw_thresholds thresholds;
};

/* Of the formats that a live trace can have. */
const char *sw_show__format_name(unsigned int i);
int sw_show__format(void *opts, const char *value);

/* The table's rows; at: where in the settings `struct sw_show_opts` is. */
#define SW_SHOW_AT(at, name) ((at) + offsetof(struct sw_show_opts, name))
#define SW_SHOW_OPTIONS(at)                                                                   \
	SW_FLAG("all", 'a', SW_SHOW_AT(at, all),                                              \
		"every line and finding, tables of 20 rows, each socket's timeline"),         \
	SW_FLAG("hooks", 0, SW_SHOW_AT(at, hooks),                                            \
		"a table of the hooks: how each is attached, and its counts"),                \
	SW_TEXT("output", 'o', "FILE", SW_SHOW_AT(at, output),                                \
		"write to FILE instead of standard output"),                                  \
	SW_ONE_OF("format", "FORMAT", at, sw_show__format_name, "unknown format", true,       \
		  sw_show__format, "")

bool sw_show__wants_colour(const struct sw_show_opts *o);
/* Of the terminal that is written to; 0: it is none. */
unsigned int sw_show__columns(const struct sw_show_opts *o);

/* Which timelines are shown, and in what order. */
enum sw_timelines_order { SW_BY_ID, SW_BY_EVENTS, SW_BY_FIRST, SW_BY_LAST };

struct sw_timelines_opts {
	enum sw_timelines_order order;
	uint64_t top; /* so many; 0: all */
	bool asked; /* an order or a number was given */
};

const char *sw_timelines__order_name(unsigned int order); /* NULL: there is none */
void sw_timelines__sort(struct sw_socket **list, size_t n, enum sw_timelines_order order);

struct sw_show; /* opaque */

/* All is borrowed but ropts, which are copied.  tells: who was woken is traced, so there is
 * something to be said of latencies and findings.  NULL: out of memory. */
struct sw_show *sw_show__new(const struct sw_trace_info *info, const struct sw_renderer *renderer,
			     const struct sw_render_opts *ropts,
			     const struct sw_thresholds *thresholds, bool tells,
			     struct sw_output *out);
void sw_show__free(struct sw_show *s); /* NULL is legal */

/* Else all, by id.  Borrowed. */
void sw_show__order(struct sw_show *s, const struct sw_timelines_opts *opts);

/* What comes later is filtered out, so nothing is judged beyond it; 0: nothing is. */
void sw_show__until(struct sw_show *s, uint64_t ts);

/* Each returns 0 or -errno. */
int sw_show__begin(struct sw_show *s);
int sw_show__record(struct sw_show *s, const void *rec, size_t len);
/* Nothing older will come; what there is to be seen is written. */
int sw_show__settle(struct sw_show *s, uint64_t until);
/* The counts are in info by now. */
int sw_show__end(struct sw_show *s);

/* The trace in it. */
struct sw_trace *sw_show__trace(struct sw_show *s);

#endif
