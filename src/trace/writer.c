/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/writer.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/cut.h"
#include "bounds.h"
#include "trace/format.h"
#include "trace/meta.h"
#include "trace/pack.h"

/* Of packed records: large enough to compress well, small enough to lose little. */
#define BLOCK_BYTES (128u << 10)
/* A record that has a slot is 1 + SW_PACK_WORDS / 2 bytes at least, when packed. */
_Static_assert(BLOCK_BYTES / (1 + SW_PACK_WORDS / 2) * SW_PACK_WORDS * 8 + UINT16_MAX <
		       SW_BLOCK_RAW_MAX,
	       "records of a block");
/* No stack has more bytes, whatever a program calls its functions: far below what a block
 * may hold. */
#define STACK_MAX_BYTES (128u << 10)
/* What is gathered is worth a block of its own, where room is short. */
#define SQUEEZE_BYTES (8u << 10)
/* A record, and the names of its socket, and of that one's listener. */
#define ROOM_BYTES (4 * SW_PACK_MAX(sizeof(struct sw_rec_unix)))
/* More costs the traced machine more than the bytes are worth. */
#define LEVEL (-5)

struct sw_writer {
	sw_writer_out out;
	void *arg;
	int error;
	ZSTD_CCtx *zstd;
	char *stored; /* a block head, and what it heads */
	size_t stored_cap;
	char *block; /* records that are not written yet, as a packed block has them */
	size_t block_len;
	uint32_t unpacked; /* bytes of those records */
	struct sw_pack pack;
	uint64_t first_ts, last_ts;
	uint32_t in_block;
	uint64_t records, bytes;
	struct sw_buf index;
	bool too_long; /* for an index: it is read from its beginning */
};

static int write_out(struct sw_writer *w, const void *data, size_t len)
{
	if (!w->error)
		w->error = w->out(w->arg, data, len);
	if (!w->error)
		w->bytes += len;
	return w->error;
}

static int write_block(struct sw_writer *w, struct sw_block_head head, const void *data, size_t len)
{
	size_t n;

	if (w->error)
		return w->error;
	n = ZSTD_compress2(w->zstd, w->stored + sizeof(head), w->stored_cap - sizeof(head), data,
			   len);
	if (ZSTD_isError(n))
		return w->error = -ENOMEM;
	head.mark = SW_BLOCK_MARK;
	head.stored = (uint32_t)n;
	head.raw = (uint32_t)len;
	head.crc = (uint32_t)crc32(0, (void *)&head, offsetof(struct sw_block_head, crc));
	memcpy(w->stored, &head, sizeof(head));
	return write_out(w, w->stored, sizeof(head) + n);
}

static int write_simple(struct sw_writer *w, uint8_t type, const struct sw_buf *b)
{
	if (b->failed && !w->error)
		w->error = -ENOMEM;
	return write_block(w, (struct sw_block_head){.type = type}, b->data, b->len);
}

static void begin_block(struct sw_writer *w)
{
	memset(&w->pack, 0, sizeof(w->pack));
	w->block_len = sizeof(w->unpacked);
	w->unpacked = 0;
	w->in_block = 0;
}

/* What one block can hold of it, and no more. */
static void add_to_index(struct sw_writer *w, const struct sw_index_entry *e)
{
	if (w->too_long)
		return;
	sw_buf__put(&w->index, e, sizeof(*e));
	if (w->index.len <= SW_BLOCK_RAW_MAX)
		return;
	w->too_long = true;
	sw_buf__free(&w->index);
}

static int write_records(struct sw_writer *w)
{
	struct sw_index_entry e = {w->bytes, w->first_ts, w->last_ts, w->in_block};
	struct sw_block_head head = {
		.type = SW_BLOCK_PACKED,
		.first_ts = w->first_ts,
		.last_ts = w->last_ts,
		.records = w->in_block,
	};

	if (!w->in_block)
		return w->error;
	memcpy(w->block, &w->unpacked, sizeof(w->unpacked));
	if (write_block(w, head, w->block, w->block_len))
		return w->error;
	add_to_index(w, &e);
	begin_block(w);
	w->first_ts = w->last_ts = 0;
	return 0;
}

static int write_ledger(struct sw_writer *w, const struct sw_trace_info *info)
{
	struct sw_block_ledger head = {info->end_ns, info->n_hooks, SW_LOST_COUNT};
	struct sw_buf b = {0};
	int err;

	sw_buf__put(&b, &head, sizeof(head));
	for (unsigned int i = 0; i < info->n_hooks; i++) {
		const struct sw_count *c = &info->hooks[i].count;
		uint64_t row[4 + SW_LOST_COUNT] = {i, c->hits, c->delivered,
						   c->filtered};

		for (unsigned int k = 0; k < SW_LOST_COUNT; k++)
			row[4 + k] = c->lost[k];
		sw_buf__put(&b, row, sizeof(row));
	}
	err = write_simple(w, SW_BLOCK_LEDGER, &b);
	sw_buf__free(&b);
	return err;
}

int sw_writer__new(const struct sw_trace_info *info, const struct sw_writer_opts *opts,
		   sw_writer_out out, void *arg, struct sw_writer **result)
{
	struct sw_file_head head = {SW_FILE_MAGIC, SW_FILE_ORDER, SW_FILE_VERSION,
				    sizeof(struct sw_block_head)};
	struct sw_writer *w = calloc(1, sizeof(*w));
	struct sw_buf meta = {0};
	int err = -ENOMEM;

	if (!w)
		return -ENOMEM;
	w->out = out;
	w->arg = arg;
	w->stored_cap = sizeof(struct sw_block_head) + ZSTD_compressBound(SW_BLOCK_RAW_MAX);
	w->stored = malloc(w->stored_cap);
	w->block = malloc(BLOCK_BYTES + SW_PACK_MAX(UINT16_MAX));
	w->zstd = ZSTD_createCCtx();
	if (!w->stored || !w->block || !w->zstd)
		goto fail;
	begin_block(w);
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1);
	sw_meta__put(&meta, info, opts->trace, opts->tells, opts->options);
	err = write_out(w, &head, sizeof(head));
	if (!err)
		err = write_simple(w, SW_BLOCK_META, &meta);
	if (err)
		goto fail;
	sw_buf__free(&meta);
	*result = w;
	return 0;
fail:
	sw_buf__free(&meta);
	sw_writer__free(w);
	return err;
}

void sw_writer__free(struct sw_writer *w)
{
	if (!w)
		return;
	ZSTD_freeCCtx(w->zstd);
	free(w->stored);
	free(w->block);
	sw_buf__free(&w->index);
	free(w);
}

int sw_writer__record(struct sw_writer *w, const void *rec, size_t len)
{
	uint64_t ts;

	if (w->error)
		return w->error;
	if (len < sizeof(struct sw_rec) || len > UINT16_MAX)
		return -EINVAL;
	memcpy(&ts, rec, sizeof(ts));
	if (!w->in_block || ts < w->first_ts)
		w->first_ts = ts;
	if (ts > w->last_ts)
		w->last_ts = ts;
	w->block_len += sw_pack__put(&w->pack, w->block + w->block_len, rec, len);
	w->unpacked += (uint32_t)len;
	w->in_block++;
	w->records++;
	return w->block_len >= BLOCK_BYTES ? write_records(w) : 0;
}

/* No name, and no stack, is longer than it may be: of the outermost frames those are left
 * out for which there is no room. */
static void put_names(struct sw_buf *b, const char *names, size_t len)
{
	while (len && b->len < STACK_MAX_BYTES) {
		size_t n = strnlen(names, len);

		sw_put_cut(b, names, n, SW_FRAME_MAX);
		sw_buf__putc(b, '\0');
		n += n < len;
		names += n;
		len -= n;
	}
}

int sw_writer__stack(struct sw_writer *w, uint32_t pid, uint32_t number, const char *names,
		     size_t len)
{
	struct sw_block_stack head = {pid, number};
	struct sw_buf b = {0};
	int err;

	sw_buf__put(&b, &head, sizeof(head));
	put_names(&b, names, len);
	err = write_simple(w, SW_BLOCK_STACK, &b);
	sw_buf__free(&b);
	return err;
}

int sw_writer__flush(struct sw_writer *w, const struct sw_trace_info *info)
{
	return write_records(w) ?: write_ledger(w, info);
}

int sw_writer__end(struct sw_writer *w, const struct sw_trace_info *info)
{
	struct sw_block_end end = {.records = w->records};
	struct sw_buf b = {0};

	if (sw_writer__flush(w, info))
		return w->error;
	end.index = w->bytes;
	if (w->index.failed || w->too_long)
		end.index = 0;
	else
		write_simple(w, SW_BLOCK_INDEX, &w->index);
	sw_buf__put(&b, &end, sizeof(end));
	write_simple(w, SW_BLOCK_END, &b);
	sw_buf__free(&b);
	return w->error;
}

/* Of a block of so many bytes, at most. */
static uint64_t block_bound(size_t len)
{
	return sizeof(struct sw_block_head) + ZSTD_compressBound(len);
}

static uint64_t size_bound(const struct sw_writer *w)
{
	const size_t row = (4 + SW_LOST_COUNT) * sizeof(uint64_t);

	return w->bytes + block_bound(w->block_len + ROOM_BYTES) +
	       block_bound(sizeof(struct sw_block_ledger) + SW_HOOK_COUNT * row) +
	       block_bound(w->index.len + 2 * sizeof(struct sw_index_entry)) +
	       block_bound(sizeof(struct sw_block_end));
}

bool sw_writer__has_room(struct sw_writer *w, uint64_t max)
{
	if (size_bound(w) <= max)
		return true;
	if (w->block_len < SQUEEZE_BYTES || write_records(w))
		return false;
	return size_bound(w) <= max;
}

uint64_t sw_writer__bytes(const struct sw_writer *w)
{
	return w->bytes;
}

uint64_t sw_writer__records(const struct sw_writer *w)
{
	return w->records;
}

bool sw_writer__holds_back(const struct sw_writer *w)
{
	return w->in_block;
}
