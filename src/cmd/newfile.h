/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A file that is about to be written, in three steps: looked for, which changes nothing;
 * made, if it was not there; and cleared, once it is certain that there is something to
 * write.  What fails in between leaves the folder as it was.
 */
#ifndef SW_CMD_NEWFILE_H
#define SW_CMD_NEWFILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/place.h"

enum {
	SW_NEW_KEEP = 1,    /* one that is there, and not empty, stays as it is: -EEXIST */
	SW_NEW_PRIVATE = 2, /* only its owner may read it, also if it was there */
	SW_NEW_PUBLIC = 4,  /* anybody may, if it was not there */
	SW_NEW_FILE = 8,    /* neither a device nor a pipe will do */
};

struct sw_newfile {
	struct sw_place place;
	unsigned int how;
	int fd;	   /* owned; -1: it is not there yet */
	bool made; /* by us */
	bool file; /* a regular one */
	dev_t dev; /* valid with fd */
	ino_t ino;
};

#define SW_NEWFILE_NONE {.place = {.folder = -1, .descriptor = -1}, .fd = -1}

/* Each returns 0 or -errno. */
int sw_newfile__look(struct sw_newfile *f, const char *path, unsigned int how);
/* ... for a name in the same folder as that of `beside`. */
int sw_newfile__look_beside(struct sw_newfile *f, const struct sw_newfile *beside,
			    const char *name, unsigned int how);
/* Nobody else can write to it then by this program. */
int sw_newfile__make(struct sw_newfile *f);
int sw_newfile__clear(struct sw_newfile *f);
/* Closes it; -errno: the last bytes may not be stored. */
int sw_newfile__close(struct sw_newfile *f);
/* It was not needed: one that was made is removed again. */
void sw_newfile__undo(struct sw_newfile *f);
void sw_newfile__free(struct sw_newfile *f);

/* It is there, and the descriptor's file is the same, by whatever name. */
bool sw_newfile__is(const struct sw_newfile *f, int fd);
/* Both will be one, whether it is there or not. */
bool sw_newfile__same(const struct sw_newfile *a, const struct sw_newfile *b);
/* Removes a name from its folder, if it still is the file of dev and ino. */
int sw_newfile__remove_beside(const struct sw_newfile *f, const char *name, dev_t dev, ino_t ino);

/* What an error of the above means. */
const char *sw_newfile__why(int err);

#endif
