/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The trace file, as docs/format.md tells it:
 *
 *	file    = head meta { packed | records | stack | ledger } [ index end ]
 *	head    = magic[8] order:u16 version:u16 block_head_size:u32
 *	block   = block_head payload	(meta, records, … are blocks)
 *	payload = one zstd frame with its checksum
 *
 * Integers are in the writer's byte order, which `order` shows.  A block whose type
 * is not known is skipped; a file without an end was cut, and is good up to there.
 */
#ifndef SW_TRACE_FORMAT_H
#define SW_TRACE_FORMAT_H

#include <stdint.h>

/* The first byte is no text, and line ends show what a text transfer did. */
#define SW_FILE_MAGIC "\x8bSWK\r\n\x1a\n"
#define SW_FILE_ORDER 0x0102
/* Grows when an older reader would misread; what it can skip needs no new one. */
#define SW_FILE_VERSION 1

struct sw_file_head {
	char magic[8];
	uint16_t order;
	uint16_t version;
	uint32_t block_head_size; /* bytes; later writers may append to it */
};

#define SW_BLOCK_MARK 0x424b5753 /* "SWKB" on little-endian machines */

enum sw_block_type {
	SW_BLOCK_META = 1, /* items, see enum sw_meta_tag */
	SW_BLOCK_RECORDS,  /* records as in include/records.h, by time */
	SW_BLOCK_STACK,	   /* struct sw_block_stack and names, each ended by a NUL */
	SW_BLOCK_LEDGER,   /* struct sw_block_ledger and hooks: counts up to here */
	SW_BLOCK_INDEX,	   /* struct sw_index_entry[]: the blocks of records */
	SW_BLOCK_END,	   /* struct sw_block_end */
	SW_BLOCK_PACKED,   /* bytes:u32, and records of so many bytes as pack.h has them */
};

struct sw_block_head {
	uint32_t mark;
	uint8_t type; /* enum sw_block_type */
	uint8_t pad[3];
	uint32_t stored; /* bytes of the payload in the file */
	uint32_t raw;	 /* ... when decompressed: SW_BLOCK_RAW_MAX at most */
	uint64_t first_ts, last_ts; /* of records; 0: none */
	uint32_t records;
	uint32_t crc; /* CRC-32, as zlib's, of what is before it */
};

/* No reader needs more memory than this for a block, whatever it claims. */
#define SW_BLOCK_RAW_MAX (4u << 20)
#define SW_BLOCK_STORED_MAX (SW_BLOCK_RAW_MAX + (64u << 10))

struct sw_block_stack {
	uint32_t pid;	 /* 0: the kernel's */
	uint32_t number; /* as wake-up records have it */
};

struct sw_block_ledger {
	uint64_t end_ns; /* CLOCK_MONOTONIC when tracing ended; 0: it had not yet */
	uint32_t n_hooks;
	uint32_t n_losses; /* counts in each hook's lost[] */
	/* then for each hook: u64 hook, hits, delivered, filtered, lost[n_losses] */
};

struct sw_index_entry {
	uint64_t offset; /* of the block, from the beginning of the file */
	uint64_t first_ts, last_ts;
	uint64_t records;
};

struct sw_block_end {
	uint64_t index; /* offset of the index's block */
	uint64_t records;
};

/* Items of the meta block: u16 tag, u16 bytes, then so many bytes. */
enum sw_meta_tag {
	SW_META_VERSION = 1, /* text: of sockwake */
	SW_META_HOST,	     /* text */
	SW_META_KERNEL,	     /* text: release */
	SW_META_ARCH,	     /* text */
	SW_META_CLOCKS,	     /* u64 monotonic, u64 realtime: both at one moment; ns */
	SW_META_OPTIONS,     /* text: the command line */
	SW_META_TRACE,	     /* u64: the same in all files of one trace */
	SW_META_TELLS,	     /* u8: who was woken, or what came of it, is traced */
	SW_META_HOOK,	     /* u8 hook, asked, exact, 0; texts, each ended by a NUL:
			      * name, by what it is attached, to what, note */
	SW_META_KIND,	     /* u8 kind, u8 0, u16 bytes; name NUL */
	SW_META_FIELD,	     /* u8 kind, u8 bytes of an element, u16 offset, u16 count; name NUL */
};

_Static_assert(sizeof(struct sw_file_head) == 16, "file head");
_Static_assert(sizeof(struct sw_block_head) == 40, "block head");
_Static_assert(sizeof(struct sw_block_stack) == 8, "stack");
_Static_assert(sizeof(struct sw_block_ledger) == 16, "ledger");
_Static_assert(sizeof(struct sw_index_entry) == 32, "index");
_Static_assert(sizeof(struct sw_block_end) == 16, "end");

#endif
