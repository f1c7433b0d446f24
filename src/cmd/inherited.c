/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/inherited.h"

#include <fcntl.h>
#include <unistd.h>

void sw_inherited__note(struct sw_inherited *in)
{
	for (int fd = STDERR_FILENO + 1; fd < SW_INHERITED_MAX; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			in->open[fd / 64] |= 1ull << fd % 64;
}

void sw_inherited__close(const struct sw_inherited *in)
{
	for (int fd = STDERR_FILENO + 1; fd < SW_INHERITED_MAX; fd++)
		if (in->open[fd / 64] >> fd % 64 & 1)
			close(fd);
}
