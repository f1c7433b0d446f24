// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What tests/live/stacked.c loads late. */
#include "stacked.h"

void library_sends(int fd);

__attribute__((noinline)) void library_sends(int fd)
{
	stacked_write(fd);
}
