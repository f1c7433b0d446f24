/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef SW_GOLDEN_OUTPUT_H
#define SW_GOLDEN_OUTPUT_H

#include "render/render.h"

/* To standard output, sorted if it is framed.  Returns 0 or -errno. */
int write_out(const struct sw_renderer *r, const struct sw_buf *buf);

#endif
