/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Tables that others stand in for when they are small as well: see run.sh. */
#define SW_HELD_WAITS 1
#define SW_TASK_FRAMES 1
#define SW_BACKLOGS 1
#define SW_PEERS 1
