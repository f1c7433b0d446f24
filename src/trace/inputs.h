/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Several trace files as one: records by time, sockets and stacks of different traces
 * apart, and the same whatever their order.  Files of one trace (record --rotate) are
 * one trace again.
 */
#ifndef SW_TRACE_INPUTS_H
#define SW_TRACE_INPUTS_H

#include "trace/reader.h"

struct sw_inputs; /* opaque */

#define SW_INPUTS_MAX 1024

struct sw_inputs *sw_inputs__new(void); /* NULL: out of memory */
void sw_inputs__free(struct sw_inputs *in); /* NULL is legal; closes the files */

/* fd is owned from here on, name borrowed.  Returns as sw_reader__new() does; -E2BIG: one too
 * many; -EEXIST, with why: the file is there already, by this name or another.  All are
 * added before anything else is asked. */
int sw_inputs__add(struct sw_inputs *in, int fd, const char *name, char why[SW_READER_WHY]);

/* `is` says so of one of their descriptors: then its name, else NULL. */
const char *sw_inputs__find(const struct sw_inputs *in, bool (*is)(const void *arg, int fd),
			    const void *arg);

/* The names of stacks are told there. */
void sw_inputs__on_stack(struct sw_inputs *in, sw_reader_stack take, void *arg);

/* What the whole is of: of the trace that began first, but for the counts, which are summed
 * up over the traces and are as of the last record.  Times of others are on its clock. */
const struct sw_trace_info *sw_inputs__info(struct sw_inputs *in);
bool sw_inputs__tells(const struct sw_inputs *in);

/* As sw_reader__next(). */
int sw_inputs__next(struct sw_inputs *in, const void **rec, size_t *len);

/* Once there is no next: the i-th file's state, why, and name; false: there is none. */
bool sw_inputs__state(const struct sw_inputs *in, unsigned int i, enum sw_reader_state *state,
		      const char **why, const char **name);

#endif
