/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Names for the stacks of wake-ups, while they come in.  The kernel's number stands for
 * addresses; what a process has there changes with its program, so user stacks get
 * numbers of our own.
 */
#ifndef SW_CMD_NAMING_H
#define SW_CMD_NAMING_H

#include "cmd/pump.h"

struct sw_naming; /* opaque */

/* All borrowed.  NULL: out of memory. */
struct sw_naming *sw_naming__new(struct sw_live *live, struct sw_symbols *symbols,
				 struct sw_stacks *stacks, const struct sw_consumer *to);
void sw_naming__free(struct sw_naming *n); /* NULL is legal */

/* Records that follow are of the time before `until`. */
void sw_naming__settle(struct sw_naming *n, uint64_t until);

/* Tells stacks and consumer the names of the record's stacks, if they are new; *rec is then
 * a copy with our numbers, good until the next call.  Returns 0 or -errno. */
int sw_naming__record(struct sw_naming *n, const void **rec, size_t len);

#endif
