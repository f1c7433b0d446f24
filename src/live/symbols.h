/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Names of addresses: the kernel's by kallsyms, a process's by its ELF files.
 * Of those only the symbol tables are read; no debug information is looked for,
 * on this machine or elsewhere.
 */
#ifndef SW_LIVE_SYMBOLS_H
#define SW_LIVE_SYMBOLS_H

#include "base/buf.h"
#include <stdint.h>

struct sw_symbols; /* opaque */

/* Reads kallsyms now, if the kernel's are wanted: it shows no addresses to those
 * who are not privileged.  Returns 0 or -errno. */
int sw_symbols__new(bool kernel, struct sw_symbols **out);
void sw_symbols__free(struct sw_symbols *s);

/* Append names, each ended by a NUL: "symbol+0x1f", with " [module]" or " [file]" behind
 * where it is not the kernel's own.  An address without a symbol is told by its file and
 * offset, or as "?": a kernel's address is never shown. */
void sw_symbols__kernel(const struct sw_symbols *s, const uint64_t *addresses, unsigned int n,
			struct sw_buf *names);
void sw_symbols__user(struct sw_symbols *s, uint32_t pid, const uint64_t *addresses,
		      unsigned int n, struct sw_buf *names);

#endif
