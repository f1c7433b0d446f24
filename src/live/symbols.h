/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Names of addresses: the kernel's by kallsyms, a process's by its ELF files, which are
 * opened and read by other processes (helper.h).  Of those only the symbol tables are read;
 * no debug information is looked for, on this machine or elsewhere.
 */
#ifndef SW_LIVE_SYMBOLS_H
#define SW_LIVE_SYMBOLS_H

#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

struct sw_symbols; /* opaque */

struct sw_helper;

/* stacks: SW_STACKS_*.  Reads kallsyms now, if the kernel's are wanted: it shows no
 * addresses to those who are not privileged; for users' it begins to watch what programs
 * begin and map.  helper: borrowed; NULL where users' are not wanted.  Returns 0 or -errno. */
int sw_symbols__new(uint32_t stacks, struct sw_helper *helper, struct sw_symbols **out);
void sw_symbols__free(struct sw_symbols *s);

/* Called now and then while names of users' are waited for; true: hurry. */
void sw_symbols__meanwhile(struct sw_symbols *s, bool (*fn)(void *arg), void *arg);

/* Tells the user of how many files there are no names, as they took too much. */
void sw_symbols__tell(const struct sw_symbols *s);

/* Before stacks of a time before `until` are named. */
void sw_symbols__settle(struct sw_symbols *s, uint64_t until);

/* What a process ran at that time.  An address has the same name for as long as the
 * program is the same; one that had none may have got one when there are more files. */
struct sw_program {
	uint32_t id; /* 0: not known */
	uint32_t files;
};
struct sw_program sw_symbols__program(struct sw_symbols *s, uint32_t pid, uint64_t ts);

/* Append names, each ended by a NUL: "symbol+0x1f", with " [module]" or " [file]" behind
 * where it is not the kernel's own, SW_FRAME_MAX bytes at most.  An address without a symbol
 * is told by its file and the address in it, or as "?": a kernel's address is never shown.
 * Of a file that is not the one that was mapped no symbol is taken. */
void sw_symbols__kernel(const struct sw_symbols *s, const uint64_t *addresses, unsigned int n,
			struct sw_buf *names);
/* False: one of them is in no file. */
bool sw_symbols__user(struct sw_symbols *s, uint32_t pid, uint64_t ts,
		      const uint64_t *addresses, unsigned int n, struct sw_buf *names);

#endif
