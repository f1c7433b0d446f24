/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Records in fewer bytes, before zstd sees them: what differs from the record
 * before of the same kind and CPU.  A fifth of the bytes is what zstd then has to
 * look at, and zstd is most of what recording costs.
 *
 *	packed  = { record }
 *	record  = slot:u8 lengths words		a slot that has had a record of this size
 *	        | 0xff size:u16 bytes[size]	any other
 *	slot    = kind:4 << 2 | cpu:2
 *	lengths = a nibble for each word of 8 bytes, the first word's low
 *	words   = for each word so many bytes, 0 to 8: the difference to what was
 *	          expected, zigzag (0, -1, 1, -2, …), the lowest byte first
 *
 * Expected is the word of the slot's last record; of the first word, which is the
 * time, that of the last record of any slot.
 */
#ifndef SW_TRACE_PACK_H
#define SW_TRACE_PACK_H

#include <stddef.h>
#include <stdint.h>

#define SW_PACK_SLOTS 64
#define SW_PACK_WORDS 16 /* of a record that has a slot */

/* What is expected next.  A block begins with zeros. */
struct sw_pack {
	uint64_t ts;
	struct {
		uint32_t words; /* 0: no record yet */
		uint64_t word[SW_PACK_WORDS];
	} slots[SW_PACK_SLOTS];
};

/* The most bytes that a record of so many can take. */
#define SW_PACK_MAX(size) ((size) + 1 + SW_PACK_WORDS / 2 + sizeof(uint64_t))

/* One record (struct sw_rec first; `size` is its own), to `to`, which has room for
 * SW_PACK_MAX(size) bytes.  Returns how many it took. */
size_t sw_pack__put(struct sw_pack *p, char *to, const void *rec, size_t size);

/* All of a block's.  Returns how many bytes the records have, or -1: it is damaged, or
 * there is no room for it. */
long sw_pack__unpack(struct sw_pack *p, const char *from, size_t n, char *to, size_t room);

#endif
