/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The parts of the HTML page: the page itself (html.c, html_page.c), its events as rows
 * of numbers (html_events.c), the sockets they are of (html_sockets.c), and how the trace
 * ended (html_outcome.c).  What reads them is src/render/html/data.js.
 *
 * Times are written as ns since the trace began, so that a double holds them exactly for
 * a hundred days.
 */
#ifndef SW_RENDER_HTML_H
#define SW_RENDER_HTML_H

#include "base/json.h"
#include "core/table.h"
#include "render.h"

/* What a page holds at most, so that it can be opened: the first of them. */
#define HTML_EVENTS_MAX SW_HTML_EVENTS
#define HTML_SOCKETS_MAX SW_HTML_SOCKETS

#define HTML_SOCKET_TASKS 4 /* named with a socket */
#define HTML_TASK_PLACES 4096
#define HTML_STACK_PLACES 4096

struct html_task {
	uint32_t pid, tid;
	char comm[SW_COMM_LEN];
};

/* Of the whole trace, whether or not its events are in the page. */
struct html_socket {
	uint64_t id; /* as users see it */
	char name[SW_SOCKET_NAME]; /* as sw_socket__describe() has it: raw */
	uint32_t renamed; /* the socket's, when its name was taken */
	bool destroyed;
	uint64_t cookie, inode;
	uint32_t netns;
	uint64_t events, wakeups;
	struct html_task tasks[HTML_SOCKET_TASKS]; /* that waited for it, or were woken by it */
	unsigned int n_tasks;
	bool more_tasks;
	UT_hash_handle hh;
};

/*
 * Names of tasks, and stacks, are written once and numbered in that order.  Only the last
 * of each place is remembered: one that comes back after another took its place is
 * written again, so that memory does not grow with the trace.
 */
struct html_task_place {
	struct html_task task;
	uint32_t number;
	bool used;
};

struct html_stack_place {
	const struct sw_stack *stack; /* borrowed; NULL: none yet */
	uint32_t number;
};

struct html {
	uint64_t base; /* CLOCK_MONOTONIC of the page's zero */
	bool begun;    /* an event came: base is set */
	bool failed;   /* memory ran out */
	uint64_t shown, left_out; /* events */
	bool row;		  /* one was written: the next needs a comma */
	struct html_socket *sockets;
	struct html_socket *last; /* events come in runs */
	uint32_t n_tasks;
	struct html_task_place tasks[HTML_TASK_PLACES];
	uint32_t n_stacks;
	struct html_stack_place stacks[HTML_STACK_PLACES];
};

/* From `from` on there is JSON: what HTML could take for markup is escaped, which in
 * JSON can only be inside of strings. */
void html_defuse(struct sw_buf *out, size_t from);
/* A name that strangers wrote: what would be obeyed, or hidden, becomes visible. */
void html_name(struct sw_json *j, const char *key, const char *raw);
/* ts since the page's zero, or null for 0: not known. */
void html_time(struct sw_json *j, const struct html *h, const char *key, uint64_t ts);
void html_i64(struct sw_buf *out, uint64_t to, uint64_t from); /* to - from, signed */

/* html_events.c: o is where stacks come from. */
void html_event(struct sw_buf *out, const struct sw_render_opts *o, struct html *h,
		const struct sw_socket *sk, const struct sw_told *told);

/* html_names.c: the number of a task, whose name is written, as a row of its own, if need
 * be. */
uint32_t html_task_number(struct sw_buf *out, struct html *h, uint32_t pid, uint32_t tid,
			  const char comm[SW_COMM_LEN]);
/* ... and of a stack, from 1; 0: NULL. */
uint32_t html_stack_number(struct sw_buf *out, struct html *h, const struct sw_stack *stack);
/* Begins a row of the events; it ends with a bracket. */
void html_row(struct sw_buf *out, struct html *h);

/* html_sockets.c: NULL: there are too many already, or memory ran out (h->failed). */
struct html_socket *html_socket(struct html *h, const struct sw_socket *sk);
void html_socket__name(struct html_socket *s, uint32_t pid, uint32_t tid, const char *comm);
void html_sockets(struct sw_json *j, const struct html *h);
void html_sockets__free(struct html *h);

/* html_outcome.c */
void html_outcome(struct sw_json *j, const struct html *h, const struct sw_outcome *outcome);

/* html_page.c: the page's text around its data. */
extern const struct html_part {
	const char *begin, *end;
} html_head, html_style, html_body, html_script;
extern const char html_policy[]; /* the Content-Security-Policy */

#endif
