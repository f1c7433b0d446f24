/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/blocks.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "trace/ahead.h"
#include "trace/pack.h"

#define READ_BYTES (64u << 10)
/* Longer than any: a file says how long its block heads are. */
#define BLOCK_HEAD_MAX 256

struct sw_blocks {
	int fd;
	uint64_t offset; /* of what is read next */
	off_t base;	 /* where the descriptor stood at offset 0 */
	uint32_t head_size;
	ZSTD_DCtx *zstd;
	char *in;
	size_t in_at, in_len;
	char *stored; /* a payload as it is in the file */
	size_t stored_cap;
	char *packed; /* a block that is packed, decompressed */
	size_t packed_cap;
	struct sw_pack pack;
	struct sw_block blocks[SW_AHEAD_PLACES];
	struct sw_ahead *ahead; /* NULL: blocks are fetched when they are wanted */
};

__attribute__((format(printf, 3, 4))) static int ends(struct sw_block *b, enum sw_reader_state state,
						      const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(b->why, sizeof(b->why), fmt, args);
	va_end(args);
	b->state = state;
	return 0;
}

int sw_block__damaged(struct sw_block *b, const char *what)
{
	return ends(b, SW_READER_DAMAGED, "damaged at byte %llu: %s", (unsigned long long)b->at,
		    what);
}

/* Waits for bytes; a thread that reads ahead, also for its end.  False: with errno. */
static bool await(const struct sw_blocks *s)
{
	struct pollfd either[] = {
		{ .fd = s->fd, .events = POLLIN },
		{ .fd = s->ahead ? sw_ahead__ends(s->ahead) : -1, .events = POLLIN },
	};

	if (poll(either, 2, -1) < 0)
		return false;
	if (!either[1].revents)
		return true;
	errno = ECANCELED;
	return false;
}

/* As read(2), of a descriptor that does not block as well. */
static ssize_t read_some(struct sw_blocks *s)
{
	ssize_t n;

	if (s->ahead && !await(s))
		return -1;
	for (;;) {
		n = read(s->fd, s->in, READ_BYTES);
		if (n >= 0 || errno != EAGAIN)
			return n;
		if (!await(s))
			return -1;
	}
}

/* Exactly n bytes.  Returns 1, 0 (the file ends before), or -errno. */
static int take(struct sw_blocks *s, void *data, size_t n)
{
	char *to = data;

	while (n) {
		size_t part = s->in_len - s->in_at;

		if (!part) {
			ssize_t got;

			do
				got = read_some(s);
			while (got < 0 && errno == EINTR);
			if (got <= 0)
				return got ? -errno : 0;
			s->in_at = 0;
			s->in_len = (size_t)got;
			continue;
		}
		if (part > n)
			part = n;
		memcpy(to, s->in + s->in_at, part);
		s->in_at += part;
		s->offset += part;
		to += part;
		n -= part;
	}
	return 1;
}

static int room_for(char **buf, size_t *cap, size_t n)
{
	char *more;

	if (*buf && n <= *cap)
		return 0;
	more = realloc(*buf, n ?: 1); /* never NULL, also for an empty block */
	if (!more)
		return -ENOMEM;
	*buf = more;
	*cap = n;
	return 0;
}

/* Returns 1, 0 with why it ended, or -errno. */
static int take_block_head(struct sw_blocks *s, struct sw_block *b)
{
	struct sw_block_head *head = &b->head;
	char bytes[BLOCK_HEAD_MAX];
	int n;

	b->at = s->offset;
	n = take(s, bytes, s->head_size);
	if (n < 0)
		return n;
	if (!n)
		return ends(b, SW_READER_CUT, "cut at byte %llu: the end is missing",
			    (unsigned long long)s->offset);
	memcpy(head, bytes, sizeof(*head));
	if (head->mark != SW_BLOCK_MARK)
		return sw_block__damaged(b, "no block begins here");
	if (head->crc != crc32(0, (void *)head, offsetof(struct sw_block_head, crc)))
		return sw_block__damaged(b, "the head of a block has a wrong checksum");
	if (head->stored > SW_BLOCK_STORED_MAX || head->raw > SW_BLOCK_RAW_MAX)
		return sw_block__damaged(b, "a block claims to be larger than any is");
	return 1;
}

/* Into `raw`, which is *cap bytes and is made longer.  Returns 1, or as take_payload(). */
static int decompress(struct sw_blocks *s, struct sw_block *b, char **raw, size_t *cap)
{
	const struct sw_block_head *head = &b->head;
	size_t len;

	if (room_for(raw, cap, head->raw))
		return -ENOMEM;
	len = ZSTD_decompressDCtx(s->zstd, *raw, head->raw, s->stored, head->stored);
	if (ZSTD_isError(len))
		return sw_block__damaged(b, ZSTD_getErrorName(len));
	if (len != head->raw)
		return sw_block__damaged(b, "a block is shorter than it claims to be");
	return 1;
}

static int unpack(struct sw_blocks *s, struct sw_block *b)
{
	uint32_t bytes;
	int n;

	n = decompress(s, b, &s->packed, &s->packed_cap);
	if (n != 1)
		return n;
	if (b->head.raw < sizeof(bytes))
		return sw_block__damaged(b, "a block does not say how long its records are");
	memcpy(&bytes, s->packed, sizeof(bytes));
	if (bytes > SW_BLOCK_RAW_MAX)
		return sw_block__damaged(b, "a block claims to be larger than any is");
	if (room_for(&b->raw, &b->raw_cap, bytes))
		return -ENOMEM;
	memset(&s->pack, 0, sizeof(s->pack));
	if (sw_pack__unpack(&s->pack, s->packed + sizeof(bytes), b->head.raw - sizeof(bytes),
			    b->raw, bytes) != (long)bytes)
		return sw_block__damaged(b, "a block of records is not packed as it should be");
	b->raw_len = bytes;
	b->head.type = SW_BLOCK_RECORDS;
	return 1;
}

/* Returns 1, 0 with why it ended, or -errno. */
static int take_payload(struct sw_blocks *s, struct sw_block *b)
{
	const struct sw_block_head *head = &b->head;
	int n;

	if (room_for(&s->stored, &s->stored_cap, head->stored))
		return -ENOMEM;
	n = take(s, s->stored, head->stored);
	if (n < 0)
		return n;
	if (!n)
		return ends(b, SW_READER_CUT, "cut at byte %llu: in the block that begins at byte %llu",
			    (unsigned long long)s->offset, (unsigned long long)b->at);
	if (head->type == SW_BLOCK_PACKED)
		return unpack(s, b);
	b->raw_len = head->raw;
	return decompress(s, b, &b->raw, &b->raw_cap);
}

/* The next block, into b.  False: it was the last, or there is none. */
static bool fetch(struct sw_blocks *s, struct sw_block *b)
{
	int n;

	b->err = 0;
	n = take_block_head(s, b);
	if (n == 1)
		n = take_payload(s, b);
	if (n < 0)
		b->err = n;
	return n == 1 && b->head.type != SW_BLOCK_END;
}

static bool fetch_ahead(void *arg, unsigned int place)
{
	struct sw_blocks *s = arg;

	return fetch(s, &s->blocks[place]);
}

void sw_blocks__read_ahead(struct sw_blocks *s)
{
	if (!s->ahead)
		sw_ahead__new(&s->ahead, fetch_ahead, s);
}

struct sw_block *sw_blocks__next(struct sw_blocks *s)
{
	if (s->ahead)
		return &s->blocks[sw_ahead__next(s->ahead)];
	fetch(s, &s->blocks[0]);
	return &s->blocks[0];
}

static int make_buffers(struct sw_blocks *s)
{
	s->in = malloc(READ_BYTES);
	s->zstd = ZSTD_createDCtx();
	return s->in && s->zstd ? 0 : -ENOMEM;
}

static void free_buffers(struct sw_blocks *s)
{
	ZSTD_freeDCtx(s->zstd);
	free(s->in);
	free(s->stored);
	free(s->packed);
	s->zstd = NULL;
	s->in = s->stored = s->packed = NULL;
	s->in_at = s->in_len = s->stored_cap = s->packed_cap = 0;
	for (unsigned int i = 0; i < SW_AHEAD_PLACES; i++) {
		free(s->blocks[i].raw);
		s->blocks[i].raw = NULL;
		s->blocks[i].raw_cap = 0;
	}
}

size_t sw_blocks__bytes(const struct sw_blocks *s)
{
	size_t n = s->stored_cap + s->packed_cap;

	/* The thread's: and one file that is read ahead is never parked. */
	if (s->ahead)
		return 0;
	if (s->in)
		n += READ_BYTES + ZSTD_sizeof_DCtx(s->zstd);
	for (unsigned int i = 0; i < SW_AHEAD_PLACES; i++)
		n += s->blocks[i].raw_cap;
	return n;
}

bool sw_blocks__park(struct sw_blocks *s, uint64_t from)
{
	if (s->ahead || lseek(s->fd, 0, SEEK_CUR) < 0)
		return false;
	if (from)
		s->offset = from;
	free_buffers(s);
	return true;
}

void sw_blocks__let_go(struct sw_blocks *s)
{
	if (!s->ahead)
		free_buffers(s);
}

int sw_blocks__wake(struct sw_blocks *s)
{
	if (lseek(s->fd, s->base + (off_t)s->offset, SEEK_SET) < 0)
		return -errno;
	return make_buffers(s);
}

static int refuse(char *why, const char *text)
{
	snprintf(why, SW_READER_WHY, "%s", text);
	return -EINVAL;
}

static int take_file_head(struct sw_blocks *s, char *why)
{
	struct sw_file_head head;
	int n = take(s, &head, sizeof(head));

	if (n < 0)
		return n;
	if (!n)
		return refuse(why, s->offset || s->in_len ?
					   "not a trace file: it ends before byte 16" :
					   "not a trace file: it is empty");
	if (memcmp(head.magic, SW_FILE_MAGIC, sizeof(head.magic)))
		return refuse(why, "not a trace file (wrong magic at byte 0)");
	if (head.order != SW_FILE_ORDER)
		return refuse(why, "written on a machine of the other byte order (byte 8): "
				   "read it on one of those");
	if (head.version != SW_FILE_VERSION) {
		snprintf(why, SW_READER_WHY,
			 "of format %u (byte 10), and this sockwake reads format %u: "
			 "use a later one",
			 head.version, SW_FILE_VERSION);
		return -EINVAL;
	}
	if (head.block_head_size < sizeof(struct sw_block_head) ||
	    head.block_head_size > BLOCK_HEAD_MAX)
		return refuse(why, "damaged at byte 12: block heads of no possible size");
	s->head_size = head.block_head_size;
	return 0;
}

int sw_blocks__new(int fd, struct sw_blocks **result, char why[SW_READER_WHY])
{
	struct sw_blocks *s = calloc(1, sizeof(*s));
	int err;

	why[0] = '\0';
	if (!s)
		return -ENOMEM;
	s->fd = fd;
	s->base = lseek(fd, 0, SEEK_CUR);
	if (s->base < 0) /* it is not asked to go back */
		s->base = 0;
	err = make_buffers(s);
	if (!err)
		err = take_file_head(s, why);
	if (err) {
		sw_blocks__free(s);
		return err;
	}
	*result = s;
	return 0;
}

void sw_blocks__free(struct sw_blocks *s)
{
	if (!s)
		return;
	sw_ahead__free(s->ahead);
	free_buffers(s);
	free(s);
}
