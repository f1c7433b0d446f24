/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/pack.h"

#include <linux/types.h>
#include <string.h>

#include "records.h"

#define RAW 0xff
#define RAW_HEAD 3 /* that, and a size */
#define WORD sizeof(uint64_t)

static uint64_t load(const char *from)
{
	uint64_t v;

	memcpy(&v, from, WORD);
	return v;
}

/* Bytes as numbers, on any machine; the file's header says whose order they have. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOWEST_FIRST(v) (v)
#else
#define LOWEST_FIRST(v) __builtin_bswap64(v)
#endif

static uint64_t zigzag(uint64_t difference)
{
	return difference << 1 ^ -(difference >> 63);
}

static uint64_t difference_of(uint64_t zigzag)
{
	return zigzag >> 1 ^ -(zigzag & 1);
}

static unsigned int bytes_of(uint64_t v)
{
	return v ? (unsigned int)(71 - __builtin_clzll(v)) / 8 : 0;
}

/* SW_PACK_SLOTS: none. */
static unsigned int slot_of(const struct sw_rec *rec, size_t size)
{
	if (rec->kind > 15 || size % WORD || size > SW_PACK_WORDS * WORD)
		return SW_PACK_SLOTS;
	return (unsigned int)rec->kind << 2 | (rec->cpu & 3);
}

/* It is what the next one is compared with. */
static void remember(struct sw_pack *p, const struct sw_rec *rec, const char *bytes, size_t size)
{
	unsigned int slot = slot_of(rec, size);

	p->ts = rec->ts;
	if (slot == SW_PACK_SLOTS)
		return;
	p->slots[slot].words = (uint32_t)(size / WORD);
	memcpy(p->slots[slot].word, bytes, size);
}

/* The lowest n bytes, 1 to 8, in front of what is there already. */
static void put_lengths(char *to, uint64_t lengths, unsigned int n)
{
	uint64_t behind = LOWEST_FIRST(load(to)) & ~1ull << (8 * n - 1);
	uint64_t all = LOWEST_FIRST(lengths | behind);

	memcpy(to, &all, WORD);
}

size_t sw_pack__put(struct sw_pack *p, char *to, const void *bytes, size_t size)
{
	struct sw_rec rec;
	unsigned int slot, words;
	uint64_t *expected, lengths = 0;
	char *at;

	memcpy(&rec, bytes, sizeof(rec));
	slot = slot_of(&rec, size);
	words = (unsigned int)(size / WORD);
	if (slot == SW_PACK_SLOTS || p->slots[slot].words != words) {
		uint16_t n = (uint16_t)size;

		to[0] = (char)RAW;
		memcpy(to + 1, &n, sizeof(n));
		memcpy(to + RAW_HEAD, bytes, size);
		remember(p, &rec, bytes, size);
		return RAW_HEAD + size;
	}
	expected = p->slots[slot].word;
	expected[0] = p->ts;
	*to = (char)slot;
	at = to + 1 + (words + 1) / 2;
	for (unsigned int i = 0; i < words; i++) {
		uint64_t word = load((const char *)bytes + i * WORD), z;
		unsigned int n;

		if (word == expected[i])
			continue;
		z = zigzag(word - expected[i]);
		n = bytes_of(z);
		expected[i] = word;
		lengths |= (uint64_t)n << (i * 4);
		z = LOWEST_FIRST(z);
		memcpy(at, &z, WORD);
		at += n;
	}
	put_lengths(to + 1, lengths, (words + 1) / 2);
	p->ts = rec.ts;
	return (size_t)(at - to);
}

/* A record with a slot.  Returns how many bytes it took, 0: it is damaged. */
static size_t unpack_slot(struct sw_pack *p, const char *from, size_t n, char *to)
{
	unsigned int slot = (unsigned char)*from, words = p->slots[slot].words;
	const char *lengths = from + 1, *end = from + n, *at = lengths + (words + 1) / 2;
	uint64_t *expected = p->slots[slot].word;

	if (at > end)
		return 0;
	expected[0] = p->ts;
	for (unsigned int i = 0; i < words; i++) {
		unsigned int len = (unsigned char)lengths[i / 2] >> (i % 2 * 4) & 15;
		uint64_t z = 0;

		if (len) {
			if (len > WORD || len > (size_t)(end - at))
				return 0;
			if ((size_t)(end - at) >= WORD)
				z = LOWEST_FIRST(load(at)) & ~0ull >> (64 - 8 * len);
			else
				for (unsigned int k = 0; k < len; k++)
					z |= (uint64_t)(unsigned char)at[k] << 8 * k;
			at += len;
			expected[i] += difference_of(z);
		}
		memcpy(to + i * WORD, &expected[i], WORD);
	}
	p->ts = expected[0];
	return (size_t)(at - from);
}

long sw_pack__unpack(struct sw_pack *p, const char *from, size_t n, char *to, size_t room)
{
	size_t at = 0, made = 0;

	while (at < n) {
		unsigned int slot = (unsigned char)from[at];
		size_t size, took;
		struct sw_rec rec;

		if (slot == RAW) {
			uint16_t bytes;

			if (n - at < RAW_HEAD)
				return -1;
			memcpy(&bytes, from + at + 1, sizeof(bytes));
			size = bytes;
			if (size < sizeof(rec) || size > n - at - RAW_HEAD || size > room - made)
				return -1;
			memcpy(to + made, from + at + RAW_HEAD, size);
			memcpy(&rec, to + made, sizeof(rec));
			remember(p, &rec, to + made, size);
			took = RAW_HEAD + size;
		} else {
			if (slot >= SW_PACK_SLOTS || !p->slots[slot].words)
				return -1;
			size = p->slots[slot].words * WORD;
			took = size <= room - made ? unpack_slot(p, from + at, n - at, to + made) : 0;
			if (!took)
				return -1;
		}
		at += took;
		made += size;
	}
	return (long)made;
}
