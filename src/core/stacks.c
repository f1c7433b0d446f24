/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "stacks.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cut.h"
#include "bounds.h"
#include "table.h"

struct entry {
	uint64_t key; /* pid << 32 | number */
	struct sw_stack stack;
	UT_hash_handle hh;
	char names[];
};

/* The stacks of a wake-up, until it is known whether it was a slow one. */
struct memory {
	uint64_t sock, ts;
	uint32_t pid, kernel, user;
};

/* A later wake-up takes the place of an earlier one. */
#define MEMORIES SW_STACKS_REMEMBERED

struct sw_stacks {
	uint64_t slow_ns;
	size_t bytes; /* of names */
	uint64_t left_out;
	struct entry *names;
	struct memory *memories; /* NULL: those of all wake-ups are shown */
};

struct sw_stacks *sw_stacks__new(uint64_t slow_ns)
{
	struct sw_stacks *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->slow_ns = slow_ns;
	if (slow_ns)
		s->memories = calloc(MEMORIES, sizeof(*s->memories));
	if (slow_ns && !s->memories) {
		free(s);
		return NULL;
	}
	return s;
}

void sw_stacks__free(struct sw_stacks *s)
{
	struct entry *e, *next;

	if (!s)
		return;
	HASH_ITER(hh, s->names, e, next) {
		HASH_DEL(s->names, e);
		free(e);
	}
	free(s->memories);
	free(s);
}

static uint64_t key_of(uint32_t pid, uint32_t number)
{
	return (uint64_t)pid << 32 | number;
}

const struct sw_stack *sw_stacks__find(const struct sw_stacks *s, uint32_t pid, uint32_t number)
{
	uint64_t key = key_of(pid, number);
	struct entry *e;

	if (!number)
		return NULL;
	HASH_FIND(hh, s->names, &key, sizeof(key), e);
	return e ? &e->stack : NULL;
}

/* No name is longer than it may be, whoever wrote it. */
static struct entry *new_entry(const char *names, size_t len)
{
	struct sw_buf kept = {0};
	struct entry *e = NULL;
	unsigned int frames = 0;

	for (const char *name = names; name < names + len; name += strlen(name) + 1) {
		sw_put_cut(&kept, name, strlen(name), SW_FRAME_MAX);
		sw_buf__putc(&kept, '\0');
		frames++;
	}
	if (!kept.failed)
		e = calloc(1, sizeof(*e) + kept.len);
	if (e) {
		memcpy(e->names, kept.data, kept.len);
		e->stack = (struct sw_stack){frames, e->names};
	}
	sw_buf__free(&kept);
	return e;
}

int sw_stacks__add(struct sw_stacks *s, uint32_t pid, uint32_t number, const char *names,
		   size_t len)
{
	struct entry *e;

	if (!number || !len || names[len - 1] || sw_stacks__find(s, pid, number))
		return 0;
	if (HASH_COUNT(s->names) >= SW_STACKS_MAX ||
	    s->bytes + sizeof(*e) + len > SW_STACKS_BYTES) {
		s->left_out++;
		return 0;
	}
	e = new_entry(names, len);
	if (!e)
		return -ENOMEM;
	e->key = key_of(pid, number);
	HASH_ADD(hh, s->names, key, sizeof(e->key), e);
	if (!e->hh.tbl) {
		free(e);
		return -ENOMEM;
	}
	s->bytes += sizeof(*e) + len;
	return 0;
}

void sw_stacks__leave_out(struct sw_stacks *s)
{
	s->left_out++;
}

uint64_t sw_stacks__left_out(const struct sw_stacks *s)
{
	return s->left_out;
}

static struct memory *memory_of(const struct sw_stacks *s, uint64_t sock, uint64_t ts)
{
	uint64_t hash = (sock * 31 + ts) * 0x9e3779b97f4a7c15ULL;

	return &s->memories[hash >> 40 & (MEMORIES - 1)];
}

void sw_stacks__feed(struct sw_stacks *s, const union sw_event *ev)
{
	const struct sw_rec_wakeup *r = &ev->wakeup_rec;

	if (!s->memories || ev->hdr.kind != SW_REC_WAKEUP || (!r->kernel_stack && !r->user_stack))
		return;
	*memory_of(s, r->sock, r->hdr.ts) = (struct memory){
		r->sock, r->hdr.ts, r->pid, r->kernel_stack, r->user_stack,
	};
}

static bool find_both(const struct sw_stacks *s, uint32_t pid, uint32_t kernel, uint32_t user,
		      struct sw_waker_stacks *out)
{
	out->kernel = sw_stacks__find(s, 0, kernel);
	out->user = sw_stacks__find(s, pid, user);
	return out->kernel || out->user;
}

/* The first event by which its wake-up is known to be slow tells so. */
static uint64_t slow_wakeup(const struct sw_stacks *s, const union sw_event *ev, uint64_t *sock)
{
	const struct sw_rec_run *run = &ev->run_rec;
	const struct sw_rec_io *io = &ev->io_rec;

	if (ev->hdr.kind == SW_REC_RUN) {
		*sock = run->sock;
		return run->hdr.ts - run->wakeup_ts >= s->slow_ns ? run->wakeup_ts : 0;
	}
	if (ev->hdr.kind != SW_REC_IO || !io->wakeup_ts)
		return 0;
	*sock = io->sock;
	if (io->run_ts && io->run_ts - io->wakeup_ts >= s->slow_ns)
		return 0;
	return io->begin > io->wakeup_ts && io->begin - io->wakeup_ts >= s->slow_ns ?
		       io->wakeup_ts :
		       0;
}

bool sw_stacks__of(const struct sw_stacks *s, const union sw_event *ev,
		   struct sw_waker_stacks *out)
{
	const struct sw_rec_wakeup *r = &ev->wakeup_rec;
	const struct memory *m;
	uint64_t ts, sock = 0;

	if (!s)
		return false;
	if (!s->memories)
		return ev->hdr.kind == SW_REC_WAKEUP &&
		       find_both(s, r->pid, r->kernel_stack, r->user_stack, out);
	ts = slow_wakeup(s, ev, &sock);
	if (!ts)
		return false;
	m = memory_of(s, sock, ts);
	return m->sock == sock && m->ts == ts && find_both(s, m->pid, m->kernel, m->user, out);
}
