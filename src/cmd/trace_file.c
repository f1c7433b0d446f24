/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The one file of a recording that is written. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "cmd/patience.h"
#include "cmd/trace_files.h"

int sw_trace_files__complain(const char *what, const char *name, int err)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, name, strlen(name));
	sw_error("cannot %s '%.*s': %s%s", what, (int)b.len, b.data ? b.data : "",
		 sw_newfile__why(err), err == -EEXIST ? " (-f overwrites it)" : "");
	sw_buf__free(&b);
	return err;
}

unsigned int sw_trace_files__how(const struct sw_trace_files *f)
{
	return SW_NEW_PRIVATE | (f->force ? 0 : SW_NEW_KEEP) | (f->rotate ? SW_NEW_FILE : 0);
}

static int out_fd(const struct sw_trace_files *f)
{
	return f->file.fd >= 0 ? f->file.fd : STDOUT_FILENO;
}

static int write_all(void *arg, const void *data, size_t len)
{
	const struct sw_trace_files *f = arg;

	return sw_write_all(out_fd(f), data, len, NULL);
}

int sw_trace_files__begin_one(struct sw_trace_files *f)
{
	const struct sw_writer_opts opts = {f->trace, f->tells, f->command};

	return sw_writer__new(f->info, &opts, write_all, f, &f->writer);
}

struct sw_trace_info sw_trace_files__info(const struct sw_trace_files *f)
{
	struct sw_trace_info info = *f->info;

	if (!f->full)
		return info;
	for (unsigned int i = 0; i < info.n_hooks; i++) {
		struct sw_count *c = &info.hooks[i].count;
		uint64_t n = f->later[i] < c->delivered ? f->later[i] : c->delivered;

		c->delivered -= n;
		c->hits -= n;
	}
	if (info.end_ns)
		info.end_ns = f->last_ts;
	return info;
}

int sw_trace_files__end_one(struct sw_trace_files *f)
{
	const struct sw_trace_info info = sw_trace_files__info(f);
	int err = sw_writer__end(f->writer, &info), closed;

	f->before += sw_writer__bytes(f->writer);
	f->records_before += sw_writer__records(f->writer);
	sw_writer__free(f->writer);
	f->writer = NULL;
	closed = sw_newfile__close(&f->file);
	return err ? err : closed;
}
