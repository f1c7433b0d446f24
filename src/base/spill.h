/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sorted runs of framed pieces in a temporary file without a name, and their merge. */
#ifndef SW_BASE_SPILL_H
#define SW_BASE_SPILL_H

#include "base/sorter.h"

struct sw_spill; /* opaque */

/* Returns 0 or -errno. */
int sw_spill__open(const char *folder, struct sw_spill **out);
void sw_spill__free(struct sw_spill *s); /* NULL is legal */

/* A run: pieces in order, with their frames.  Each returns 0 or -errno. */
void sw_spill__begin(struct sw_spill *s);
int sw_spill__put(struct sw_spill *s, const void *frame, size_t len);
int sw_spill__end(struct sw_spill *s);

size_t sw_spill__runs(const struct sw_spill *s);

/* Makes one run of each `fan` that follow each other.  Returns 0 or -errno. */
int sw_spill__fold(struct sw_spill *s, size_t fan);

/* All runs at once, as sw_sorter__drain() says. */
int sw_spill__merge(struct sw_spill *s, sw_sorter_sink sink, void *arg);

#endif
