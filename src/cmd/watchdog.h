/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Ends a process that cannot end by itself: a file system that does not answer (a server of
 * NFS or FUSE that hangs) keeps who writes, reads or opens there, and no signal but one that
 * is fatal to all threads interrupts that.
 */
#ifndef SW_CMD_WATCHDOG_H
#define SW_CMD_WATCHDOG_H

#include <sys/types.h>

/*
 * Watches the calling thread from now on: while INT, TERM or HUP is there and not taken, or
 * since sw_watchdog__ending(), a call on a file that does not come back for a second and a half
 * ends the process by that signal, and says so.  Without the means (no /proc, no threads) there
 * is none, in silence.
 */
void sw_watchdog__start(void);

/* A signal was taken that ends it all. */
void sw_watchdog__ending(void);

/* The program behind --, which gets TERM as well then; 0: there is none. */
void sw_watchdog__program(pid_t program);

#endif
