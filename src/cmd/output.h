/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where the rendered trace goes. */
#ifndef SW_CMD_OUTPUT_H
#define SW_CMD_OUTPUT_H

#include <stdint.h>

#include "base/buf.h"
#include "cmd/newfile.h"

struct sw_output {
	int fd; /* borrowed from `file`, or standard output; -1: not made yet */
	const char *name; /* for messages; borrowed */
	int error;	  /* the errno that ended it; nothing is written after that */
	struct sw_newfile file;
	bool lines;	/* a part of a line is of no use; set by whoever writes */
	uint64_t whole; /* how long it was up to the last whole line */
};

/* path NULL or "-": standard output.  A new file is readable by its owner alone.  Nothing
 * is changed yet.  Each returns 0, or -errno after having told the user. */
int sw_output__open(struct sw_output *o, const char *path);
/* It is what is read from. */
bool sw_output__is(const struct sw_output *o, int fd);
/* There is a file to write to, but what it holds is there yet. */
int sw_output__make(struct sw_output *o);
/* From here on it is written. */
int sw_output__begin(struct sw_output *o);

/* Writes all of b and empties it.  Returns 0 or -errno; tells the user once. */
int sw_output__write(struct sw_output *o, struct sw_buf *b);

/* Returns 0 or -errno, as the last bytes may fail to be stored.  What was made, and not
 * begun, is removed. */
int sw_output__close(struct sw_output *o);

#endif
