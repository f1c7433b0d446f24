/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The process that reads what others have mapped. */
#ifndef SW_LIVE_MAPS_READER_H
#define SW_LIVE_MAPS_READER_H

#include <stdnoreturn.h>

/* Takes questions (struct sw_look) from `in`, and answers to `out`, until `in` is closed. */
noreturn void sw_maps_reader__run(int in, int out);

#endif
