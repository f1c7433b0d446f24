/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "base/cut.h"

#define MARK	       "..."
#define CHAR_MAX_BYTES 4

void sw_put_cut(struct sw_buf *b, const char *name, size_t len, size_t max)
{
	size_t keep = max - (sizeof(MARK) - 1);

	if (len <= max) {
		sw_buf__put(b, name, len);
		return;
	}
	/* What begins with a byte like this goes on from before. */
	for (unsigned int i = 1; i < CHAR_MAX_BYTES && keep; i++, keep--)
		if ((name[keep] & 0xc0) != 0x80)
			break;
	sw_buf__put(b, name, keep);
	sw_buf__puts(b, MARK);
}
