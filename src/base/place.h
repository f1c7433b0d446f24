/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Where a path leads: the folder, held open, and the name in it.  Root writes files, and
 * in folders of others anybody may have put a link where a file, or a folder on the way
 * to it, was expected.  So a link is followed only if nobody else can have made it.
 */
#ifndef SW_BASE_PLACE_H
#define SW_BASE_PLACE_H

#include <stdbool.h>

struct sw_place {
	int folder; /* an O_PATH descriptor; owned */
	char *name; /* in it, and no link; owned.  NULL: it is `descriptor` */
	int descriptor; /* of this process, as /dev/stdout and /dev/fd/3 name one; else -1 */
};

/*
 * Returns 0, or -errno: -ELOOP for a link that is not to be followed (or too many of them),
 * -EISDIR for what can only be a folder.  That the name is there is not said.
 */
int sw_place__find(struct sw_place *p, const char *path);
void sw_place__free(struct sw_place *p);

/* May what that user owns be written to, in this folder?  Ours and root's; and somebody else's
 * where it is the folder's owner's, and nobody else can put anything there. */
bool sw_place__may_use(int folder, unsigned int owner);

#endif
