/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Who the sockets are, and what the stacks: what a trace that is written into several files
 * has to say once in each, before the first record there that needs it.  Where more are
 * alive than have room here, those go that were not seen for longest: what happens to
 * them in later files is then a socket's without a name.
 */
#ifndef SW_TRACE_NAMES_H
#define SW_TRACE_NAMES_H

#include "trace/writer.h"

#define SW_NAMES_STACK_BYTES (16u << 20)

struct sw_names; /* opaque */

struct sw_names *sw_names__new(void); /* NULL: out of memory */
void sw_names__free(struct sw_names *n); /* NULL is legal */

/* Every record is shown to it before it is written: what it needs, and the file has not, is
 * written first.  Returns 0, -ENOMEM or the writer's error. */
int sw_names__record(struct sw_names *n, struct sw_writer *w, const void *rec, size_t len);
/* A stack, that was written.  Returns 0 or -ENOMEM. */
int sw_names__stack(struct sw_names *n, uint32_t pid, uint32_t number, const char *names,
		    size_t len);

/* Another file begins, which has none of them. */
void sw_names__next_file(struct sw_names *n);

/* Sockets that had to go for others. */
uint64_t sw_names__forgotten(const struct sw_names *n);

#endif
