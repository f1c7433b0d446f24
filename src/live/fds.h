/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The sockets that a process has open, by inode number. */
#ifndef SW_LIVE_FDS_H
#define SW_LIVE_FDS_H

#include <stdint.h>
#include <sys/types.h>

/* Calls back for each; stops when it returns non-zero and returns that.
 * Else 0, or -errno when the process cannot be looked at. */
int sw_fds__sockets(pid_t pid, int (*found)(void *arg, uint64_t inode), void *arg);

/* The process that a number is of, as a process or as one of its threads; 0: nobody's. */
pid_t sw_process_of(pid_t number);

#endif
