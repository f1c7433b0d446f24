/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where the rendered trace goes. */
#ifndef SW_CMD_OUTPUT_H
#define SW_CMD_OUTPUT_H

#include "base/buf.h"

struct sw_output {
	int fd;
	const char *name; /* for messages; borrowed */
	int error;	  /* the errno that ended it; nothing is written after that */
};

/* path NULL or "-": standard output.  A new file is readable by its owner alone.
 * Returns 0, or -errno after having told the user. */
int sw_output__open(struct sw_output *o, const char *path);

/* Writes all of b and empties it.  Returns 0 or -errno; tells the user once. */
int sw_output__write(struct sw_output *o, struct sw_buf *b);

/* Returns 0 or -errno, as the last bytes may fail to be stored. */
int sw_output__close(struct sw_output *o);

#endif
