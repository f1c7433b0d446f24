/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finding the very file that a process has mapped, or none. */
#ifndef SW_LIVE_OPENING_H
#define SW_LIVE_OPENING_H

#include <sys/stat.h>

#include "live/wire.h"

/* A descriptor of a regular file, and what it is; negative: it is not to be had.  May take
 * for ever: what is opened can be on anybody's file system. */
int sw_open_mapping(const struct sw_look *l, struct stat *st);

#endif
