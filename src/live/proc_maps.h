/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What /proc says a process has mapped now.  That is the kernel's text: no file of the
 * process's own is opened. */
#ifndef SW_LIVE_PROC_MAPS_H
#define SW_LIVE_PROC_MAPS_H

#include "live/image.h"

/* NULL: it has no files mapped to be run, or is not there. */
struct sw_image *sw_proc_maps__read(uint32_t id, uint32_t pid);

#endif
