/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The names behind the stacks' numbers, and which stack belongs to an event.
 */
#ifndef SW_CORE_STACKS_H
#define SW_CORE_STACKS_H

#include "decode.h"
#include <stdbool.h>
#include <stdint.h>

/* One stack: `frames` names, the innermost first, each ended by a NUL. */
struct sw_stack {
	unsigned int frames;
	const char *names;
};

/* A waker's; NULL: not known. */
struct sw_waker_stacks {
	const struct sw_stack *kernel, *user;
};

struct sw_stacks; /* opaque */

/* slow_ns: not those of all wake-ups, but of those whose task ran, or took the
 * data, this long after; 0: of all.  NULL: out of memory. */
struct sw_stacks *sw_stacks__new(uint64_t slow_ns);
void sw_stacks__free(struct sw_stacks *s);

/* pid: whose stack it is; 0: the kernel's.  NULL: no such one yet. */
const struct sw_stack *sw_stacks__find(const struct sw_stacks *s, uint32_t pid, uint32_t number);

/* len bytes of names, copied, of which the last is a NUL; one that is longer than
 * SW_FRAME_MAX is cut.  Returns 0 or -ENOMEM; beyond SW_STACKS_MAX, or SW_STACKS_BYTES of
 * names, nothing is added but counted. */
#define SW_STACKS_BYTES (12u << 20)
int sw_stacks__add(struct sw_stacks *s, uint32_t pid, uint32_t number, const char *names,
		   size_t len);

/* One more, of which there is no room to say whose it is. */
void sw_stacks__leave_out(struct sw_stacks *s);
/* Stacks that there was no room for. */
uint64_t sw_stacks__left_out(const struct sw_stacks *s);

/* Every wake-up is shown to it, before what came of it. */
void sw_stacks__feed(struct sw_stacks *s, const union sw_event *ev);

/* What to print with an event; false: nothing. */
bool sw_stacks__of(const struct sw_stacks *s, const union sw_event *ev,
		   struct sw_waker_stacks *out);

#endif
