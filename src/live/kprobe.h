/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A kprobe as a perf event: it is gone when its last fd is, even after SIGKILL. */
#ifndef SW_LIVE_KPROBE_H
#define SW_LIVE_KPROBE_H

#include <stdbool.h>

/*
 * At the entry of the function, or at its exit (a kretprobe: not for functions
 * that sleep).  `type` is perf's number for kprobes (struct sw_kernel).  Returns an fd that
 * the caller owns, disabled until a program is attached to it, or -errno.
 */
int sw_kprobe__open(int type, const char *function, bool exit);

#endif
