/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names of the kernel's functions, as it says them to who is privileged. */
#ifndef SW_LIVE_KALLSYMS_H
#define SW_LIVE_KALLSYMS_H

#include <stdint.h>

#include "base/buf.h"

struct sw_kallsyms; /* opaque */

/* Reads them now.  Returns 0 or -errno. */
int sw_kallsyms__new(struct sw_kallsyms **out);
void sw_kallsyms__free(struct sw_kallsyms *k); /* NULL is legal */

/* Appends names of a stack, each ended by a NUL, without what is of the tracing itself;
 * "?" for all if k is NULL. */
void sw_kallsyms__put(const struct sw_kallsyms *k, const uint64_t *addresses, unsigned int n,
		      struct sw_buf *names);

#endif
