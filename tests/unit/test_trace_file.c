// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What is written is read; what is not whole, or not sound, is told, and nothing more. */
#define _GNU_SOURCE
#include "bounds.h"
#include "test.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "samples.h"
#include "trace/format.h"
#include "trace/inputs.h"
#include "trace/names.h"
#include "trace/writer.h"

/* The sanitizer's, whose header gcc does not bring along. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define NAMES "sock_def_readable+0x7f\0udp_sendmsg+0x9e6"

static struct sw_trace_info sample_info(void)
{
	struct sw_trace_info info = {
		.version = "1.2", .host = "host", .kernel = "6.1", .arch = "x86_64",
		.monotonic_ns = 1000, .realtime_ns = 5000000, .n_hooks = SW_HOOK_COUNT,
	};

	for (unsigned int i = 0; i < SW_HOOK_COUNT; i++)
		info.hooks[i] = (struct sw_hook_info){
			.name = "hook", .attach = "fentry", .target = "target", .note = "note",
			.asked = true, .exact = i % 2, .count = {.hits = i, .delivered = i}};
	return info;
}

static int to_buf(void *arg, const void *data, size_t len)
{
	sw_buf__put(arg, data, len);
	return 0;
}

/* Two blocks of records, a stack between them. */
static void write_sample(struct sw_buf *file, uint64_t trace, uint64_t first_ts)
{
	const struct sw_writer_opts opts = {trace, true, "sockwake record"};
	struct sw_trace_info info = sample_info();
	struct sw_rec_socket name = sample_socket();
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_writer *w;

	assert_int_equal(sw_writer__new(&info, &opts, to_buf, file, &w), 0);
	name.hdr.ts = first_ts - 1;
	assert_int_equal(sw_writer__record(w, &name, sizeof(name)), 0);
	wakeup.hdr.ts = first_ts;
	assert_int_equal(sw_writer__record(w, &wakeup, sizeof(wakeup)), 0);
	assert_true(sw_writer__holds_back(w));
	assert_int_equal(sw_writer__flush(w, &info), 0);
	assert_false(sw_writer__holds_back(w));
	assert_int_equal(sw_writer__stack(w, 7, 3, NAMES, sizeof(NAMES)), 0);
	wakeup.hdr.ts = first_ts + 100;
	assert_int_equal(sw_writer__record(w, &wakeup, sizeof(wakeup)), 0);
	info.end_ns = 9000;
	info.hooks[2].count.lost[1] = 17;
	assert_int_equal(sw_writer__end(w, &info), 0);
	assert_int_equal(sw_writer__records(w), 3);
	assert_int_equal(sw_writer__bytes(w), file->len);
	sw_writer__free(w);
}

static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

struct outcome {
	int opened;
	char why[SW_READER_WHY];
	enum sw_reader_state state;
	unsigned int records, stacks;
};

static int count_stack(void *arg, uint32_t pid, uint32_t number, const char *names, size_t len)
{
	struct outcome *o = arg;

	assert_int_equal(pid, 7);
	assert_int_equal(number, 3);
	assert_int_equal(len, sizeof(NAMES));
	assert_memory_equal(names, NAMES, len);
	o->stacks++;
	return 0;
}

static struct outcome read_by(const void *data, size_t len, bool ahead)
{
	struct outcome o = {.state = SW_READER_OPEN};
	int fd = file_of(data, len), n;
	struct sw_reader *r;
	const void *rec;
	size_t size;

	o.opened = sw_reader__new(fd, &r, o.why);
	if (!o.opened) {
		sw_reader__on_stack(r, count_stack, &o);
		if (ahead)
			sw_reader__read_ahead(r);
		while ((n = sw_reader__next(r, &rec, &size)) > 0)
			o.records++;
		assert_int_equal(n, 0);
		/* The end stays the end. */
		assert_int_equal(sw_reader__next(r, &rec, &size), 0);
		o.state = sw_reader__state(r);
		memcpy(o.why, sw_reader__why(r), sizeof(o.why));
		sw_reader__free(r);
	}
	close(fd);
	return o;
}

/* A thread that reads ahead makes no difference. */
static struct outcome read_all(const void *data, size_t len)
{
	struct outcome o = read_by(data, len, false), ahead = read_by(data, len, true);

	assert_int_equal(o.opened, ahead.opened);
	assert_int_equal(o.state, ahead.state);
	assert_string_equal(o.why, ahead.why);
	assert_int_equal(o.records, ahead.records);
	assert_int_equal(o.stacks, ahead.stacks);
	return o;
}

/* The thread waits for a pipe that nobody writes to, or for nobody who looks. */
static void test_ahead_of_nothing(void **state)
{
	struct sw_buf file = {0};
	char why[SW_READER_WHY];
	struct sw_reader *r;
	const void *rec;
	size_t len;
	int fds[2];

	(void)state;
	write_sample(&file, 1, 2000);
	for (int looks = 0; looks < 4; looks++) {
		assert_int_equal(pipe(fds), 0);
		assert_int_equal(write(fds[1], file.data, file.len - 20), file.len - 20);
		assert_int_equal(sw_reader__new(fds[0], &r, why), 0);
		sw_reader__read_ahead(r);
		for (int i = 0; i < looks; i++)
			assert_int_equal(sw_reader__next(r, &rec, &len), 1);
		sw_reader__free(r);
		close(fds[0]);
		close(fds[1]);
	}
	sw_buf__free(&file);
}

static void test_round_trip(void **state)
{
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_socket name = sample_socket();
	struct sw_buf file = {0};
	const struct sw_meta *m;
	char why[SW_READER_WHY];
	struct outcome seen = {0};
	struct sw_reader *r;
	const void *rec;
	size_t len;
	int fd;

	(void)state;
	write_sample(&file, 42, 2000);
	fd = file_of(file.data, file.len);
	assert_int_equal(sw_reader__new(fd, &r, why), 0);
	sw_reader__on_stack(r, count_stack, &seen);
	m = sw_reader__meta(r);
	assert_string_equal(m->info.version, "1.2");
	assert_string_equal(m->info.host, "host");
	assert_string_equal(m->info.kernel, "6.1");
	assert_string_equal(m->info.arch, "x86_64");
	assert_string_equal(m->options, "sockwake record");
	assert_int_equal(m->info.monotonic_ns, 1000);
	assert_int_equal(m->info.realtime_ns, 5000000);
	assert_int_equal(m->trace, 42);
	assert_true(m->tells);
	assert_string_equal(m->info.hooks[3].attach, "fentry");
	assert_string_equal(m->info.hooks[3].target, "target");
	assert_string_equal(m->info.hooks[3].note, "note");
	assert_true(m->info.hooks[3].exact);
	assert_false(m->info.hooks[4].exact);
	assert_int_equal(m->sizes[SW_REC_WAKEUP], sizeof(struct sw_rec_wakeup));

	assert_int_equal(sw_reader__next(r, &rec, &len), 1);
	assert_int_equal(len, sizeof(name));
	name.hdr.ts = 1999;
	assert_memory_equal(rec, &name, len);
	wakeup.hdr.ts = 2000;
	assert_int_equal(sw_reader__next(r, &rec, &len), 1);
	assert_memory_equal(rec, &wakeup, len);
	assert_int_equal(seen.stacks, 0);
	wakeup.hdr.ts = 2100;
	assert_int_equal(sw_reader__next(r, &rec, &len), 1);
	assert_memory_equal(rec, &wakeup, len);
	assert_int_equal(seen.stacks, 1);
	assert_int_equal(m->info.end_ns, 0);
	assert_int_equal(sw_reader__next(r, &rec, &len), 0);
	assert_int_equal(sw_reader__state(r), SW_READER_COMPLETE);
	assert_int_equal(m->info.end_ns, 9000);
	assert_int_equal(m->info.hooks[5].count.hits, 5);
	assert_int_equal(m->info.hooks[2].count.lost[1], 17);
	sw_reader__free(r);
	close(fd);
	sw_buf__free(&file);
}

/* Cut at any byte, every whole block is read, and it is told. */
static void test_cut_anywhere(void **state)
{
	struct sw_buf file = {0};
	unsigned int most = 0;

	(void)state;
	write_sample(&file, 1, 2000);
	for (size_t len = 0; len < file.len; len++) {
		struct outcome o = read_all(file.data, len);

		assert_non_null(strpbrk(o.why, "0123456789y")); /* an offset, or "empty" */
		if (o.opened) {
			assert_int_equal(o.opened, -EINVAL);
			assert_int_equal(most, 0);
			continue;
		}
		assert_int_equal(o.state, SW_READER_CUT);
		assert_true(o.records >= most && o.records <= 3);
		most = o.records;
	}
	assert_int_equal(most, 3);
	sw_buf__free(&file);
}

/* One bit wrong anywhere: never another record than was written. */
static void test_flipped_anywhere(void **state)
{
	struct sw_buf file = {0};
	unsigned int harmless = 0;

	(void)state;
	write_sample(&file, 1, 2000);
	for (size_t i = 0; i < file.len * 8; i++) {
		struct outcome o;

		file.data[i / 8] ^= (char)(1 << i % 8);
		o = read_all(file.data, file.len);
		file.data[i / 8] ^= (char)(1 << i % 8);
		assert_true(o.records <= 3 && o.stacks <= 1);
		if (!o.opened && o.state == SW_READER_COMPLETE) {
			/* Bits that say nothing: zstd has some in its headers, and there
			 * may be the same bytes at another offset. */
			assert_int_equal(o.records, 3);
			harmless++;
		} else {
			assert_true(o.why[0]);
		}
	}
	assert_true(harmless < file.len * 8 / 100);
	sw_buf__free(&file);
}

static void assert_refused(const void *data, size_t len, const char *why)
{
	struct outcome o = read_all(data, len);

	assert_int_equal(o.opened, -EINVAL);
	if (!strstr(o.why, why))
		print_error("'%s' does not say '%s'\n", o.why, why);
	assert_non_null(strstr(o.why, why));
}

static void test_not_for_us(void **state)
{
	struct sw_buf file = {0};
	struct sw_file_head *head;

	(void)state;
	write_sample(&file, 1, 2000);
	head = (void *)file.data;
	assert_refused("", 0, "empty");
	assert_refused("\x8bSWK", 4, "before byte 16");
	assert_refused("perf.data, and more than that", 29, "wrong magic at byte 0");
	head->version = SW_FILE_VERSION + 1;
	assert_refused(file.data, file.len, "of format 2 (byte 10)");
	head->version = SW_FILE_VERSION;
	head->order = 0x0201;
	assert_refused(file.data, file.len, "other byte order (byte 8)");
	head->order = SW_FILE_ORDER;
	head->block_head_size = 8;
	assert_refused(file.data, file.len, "damaged at byte 12");
	head->block_head_size = 1 << 30;
	assert_refused(file.data, file.len, "damaged at byte 12");
	sw_buf__free(&file);
}

static void put_block(struct sw_buf *file, uint8_t type, uint32_t raw, const void *data, size_t len)
{
	struct sw_block_head head = {.mark = SW_BLOCK_MARK, .type = type, .raw = raw};
	char packed[65536];
	size_t n = ZSTD_compress(packed, sizeof(packed), data, len, 1);

	assert_false(ZSTD_isError(n));
	head.stored = (uint32_t)n;
	head.crc = (uint32_t)crc32(0, (void *)&head, offsetof(struct sw_block_head, crc));
	sw_buf__put(file, &head, sizeof(head));
	sw_buf__put(file, packed, n);
}

/* The sample up to its end's block, and the offset of that. */
static size_t without_end(struct sw_buf *file)
{
	size_t len = 0;

	write_sample(file, 1, 2000);
	for (size_t i = sizeof(struct sw_file_head); i < file->len;) {
		struct sw_block_head head;

		memcpy(&head, file->data + i, sizeof(head));
		if (head.type == SW_BLOCK_INDEX)
			break;
		i += sizeof(head) + head.stored;
		len = i;
	}
	file->len = len;
	return len;
}

static void assert_damaged(const struct sw_buf *file, size_t at, unsigned int records,
			   const char *why)
{
	struct outcome o = read_all(file->data, file->len);
	char where[64];

	snprintf(where, sizeof(where), "damaged at byte %zu: ", at);
	assert_int_equal(o.opened, 0);
	assert_int_equal(o.state, SW_READER_DAMAGED);
	assert_int_equal(o.records, records);
	assert_non_null(strstr(o.why, where));
	if (!strstr(o.why, why))
		print_error("'%s' does not say '%s'\n", o.why, why);
	assert_non_null(strstr(o.why, why));
}

static void test_hostile_blocks(void **state)
{
	struct sw_block_ledger many = {.n_hooks = 200, .n_losses = 60};
	struct sw_rec rec = {.size = 4000, .kind = SW_REC_DESTROY};
	static char zeros[1 << 20];
	struct sw_buf file = {0};
	size_t at;

	(void)state;
	/* A bomb: little in the file, and more than any block may have. */
	at = without_end(&file);
	put_block(&file, SW_BLOCK_RECORDS, UINT32_MAX, zeros, sizeof(zeros));
	assert_damaged(&file, at, 3, "larger than any");
	/* ... or more than it claims. */
	file.len = at;
	put_block(&file, SW_BLOCK_RECORDS, 64, zeros, sizeof(zeros));
	assert_damaged(&file, at, 3, "Destination buffer is too small");
	file.len = at;
	put_block(&file, SW_BLOCK_RECORDS, 4096, zeros, 64);
	assert_damaged(&file, at, 3, "shorter than it claims");
	/* Records that are not. */
	file.len = at;
	put_block(&file, SW_BLOCK_RECORDS, 64, zeros, 64);
	assert_damaged(&file, at, 3, "goes beyond its block");
	file.len = at;
	put_block(&file, SW_BLOCK_RECORDS, sizeof(rec), &rec, sizeof(rec));
	assert_damaged(&file, at, 3, "goes beyond its block");
	file.len = at;
	put_block(&file, SW_BLOCK_RECORDS, 3, zeros, 3);
	assert_damaged(&file, at, 3, "goes beyond its block");
	/* A stack and a ledger. */
	file.len = at;
	put_block(&file, SW_BLOCK_STACK, 8, zeros, 8);
	assert_damaged(&file, at, 3, "without names");
	file.len = at;
	put_block(&file, SW_BLOCK_LEDGER, sizeof(many), &many, sizeof(many));
	assert_damaged(&file, at, 3, "short ledger");
	file.len = at;
	many.n_losses = UINT32_MAX;
	put_block(&file, SW_BLOCK_LEDGER, sizeof(many), &many, sizeof(many));
	assert_damaged(&file, at, 3, "more than there can be");
	sw_buf__free(&file);
}

/* What a later version adds is passed over; what an earlier one lacked is 0. */
static void test_other_versions(void **state)
{
	struct sw_rec_wakeup old = sample_wakeup();
	struct sw_buf file = {0}, meta = {0};
	struct sw_trace_info info = sample_info();
	struct outcome o;
	struct sw_reader *r;
	char why[SW_READER_WHY];
	union sw_event ev;
	const void *rec;
	size_t len;
	int fd;

	(void)state;
	without_end(&file);
	put_block(&file, 200, 5, "later", 5);
	put_block(&file, SW_BLOCK_END, 0, "", 0);
	o = read_all(file.data, file.len);
	assert_int_equal(o.state, SW_READER_COMPLETE);
	assert_int_equal(o.records, 3);

	/* Wake-ups without their last two fields. */
	file.len = sizeof(struct sw_file_head);
	old.hdr.size = 64;
	sw_meta__put(&meta, &info, 1, true, "");
	for (size_t i = 0; i + 4 < meta.len;) {
		uint16_t tag, size;

		memcpy(&tag, meta.data + i, 2);
		memcpy(&size, meta.data + i + 2, 2);
		if (tag == SW_META_KIND && meta.data[i + 4] == SW_REC_WAKEUP)
			memcpy(meta.data + i + 6, &old.hdr.size, 2);
		i += 4 + size;
	}
	put_block(&file, SW_BLOCK_META, (uint32_t)meta.len, meta.data, meta.len);
	put_block(&file, SW_BLOCK_RECORDS, 64, &old, 64);
	fd = file_of(file.data, file.len);
	assert_int_equal(sw_reader__new(fd, &r, why), 0);
	assert_int_equal(sw_reader__next(r, &rec, &len), 1);
	assert_int_equal(sw_event__decode(rec, len, &ev), 0);
	assert_int_equal(ev.wakeup_rec.band, old.band);
	assert_int_equal(ev.wakeup_rec.kernel_stack, 0);
	sw_reader__free(r);
	close(fd);
	sw_buf__free(&meta);
	sw_buf__free(&file);
}

/* What a file says of kinds and fields is what they are: the last field of each ends
 * where the record does. */
static void test_kinds(void **state)
{
	struct sw_trace_info info = sample_info();
	uint16_t sizes[SW_REC_COUNT] = {0}, ends[SW_REC_COUNT] = {0};
	struct sw_buf meta = {0};
	bool found = false;

	(void)state;
	sw_meta__put(&meta, &info, 1, true, "");
	for (size_t i = 0; i + 4 < meta.len;) {
		uint16_t tag, size, offset, count;
		const char *p = meta.data + i + 4;

		memcpy(&tag, p - 4, 2);
		memcpy(&size, p - 2, 2);
		if (tag == SW_META_KIND)
			memcpy(&sizes[(uint8_t)p[0]], p + 2, 2);
		if (tag == SW_META_FIELD) {
			memcpy(&offset, p + 2, 2);
			memcpy(&count, p + 4, 2);
			ends[(uint8_t)p[0]] = (uint16_t)(offset + (uint8_t)p[1] * count);
			if (p[0] == SW_REC_IO && !strcmp(p + 6, "others")) {
				found = true;
				assert_int_equal(offset, offsetof(struct sw_rec_io, others));
			}
		}
		i += 4 + size;
	}
	for (unsigned int kind = 1; kind < SW_REC_COUNT; kind++) {
		assert_int_equal(sizes[kind], sw_rec_size(kind));
		assert_int_equal(ends[kind], sw_rec_size(kind));
	}
	assert_true(found);
	sw_buf__free(&meta);
}

/* By time, and apart unless they are of one trace. */
static void test_several(void **state)
{
	const struct {
		uint64_t trace, ts;
	} files[] = {{1, 2000}, {2, 2050}, {1, 3000}};
	struct sw_inputs *in = sw_inputs__new();
	struct sw_buf file = {0};
	uint64_t last = 0, keys[9];
	char why[SW_READER_WHY];
	enum sw_reader_state s;
	const char *reason, *name;
	unsigned int n = 0;
	const void *rec;
	size_t len;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		file.len = 0;
		write_sample(&file, files[i].trace, files[i].ts);
		assert_int_equal(sw_inputs__add(in, file_of(file.data, file.len), "x", why), 0);
	}
	assert_true(sw_inputs__tells(in));
	while (sw_inputs__next(in, &rec, &len) == 1) {
		union sw_event ev;

		assert_int_equal(sw_event__decode(rec, len, &ev), 0);
		assert_true(ev.hdr.ts >= last);
		last = ev.hdr.ts;
		keys[n++] = ev.destroy_rec.sock;
	}
	assert_int_equal(n, 9);
	/* 1999 2000 | 2049 2050 | 2100 | 2150 | 2999 3000 3100 */
	assert_true(keys[0] == keys[1] && keys[2] == keys[3] && keys[0] != keys[2]);
	assert_true(keys[4] == keys[0] && keys[5] == keys[2]);
	assert_true(keys[6] == keys[0] && keys[7] == keys[0] && keys[8] == keys[0]);
	/* Counts go on in the files of one trace, and add up over traces. */
	assert_int_equal(sw_inputs__info(in)->hooks[5].count.hits, 10);
	assert_int_equal(sw_inputs__info(in)->hooks[2].count.lost[1], 34);
	for (unsigned int i = 0; i < 3; i++) {
		assert_true(sw_inputs__state(in, i, &s, &reason, &name));
		assert_int_equal(s, SW_READER_COMPLETE);
	}
	assert_false(sw_inputs__state(in, 3, &s, &reason, &name));
	sw_inputs__free(in);
	sw_buf__free(&file);
}

/* Of files that come one after the other no more is held than of a few, and those that are of
 * one time are read once: each record comes, by time. */
static void test_many_files(void **state)
{
	enum { FILES = 70, AT_ONCE = 10, RECORDS = 9000 };
	struct sw_inputs *in = sw_inputs__new();
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_trace_info info = sample_info();
	char why[SW_READER_WHY];
	uint64_t last = 0, n = 0;
	enum sw_reader_state s;
	const char *reason, *name;
	const void *rec;
	size_t len, most = 0, before;
	int got;

	(void)state;
	for (uint64_t f = 0; f < FILES; f++) {
		const struct sw_writer_opts opts = {f < AT_ONCE ? 100 + f : 7, true, ""};
		struct sw_buf file = {0};
		struct sw_writer *w;

		assert_int_equal(sw_writer__new(&info, &opts, to_buf, &file, &w), 0);
		for (uint64_t i = 0; i < RECORDS; i++) {
			wakeup.hdr.ts = f < AT_ONCE ? 1000 + i * 40000 + f : 1000 + f * RECORDS * 500 + i;
			wakeup.sock = f;
			assert_int_equal(sw_writer__record(w, &wakeup, sizeof(wakeup)), 0);
		}
		assert_int_equal(sw_writer__end(w, &info), 0);
		sw_writer__free(w);
		assert_int_equal(sw_inputs__add(in, file_of(file.data, file.len), "x", why), 0);
		sw_buf__free(&file);
	}
	before = __sanitizer_get_current_allocated_bytes();
	while ((got = sw_inputs__next(in, &rec, &len)) > 0) {
		struct sw_rec hdr;

		memcpy(&hdr, rec, sizeof(hdr));
		assert_true(hdr.ts >= last);
		last = hdr.ts;
		if (++n % 64 == 0 && __sanitizer_get_current_allocated_bytes() > before + most)
			most = __sanitizer_get_current_allocated_bytes() - before;
	}
	assert_int_equal(got, 0);
	assert_int_equal(n, FILES * RECORDS);
	assert_true(most < 56u << 20);
	for (unsigned int i = 0; i < FILES; i++) {
		assert_true(sw_inputs__state(in, i, &s, &reason, &name));
		assert_int_equal(s, SW_READER_COMPLETE);
	}
	sw_inputs__free(in);
}

struct names_story {
	struct sw_names *n;
	struct sw_writer *w;
	struct sw_buf *file;
};

static struct names_story begin_names(void)
{
	const struct sw_writer_opts opts = {1, true, ""};
	struct sw_trace_info info = sample_info();
	struct names_story s = {sw_names__new(), NULL, calloc(1, sizeof(struct sw_buf))};

	assert_true(s.n && s.file);
	assert_int_equal(sw_writer__new(&info, &opts, to_buf, s.file, &s.w), 0);
	return s;
}

static void end_names(struct names_story *s)
{
	sw_writer__free(s->w);
	sw_names__free(s->n);
	sw_buf__free(s->file);
	free(s->file);
}

/* How many records of names come before this one. */
static unsigned int named_by(struct names_story *s, const void *rec, size_t len)
{
	uint64_t before = sw_writer__records(s->w);

	assert_int_equal(sw_names__record(s->n, s->w, rec, len), 0);
	return (unsigned int)(sw_writer__records(s->w) - before);
}

/* Each file says who a socket is before the first record that needs it, once. */
static void test_names(void **state)
{
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_socket name = sample_socket();
	struct sw_rec_destroy end = sample_destroy();
	struct sw_rec_unix paths = sample_unix();
	struct names_story s = begin_names();

	(void)state;
	name.sock = 100;
	name.parent = 0;
	assert_int_equal(named_by(&s, &name, sizeof(name)), 0);
	paths.sock = name.sock;
	assert_int_equal(named_by(&s, &paths, sizeof(paths)), 0);
	name.sock = 101;
	name.parent = 100; /* a listener's */
	assert_int_equal(named_by(&s, &name, sizeof(name)), 0);
	wakeup.sock = 101;
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 0);
	sw_names__next_file(s.n);
	/* Its own, its listener's and the paths of that. */
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 3);
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 0);
	wakeup.sock = 100;
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 0);
	sw_names__next_file(s.n);
	end.sock = 100;
	assert_int_equal(named_by(&s, &end, sizeof(end)), 2);
	sw_names__next_file(s.n);
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 0); /* it is gone */
	wakeup.sock = 101;
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 1); /* its listener is */
	wakeup.sock = 102; /* never named */
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 0);
	assert_int_equal(sw_names__forgotten(s.n), 0);
	end_names(&s);
}

/* Sockets whose ends are never told do not fill the memory: those that were not seen for
 * longest go. */
static void test_names_without_end(void **state)
{
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_socket name = sample_socket();
	struct names_story s = begin_names();

	(void)state;
	name.parent = 0;
	for (uint64_t i = 1; i <= SW_NAMES_SOCKETS + 10; i++) {
		name.sock = i;
		assert_int_equal(named_by(&s, &name, sizeof(name)), 0);
		wakeup.sock = 1; /* always in use */
		assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 0);
	}
	assert_int_equal(sw_names__forgotten(s.n), 10);
	sw_names__next_file(s.n);
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 1);
	wakeup.sock = 11;
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 0);
	wakeup.sock = 12;
	assert_int_equal(named_by(&s, &wakeup, sizeof(wakeup)), 1);
	end_names(&s);
}

/* Of stacks likewise: before the wake-up that has it, and in a bounded amount of memory. */
static void test_names_of_stacks(void **state)
{
	struct sw_rec_wakeup wakeup = sample_wakeup();
	const size_t big = SW_NAMES_STACK_BYTES / 4;
	struct names_story s = begin_names();
	char *long_names = calloc(1, big);
	uint64_t bytes;

	(void)state;
	wakeup.pid = 7;
	wakeup.kernel_stack = 0;
	wakeup.user_stack = 3;
	assert_int_equal(sw_names__stack(s.n, 7, 3, NAMES, sizeof(NAMES)), 0);
	bytes = sw_writer__bytes(s.w);
	named_by(&s, &wakeup, sizeof(wakeup));
	assert_int_equal(sw_writer__bytes(s.w), bytes);
	sw_names__next_file(s.n);
	named_by(&s, &wakeup, sizeof(wakeup));
	assert_true(sw_writer__bytes(s.w) > bytes);
	bytes = sw_writer__bytes(s.w);
	named_by(&s, &wakeup, sizeof(wakeup));
	assert_int_equal(sw_writer__bytes(s.w), bytes);
	memset(long_names, 'x', big - 1);
	for (uint32_t i = 10; i < 20; i++)
		assert_int_equal(sw_names__stack(s.n, 7, i, long_names, big), 0);
	sw_names__next_file(s.n);
	named_by(&s, &wakeup, sizeof(wakeup));
	assert_int_equal(sw_writer__bytes(s.w), bytes); /* it is gone */
	wakeup.user_stack = 19;
	named_by(&s, &wakeup, sizeof(wakeup));
	assert_true(sw_writer__bytes(s.w) > bytes);
	free(long_names);
	end_names(&s);
}

struct long_stack {
	size_t len, longest, frames;
};

static int measure_stack(void *arg, uint32_t pid, uint32_t number, const char *names, size_t len)
{
	struct long_stack *l = arg;

	(void)pid;
	(void)number;
	l->len = len;
	for (const char *p = names; p < names + len; p += strlen(p) + 1) {
		if (strlen(p) > l->longest)
			l->longest = strlen(p);
		l->frames++;
	}
	return 0;
}

/* Whatever a program calls its functions, the file stays readable. */
static void test_long_names(void **state)
{
	const size_t each = 100 * 1024, frames = 64;
	struct names_story s = begin_names();
	struct long_stack l = {0};
	struct sw_trace_info info = sample_info();
	char *names = malloc(each * frames);
	char why[SW_READER_WHY];
	struct sw_reader *r;
	const void *rec;
	size_t len;
	int fd;

	(void)state;
	for (size_t i = 0; i < each * frames; i++)
		names[i] = i % each == each - 1 ? '\0' : (char)('a' + i * 7 / 3 % 26);
	assert_int_equal(sw_writer__stack(s.w, 7, 1, names, each * frames), 0);
	assert_int_equal(sw_writer__stack(s.w, 7, 2, NAMES, sizeof(NAMES)), 0);
	assert_int_equal(sw_writer__end(s.w, &info), 0);
	fd = file_of(s.file->data, s.file->len);
	assert_int_equal(sw_reader__new(fd, &r, why), 0);
	sw_reader__on_stack(r, measure_stack, &l);
	while (sw_reader__next(r, &rec, &len) > 0)
		;
	assert_int_equal(sw_reader__state(r), SW_READER_COMPLETE);
	assert_int_equal(l.frames, frames + 2);
	assert_int_equal(l.longest, SW_FRAME_MAX);
	sw_reader__free(r);
	close(fd);
	free(names);
	end_names(&s);
}

/* A file is never larger than it may be, to the byte, and not much smaller. */
static void test_room(void **state)
{
	const uint64_t maxima[] = {64 << 10, 1 << 20, 3 << 20};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(maxima); i++) {
		struct sw_rec_wakeup wakeup = sample_wakeup();
		struct sw_trace_info info = sample_info();
		struct names_story s = begin_names();
		uint64_t random = 1;

		while (sw_writer__has_room(s.w, maxima[i])) {
			/* Hard to compress, so that many blocks are written. */
			random = random * 6364136223846793005ull + 1442695040888963407ull;
			wakeup.hdr.ts += random >> 40;
			wakeup.sock = random;
			assert_int_equal(sw_writer__record(s.w, &wakeup, sizeof(wakeup)), 0);
		}
		assert_int_equal(sw_writer__end(s.w, &info), 0);
		assert_true(s.file->len <= maxima[i]);
		assert_true(s.file->len > maxima[i] - (24 << 10));
		end_names(&s);
	}
}

#define DISK 2000 /* bytes */

static int full_disk(void *arg, const void *data, size_t len)
{
	(void)data;
	return (*(size_t *)arg += len) > DISK ? -ENOSPC : 0;
}

static void test_full_disk(void **state)
{
	const struct sw_writer_opts opts = {1, true, ""};
	struct sw_trace_info info = sample_info();
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_writer *w = NULL;
	size_t taken = DISK - 100;

	(void)state;
	assert_int_equal(sw_writer__new(&info, &opts, full_disk, &taken, &w), -ENOSPC);
	taken = 0;
	for (info.n_hooks = 0; sw_writer__new(&info, &opts, full_disk, &taken, &w); taken = 0)
		fail();
	sw_writer__record(w, &wakeup, sizeof(wakeup));
	taken = DISK;
	assert_int_equal(sw_writer__flush(w, &info), -ENOSPC);
	assert_int_equal(sw_writer__record(w, &wakeup, sizeof(wakeup)), -ENOSPC);
	assert_int_equal(sw_writer__end(w, &info), -ENOSPC);
	sw_writer__free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_ahead_of_nothing),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_flipped_anywhere),
		cmocka_unit_test(test_not_for_us),
		cmocka_unit_test(test_hostile_blocks),
		cmocka_unit_test(test_other_versions),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_many_files),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_without_end),
		cmocka_unit_test(test_names_of_stacks),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
