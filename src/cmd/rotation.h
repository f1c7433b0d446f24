/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* With --rotate: from one file of a recording to the next. */
#ifndef SW_CMD_ROTATION_H
#define SW_CMD_ROTATION_H

#include "cmd/trace_files.h"

/* Each returns 0 or -errno; but for name() the user has been told then. */
int sw_rotation__open(struct sw_trace_files *f);
/* What is written is the last that was begun. */
void sw_rotation__keep(struct sw_trace_files *f);
/* What fails is the end of the recording: what was begun for nothing is removed. */
int sw_rotation__next(struct sw_trace_files *f);
/* What the n-th is called, NUL included. */
int sw_rotation__name(const char *first, unsigned int n, struct sw_buf *name);

#endif
