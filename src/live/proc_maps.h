/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What /proc says a process has mapped now.  That is the kernel's text, but the process can
 * have the kernel wait before it gives it. */
#ifndef SW_LIVE_PROC_MAPS_H
#define SW_LIVE_PROC_MAPS_H

#include "base/buf.h"
#include "live/image.h"

/* Appends the lines of files that are mapped to be run, up to `most` bytes of them.  Nothing
 * where there are none, or the process is not there. */
void sw_proc_maps__read(uint32_t pid, struct sw_buf *text, size_t most);

/* Of such lines.  NULL: it would have no mapping, as a process that is about to end, or there
 * is no memory for it. */
struct sw_image *sw_proc_maps__image(uint32_t id, const struct sw_buf *text);

#endif
