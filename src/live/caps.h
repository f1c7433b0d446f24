/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The privileges that tracing needs, and getting rid of them. */
#ifndef SW_LIVE_CAPS_H
#define SW_LIVE_CAPS_H

#include <stdbool.h>

/*
 * Checks for CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN, which stands for both).
 * Returns 0, or -EPERM after having told the user what is missing.
 */
int sw_caps__check(void);

/* After attaching: keeps CAP_BPF, to read the counts at the end, and on demand
 * CAP_DAC_OVERRIDE, to make files in a folder of somebody else; and gives up all else, for
 * good.  Returns 0 or -errno. */
int sw_caps__drop(bool but_override);

/* Files can be made in the folder (a descriptor) by CAP_DAC_OVERRIDE alone. */
bool sw_caps__needs_override(int folder);

#endif
