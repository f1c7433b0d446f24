/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The process that opens one stranger's file, gives up all that it does not need to read
 * it, and answers what is asked of it until nobody asks any more.
 */
#ifndef SW_LIVE_FILE_READER_H
#define SW_LIVE_FILE_READER_H

#include <stdnoreturn.h>
#include <sys/stat.h>

#include "live/wire.h"

/* What makes a file the same, and as it was. */
struct sw_identity {
	uint64_t dev, ino, size;
	int64_t modified_s, modified_ns;
};

struct sw_known_file {
	struct sw_identity is;
	uint32_t file; /* its number; 0: it is not to be read again */
};

/* Said once, before the first answer, which follows if it is OPENED. */
struct sw_opened {
	enum {
		SW_OPENED,
		SW_OPENED_NOT,
		SW_OPENED_KNOWN,  /* another process reads it: ask that one */
		SW_OPENED_SPOILT, /* known not to be read again */
	} what;
	uint32_t file; /* KNOWN: which */
	struct sw_identity is;
};

/* l: the first question, of a file that is to be number l->file from here on; further ones
 * come from `in`, answers go to `out`. */
noreturn void sw_file_reader__run(struct sw_look *l, const struct sw_known_file *known,
				  unsigned int n_known, int in, int out);

#endif
