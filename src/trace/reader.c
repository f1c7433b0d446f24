/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sw_reader {
	struct sw_blocks *blocks;
	struct sw_block *block; /* the one that is looked at */
	size_t at;		/* the next record in it */
	size_t before;		/* the last that was given; valid while `given` */
	bool given, parked;
	bool records;		/* it holds records */
	struct sw_meta meta;
	sw_reader_stack on_stack;
	void *stack_arg;
	enum sw_reader_state state;
	int err; /* of reading: it stays */
	char why[SW_READER_WHY];
	union {
		char bytes[sizeof(union sw_event)];
		uint64_t align;
	} longer; /* a record of an earlier version, with zeros behind it */
};

static int take_stack(struct sw_reader *r, struct sw_block *b)
{
	struct sw_block_stack head;

	if (b->raw_len <= sizeof(head) || b->raw[b->raw_len - 1])
		return sw_block__damaged(b, "a stack without names");
	memcpy(&head, b->raw, sizeof(head));
	return r->on_stack ? r->on_stack(r->stack_arg, head.pid, head.number,
					 b->raw + sizeof(head), b->raw_len - sizeof(head)) :
			     0;
}

static int take_ledger(struct sw_reader *r, struct sw_block *b)
{
	struct sw_block_ledger head;
	size_t row;

	if (b->raw_len < sizeof(head))
		return sw_block__damaged(b, "a short ledger");
	memcpy(&head, b->raw, sizeof(head));
	if (head.n_losses > 64 || head.n_hooks > 255)
		return sw_block__damaged(b, "a ledger of more than there can be");
	row = (4 + head.n_losses) * sizeof(uint64_t);
	if (b->raw_len - sizeof(head) < head.n_hooks * row)
		return sw_block__damaged(b, "a short ledger");
	r->meta.info.end_ns = head.end_ns;
	for (uint32_t i = 0; i < head.n_hooks; i++) {
		uint64_t v[4 + 64];
		struct sw_count *c;

		memcpy(v, b->raw + sizeof(head) + i * row, row);
		if (v[0] >= SW_HOOK_COUNT)
			continue;
		c = &r->meta.info.hooks[v[0]].count;
		c->hits = v[1];
		c->delivered = v[2];
		c->filtered = v[3];
		for (uint32_t k = 0; k < SW_LOST_COUNT; k++)
			c->lost[k] = k < head.n_losses ? v[4 + k] : 0;
		/* Losses of kinds that came later are losses. */
		for (uint32_t k = SW_LOST_COUNT; k < head.n_losses; k++)
			c->lost[SW_LOST_COUNT - 1] += v[4 + k];
	}
	return 0;
}

static int over(struct sw_reader *r, const struct sw_block *b)
{
	r->state = b->state;
	memcpy(r->why, b->why, sizeof(r->why));
	return r->err = b->err;
}

/* The next block, whatever it is. */
static int take_block(struct sw_reader *r)
{
	struct sw_block *b;
	int err;

	r->block = b = sw_blocks__next(r->blocks);
	r->at = 0;
	r->given = false;
	if (b->err || b->state != SW_READER_OPEN)
		return over(r, b);
	switch (b->head.type) {
	case SW_BLOCK_RECORDS:
		r->records = true;
		return 0;
	case SW_BLOCK_STACK:
		err = take_stack(r, b);
		break;
	case SW_BLOCK_LEDGER:
		err = take_ledger(r, b);
		break;
	case SW_BLOCK_END:
		b->state = SW_READER_COMPLETE;
		err = 0;
		break;
	default:
		return 0;
	}
	return err ? err : over(r, b);
}

size_t sw_reader__bytes(const struct sw_reader *r)
{
	return sw_blocks__bytes(r->blocks);
}

bool sw_reader__park(struct sw_reader *r)
{
	if (r->state != SW_READER_OPEN || r->err)
		sw_blocks__let_go(r->blocks);
	else if (!r->parked)
		r->parked = sw_blocks__park(r->blocks, r->given ? r->block->at : 0);
	return r->parked;
}

/* Where it was, before the last record that it gave. */
static int wake(struct sw_reader *r)
{
	size_t before = r->before;
	int err;

	r->parked = r->records = false;
	err = sw_blocks__wake(r->blocks);
	if (err || !r->given)
		return r->err = err;
	r->given = false;
	err = take_block(r);
	if (err || r->state != SW_READER_OPEN)
		return err;
	/* The file may have changed. */
	if (!r->records || before >= r->block->raw_len) {
		sw_block__damaged(r->block, "the file has changed");
		return over(r, r->block);
	}
	r->at = before;
	return 0;
}

int sw_reader__next(struct sw_reader *r, const void **rec, size_t *len)
{
	struct sw_block *b;
	struct sw_rec hdr;
	int err;

	if (r->err)
		return r->err;
	if (r->parked) {
		err = wake(r);
		if (err)
			return err;
	}
	b = r->block;
	while (r->state == SW_READER_OPEN && !(r->records && r->at < b->raw_len)) {
		r->records = false;
		err = take_block(r);
		if (err)
			return err;
		b = r->block;
	}
	if (r->state != SW_READER_OPEN)
		return 0;
	hdr.size = 0;
	if (b->raw_len - r->at >= sizeof(hdr))
		memcpy(&hdr, b->raw + r->at, sizeof(hdr));
	if (hdr.size < sizeof(hdr) || hdr.size > b->raw_len - r->at) {
		sw_block__damaged(b, "a record goes beyond its block");
		return over(r, b);
	}
	*rec = b->raw + r->at;
	*len = hdr.size;
	r->before = r->at;
	r->given = true;
	r->at += hdr.size;
	/* As an earlier version knew it: kinds grow at their ends, by what is 0 if it is
	 * not known. */
	if (hdr.kind && hdr.kind < SW_REC_COUNT && hdr.size < sw_rec_size(hdr.kind) &&
	    hdr.size == r->meta.sizes[hdr.kind]) {
		memcpy(r->longer.bytes, *rec, hdr.size);
		memset(r->longer.bytes + hdr.size, 0, sizeof(r->longer.bytes) - hdr.size);
		hdr.size = (uint16_t)sw_rec_size(hdr.kind);
		memcpy(r->longer.bytes, &hdr, sizeof(hdr));
		*rec = r->longer.bytes;
		*len = hdr.size;
	}
	return 1;
}

static int take_meta(struct sw_reader *r, char *why)
{
	struct sw_block *b = sw_blocks__next(r->blocks);
	int err = 0;

	if (b->err)
		return b->err;
	if (b->state == SW_READER_OPEN && b->head.type != SW_BLOCK_META)
		sw_block__damaged(b, "the file does not say what it is of");
	if (b->state == SW_READER_OPEN)
		err = sw_meta__read(&r->meta, b->raw, b->raw_len);
	if (err == -EINVAL)
		err = sw_block__damaged(b, "what the file says of itself is not readable");
	if (err || b->state == SW_READER_OPEN)
		return err;
	memcpy(why, b->why, SW_READER_WHY);
	return -EINVAL;
}

int sw_reader__new(int fd, struct sw_reader **result, char why[SW_READER_WHY])
{
	struct sw_reader *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = sw_blocks__new(fd, &r->blocks, why);
	if (!err)
		err = take_meta(r, why);
	if (err) {
		sw_reader__free(r);
		return err;
	}
	*result = r;
	return 0;
}

void sw_reader__free(struct sw_reader *r)
{
	if (!r)
		return;
	sw_blocks__free(r->blocks);
	sw_meta__free(&r->meta);
	free(r);
}

void sw_reader__read_ahead(struct sw_reader *r)
{
	if (r->parked) {
		r->err = wake(r);
		if (r->err)
			return;
	}
	sw_blocks__read_ahead(r->blocks);
}

void sw_reader__on_stack(struct sw_reader *r, sw_reader_stack fn, void *arg)
{
	r->on_stack = fn;
	r->stack_arg = arg;
}

const struct sw_meta *sw_reader__meta(const struct sw_reader *r)
{
	return &r->meta;
}

enum sw_reader_state sw_reader__state(const struct sw_reader *r)
{
	return r->state;
}

const char *sw_reader__why(const struct sw_reader *r)
{
	return r->why;
}
