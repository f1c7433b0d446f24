// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Packed records are the same again when unpacked; what nobody packed is refused. */
#include "test.h"

#include <stdlib.h>

#include "samples.h"
#include "trace/pack.h"

#define ROOM (1u << 20)

struct packed {
	struct sw_pack state;
	char records[ROOM], bytes[ROOM], again[ROOM];
	size_t len, n; /* of records, of bytes */
};

static struct packed *packed_new(void)
{
	struct packed *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	return p;
}

static size_t put(struct packed *p, const void *rec, size_t size)
{
	size_t took = sw_pack__put(&p->state, p->bytes + p->n, rec, size);

	assert_true(took <= SW_PACK_MAX(size));
	memcpy(p->records + p->len, rec, size);
	p->len += size;
	p->n += took;
	return took;
}

/* An input of exactly n bytes, so that a look behind it is seen. */
static long unpack(struct packed *p, size_t n, size_t room)
{
	struct sw_pack state = {0};
	char *input = malloc(n ?: 1);
	long made;

	assert_non_null(input);
	memcpy(input, p->bytes, n);
	made = sw_pack__unpack(&state, input, n, p->again, room);
	free(input);
	return made;
}

static void assert_same(struct packed *p)
{
	assert_int_equal(unpack(p, p->n, p->len), p->len);
	assert_memory_equal(p->again, p->records, p->len);
}

static void test_what_does_not_change(void **state)
{
	struct sw_rec_wakeup rec = sample_wakeup();
	struct packed *p = packed_new();

	(void)state;
	rec.hdr.cpu = 5;
	assert_int_equal(put(p, &rec, sizeof(rec)), 3 + sizeof(rec));
	/* A slot and twelve lengths; then a time that is 100 later, which is 200. */
	assert_int_equal(put(p, &rec, sizeof(rec)), 7);
	rec.hdr.ts += 100;
	assert_int_equal(put(p, &rec, sizeof(rec)), 8);
	assert_int_equal((unsigned char)p->bytes[p->n - 8], SW_REC_WAKEUP << 2 | 1);
	assert_int_equal(p->bytes[p->n - 7], 1);
	assert_int_equal((unsigned char)p->bytes[p->n - 1], 200);
	/* Times are compared with those of other kinds, too. */
	rec.hdr.cpu = 6;
	put(p, &rec, sizeof(rec));
	rec.hdr.ts -= 1;
	rec.hdr.cpu = 5;
	assert_int_equal(put(p, &rec, sizeof(rec)), 8);
	assert_int_equal(p->bytes[p->n - 1], 1);
	assert_same(p);
	free(p);
}

static uint64_t some_bits(void)
{
	uint64_t v = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();

	switch (random() % 6) {
	case 0:
		return 0;
	case 1:
		return ~0ull;
	case 2:
		return 1ull << (v & 63);
	default:
		return v >> (random() % 64);
	}
}

static void test_all_kinds(void **state)
{
	static const size_t sizes[] = {16, 24, 72, 88, 96, 120, 128, 136, 256, 17, 65535};
	struct packed *p = packed_new();
	static union {
		struct sw_rec rec;
		uint64_t words[UINT16_MAX / 8 + 1];
	} r;

	(void)state;
	srandom(1);
	while (p->n < ROOM - 2 * SW_PACK_MAX(UINT16_MAX) &&
	       p->len < ROOM - 2 * SW_PACK_MAX(UINT16_MAX)) {
		size_t which = (size_t)random() % 400, size = sizes[which % 11 ? which % 9 : 0];

		if (which == 399)
			size = sizes[9 + random() % 2];
		for (size_t i = 0; i <= size / 8 && i < 32; i++)
			if (random() % 3 == 0)
				r.words[i] = some_bits();
		r.rec.kind = (uint8_t)(random() % 20);
		r.rec.cpu = (uint16_t)(random() % 6);
		r.rec.size = (uint16_t)size;
		put(p, &r, size);
	}
	assert_same(p);
	free(p);
}

static void test_cut(void **state)
{
	struct sw_rec_wakeup rec = sample_wakeup();
	struct packed *p = packed_new();
	size_t ends[4], n = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		rec.hdr.ts += 1ull << (20 * i);
		put(p, &rec, sizeof(rec));
		ends[n++] = p->n;
	}
	for (size_t i = 0; i < p->n; i++) {
		long made = unpack(p, i, p->len);

		assert_int_equal(made, i == 0 || i == ends[0] ? (long)(i ? sizeof(rec) : 0) :
				       i == ends[1]	      ? (long)(2 * sizeof(rec)) :
								-1);
	}
	/* Nor is more written than there is room for. */
	for (size_t room = 0; room < p->len; room++) {
		memset(p->again, 0x55, sizeof(p->again));
		assert_int_equal(unpack(p, p->n, room), -1);
		assert_int_equal(p->again[room], 0x55);
	}
	assert_same(p);
	free(p);
}

static void test_hostile(void **state)
{
	static const struct {
		unsigned char bytes[8];
		size_t n;
	} bad[] = {
		{{0}, 1},		       /* a slot without a record before */
		{{63, 0x11, 0x11}, 3},
		{{64, 0x11, 0x11}, 3},	       /* no slot */
		{{0xfe}, 1},
		{{0xff}, 1},		       /* a record without its size */
		{{0xff, 16}, 2},
		{{0xff, 0, 0}, 3},	       /* ... too short for one */
		{{0xff, 15, 0}, 3},
		{{0xff, 0xff, 0xff, 1}, 4},    /* ... longer than all */
	};
	struct sw_rec_wakeup rec = sample_wakeup();
	struct packed *p = packed_new();
	size_t first;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		memcpy(p->bytes, bad[i].bytes, bad[i].n);
		assert_int_equal(unpack(p, bad[i].n, ROOM), -1);
	}
	/* A word of more bytes than any has. */
	put(p, &rec, sizeof(rec));
	first = p->n;
	rec.hdr.ts++;
	put(p, &rec, sizeof(rec));
	for (unsigned int len = 9; len < 16; len++) {
		p->bytes[first + 1] = (char)len;
		memset(p->bytes + p->n, 0, 32);
		assert_int_equal(unpack(p, p->n + 32, ROOM), -1);
	}
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_does_not_change),
		cmocka_unit_test(test_all_kinds),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
