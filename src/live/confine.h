/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a process that has to do with strangers' files can still do.  Nothing is ever given
 * back.  Each returns 0 or -errno. */
#ifndef SW_LIVE_CONFINE_H
#define SW_LIVE_CONFINE_H

/* Standard input, output and error are nothing from here on; of the others only these two
 * stay open. */
int sw_confine__files(int a, int b);

/* Another user, and of the capabilities those that lead to other users' files. */
int sw_confine__to_opening(void);

/* For one that is about to open one file, and to read it. */
int sw_confine__limits(void);

/* Its file is open: no capability, and no system call but those that read it, get memory,
 * and write into what is open. */
int sw_confine__to_reading(void);

#endif
