/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/newfile.h"
#include "cmd/patience.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A named pipe's reader may come a moment later than we do. */
#define READER_TRIES 200
#define READER_NAP_NS 10000000

static int open_there(const struct sw_place *p)
{
	const struct timespec nap = {.tv_nsec = READER_NAP_NS};
	struct stat st;
	int fd;

	for (unsigned int i = 0;; i++) {
		/* Never waits: for a pipe's reader, or for a terminal's carrier. */
		fd = openat(p->folder, p->name,
			    O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
		if (fd >= 0 || errno != ENXIO || i == READER_TRIES)
			return fd < 0 ? -errno : fd;
		if (fstatat(p->folder, p->name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISFIFO(st.st_mode))
			return -ENXIO;
		nanosleep(&nap, NULL);
	}
}

static void remember(struct sw_newfile *f, const struct stat *st)
{
	f->file = S_ISREG(st->st_mode);
	f->dev = st->st_dev;
	f->ino = st->st_ino;
}

/* Not every file system has locks; where there are none, nobody else has one. */
static int lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK ? -EBUSY : 0;
}

/* One that is there: what may be written to it. */
static int judge(struct sw_newfile *f, const struct stat *st)
{
	if (S_ISBLK(st->st_mode))
		return -ENOTBLK; /* whatever is on it */
	if (!S_ISREG(st->st_mode)) {
		if (f->how & SW_NEW_FILE)
			return -ENODEV;
		if (S_ISFIFO(st->st_mode) && !sw_place__may_use(f->place.folder, st->st_uid))
			return -EPERM;
		return fcntl(f->fd, F_SETFL, 0) ? -errno : 0;
	}
	/* Somebody else's could be read by him, and he may have made the other name. */
	if (st->st_uid != geteuid() || st->st_nlink > 1)
		return -EPERM;
	/* An empty one is what a start leaves that was killed. */
	if (f->how & SW_NEW_KEEP && st->st_size)
		return -EEXIST;
	return lock(f->fd);
}

static int adopt_descriptor(struct sw_newfile *f)
{
	struct stat st;
	int flags;

	f->fd = fcntl(f->place.descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (f->fd < 0 || fstat(f->fd, &st))
		return -errno;
	flags = fcntl(f->fd, F_GETFL);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	remember(f, &st);
	return f->how & SW_NEW_FILE ? -ENODEV : 0;
}

static int look(struct sw_newfile *f)
{
	struct stat st;
	int err;

	f->fd = open_there(&f->place);
	if (f->fd == -ENOENT) {
		f->fd = -1;
		f->file = true;
		/* It will have to be made. */
		return faccessat(f->place.folder, ".", W_OK | X_OK, AT_EACCESS) ? -errno : 0;
	}
	if (f->fd < 0) {
		err = f->fd;
		f->fd = -1;
		return err;
	}
	if (fstat(f->fd, &st))
		return -errno;
	remember(f, &st);
	return judge(f, &st);
}

int sw_newfile__look(struct sw_newfile *f, const char *path, unsigned int how)
{
	int err;

	*f = (struct sw_newfile)SW_NEWFILE_NONE;
	f->how = how;
	err = sw_place__find(&f->place, path);
	if (!err)
		err = f->place.descriptor >= 0 ? adopt_descriptor(f) : look(f);
	if (err)
		sw_newfile__free(f);
	return err;
}

int sw_newfile__look_beside(struct sw_newfile *f, const struct sw_newfile *beside,
			    const char *name, unsigned int how)
{
	int err = 0;

	*f = (struct sw_newfile)SW_NEWFILE_NONE;
	f->how = how;
	f->place.folder = fcntl(beside->place.folder, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (f->place.folder < 0)
		err = -errno;
	if (!err && !(f->place.name = strdup(name)))
		err = -ENOMEM;
	if (!err)
		err = look(f);
	if (err)
		sw_newfile__free(f);
	return err;
}

int sw_newfile__make(struct sw_newfile *f)
{
	struct stat st;

	/* Beyond `ulimit -f` a write is to fail, as on a full disk, and not to kill. */
	signal(SIGXFSZ, SIG_IGN);
	if (f->fd >= 0 || !f->place.name)
		return 0;
	f->fd = openat(f->place.folder, f->place.name,
		       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		       f->how & SW_NEW_PUBLIC ? 0644 : 0600);
	/* Somebody has made it since it was looked for. */
	if (f->fd < 0 && errno == EEXIST)
		return look(f);
	if (f->fd < 0)
		return -errno;
	f->made = true;
	if (fstat(f->fd, &st))
		return -errno;
	remember(f, &st);
	return lock(f->fd);
}

int sw_newfile__clear(struct sw_newfile *f)
{
	/* A descriptor's file is its owner's matter: he may want to append to it. */
	if (f->made || !f->file || f->place.descriptor >= 0)
		return 0;
	if (ftruncate(f->fd, 0) || (f->how & SW_NEW_PRIVATE && fchmod(f->fd, 0600)))
		return -errno;
	return 0;
}

int sw_newfile__close(struct sw_newfile *f)
{
	int fd = f->fd;

	f->fd = -1;
	return fd >= 0 && close(fd) ? -errno : 0;
}

int sw_newfile__remove_beside(const struct sw_newfile *f, const char *name, dev_t dev, ino_t ino)
{
	struct stat st;

	if (fstatat(f->place.folder, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (st.st_dev != dev || st.st_ino != ino)
		return -ESTALE;
	return unlinkat(f->place.folder, name, 0) ? -errno : 0;
}

void sw_newfile__undo(struct sw_newfile *f)
{
	if (f->made)
		sw_newfile__remove_beside(f, f->place.name, f->dev, f->ino);
	f->made = false;
}

void sw_newfile__free(struct sw_newfile *f)
{
	sw_newfile__close(f);
	sw_place__free(&f->place);
}

bool sw_newfile__same(const struct sw_newfile *a, const struct sw_newfile *b)
{
	struct stat x, y;

	if (a->fd >= 0 || b->fd >= 0)
		return b->fd >= 0 && sw_newfile__is(a, b->fd);
	return a->place.name && b->place.name && !strcmp(a->place.name, b->place.name) &&
	       !fstat(a->place.folder, &x) && !fstat(b->place.folder, &y) &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool sw_newfile__is(const struct sw_newfile *f, int fd)
{
	struct stat st;

	return f->fd >= 0 && !fstat(fd, &st) && st.st_dev == f->dev && st.st_ino == f->ino;
}

const char *sw_newfile__why(int err)
{
	switch (err) {
	case -ELOOP:
		return "a link leads there that somebody else may have made";
	case -EPERM:
		return "it is another user's, or has another name, too: remove it first";
	case -EBUSY:
		return "another sockwake is writing to it";
	case -ENXIO:
		return "nobody reads from it";
	case -ENOTBLK:
		return "it is a disk";
	case -ENODEV:
		return "it is not a file";
	default:
		return sw_write_error(err);
	}
}
