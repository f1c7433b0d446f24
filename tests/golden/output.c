// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "output.h"

#include <errno.h>
#include <stdio.h>

#include "base/sorter.h"

static int put(void *arg, const void *piece, size_t len)
{
	(void)arg;
	return fwrite(piece, 1, len, stdout) == len ? 0 : -EIO;
}

/* A piece or two a run, so that what is sorted in files is what is compared. */
static int write_sorted(const struct sw_buf *buf)
{
	struct sw_sorter *s = sw_sorter__new(256, NULL);
	int err = s ? sw_sorter__add(s, buf->data, buf->len) : -ENOMEM;

	if (!err)
		err = sw_sorter__drain(s, put, NULL);
	sw_sorter__free(s);
	return err;
}

int write_out(const struct sw_renderer *r, const struct sw_buf *buf)
{
	int err = -ENOMEM;

	if (!buf->failed && r->framed)
		err = write_sorted(buf);
	else if (!buf->failed)
		err = put(NULL, buf->data, buf->len);
	return !err && fflush(stdout) ? -EIO : err;
}
