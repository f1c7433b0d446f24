/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "cmd/patience.h"

static void complain(struct sw_output *o, const char *what, const char *remedy)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, o->name, strlen(o->name));
	sw_error("cannot %s %.*s: %s%s", what, (int)b.len, b.data ? b.data : "",
		 sw_newfile__why(-o->error), remedy);
	sw_buf__free(&b);
}

static int refused(struct sw_output *o, int err)
{
	o->error = -err;
	complain(o, "write to", "; choose another file with -o");
	return err;
}

int sw_output__open(struct sw_output *o, const char *path)
{
	int err;

	*o = (struct sw_output){
		.fd = STDOUT_FILENO, .name = "standard output", .file = SW_NEWFILE_NONE};
	if (!path || !strcmp(path, "-"))
		return 0;
	o->name = path;
	o->fd = -1;
	err = sw_newfile__look(&o->file, path, 0);
	return err ? refused(o, err) : 0;
}

/* To read and write the same device, such as a terminal, does no harm. */
bool sw_output__is(const struct sw_output *o, int fd)
{
	struct stat out, in;

	if (o->file.fd >= 0)
		return o->file.file && sw_newfile__is(&o->file, fd);
	return o->fd >= 0 && !fstat(o->fd, &out) && S_ISREG(out.st_mode) && !fstat(fd, &in) &&
	       in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

int sw_output__make(struct sw_output *o)
{
	int err = sw_newfile__make(&o->file);

	return err ? refused(o, err) : 0;
}

static bool is_own(const struct sw_output *o)
{
	return o->file.place.name;
}

int sw_output__begin(struct sw_output *o)
{
	off_t at;
	int err;

	if (is_own(o) || o->file.fd >= 0) {
		err = sw_newfile__clear(&o->file);
		if (err)
			return refused(o, err);
		o->fd = o->file.fd;
	}
	o->file.made = false; /* it is wanted now */
	at = lseek(o->fd, 0, SEEK_CUR);
	o->whole = at > 0 ? (uint64_t)at : 0;
	return 0;
}

/* Where the end of a line is that is written by now; 0: there is none. */
static size_t whole_lines(const struct sw_buf *b, size_t done)
{
	while (done && b->data[done - 1] != '\n')
		done--;
	return done;
}

/* A disk is full in the middle of a line, of which a reader could make nothing. */
static bool cut_back(const struct sw_output *o)
{
	off_t at = lseek(o->fd, 0, SEEK_CUR);
	struct stat st;

	/* Where others write, too, it is not ours to cut. */
	if (!o->lines || at < 0 || fstat(o->fd, &st) || !S_ISREG(st.st_mode) || st.st_size != at ||
	    (uint64_t)at < o->whole)
		return false;
	return !ftruncate(o->fd, (off_t)o->whole);
}

static void failed(struct sw_output *o, int err)
{
	const char *remedy = "";

	o->error = -err;
	if (o->error == EPIPE)
		remedy = "; its reader has gone";
	else if ((o->error == ENOSPC || o->error == EFBIG || o->error == EDQUOT) && cut_back(o))
		remedy = "; it ends with the last whole line";
	complain(o, "go on writing to", remedy);
}

int sw_output__write(struct sw_output *o, struct sw_buf *b)
{
	size_t done = 0, whole;
	int err;

	if (b->failed && !o->error) {
		o->error = ENOMEM;
		complain(o, "go on writing to", "");
	}
	err = o->error ? 0 : sw_write_all(o->fd, b->data, b->len, &done);
	whole = whole_lines(b, done);
	if (whole) {
		off_t at = lseek(o->fd, 0, SEEK_CUR);

		o->whole = at > 0 ? (uint64_t)at - (done - whole) : 0;
	}
	if (err)
		failed(o, err);
	sw_buf__reset(b);
	return -o->error;
}

int sw_output__close(struct sw_output *o)
{
	int err = 0;

	sw_newfile__undo(&o->file);
	if (is_own(o))
		err = sw_newfile__close(&o->file);
	if (err && !o->error) {
		o->error = -err;
		complain(o, "finish writing", "");
	}
	sw_newfile__free(&o->file);
	o->fd = -1;
	return -o->error;
}
