/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The files that a program has mapped to be run. */
#ifndef SW_LIVE_IMAGE_H
#define SW_LIVE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of a file that can be run. */
struct sw_mapping {
	uint64_t start, end, offset, inode;
	uint32_t major, minor;
	char *path;    /* as the process has it; owned */
	uint32_t file; /* for who reads it: 0 at first */
};

/* A program, or one that went on to use other files where it had used some. */
struct sw_image {
	uint32_t id; /* never used again */
	unsigned int refs;
	struct sw_mapping *maps;
	size_t n, cap; /* n grows when it maps more */
};

/* With one reference.  NULL: out of memory. */
struct sw_image *sw_image__new(uint32_t id);
/* With all of `from` that is not in the way of start to end. */
struct sw_image *sw_image__without(uint32_t id, const struct sw_image *from, uint64_t start,
				   uint64_t end);
void sw_image__put(struct sw_image *image); /* NULL is legal */

/* Copied.  Returns 0, -ENOMEM or -E2BIG. */
int sw_image__add(struct sw_image *image, const struct sw_mapping *m);

/* Bytes that all of them have. */
size_t sw_image__held(void);

/* NULL: no file is mapped there. */
struct sw_mapping *sw_image__find(struct sw_image *image, uint64_t address);

/* NULLs are the same as nothing. */
bool sw_image__same(const struct sw_image *a, const struct sw_image *b);

bool sw_mapping__overlaps(const struct sw_mapping *m, uint64_t start, uint64_t end);
/* Each place of the file that both have is at the same address. */
bool sw_mapping__same_file(const struct sw_mapping *a, const struct sw_mapping *b);

#endif
