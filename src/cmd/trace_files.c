/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/trace_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "cmd/patience.h"

#define FLUSH_NS 1000000000ull /* a killed recording lacks no more than this */

/* The name of the n-th, NUL included. */
static int name_of(const struct sw_trace_files *f, unsigned int n, struct sw_buf *name)
{
	sw_buf__reset(name);
	sw_buf__puts(name, f->output);
	if (n > 1)
		sw_buf__printf(name, ".%u", n);
	sw_buf__putc(name, '\0');
	return name->failed ? -ENOMEM : 0;
}

static int complain(const char *what, const char *name, int err)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, name, strlen(name));
	sw_error("cannot %s '%.*s': %s%s", what, (int)b.len, b.data ? b.data : "", sw_write_error(err),
		 err == -EEXIST ? " (-f overwrites it)" : "");
	sw_buf__free(&b);
	return err;
}

/* A file that is there is left alone, unless that is asked for, and what is behind a
 * link never touched: root writes, and others may have made the folder's entries. */
static int open_file(const char *name, bool force, bool *created)
{
	const int how = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	struct stat st;
	int fd, err = 0;

	fd = open(name, how | O_EXCL, 0600);
	*created = fd >= 0;
	if (fd >= 0 || errno != EEXIST)
		return fd >= 0 ? fd : -errno;
	fd = open(name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode)) /* a device or a named pipe: nothing to be lost */
		err = fcntl(fd, F_SETFL, 0) ? -errno : 0;
	else if (!force)
		err = -EEXIST;
	else if (st.st_uid != geteuid() || st.st_nlink > 1)
		err = -EPERM; /* whose it is could read it */
	else if (ftruncate(fd, 0) || fchmod(fd, 0600))
		err = -errno;
	if (err)
		close(fd);
	return err ? err : fd;
}

static int write_all(void *arg, const void *data, size_t len)
{
	const struct sw_trace_files *f = arg;

	return sw_write_all(f->fd, data, len);
}

static int begin_file(struct sw_trace_files *f)
{
	const struct sw_writer_opts opts = {f->trace, f->tells, f->command};
	int err;

	err = sw_writer__new(f->info, &opts, write_all, f, &f->writer);
	if (!err && f->names)
		err = sw_names__write(f->names, f->writer);
	if (err)
		complain("write", f->name.data, err);
	return err;
}

static int end_file(struct sw_trace_files *f)
{
	int err = sw_writer__end(f->writer, f->info);

	f->before += sw_writer__bytes(f->writer);
	f->records_before += sw_writer__records(f->writer);
	sw_writer__free(f->writer);
	f->writer = NULL;
	if (f->fd > STDOUT_FILENO && close(f->fd) && !err)
		err = -errno;
	f->fd = -1;
	return err;
}

static int next_file(struct sw_trace_files *f)
{
	struct sw_buf oldest = {0};
	int err = end_file(f);
	bool created;

	if (!err && f->files >= f->rotate) {
		err = name_of(f, f->files + 1 - (unsigned int)f->rotate, &oldest);
		if (!err && unlink(oldest.data))
			complain("remove", oldest.data, -errno);
	}
	sw_buf__free(&oldest);
	if (!err)
		err = name_of(f, ++f->files, &f->name);
	if (!err) {
		f->fd = open_file(f->name.data, f->force, &created);
		if (f->fd < 0)
			return complain("write", f->name.data, f->fd);
		err = begin_file(f);
	}
	return err;
}

int sw_trace_files__open(struct sw_trace_files *f)
{
	f->files = 1;
	if (!strcmp(f->output, "-")) {
		f->fd = STDOUT_FILENO;
		if (isatty(f->fd)) {
			sw_error("a trace file is not for a terminal: say -o FILE, or a pipe behind it");
			return -EINVAL;
		}
		sw_buf__puts(&f->name, "standard output");
		sw_buf__putc(&f->name, '\0');
		return f->name.failed ? -ENOMEM : 0;
	}
	if (name_of(f, 1, &f->name))
		return -ENOMEM;
	f->fd = open_file(f->output, f->force, &f->created);
	return f->fd < 0 ? complain("write", f->output, f->fd) : 0;
}

int sw_trace_files__begin(struct sw_trace_files *f, const struct sw_trace_info *info, bool tells,
			  const char *command)
{
	f->info = info;
	f->tells = tells;
	f->command = command;
	f->flushed = sw_clock_ns(CLOCK_MONOTONIC);
	if (getrandom(&f->trace, sizeof(f->trace), 0) != sizeof(f->trace))
		return -errno;
	if (f->rotate) {
		f->names = sw_names__new();
		if (!f->names)
			return -ENOMEM;
	}
	return begin_file(f);
}

int sw_trace_files__record(struct sw_trace_files *f, const void *rec, size_t len)
{
	int err = f->names ? sw_names__record(f->names, rec, len) : 0;

	return err ? err : sw_writer__record(f->writer, rec, len);
}

int sw_trace_files__stack(struct sw_trace_files *f, uint32_t pid, uint32_t number,
			  const char *names, size_t len)
{
	int err = f->names ? sw_names__stack(f->names, pid, number, names, len) : 0;

	return err ? err : sw_writer__stack(f->writer, pid, number, names, len);
}

int sw_trace_files__settle(struct sw_trace_files *f, uint64_t now)
{
	int err = 0;

	if (sw_writer__holds_back(f->writer) && now - f->flushed > FLUSH_NS) {
		f->flushed = now;
		err = sw_writer__flush(f->writer, f->info);
	}
	if (err || !f->max_size || sw_writer__bytes(f->writer) < f->max_size)
		return err;
	return f->rotate ? next_file(f) : -ECANCELED;
}

int sw_trace_files__end(struct sw_trace_files *f)
{
	int err = f->writer ? end_file(f) : -EIO;

	return err ? complain("write", f->name.data, err) : 0;
}

void sw_trace_files__free(struct sw_trace_files *f)
{
	/* It never began: an empty file would be in the way of the next try. */
	if (f->created && !f->info)
		unlink(f->output);
	sw_writer__free(f->writer);
	sw_names__free(f->names);
	sw_buf__free(&f->name);
}

uint64_t sw_trace_files__records(const struct sw_trace_files *f)
{
	return f->records_before + (f->writer ? sw_writer__records(f->writer) : 0);
}

uint64_t sw_trace_files__bytes(const struct sw_trace_files *f)
{
	return f->before + (f->writer ? sw_writer__bytes(f->writer) : 0);
}
