// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Writes the seeds of the decoder's corpus: a good record of each kind, all of
 * them in a row, and what a newer sockwake might write.
 *
 *   make_seeds DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/samples.h"

static const char *directory;

static FILE *seed__open(const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/seed-%s", directory, name);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void seed__put(FILE *f, const void *data, size_t size)
{
	if (fwrite(data, 1, size, f) != size) {
		perror("write");
		exit(1);
	}
}

static void seed__close(FILE *f)
{
	if (fclose(f)) {
		perror("close");
		exit(1);
	}
}

static void write_kinds(void)
{
	FILE *all = seed__open("all");
	FILE *f;

#define KIND(id, name, fields)                                \
	{                                                     \
		struct sw_rec_##name rec = sample_##name();   \
							      \
		f = seed__open(#name);                        \
		seed__put(f, &rec, sizeof(rec));              \
		seed__close(f);                               \
		seed__put(all, &rec, sizeof(rec));            \
	}
	SW_KINDS(KIND)
#undef KIND
	seed__close(all);
}

/* A kind that is not known, a record that has grown, and one that is known. */
static void write_newer(void)
{
	struct sw_rec unknown = sample_hdr(SW_REC_COUNT, 0, sizeof(unknown));
	struct sw_rec_destroy destroy = sample_destroy();
	FILE *f = seed__open("newer");

	seed__put(f, &unknown, sizeof(unknown));
	destroy.hdr.size += 8;
	seed__put(f, &destroy, sizeof(destroy));
	seed__put(f, "\0\0\0\0\0\0\0\0", 8);
	destroy = sample_destroy();
	seed__put(f, &destroy, sizeof(destroy));
	seed__close(f);
}

/* Names that are not text. */
static void write_hostile(void)
{
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_unix names = sample_unix();
	FILE *f = seed__open("hostile-names");

	memcpy(wakeup.comm, "\x1b[2J\xe2\x80\xae\xc2\x9b\xed\xa0\x80\"\\\n", SW_COMM_LEN);
	seed__put(f, &wakeup, sizeof(wakeup));
	memset(names.lpath, 0xf0, sizeof(names.lpath));
	memset(names.rpath, '\n', sizeof(names.rpath));
	names.llen = SW_UNIX_PATH;
	seed__put(f, &names, sizeof(names));
	seed__close(f);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make_seeds DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	write_kinds();
	write_newer();
	write_hostile();
	return 0;
}
