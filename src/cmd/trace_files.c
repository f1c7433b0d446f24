/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/trace_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "cmd/patience.h"
#include "cmd/rotation.h"

#define FLUSH_NS 1000000000ull /* a killed recording lacks no more than this */

/* --- opening ---------------------------------------------------------------------- */

static int to_terminal(void)
{
	sw_error("a trace file is not for a terminal: say -o FILE, or pipe it on");
	return -EINVAL;
}

int sw_trace_files__open(struct sw_trace_files *f)
{
	int err;

	f->files = 1;
	if (!strcmp(f->output, "-")) {
		if (isatty(STDOUT_FILENO))
			return to_terminal();
		sw_buf__puts(&f->name, "standard output");
		sw_buf__putc(&f->name, '\0');
		return f->name.failed ? -ENOMEM : 0;
	}
	if (sw_rotation__name(f->output, 1, &f->name))
		return -ENOMEM;
	err = sw_newfile__look(&f->file, f->output, sw_trace_files__how(f));
	if (err)
		return sw_trace_files__complain("write", f->output, err);
	if (f->file.fd >= 0 && isatty(f->file.fd))
		return to_terminal();
	return f->rotate ? sw_rotation__open(f) : 0;
}

int sw_trace_files__make(struct sw_trace_files *f)
{
	int err = sw_newfile__make(&f->file);

	return err ? sw_trace_files__complain("write", f->output, err) : 0;
}

int sw_trace_files__begin(struct sw_trace_files *f, const struct sw_trace_info *info,
			  bool tells, const char *command)
{
	int err;

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
	err = sw_newfile__clear(&f->file);
	f->info = info;
	if (!err)
		err = sw_trace_files__begin_one(f);
	sw_rotation__keep(f);
	if (err)
		f->error = sw_trace_files__complain("write", f->name.data, err);
	return err;
}

/* --- writing ---------------------------------------------------------------------- */

/* Room for one more of so many bytes, in this file or the next. */
static int make_room(struct sw_trace_files *f, uint64_t bytes)
{
	if (!f->max_size || sw_writer__has_room(f->writer, f->max_size - bytes))
		return 0;
	if (f->rotate)
		return sw_rotation__next(f);
	f->full = true;
	return 0;
}

static void count_later(struct sw_trace_files *f, const void *rec)
{
	struct sw_rec hdr;

	memcpy(&hdr, rec, sizeof(hdr));
	/* Sockets' names are no hits. */
	if (hdr.kind != SW_REC_SOCKET && hdr.kind != SW_REC_UNIX && hdr.hook < SW_HOOK_COUNT)
		f->later[hdr.hook]++;
}

int sw_trace_files__record(struct sw_trace_files *f, const void *rec, size_t len)
{
	uint64_t ts;
	int err = f->error;

	if (!err && !f->full)
		err = make_room(f, 0);
	if (err)
		return err;
	if (f->full) {
		count_later(f, rec);
		return 0;
	}
	if (f->names)
		err = sw_names__record(f->names, f->writer, rec, len);
	if (!err)
		err = sw_writer__record(f->writer, rec, len);
	memcpy(&ts, rec, sizeof(ts));
	if (ts > f->last_ts)
		f->last_ts = ts;
	return err;
}

int sw_trace_files__stack(struct sw_trace_files *f, uint32_t pid, uint32_t number,
			  const char *names, size_t len)
{
	int err = f->error;

	/* One that would fill a file alone is not worth it. */
	if (!err && !f->full && f->max_size && len > f->max_size / 4)
		return 0;
	if (!err && !f->full)
		err = make_room(f, len + len / 128);
	if (err || f->full)
		return err;
	if (f->names)
		err = sw_names__stack(f->names, pid, number, names, len);
	return err ? err : sw_writer__stack(f->writer, pid, number, names, len);
}

int sw_trace_files__settle(struct sw_trace_files *f, uint64_t now)
{
	const struct sw_trace_info info = sw_trace_files__info(f);

	if (f->error)
		return f->error;
	if (f->full)
		return -ECANCELED;
	if (!sw_writer__holds_back(f->writer) || now - f->flushed <= FLUSH_NS)
		return 0;
	f->flushed = now;
	return sw_writer__flush(f->writer, &info);
}

int sw_trace_files__end(struct sw_trace_files *f)
{
	int err = f->writer ? sw_trace_files__end_one(f) : 0;

	if (f->error)
		return f->error;
	if (err)
		return sw_trace_files__complain("write", f->name.data, err);
	if (f->names && sw_names__forgotten(f->names))
		sw_note("%llu sockets had to be forgotten: later files may not name them",
			(unsigned long long)sw_names__forgotten(f->names));
	return 0;
}

void sw_trace_files__free(struct sw_trace_files *f)
{
	/* It never began: an empty file would be in the way of the next try. */
	if (!f->info)
		sw_newfile__undo(&f->file);
	sw_newfile__free(&f->file);
	sw_writer__free(f->writer);
	sw_names__free(f->names);
	sw_buf__free(&f->name);
	sw_buf__free(&f->base);
	free(f->kept);
}

uint64_t sw_trace_files__records(const struct sw_trace_files *f)
{
	return f->records_before + (f->writer ? sw_writer__records(f->writer) : 0);
}

uint64_t sw_trace_files__bytes(const struct sw_trace_files *f)
{
	return f->before + (f->writer ? sw_writer__bytes(f->writer) : 0);
}
