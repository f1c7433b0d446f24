/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The process that has one more for each stranger's file that is read, and ends those that
 * take too long.  It reads none of them itself, but is forked before there is anything in
 * sockwake's memory, so that it can fork all along.
 */
#ifndef SW_LIVE_KEEPER_H
#define SW_LIVE_KEEPER_H

#include <stdnoreturn.h>

/* How long a question may take, at first: who takes longer makes it shorter for the next. */
#define SW_KEEPER_MS 2000

/* Takes questions from `in` (which blocks), and answers to `out`, until `in` is closed. */
noreturn void sw_keeper__run(int in, int out);

#endif
