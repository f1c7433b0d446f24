/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The functions of one ELF file, by where they are in it.  The file may be anything: what
 * it says of sizes is checked against how long it is, and it is read, not mapped, so that
 * it may also become shorter meanwhile.
 */
#ifndef SW_LIVE_ELFSYMS_H
#define SW_LIVE_ELFSYMS_H

#include <stdint.h>

struct sw_elf; /* opaque */

/* fd is borrowed.  Returns 0, -ENOMEM, -EFBIG: a table is longer than is read of one, or
 * -EINVAL: not an ELF file.  One without symbols, or with tables that are not all there, is
 * fine. */
int sw_elf__new(int fd, struct sw_elf **out);
void sw_elf__free(struct sw_elf *e); /* NULL is legal */

/* How much memory it takes. */
uint64_t sw_elf__bytes(const struct sw_elf *e);

/* The address that the file itself gives to one of its bytes. */
uint64_t sw_elf__address(const struct sw_elf *e, uint64_t file_offset);

/* The function that has this address, and how far into it that is; NULL: none has. */
const char *sw_elf__function(const struct sw_elf *e, uint64_t address, uint64_t *into);

#endif
