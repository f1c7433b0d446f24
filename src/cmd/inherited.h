/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The descriptors that sockwake was started with.  They are for the program behind --:
 * a socket that it was passed, and closes, would stay open with us.
 */
#ifndef SW_CMD_INHERITED_H
#define SW_CMD_INHERITED_H

#include <stdint.h>

#define SW_INHERITED_MAX 1024 /* those above are left alone */

struct sw_inherited {
	uint64_t open[SW_INHERITED_MAX / 64];
};

/* Notes those that are open, but for the first three: before any is opened here. */
void sw_inherited__note(struct sw_inherited *in);

/* Closes them here: once the program has its own, and nothing will be opened by /dev/fd. */
void sw_inherited__close(const struct sw_inherited *in);

#endif
