/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What --verbose says: what is loaded into the kernel, and how each hook is attached. */
#ifndef SW_CMD_LOADED_H
#define SW_CMD_LOADED_H

#include "core/trace.h"

/* On stderr, as of now. */
void sw_loaded__show(const struct sw_trace_info *info);

#endif
