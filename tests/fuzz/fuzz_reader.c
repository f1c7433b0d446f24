// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The reader of trace files, and what merges several.  The first byte says what the rest
 * is: 0: a file as it is, which checksums keep shallow; else payloads, each behind its
 * block's type and 16 bits of size, of which a sound file is made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "trace/format.h"
#include "trace/inputs.h"
#include "must.h"

static int see_stack(void *arg, uint32_t pid, uint32_t number, const char *names, size_t len)
{
	size_t *bytes = arg;

	(void)pid, (void)number;
	must(len && !names[len - 1]);
	*bytes += strlen(names);
	return 0;
}

static void put_block(int fd, uint8_t type, const void *data, size_t len)
{
	size_t cap = ZSTD_compressBound(len), n;
	struct sw_block_head head = {
		.mark = SW_BLOCK_MARK, .type = type, .raw = (uint32_t)len};
	char *packed = malloc(cap);

	must(packed);
	n = ZSTD_compress(packed, cap, data, len, 1);
	must(!ZSTD_isError(n));
	head.stored = (uint32_t)n;
	head.crc = (uint32_t)crc32(0, (void *)&head, offsetof(struct sw_block_head, crc));
	must(write(fd, &head, sizeof(head)) == sizeof(head));
	must(write(fd, packed, n) == (ssize_t)n);
	free(packed);
}

static void put_blocks(int fd, const uint8_t *data, size_t size)
{
	const struct sw_file_head head = {SW_FILE_MAGIC, SW_FILE_ORDER, SW_FILE_VERSION,
					  sizeof(struct sw_block_head)};

	must(write(fd, &head, sizeof(head)) == sizeof(head));
	while (size >= 3) {
		size_t len = data[1] | data[2] << 8;
		uint8_t type = data[0];

		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		put_block(fd, type, data, len);
		data += len;
		size -= len;
	}
}

/* Not the same file: there is a byte more. */
static int longer_copy(int fd)
{
	int copy = memfd_create("longer", MFD_CLOEXEC);
	char bytes[4096];
	off_t at = 0;
	ssize_t n;

	must(copy >= 0);
	for (; (n = pread(fd, bytes, sizeof(bytes), at)) > 0; at += n)
		must(write(copy, bytes, (size_t)n) == n);
	must(!n && write(copy, "", 1) == 1);
	must(!lseek(copy, 0, SEEK_SET));
	return copy;
}

static void read_all(int fd)
{
	struct sw_inputs *in = sw_inputs__new();
	const struct sw_trace_info *info;
	enum sw_reader_state state;
	const char *reason, *name;
	char why[SW_READER_WHY];
	size_t bytes = 0, len;
	const void *rec;
	int err, n;

	must(in);
	/* Twice, so that records are moved to the clock and the keys of another. */
	for (int i = 0; i < 2; i++) {
		char path[64];
		int own;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		own = i ? longer_copy(fd) : open(path, O_RDONLY | O_CLOEXEC);
		must(own >= 0);
		err = sw_inputs__add(in, own, "input", why);
		must(!err || ((err == -EINVAL || err == -EEXIST) && why[0]));
		if (err)
			goto out;
	}
	info = sw_inputs__info(in);
	must(strlen(info->host) <= UINT16_MAX && info->n_hooks == SW_HOOK_COUNT);
	sw_inputs__on_stack(in, see_stack, &bytes);
	while ((n = sw_inputs__next(in, &rec, &len)) > 0) {
		struct sw_rec hdr;
		union sw_event ev;

		must(len >= sizeof(hdr));
		memcpy(&hdr, rec, sizeof(hdr));
		must(hdr.size == len);
		sw_event__decode(rec, len, &ev);
	}
	must(!n);
	for (unsigned int i = 0; sw_inputs__state(in, i, &state, &reason, &name); i++)
		must(state != SW_READER_OPEN && (state == SW_READER_COMPLETE || reason[0]));
	sw_inputs__info(in);
out:
	sw_inputs__free(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd;

	if (!size)
		return 0;
	fd = memfd_create("trace", MFD_CLOEXEC);
	must(fd >= 0);
	if (!data[0])
		must(write(fd, data + 1, size - 1) == (ssize_t)size - 1);
	else
		put_blocks(fd, data + 1, size - 1);
	read_all(fd);
	close(fd);
	return 0;
}
