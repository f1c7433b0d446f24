/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names that may be of any length, where there has to be a longest one. */
#ifndef SW_BASE_CUT_H
#define SW_BASE_CUT_H

#include "base/buf.h"

/* Appends the name, or as much of it as makes `max` bytes (4 at least) with "..." behind
 * it.  A character of UTF-8 is there as a whole or not at all. */
void sw_put_cut(struct sw_buf *b, const char *name, size_t len, size_t max);

#endif
