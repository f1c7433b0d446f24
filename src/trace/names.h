/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The records that say who the sockets are which have not ended, and the stacks'
 * names: what each file of a trace that is written into several has to begin with.
 */
#ifndef SW_TRACE_NAMES_H
#define SW_TRACE_NAMES_H

#include "trace/writer.h"

struct sw_names; /* opaque */

struct sw_names *sw_names__new(void); /* NULL: out of memory */
void sw_names__free(struct sw_names *n); /* NULL is legal */

/* Every record is shown to it.  Returns 0 or -ENOMEM. */
int sw_names__record(struct sw_names *n, const void *rec, size_t len);
int sw_names__stack(struct sw_names *n, uint32_t pid, uint32_t number, const char *names,
		    size_t len);

/* Writes them all.  Returns 0 or the writer's error. */
int sw_names__write(const struct sw_names *n, struct sw_writer *w);

#endif
