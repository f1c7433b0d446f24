/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/rotation.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Which file a number's name was given to: what has the name by now may be another's. */
struct sw_kept_file {
	dev_t dev;
	ino_t ino;
};

int sw_rotation__name(const char *first, unsigned int n, struct sw_buf *name)
{
	sw_buf__reset(name);
	sw_buf__puts(name, first);
	if (n > 1)
		sw_buf__printf(name, ".%u", n);
	sw_buf__putc(name, '\0');
	return name->failed ? -ENOMEM : 0;
}

void sw_rotation__keep(struct sw_trace_files *f)
{
	if (f->kept)
		f->kept[f->files % f->rotate] = (struct sw_kept_file){f->file.dev, f->file.ino};
}

/* The oldest goes, if it still is what was written. */
static int remove_oldest(struct sw_trace_files *f)
{
	const unsigned int number = f->files + 1 - (unsigned int)f->rotate;
	const struct sw_kept_file *k = &f->kept[number % f->rotate];
	struct sw_buf name = {0};
	int err;

	err = sw_rotation__name(f->base.data, number, &name);
	if (!err)
		err = sw_newfile__remove_beside(&f->file, name.data, k->dev, k->ino);
	if (err && err != -ENOMEM) {
		/* Gone, or another's by now: that it is not ours any more is no fault. */
		if (err != -ENOENT && err != -ESTALE)
			sw_trace_files__complain("remove", name.data, err);
		err = 0;
	}
	sw_buf__free(&name);
	return err;
}

/* Makes the file that goes on, and writes its beginning. */
static int begin_next(struct sw_trace_files *f, struct sw_newfile *next, const char *name,
		      struct sw_writer **begun)
{
	const struct sw_newfile current = f->file;
	struct sw_writer *const writer = f->writer;
	int err = sw_newfile__look_beside(next, &f->file, name, sw_trace_files__how(f));

	if (!err)
		err = sw_newfile__make(next);
	if (!err)
		err = sw_newfile__clear(next);
	if (err)
		return err;
	f->file = *next;
	err = sw_trace_files__begin_one(f);
	*begun = err ? NULL : f->writer;
	f->file = current;
	f->writer = writer;
	return err;
}

/* Ends the current one, now that there is another to go on in. */
static int go_on_in(struct sw_trace_files *f, struct sw_newfile *next, struct sw_buf *shown,
		    struct sw_writer **begun)
{
	int err = sw_trace_files__end_one(f);

	if (!err && f->files >= f->rotate)
		err = remove_oldest(f);
	if (err)
		return sw_trace_files__complain("write", f->name.data, err);
	sw_newfile__free(&f->file);
	f->file = *next;
	*next = (struct sw_newfile)SW_NEWFILE_NONE;
	sw_buf__free(&f->name);
	f->name = *shown;
	*shown = (struct sw_buf){0};
	f->writer = *begun;
	*begun = NULL;
	f->files++;
	sw_rotation__keep(f);
	sw_names__next_file(f->names);
	return 0;
}

int sw_rotation__next(struct sw_trace_files *f)
{
	struct sw_newfile next = SW_NEWFILE_NONE;
	struct sw_buf name = {0}, shown = {0};
	struct sw_writer *begun = NULL;
	int err;

	err = sw_rotation__name(f->base.data, f->files + 1, &name);
	if (!err)
		err = sw_rotation__name(f->output, f->files + 1, &shown);
	if (!err) {
		err = begin_next(f, &next, name.data, &begun);
		if (err)
			sw_trace_files__complain("go on in", shown.data, err);
		else
			err = go_on_in(f, &next, &shown, &begun);
	}
	if (err) {
		f->error = err;
		sw_newfile__undo(&next);
	}
	sw_writer__free(begun);
	sw_newfile__free(&next);
	sw_buf__free(&name);
	sw_buf__free(&shown);
	return err;
}

static bool is_numbered(const char *name, const char *base)
{
	size_t n = strlen(base);
	const char *p = name + n + 1;

	if (strncmp(name, base, n) || name[n] != '.' || !isdigit((unsigned char)*p))
		return false;
	return !p[strspn(p, "0123456789")];
}

/* What would stand in the way of a later file does so now, and not in the night. */
static int check_numbered(struct sw_trace_files *f)
{
	const struct dirent *e;
	struct sw_buf name = {0};
	int fd, err = 0;
	DIR *folder;

	if (!f->rotate || f->force)
		return 0;
	fd = openat(f->file.place.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) { /* it may be written to, but not read */
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (!err && (e = readdir(folder)))
		if (is_numbered(e->d_name, f->base.data)) {
			sw_buf__puts(&name, f->output);
			sw_buf__puts(&name, e->d_name + strlen(f->base.data));
			sw_buf__putc(&name, '\0');
			err = name.failed
				      ? -ENOMEM
				      : sw_trace_files__complain("write", name.data, -EEXIST);
		}
	closedir(folder);
	sw_buf__free(&name);
	return err;
}

int sw_rotation__open(struct sw_trace_files *f)
{
	if (sw_rotation__name(f->file.place.name, 1, &f->base))
		return -ENOMEM;
	f->kept = calloc(f->rotate, sizeof(*f->kept));
	return f->kept ? check_numbered(f) : -ENOMEM;
}
