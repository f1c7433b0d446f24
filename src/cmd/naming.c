/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/naming.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/patience.h"
#include "core/stacks.h"
#include "core/table.h"
#include "live/symbols.h"

/* A process's stack in a program, which others that it forks share. */
struct named {
	uint64_t key; /* from above, the program's id, the process's and the kernel's number */
	UT_hash_handle hh;
	uint32_t number; /* ours */
	uint32_t files;	 /* of the program, when it was named */
	bool complete;
};

#define NUMBER_BITS 15
#define PID_BITS    22 /* PID_MAX_LIMIT */
_Static_assert(SW_MAX_STACKS < 1 << NUMBER_BITS, "numbers of stacks fit");

struct sw_naming {
	struct sw_live *live;
	struct sw_symbols *symbols;
	struct sw_stacks *stacks;
	const struct sw_consumer *to;
	struct named *named;
	uint32_t last;
	bool looked[SW_MAX_STACKS + 1]; /* at the kernel's, by their numbers */
	union sw_event ev;
};

struct sw_naming *sw_naming__new(struct sw_live *live, struct sw_symbols *symbols,
				 struct sw_stacks *stacks, const struct sw_consumer *to)
{
	struct sw_naming *n = calloc(1, sizeof(*n));

	if (n) {
		n->live = live;
		n->symbols = symbols;
		n->stacks = stacks;
		n->to = to;
	}
	return n;
}

void sw_naming__free(struct sw_naming *n)
{
	struct named *s, *next;

	if (!n)
		return;
	HASH_ITER(hh, n->named, s, next)
	{
		HASH_DEL(n->named, s);
		free(s);
	}
	free(n);
}

void sw_naming__settle(struct sw_naming *n, uint64_t until)
{
	sw_symbols__settle(n->symbols, until);
}

static int tell(struct sw_naming *n, uint32_t pid, uint32_t number, const struct sw_buf *names)
{
	int err = names->failed
			  ? -ENOMEM
			  : sw_stacks__add(n->stacks, pid, number, names->data, names->len);

	if (!err && n->to->stack && names->len)
		err = n->to->stack(n->to->arg, pid, number, names->data, names->len);
	return err;
}

static int name_kernel(struct sw_naming *n, uint32_t number)
{
	uint64_t addresses[SW_STACK_DEPTH];
	struct sw_buf names = {0};
	int err;

	/* Once, also of those for which there is no room, or of which nothing is known. */
	if (!number || number > SW_MAX_STACKS || n->looked[number] || sw_patience__is_out(0))
		return 0;
	n->looked[number] = true;
	sw_symbols__kernel(n->symbols, addresses, sw_live__stack(n->live, number, addresses),
			   &names);
	err = tell(n, 0, number, &names);
	sw_buf__free(&names);
	return err;
}

static struct named *find_named(struct sw_naming *n, uint32_t pid, uint32_t program,
				uint32_t number)
{
	uint64_t key = (uint64_t)program << (PID_BITS + NUMBER_BITS) |
		       (uint64_t)pid << NUMBER_BITS | number;
	struct named *s;

	HASH_FIND(hh, n->named, &key, sizeof(key), s);
	/* Of a program that is not known there is nothing to name. */
	if (s || !program)
		return s;
	if (HASH_COUNT(n->named) >= SW_STACKS_MAX) {
		sw_stacks__leave_out(n->stacks);
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->key = key;
	HASH_ADD(hh, n->named, key, sizeof(s->key), s);
	if (!s->hh.tbl) {
		free(s);
		return NULL;
	}
	return s;
}

static int name_user(struct sw_naming *n, struct sw_rec_wakeup *r)
{
	const struct sw_program program = sw_symbols__program(n->symbols, r->pid, r->hdr.ts);
	struct named *s = find_named(n, r->pid, program.id, r->user_stack);
	const bool renew = s && (!s->number || (!s->complete && s->files != program.files));
	uint64_t addresses[SW_STACK_DEPTH];
	struct sw_buf names = {0};
	unsigned int depth;
	int err = 0;

	/* To look names up takes its time, of which there may be none any more. */
	if (!s || (!s->number && sw_patience__is_out(0))) {
		r->user_stack = 0;
		return 0;
	}
	if (renew && !sw_patience__is_out(0)) {
		depth = sw_live__stack(n->live, r->user_stack, addresses);
		s->complete = sw_symbols__user(n->symbols, r->pid, r->hdr.ts, addresses, depth,
					       &names);
		s->number = ++n->last;
		s->files = program.files;
		err = tell(n, r->pid, s->number, &names);
		sw_buf__free(&names);
	}
	r->user_stack = s->number;
	return err;
}

int sw_naming__record(struct sw_naming *n, const void **rec, size_t len)
{
	struct sw_rec_wakeup *r = &n->ev.wakeup_rec;
	struct sw_rec hdr;
	int err;

	/* Only these have stacks, and others need not be decoded twice. */
	memcpy(&hdr, *rec, sizeof(hdr));
	if (hdr.kind != SW_REC_WAKEUP || sw_event__decode(*rec, len, &n->ev))
		return 0;
	err = name_kernel(n, r->kernel_stack);
	if (err || !r->user_stack)
		return err;
	err = name_user(n, r);
	*rec = r;
	return err;
}
