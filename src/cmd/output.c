/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "cmd/patience.h"

static void complain(struct sw_output *o, const char *what, const char *remedy)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, o->name, strlen(o->name));
	sw_error("cannot %s %.*s: %s%s", what, (int)b.len, b.data ? b.data : "",
		 sw_write_error(-o->error), remedy);
	sw_buf__free(&b);
}

int sw_output__open(struct sw_output *o, const char *path)
{
	o->error = 0;
	o->fd = STDOUT_FILENO;
	o->name = "standard output";
	if (!path || !strcmp(path, "-"))
		return 0;
	o->name = path;
	o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (o->fd >= 0)
		return 0;
	o->error = errno;
	complain(o, "write to", "; choose another file with -o");
	return -o->error;
}

int sw_output__write(struct sw_output *o, struct sw_buf *b)
{
	int err;

	if (b->failed && !o->error) {
		o->error = ENOMEM;
		complain(o, "go on writing to", "");
	}
	err = o->error ? 0 : sw_write_all(o->fd, b->data, b->len);
	if (err) {
		o->error = -err;
		complain(o, "go on writing to",
			 err == -ENOSPC ? "; what was written before is complete" :
			 err == -EPIPE	? "; its reader has gone" :
					  "");
	}
	sw_buf__reset(b);
	return -o->error;
}

int sw_output__close(struct sw_output *o)
{
	if (o->fd > STDERR_FILENO && close(o->fd) && !o->error) {
		o->error = errno;
		complain(o, "finish writing", "");
	}
	o->fd = -1;
	return -o->error;
}
