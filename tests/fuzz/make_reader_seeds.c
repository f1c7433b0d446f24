// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Where the fuzzer of the reader starts from: a file, and the payloads of its blocks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/samples.h"
#include "trace/format.h"
#include "trace/meta.h"
#include "trace/pack.h"
#include "trace/writer.h"

#define NAMES "tcp_data_queue+0xa15\0main+0x3 [p]"

static int to_buf(void *arg, const void *data, size_t len)
{
	sw_buf__put(arg, data, len);
	return 0;
}

static void save(const char *directory, const char *name, const struct sw_buf *b)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "wb");
	if (!f || b->failed || fwrite(b->data, 1, b->len, f) != b->len || fclose(f)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(2);
	}
}

static void put_payload(struct sw_buf *b, uint8_t type, const void *data, size_t len)
{
	uint8_t head[3] = {type, (uint8_t)len, (uint8_t)(len >> 8)};

	sw_buf__put(b, head, sizeof(head));
	sw_buf__put(b, data, len);
}

/* Two of them, so that the second has a slot. */
static void put_packed(struct sw_buf *b, struct sw_rec_wakeup *rec)
{
	static struct sw_pack pack;
	uint32_t bytes = 2 * sizeof(*rec);
	char data[sizeof(bytes) + 2 * SW_PACK_MAX(sizeof(*rec))];
	size_t n = sizeof(bytes);

	memcpy(data, &bytes, sizeof(bytes));
	n += sw_pack__put(&pack, data + n, rec, sizeof(*rec));
	rec->hdr.ts++;
	n += sw_pack__put(&pack, data + n, rec, sizeof(*rec));
	put_payload(b, SW_BLOCK_PACKED, data, n);
}

int main(int argc, char **argv)
{
	struct sw_trace_info info = {.version = "1", .host = "h", .kernel = "6", .arch = "x",
				     .monotonic_ns = 1, .realtime_ns = 2, .n_hooks = 2};
	const struct sw_writer_opts opts = {1, true, "record"};
	struct sw_block_ledger ledger = {.n_hooks = 1, .n_losses = 2};
	uint64_t row[6] = {1, 2, 3, 4, 5, 6};
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_socket name = sample_socket();
	struct sw_rec_wait wait = sample_wait();
	struct sw_buf file = {0}, b = {0};
	struct sw_writer *w;

	if (argc != 2) {
		fprintf(stderr, "usage: make_reader_seeds DIRECTORY\n");
		return 2;
	}
	for (unsigned int i = 0; i < info.n_hooks; i++)
		info.hooks[i] = (struct sw_hook_info){
			.name = "n", .attach = "kprobe", .target = "t", .note = ""};
	sw_buf__putc(&file, '\0');
	if (sw_writer__new(&info, &opts, to_buf, &file, &w))
		return 2;
	sw_writer__record(w, &name, sizeof(name));
	sw_writer__record(w, &wakeup, sizeof(wakeup));
	sw_writer__stack(w, 7, 3, NAMES, sizeof(NAMES));
	sw_writer__end(w, &info);
	sw_writer__free(w);
	save(argv[1], "seed-file", &file);

	sw_buf__reset(&file);
	sw_buf__putc(&file, '\1');
	sw_meta__put(&b, &info, 1, true, "record");
	/* The kinds and their fields are many, and all alike. */
	put_payload(&file, SW_BLOCK_META, b.data, b.len < 400 ? b.len : 400);
	save(argv[1], "seed-cut-meta", &file);
	file.len = 1;
	put_payload(&file, SW_BLOCK_META, b.data, b.len);
	sw_buf__reset(&b);
	sw_buf__put(&b, &name, sizeof(name));
	sw_buf__put(&b, &wakeup, sizeof(wakeup));
	sw_buf__put(&b, &wait, sizeof(wait));
	put_payload(&file, SW_BLOCK_RECORDS, b.data, b.len);
	put_packed(&file, &wakeup);
	put_payload(&file, SW_BLOCK_STACK, "\7\0\0\0\3\0\0\0main", 13);
	sw_buf__reset(&b);
	sw_buf__put(&b, &ledger, sizeof(ledger));
	sw_buf__put(&b, row, sizeof(row));
	put_payload(&file, SW_BLOCK_LEDGER, b.data, b.len);
	put_payload(&file, SW_BLOCK_END, "", 0);
	save(argv[1], "seed-blocks", &file);
	sw_buf__free(&b);
	sw_buf__free(&file);
	return 0;
}
