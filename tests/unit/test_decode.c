// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "core/decode.h"
#include "samples.h"

/* A good record of each kind, by kind. */
static union sw_event good[SW_REC_COUNT];

static int setup(void **state)
{
	(void)state;
#define KIND(id, name, ...) good[SW_REC_##id].name##_rec = sample_##name();
	SW_KINDS(KIND)
#undef KIND
	return 0;
}

/* Decodes a copy that is just `len` bytes long, at an odd address. */
static int decode(const void *data, size_t len, union sw_event *ev)
{
	char *copy = malloc(len + 1);
	int err;

	assert_non_null(copy);
	memcpy(copy + 1, data, len);
	err = sw_event__decode(copy + 1, len, ev);
	free(copy);
	return err;
}

/* -EINVAL leaves *ev alone. */
static void assert_malformed(const void *data, size_t len)
{
	union sw_event ev, before;

	memset(&before, 0xa5, sizeof(before));
	ev = before;
	assert_int_equal(decode(data, len, &ev), -EINVAL);
	assert_memory_equal(&ev, &before, sizeof(ev));
}

/* -ENOTSUP fills in the header. */
static void assert_unknown(const void *data, size_t len)
{
	union sw_event ev;

	memset(&ev, 0xa5, sizeof(ev));
	assert_int_equal(decode(data, len, &ev), -ENOTSUP);
	assert_memory_equal(&ev.hdr, data, sizeof(ev.hdr));
}

static void test_good(void **state)
{
	(void)state;
	for (int kind = 1; kind < SW_REC_COUNT; kind++) {
		size_t size = good[kind].hdr.size;
		union sw_event ev;

		memset(&ev, 0xa5, sizeof(ev));
		assert_int_equal(decode(&good[kind], size, &ev), 0);
		assert_memory_equal(&ev, &good[kind], size);
		/* More bytes behind it, as in a file, are not its own. */
		assert_int_equal(decode(&good[kind], sizeof(good[kind]), &ev), 0);
		assert_memory_equal(&ev, &good[kind], size);
	}
}

static void test_truncated_at_every_byte(void **state)
{
	(void)state;
	assert_malformed("", 0);
	for (int kind = 1; kind < SW_REC_COUNT; kind++)
		for (size_t len = 0; len < good[kind].hdr.size; len++)
			assert_malformed(&good[kind], len);
}

/* The size in the header, at every value, with all the bytes there. */
/* What the first format had. */
static const size_t first_sizes[SW_REC_COUNT] = {
	[SW_REC_SOCKET] = 96, [SW_REC_UNIX] = 248, [SW_REC_WAKEUP] = 72,
	[SW_REC_WAIT] = 88,   [SW_REC_DESTROY] = 24, [SW_REC_WOKEN] = 72,
	[SW_REC_RUN] = 64,    [SW_REC_IO] = 96,
};

static void test_every_size(void **state)
{
	static char bytes[UINT16_MAX];

	(void)state;
	for (int kind = 1; kind < SW_REC_COUNT; kind++) {
		union sw_event rec = good[kind], ev;
		size_t known = rec.hdr.size, first = first_sizes[kind];

		memset(bytes, 0xff, sizeof(bytes));
		for (unsigned int size = 0; size <= UINT16_MAX; size++) {
			rec.hdr.size = (__u16)size;
			memcpy(bytes, &rec, known);
			if (size < first) {
				assert_malformed(bytes, known);
				continue;
			}
			/* An older, shorter record: what it lacks is zero. */
			if (size < known) {
				assert_int_equal(sw_event__decode(bytes, size, &ev), 0);
				assert_memory_equal(&ev, &rec, size);
				for (size_t i = size; i < known; i++)
					assert_int_equal(((unsigned char *)&ev)[i], 0);
				continue;
			}
			/* A newer, longer record: cut to what is known. */
			memset(&ev, 0xa5, sizeof(ev));
			assert_int_equal(sw_event__decode(bytes, size, &ev), 0);
			assert_memory_equal(&ev, &rec, known);
			for (size_t i = known; i < sizeof(ev); i++)
				assert_int_equal(((unsigned char *)&ev)[i], 0xa5);
			/* ... and one byte short of what it says. */
			assert_int_equal(sw_event__decode(bytes, size - 1, &ev), -EINVAL);
		}
	}
}

static void test_every_kind(void **state)
{
	union sw_event rec = good[SW_REC_DESTROY];

	(void)state;
	rec.hdr.kind = SW_REC_NONE;
	assert_malformed(&rec, rec.hdr.size);
	memset(&rec, 0, sizeof(rec));
	assert_malformed(&rec, sizeof(rec));
	for (int kind = SW_REC_COUNT; kind <= UINT8_MAX; kind++) {
		rec.hdr = good[SW_REC_DESTROY].hdr;
		rec.hdr.kind = (__u8)kind;
		assert_unknown(&rec, rec.hdr.size);
		/* Such a record may be as short as its header, but no shorter, and it
		 * must be all there, or there would be no skipping it. */
		rec.hdr.size = sizeof(rec.hdr);
		assert_unknown(&rec, sizeof(rec.hdr));
		rec.hdr.size = sizeof(rec.hdr) - 1;
		assert_malformed(&rec, sizeof(rec));
		rec.hdr.size = sizeof(rec) + 1;
		assert_malformed(&rec, sizeof(rec));
	}
}

static void test_every_hook(void **state)
{
	union sw_event ev;

	(void)state;
	for (int kind = 1; kind < SW_REC_COUNT; kind++) {
		union sw_event rec = good[kind];

		for (int hook = 0; hook <= UINT8_MAX; hook++) {
			rec.hdr.hook = (__u8)hook;
			if (hook < SW_HOOK_COUNT)
				assert_int_equal(decode(&rec, rec.hdr.size, &ev), 0);
			else
				assert_unknown(&rec, rec.hdr.size);
		}
	}
}

static void test_unix_lengths(void **state)
{
	union sw_event ev;

	(void)state;
	for (unsigned int len = 0; len <= UINT16_MAX; len++) {
		struct sw_rec_unix rec = sample_unix();
		int want = len <= SW_UNIX_PATH ? 0 : -EINVAL;

		rec.llen = (__u16)len;
		assert_int_equal(decode(&rec, sizeof(rec), &ev), want);
		rec.llen = 0;
		rec.rlen = (__u16)len;
		assert_int_equal(decode(&rec, sizeof(rec), &ev), want);
	}
}

static void test_wakeup_enums(void **state)
{
	union sw_event ev;

	(void)state;
	for (int v = 0; v <= UINT8_MAX; v++) {
		struct sw_rec_wakeup rec = sample_wakeup();

		rec.context = (__u8)v;
		if (v <= SW_CTX_UNKNOWN)
			assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
		else
			assert_unknown(&rec, sizeof(rec));
		rec = sample_wakeup();
		rec.how = (__u8)v;
		if (v <= SW_HOW_URG)
			assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
		else
			assert_unknown(&rec, sizeof(rec));
		/* Any state and band passes: their names are asked for safely. */
		rec = sample_wakeup();
		rec.state = rec.band = (__u8)v;
		assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
		assert_int_equal(ev.wakeup_rec.state, v);
		assert_int_equal(ev.wakeup_rec.band, v);
	}
}

static void test_wait(void **state)
{
	struct sw_rec_wait rec = sample_wait();
	union sw_event ev;

	(void)state;
	/* begin <= end <= ts */
	rec.begin = rec.end = rec.hdr.ts;
	assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
	rec.begin = 0;
	assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
	rec.end = rec.hdr.ts + 1;
	assert_malformed(&rec, sizeof(rec));
	rec.end = UINT64_MAX;
	assert_malformed(&rec, sizeof(rec));
	rec.end = rec.hdr.ts - 10;
	rec.begin = rec.end + 1;
	assert_malformed(&rec, sizeof(rec));
	rec.begin = UINT64_MAX;
	assert_malformed(&rec, sizeof(rec));
	rec = sample_wait();
	for (int v = 0; v <= UINT8_MAX; v++) {
		rec = sample_wait();
		rec.op = (__u8)v;
		if (v <= SW_OP_POLL)
			assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
		else
			assert_unknown(&rec, sizeof(rec));
		rec = sample_wait();
		rec.ended = (__u8)v;
		if (v <= SW_ENDED_OPEN)
			assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
		else
			assert_unknown(&rec, sizeof(rec));
	}
}

static void test_woken(void **state)
{
	struct sw_rec_woken rec = sample_woken();
	union sw_event ev;

	(void)state;
	/* wakeup_ts <= woken_ts; its own time is its wake-up's and one, hence before. */
	rec.woken_ts = rec.wakeup_ts;
	assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
	rec.wakeup_ts++;
	assert_malformed(&rec, sizeof(rec));
	rec = sample_woken();
	for (int v = 0; v <= UINT8_MAX; v++) {
		rec.via = (__u8)v;
		if (v <= SW_VIA_ASYNC)
			assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
		else
			assert_unknown(&rec, sizeof(rec));
	}
}

static void test_run(void **state)
{
	struct sw_rec_run rec = sample_run();
	union sw_event ev;

	(void)state;
	/* wakeup_ts <= woken_ts <= ts */
	rec.wakeup_ts = rec.woken_ts = rec.hdr.ts;
	assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
	rec.woken_ts--;
	assert_malformed(&rec, sizeof(rec));
	rec = sample_run();
	rec.woken_ts = rec.hdr.ts + 1;
	assert_malformed(&rec, sizeof(rec));
	rec.woken_ts = rec.wakeup_ts = UINT64_MAX;
	assert_malformed(&rec, sizeof(rec));
}

static void test_io(void **state)
{
	struct sw_rec_io rec = sample_io();
	union sw_event ev;

	(void)state;
	/* Neither begin, wakeup_ts nor run_ts is after ts. */
	rec.begin = rec.wakeup_ts = rec.run_ts = rec.hdr.ts;
	assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
	rec.begin++;
	assert_malformed(&rec, sizeof(rec));
	rec = sample_io();
	rec.wakeup_ts = rec.hdr.ts + 1;
	assert_malformed(&rec, sizeof(rec));
	rec = sample_io();
	rec.run_ts = rec.hdr.ts + 1;
	assert_malformed(&rec, sizeof(rec));
	rec.run_ts = 0;
	assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
	for (int op = 0; op <= UINT8_MAX; op++) {
		rec.op = (__u8)op;
		if (op <= SW_OP_POLL)
			assert_int_equal(decode(&rec, sizeof(rec), &ev), 0);
		else
			assert_unknown(&rec, sizeof(rec));
	}
}

static void test_comm_ends(void **state)
{
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_wait wait = sample_wait();
	struct sw_rec_woken woken = sample_woken();
	struct sw_rec_run run = sample_run();
	struct sw_rec_io io = sample_io();
	union sw_event ev;

	(void)state;
	memset(wakeup.comm, 'x', sizeof(wakeup.comm));
	assert_int_equal(decode(&wakeup, sizeof(wakeup), &ev), 0);
	assert_string_equal(ev.wakeup_rec.comm, "xxxxxxxxxxxxxxx");
	/* What stands behind the name is as it was. */
	assert_int_equal(ev.wakeup_rec.rx_queued, wakeup.rx_queued);
	memset(wait.comm, 'y', sizeof(wait.comm));
	assert_int_equal(decode(&wait, sizeof(wait), &ev), 0);
	assert_string_equal(ev.wait_rec.comm, "yyyyyyyyyyyyyyy");
	assert_int_equal(ev.wait_rec.op, SW_OP_ACCEPT);
	memset(woken.comm, 'z', sizeof(woken.comm));
	assert_int_equal(decode(&woken, sizeof(woken), &ev), 0);
	assert_string_equal(ev.woken_rec.comm, "zzzzzzzzzzzzzzz");
	assert_int_equal(ev.woken_rec.via, SW_VIA_EPOLL);
	memset(run.comm, 'z', sizeof(run.comm));
	assert_int_equal(decode(&run, sizeof(run), &ev), 0);
	assert_string_equal(ev.run_rec.comm, "zzzzzzzzzzzzzzz");
	memset(io.comm, 'z', sizeof(io.comm));
	assert_int_equal(decode(&io, sizeof(io), &ev), 0);
	assert_string_equal(ev.io_rec.comm, "zzzzzzzzzzzzzzz");
	assert_int_equal(ev.io_rec.result, 36);
}

/* What a renderer relies on. */
static void assert_trusted(const union sw_event *ev)
{
	assert_in_range(ev->hdr.kind, SW_REC_NONE + 1, SW_REC_COUNT - 1);
	assert_in_range(ev->hdr.hook, 0, SW_HOOK_COUNT - 1);
	switch (ev->hdr.kind) {
	case SW_REC_UNIX:
		assert_in_range(ev->unix_rec.llen, 0, SW_UNIX_PATH);
		assert_in_range(ev->unix_rec.rlen, 0, SW_UNIX_PATH);
		break;
	case SW_REC_WAKEUP:
		assert_non_null(memchr(ev->wakeup_rec.comm, 0, SW_COMM_LEN));
		assert_in_range(ev->wakeup_rec.context, 0, SW_CTX_UNKNOWN);
		assert_in_range(ev->wakeup_rec.how, 0, SW_HOW_URG);
		break;
	case SW_REC_WAIT:
		assert_non_null(memchr(ev->wait_rec.comm, 0, SW_COMM_LEN));
		assert_in_range(ev->wait_rec.begin, 0, ev->wait_rec.end);
		assert_in_range(ev->wait_rec.end, 0, ev->hdr.ts);
		assert_in_range(ev->wait_rec.op, 0, SW_OP_POLL);
		assert_in_range(ev->wait_rec.ended, 0, SW_ENDED_OPEN);
		break;
	case SW_REC_WOKEN:
		assert_non_null(memchr(ev->woken_rec.comm, 0, SW_COMM_LEN));
		assert_in_range(ev->woken_rec.wakeup_ts, 0, ev->woken_rec.woken_ts);
		assert_in_range(ev->woken_rec.via, 0, SW_VIA_ASYNC);
		break;
	case SW_REC_RUN:
		assert_non_null(memchr(ev->run_rec.comm, 0, SW_COMM_LEN));
		assert_in_range(ev->run_rec.wakeup_ts, 0, ev->run_rec.woken_ts);
		assert_in_range(ev->run_rec.woken_ts, 0, ev->hdr.ts);
		break;
	case SW_REC_IO:
		assert_non_null(memchr(ev->io_rec.comm, 0, SW_COMM_LEN));
		assert_in_range(ev->io_rec.begin, 0, ev->hdr.ts);
		assert_in_range(ev->io_rec.wakeup_ts, 0, ev->hdr.ts);
		assert_in_range(ev->io_rec.run_ts, 0, ev->hdr.ts);
		assert_in_range(ev->io_rec.op, 0, SW_OP_POLL);
		break;
	}
}

/* Each byte of each record, at each value. */
static void test_every_byte_hostile(void **state)
{
	int accepted = 0;

	(void)state;
	for (int kind = 1; kind < SW_REC_COUNT; kind++) {
		for (size_t at = 0; at < good[kind].hdr.size; at++) {
			for (int v = 0; v <= UINT8_MAX; v++) {
				union sw_event rec = good[kind], ev;

				((unsigned char *)&rec)[at] = (unsigned char)v;
				if (decode(&rec, good[kind].hdr.size, &ev))
					continue;
				assert_trusted(&ev);
				accepted++;
			}
		}
	}
	assert_true(accepted > 1000);
}

static void test_random_bytes(void **state)
{
	uint64_t seed = 29;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		unsigned char bytes[sizeof(union sw_event)];
		size_t len = test_random(&seed) % (sizeof(bytes) + 1);
		struct sw_rec *hdr = (struct sw_rec *)bytes;
		union sw_event ev;

		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (unsigned char)(test_random(&seed) >> 30);
		if (i % 2) { /* else hardly any would get past the header */
			hdr->kind %= SW_REC_COUNT + 1;
			hdr->hook %= SW_HOOK_COUNT + 1;
			hdr->size = (__u16)len;
		}
		if (!decode(bytes, len, &ev))
			assert_trusted(&ev);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_truncated_at_every_byte),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_every_hook),
		cmocka_unit_test(test_unix_lengths),
		cmocka_unit_test(test_wakeup_enums),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_woken),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_io),
		cmocka_unit_test(test_comm_ends),
		cmocka_unit_test(test_every_byte_hostile),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests_name("decode", tests, setup, NULL);
}
