// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Tasks and stacks of a page, by numbers: rows of kinds that no event has. */
#include "html.h"

#define ROW_TASK 0  /* SW_REC_NONE: [0, pid, tid, name] */
#define ROW_STACK 1 /* SW_REC_SOCKET: [1, frame, ...], the innermost first */

void html_row(struct sw_buf *out, struct html *h)
{
	sw_buf__puts(out, h->row ? ",\n[" : "\n[");
	h->row = true;
}

static struct html_task_place *place_of(struct html *h, uint32_t pid, uint32_t tid,
					const char comm[SW_COMM_LEN])
{
	/* FNV-1a: only how often names are written again depends on it. */
	uint32_t hash = 2166136261u ^ tid;

	hash = (hash * 16777619u) ^ pid;
	for (unsigned int i = 0; i < SW_COMM_LEN && comm[i]; i++)
		hash = (hash * 16777619u) ^ (uint8_t)comm[i];
	hash *= 16777619u;
	return &h->tasks[(hash ^ hash >> 15) % HTML_TASK_PLACES];
}

uint32_t html_task_number(struct sw_buf *out, struct html *h, uint32_t pid, uint32_t tid,
			  const char comm[SW_COMM_LEN])
{
	struct html_task_place *p = place_of(h, pid, tid, comm);
	struct sw_json j = {.out = out};
	size_t from;

	if (p->used && p->task.pid == pid && p->task.tid == tid && !strcmp(p->task.comm, comm))
		return p->number;
	p->used = true;
	p->number = h->n_tasks++;
	p->task = (struct html_task){.pid = pid, .tid = tid};
	memcpy(p->task.comm, comm, SW_COMM_LEN);
	html_row(out, h);
	from = out->len;
	sw_json__u64(&j, NULL, ROW_TASK);
	sw_json__u64(&j, NULL, pid);
	sw_json__u64(&j, NULL, tid);
	html_name(&j, NULL, comm);
	html_defuse(out, from);
	sw_buf__putc(out, ']');
	return p->number;
}

uint32_t html_stack_number(struct sw_buf *out, struct html *h, const struct sw_stack *stack)
{
	struct html_stack_place *p;
	struct sw_json j = {.out = out};
	const char *name;
	size_t from;

	if (!stack)
		return 0;
	/* Stacks are kept as long as the trace is, so their addresses tell them apart. */
	p = &h->stacks[((uintptr_t)stack >> 4) * 2654435761u % HTML_STACK_PLACES];
	if (p->stack == stack)
		return p->number;
	p->stack = stack;
	p->number = ++h->n_stacks;
	html_row(out, h);
	from = out->len;
	sw_json__u64(&j, NULL, ROW_STACK);
	name = stack->names;
	for (unsigned int i = 0; i < stack->frames; i++, name += strlen(name) + 1)
		html_name(&j, NULL, name);
	html_defuse(out, from);
	sw_buf__putc(out, ']');
	return p->number;
}
